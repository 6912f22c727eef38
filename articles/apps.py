"""The journalism."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Articles")

    def ready(self) -> None:
        from articles import popularity
        from newsroom import clock

        clock.every(popularity.rewrite_ranks, seconds=60)
