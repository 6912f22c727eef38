"""The worker: background queue, clock and sending, in one process by default."""

import logging
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from newsletter import sending
from newsroom import clock

logger = logging.getLogger(__name__)

# How long a part rests when it found nothing to do, in seconds. The clock's looks are the cheapest, and an article that
# is due should not wait for them.
REST = {"queue": 0.5, "clock": 0.2, "sending": 0.5}
# And after an error: a database that restarts takes seconds, and the log should not drown in it.
REST_AFTER_ERROR = 5


def run_queue() -> bool:
    """Run the tasks that wait in the queue. Never says there is more: it has emptied it."""
    Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
    ).run()
    return False


def run_clock() -> bool:
    """Start what is due."""
    return bool(clock.tick())


PARTS: dict[str, Callable[[], bool]] = {"queue": run_queue, "clock": run_clock, "sending": sending.step}


class Command(BaseCommand):
    help = "Run the background queue, the clock and the sending of digests until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=PARTS, action="append", help="Run this part alone; may be repeated.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached: {' '.join(str(error).split())}") from error
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        names = options["only"] or list(PARTS)
        threads = [threading.Thread(target=repeat, args=(PARTS[name], REST[name], stop), name=name) for name in names]
        for thread in threads:
            thread.start()
        self.stdout.write(f"The worker runs: {', '.join(names)}.")
        for thread in threads:
            while thread.is_alive():  # a plain join() would not let the signal handlers run
                thread.join(0.2)


def repeat(step: Callable[[], bool], idle: float, stop: threading.Event) -> None:
    """Take one small step after the other until told to stop, resting when there is nothing to do. An error is logged
    and the next step tried: a database that restarts must not end the worker."""
    while not stop.is_set():
        close_old_connections()
        try:
            rest = 0 if step() else idle
        except Exception:
            logger.exception("The %s stumbled", threading.current_thread().name)
            rest = REST_AFTER_ERROR
        stop.wait(rest)
    connection.close()
