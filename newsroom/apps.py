"""The floor of the project."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from newsroom import clock, publishing
        from newsroom.localization import follow

        clock.every(seconds=1)(publishing.publish_scheduled)
        follow.connect()
