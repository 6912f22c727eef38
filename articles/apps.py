"""The journalism."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        from articles import columns, popularity
        from newsroom import clock

        columns.connect()
        clock.every(popularity.rewrite_ranks, seconds=60)
