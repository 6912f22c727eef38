"""The newsletter: subscribers, digests, sending."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = _("Newsletter")

    def ready(self) -> None:
        from newsletter import approvals, drafting, filling, import_runs, subscriptions
        from newsroom import clock

        approvals.connect()
        filling.connect()
        clock.every(drafting.draft_due, seconds=1800)
        clock.every(subscriptions.send_farewells, seconds=10)
        clock.every(subscriptions.remind_unconfirmed, seconds=3600)
        clock.every(subscriptions.end_pauses, seconds=3600)
        clock.every(subscriptions.forget_unconfirmed, seconds=24 * 3600)
        clock.every(import_runs.take_up_again, seconds=60)
        clock.every(import_runs.forget_files, seconds=3600)
