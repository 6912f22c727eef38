"""Send a digest from the command line: the same preflight, the same freezing, the same worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter import preflight, sending
from newsletter.models import DigestPage


class Command(BaseCommand):
    help = "Send a digest to its subscribers, in every language. Shows what it would do unless --yes is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("page", type=int, metavar="ID", help="The id of the digest's page, in any language.")
        parser.add_argument("--yes", action="store_true", help="Really send it.")

    def handle(self, *args: Any, **options: Any) -> None:
        digest = DigestPage.objects.filter(pk=options["page"]).first()
        if digest is None:
            raise CommandError(f"There is no digest {options['page']}.")
        found = preflight.run(digest)
        self._show(found)
        if found.blocked:
            raise CommandError("Nothing was sent.")
        if not options["yes"]:
            self.stdout.write("Nothing was sent. Add --yes to send it.")
            return
        try:
            campaign = sending.freeze(digest, None, found.fingerprint)
        except sending.AlreadySent as error:
            raise CommandError(f"{error} It is not sent again.") from error
        self.stdout.write(f"Campaign {campaign.pk} is confirmed. The worker sends it.")

    def _show(self, found: preflight.Preflight) -> None:
        for audience in found.audiences:
            edition = audience.edition
            self.stdout.write(f"{edition.languages}: “{edition.subject}”, {audience.readers} readers")
        for problem in found.warnings:
            self.stdout.write(f"Note: {problem.message}")
        for problem in found.blocking:
            self.stderr.write(f"Problem: {problem.message}")
