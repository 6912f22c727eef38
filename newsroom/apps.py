"""The floor of the project."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from newsroom import clock, housekeeping, publishing
        from newsroom.localization import carrying, follow, jobs, mails, overrides, segments, watching

        clock.every(publishing.publish_scheduled, seconds=1)
        clock.every(jobs.close_delivered, seconds=15)
        clock.every(jobs.announce_moves, seconds=15)
        clock.every(mails.send_due, seconds=5)
        clock.every(housekeeping.prune_tasks, seconds=24 * 3600)
        publishing.connect()
        carrying.connect()
        follow.connect()
        overrides.connect()
        segments.connect()
        watching.connect()
