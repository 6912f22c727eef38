"""Who is to be told what about a job or a question: noted with the change itself, so that no mail is lost and no
request waits for a mail server. `newsroom.localization.mails` sends them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from newsroom.localization.models import Notice, SegmentQuestion, TranslationJob


def tell(
    kind: Notice.Kind,
    people: Iterable[Any],
    *,
    job: TranslationJob | None = None,
    question: SegmentQuestion | None = None,
) -> None:
    """Have people told about a job or a question; nobody twice while the first mail of the same kind waits."""
    about = Notice.objects.filter(job=job, question=question, kind=kind, state=Notice.State.PENDING)
    waiting = set(about.values_list("to", flat=True))
    Notice.objects.bulk_create(
        Notice(kind=kind, job=job, question=question, to=person) for person in people if person.pk not in waiting
    )


def forget(job: TranslationJob) -> None:
    """Drop the mails about a job that have not left yet."""
    Notice.objects.filter(job=job, state=Notice.State.PENDING).update(state=Notice.State.DROPPED)


def told_of(job: TranslationJob) -> set[int]:
    """Who has got a mail about a job: the numbers of the users."""
    return set(Notice.objects.filter(job=job, state=Notice.State.SENT).values_list("to", flat=True))


def try_again(failed: QuerySet[Notice]) -> int:
    """Send those of some notices that could not be sent. Returns how many there are."""
    return failed.filter(state=Notice.State.FAILED).update(
        state=Notice.State.PENDING, attempts=0, due_at=timezone.now(), reason=""
    )
