"""`python -m tests.bench.importing [ROWS…]`: how long an import takes beside a plain `bulk_create` of the same rows,
and how much memory it needs. Not part of the suite: times depend on what else the machine does, so both are taken in
one run, in seconds of the clock and of this process alone (with SQLite that is all the work there is).

DATABASE_URL names another server than SQLite's file.
"""

# Models cannot be imported before Django is set up.
# ruff: noqa: E402

import os
import sys
import tempfile
import time
import tracemalloc
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings.test")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases

from newsletter import import_columns, import_files, importing
from newsletter.import_columns import Source
from newsletter.importing import CHUNK, Statement
from newsletter.models import Consent, NewsletterPage, Subscriber, Subscription
from newsletter.models.subscriber import version_of

COUNTS = (10_000, 100_000)
MOST = 3.0
PROOF = "Paper lists of the conference, in the archive"


class Spent(NamedTuple):
    """Seconds of the clock, and those that this process computed."""

    clock: float
    process: float


def main(counts: Sequence[int]) -> int:
    """Print a table. Returns 1 when an import takes more than MOST times as long."""
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("set_up_site", verbosity=0)
        print(f"{connection.vendor}; seconds of the clock (of the process)")
        print(f"{'rows':>8} {'import':>16} {'bulk_create':>16} {'ratio':>14} {'peak, MB':>9}")
        ratios = [measure(count) for count in counts]
        return int(max(ratios) > MOST)
    finally:
        teardown_databases(databases, verbosity=0)


def measure(count: int) -> float:
    """Import so many rows and print how it went. Returns how many times as long as the plain way it took."""
    newsletter = NewsletterPage.objects.live().order_by("pk").first()
    assert newsletter is not None
    statement = Statement(newsletter.translation_key, "en", PROOF)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        path.write_text("email,name,outlet\n" + "".join(f"{','.join(person(n))}\n" for n in range(count)))
        plain = timed(lambda: plainly(count, newsletter))
        taken = timed(lambda: imported(path, statement))
        peak = peak_of(lambda: imported(path, statement))
    ratio = Spent(taken.clock / plain.clock, taken.process / plain.process)
    cells = [f"{spent.clock:8.1f} ({spent.process:5.1f})" for spent in (taken, plain)]
    print(f"{count:>8,} {cells[0]} {cells[1]} {ratio.clock:6.2f} ({ratio.process:.2f}) {peak / 1e6:>9.1f}", flush=True)
    return ratio.clock


def person(number: int) -> tuple[str, str, str]:
    """Address, name and outlet."""
    return f"reader{number}@paper{number % 500}.example.org", f"Reader {number}", f"Paper {number % 500}"


def imported(path: Path, statement: Statement) -> None:
    """Import a file, from its bytes to the last row."""
    shape = import_files.detect(path)
    source = Source(path, shape, import_columns.guess(path, shape))
    assert {str(found.verdict) for chunk in importing.write(source, statement) for found in chunk} == {"new"}


def plainly(count: int, newsletter: NewsletterPage) -> None:
    """Write the same rows of the same tables, with nothing looked at."""
    wording_hash = version_of(PROOF)
    for start in range(0, count, CHUNK):
        with transaction.atomic():
            people = [person(number) for number in range(start, min(start + CHUNK, count))]
            subscribers = Subscriber.objects.bulk_create(
                Subscriber(email=email, name=name, outlet=outlet) for email, name, outlet in people
            )
            subscriptions = Subscription.objects.bulk_create(
                Subscription(
                    subscriber=subscriber,
                    newsletter_key=newsletter.translation_key,
                    language="en",
                    interface_language="en",
                    state=Subscription.State.ACTIVE,
                )
                for subscriber in subscribers
            )
            Consent.objects.bulk_create(
                _consent(subscription, newsletter, wording_hash) for subscription in subscriptions
            )


def _consent(subscription: Subscription, newsletter: NewsletterPage, wording_hash: str) -> Consent:
    return Consent(
        subscription=subscription,
        request=uuid.uuid4(),
        purpose=newsletter.title,
        method=Consent.Method.IMPORT,
        language="en",
        choice="en",
        wording=PROOF,
        wording_hash=wording_hash,
        proof=PROOF,
        confirmed_at=subscription.changed_at,
        requested_at=subscription.changed_at,
    )


def timed(work: Callable[[], Any]) -> Spent:
    """What some work takes on empty tables."""
    Subscriber.objects.all().delete()
    clock, process = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - clock, time.process_time() - process)


def peak_of(work: Callable[[], Any]) -> int:
    """The bytes that some work had in memory at its worst."""
    Subscriber.objects.all().delete()
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


if __name__ == "__main__":
    sys.exit(main([int(argument) for argument in sys.argv[1:]] or COUNTS))
