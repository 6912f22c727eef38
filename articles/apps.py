"""The journalism."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        from articles import columns, counting, pairing, pictures, popularity, sharing
        from articles.search import index
        from newsroom import clock

        columns.connect()
        pairing.connect()
        pictures.connect()
        sharing.connect()
        index.connect()  # after the columns, which tell what is public
        for window, seconds in popularity.REWRITTEN_EVERY.items():
            clock.every(popularity.rewrite_window, window, seconds=seconds)
        clock.every(counting.forget_old_days, seconds=24 * 3600)
        clock.every(index.refresh_stale, seconds=5)
