"""Write the readers' search index anew."""

from typing import Any

from django.core.management.base import BaseCommand

from articles.search import index


class Command(BaseCommand):
    help = "Write the readers' search index anew, after pages were changed by other programs or the analysis changed."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{index.rebuild()} pages can be found.")
