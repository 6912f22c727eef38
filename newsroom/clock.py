"""The clock: starts periodic work inside the `worker` command.

A job is a call of a function, registered with `every()`. What is due stands in the database, so that any number
of clocks may run: the one whose UPDATE moves the due time acts, the others find nothing to do.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.utils import timezone

from newsroom.models import ClockEntry

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A periodic call: `name` identifies it in the database, `interval` is the time from one start to the next."""

    name: str
    call: Callable[[], object]
    interval: timedelta


_jobs: dict[str, Job] = {}


def every(function: Callable[..., object], *arguments: object, seconds: int) -> None:
    """Have a function called with these arguments every so many seconds."""
    name = f"{function.__module__}.{function.__name__}"
    if arguments:
        name += f"({', '.join(map(str, arguments))})"
    _jobs[name] = Job(name, partial(function, *arguments), timedelta(seconds=seconds))


def tick() -> int:
    """Start every job that is due, once. Returns how many ran here. A job that fails is logged and tried next time."""
    now = timezone.now()
    due_at = dict(ClockEntry.objects.values_list("job", "due_at"))
    ran = 0
    for job in _jobs.values():
        if job.name not in due_at:
            ClockEntry.objects.get_or_create(job=job.name, defaults={"due_at": now})
        elif due_at[job.name] > now:
            continue
        claimed = ClockEntry.objects.filter(job=job.name, due_at__lte=now).update(due_at=now + job.interval)
        if claimed:
            ran += 1
            try:
                job.call()
            except Exception:
                logger.exception("The job %s failed", job.name)
    return ran
