"""What the clock does about subscribers by itself is counted by day, for staff to see."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import F
from django.utils import timezone

from newsletter.models import Chore

logger = logging.getLogger(__name__)

Job = Callable[..., int]


def reported(task: Chore.Task) -> Callable[[Job], Job]:
    """For a job of the clock that returns how often it did its task: that number is noted and logged, unless there was
    nothing to do, as mostly."""

    def decorate(job: Job) -> Job:
        @wraps(job)
        def wrapper(*args: Any, **kwargs: Any) -> int:
            number = job(*args, **kwargs)
            if number:
                _note(task, number)
            return number

        return wrapper

    return decorate


def _note(task: Chore.Task, number: int) -> None:
    chore, new = Chore.objects.get_or_create(day=timezone.localdate(), task=task, defaults={"number": number})
    if not new:
        Chore.objects.filter(pk=chore.pk).update(number=F("number") + number)
    logger.info("Housekeeping: %s %s", number, task.value)
