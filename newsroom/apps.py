"""The floor of the project."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from newsroom import clock, housekeeping, publishing
        from newsroom.localization import follow, watching

        clock.every(publishing.publish_scheduled, seconds=1)
        clock.every(housekeeping.prune_tasks, seconds=24 * 3600)
        follow.connect()
        watching.connect()
