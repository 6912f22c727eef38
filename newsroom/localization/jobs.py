"""Jobs: who asked whom to translate which pages, until when; and how a job ends. Verbs only; views show.

Nobody closes a job by hand. The clock looks at what has become of its pages, so that it does not matter by which way a
translation was finished.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, Revision, WorkflowState
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from newsroom.localization import notices, permissions, translating, words
from newsroom.localization.models import JobPage, Notice, TranslationJob
from newsroom.localization.state import State, Status, states
from newsroom.localization.translators import people_of

logger = logging.getLogger(__name__)

OPEN, DELIVERED, CANCELLED = TranslationJob.State.OPEN, TranslationJob.State.DELIVERED, TranslationJob.State.CANCELLED
# The entry of the audit log for a page that was asked for.
ASKED = "newsroom.ask_for_translation"
# Publications of a source that follow each other this closely are told in one mail.
BUNDLE = timedelta(seconds=30)


@dataclass(frozen=True)
class Request:
    """What is asked: of a user, of a group, or of whoever takes it; until when; with which note."""

    to: AbstractBaseUser | Group | None = None
    due_on: date | None = None
    note: str = ""


# -- Who ---------------------------------------------------------------------------------------------------------------


def may_ask(user: Any, source: Page) -> bool:
    """Whether the user may ask others to translate a page: those who edit it."""
    return user.has_perm(permissions.SUBMIT) and permissions.may_open(user, source)


def visible_to(user: Any) -> QuerySet[TranslationJob]:
    """The jobs that concern the user: of the languages they write in, and those they asked for."""
    languages = [locale.language_code for locale in permissions.own_locales(user)]
    return TranslationJob.objects.filter(Q(language__in=languages) | Q(asked_by=user))


def may_cancel(user: Any, job: TranslationJob) -> bool:
    """Whether the user may take a job back: who asked for it, or edits all the pages that it is about."""
    if user.is_superuser or job.asked_by_id == user.pk:
        return True
    sources = sources_of(job.pages.select_related("translation__source"))
    return bool(sources) and all(may_ask(user, source) for source in sources.values())


def people_asked(job: TranslationJob) -> list[Any]:
    """Whom a job was asked of: of a group its members of today."""
    if job.translator:
        return [job.translator] if job.translator.is_active else []
    return list(job.group.user_set.filter(is_active=True).order_by("pk")) if job.group else []


def targets_of(rows: Iterable[JobPage]) -> dict[int, Page]:
    """The pages that are being translated, by the number of their row; without those that are gone. One query."""
    return _found(
        {
            row.pk: (row.translation.source.object_id, row.translation.target_locale_id)
            for row in rows
            if row.translation
        }
    )


def sources_of(rows: Iterable[JobPage]) -> dict[int, Page]:
    """The pages they are translated from, likewise."""
    return _found(
        {
            row.pk: (row.translation.source.object_id, row.translation.source.locale_id)
            for row in rows
            if row.translation
        }
    )


def _found(places: dict[int, tuple[Any, int]]) -> dict[int, Page]:
    """The pages with a translation key in a language, by what they are asked for under."""
    pages = Page.objects.filter(translation_key__in={key for key, _locale in places.values()})
    by_place = {(page.translation_key, page.locale_id): page for page in pages}
    return {name: by_place[place] for name, place in places.items() if place in by_place}


def opened(rows: Iterable[JobPage], user: Any) -> dict[int, Page]:
    """The pages that are being translated, by the number of their row, as far as a user may open them."""
    return {pk: page for pk, page in targets_of(rows).items() if permissions.may_open(user, page)}


# -- Asking and taking back --------------------------------------------------------------------------------------------


@transaction.atomic
def ask(translations: Iterable[Translation], by: Any, request: Request) -> TranslationJob | None:
    """Record that somebody is to work on open translations of pages into one language, with their words as they are
    now, and have them told. A page that is complete, or asked for already, is left out; None when nothing is left.

    Raises PermissionDenied unless `by` edits the sources, and ValueError when `request.to` does not write in the
    language.
    """
    wanted = _to_be_asked(list(translations), by)
    if not wanted:
        return None
    locale = wanted[0].target_locale
    person: Any = request.to if isinstance(request.to, AbstractBaseUser) else None
    group = request.to if isinstance(request.to, Group) else None
    if person and not people_of(locale).filter(pk=person.pk).exists():
        raise ValueError(f"{person} does not write in {locale}")
    job = TranslationJob.objects.create(
        language=locale.language_code,
        asked_by=by,
        translator=person,
        group=group,
        due_on=request.due_on,
        note=request.note,
    )
    for translation, count in zip(wanted, words.words_of(wanted), strict=True):
        _add_page(job, translation, count, by)
    if not job.pages.exists():
        job.delete()
        return None
    notices.tell(Notice.Kind.ASKED, people_asked(job), job=job)
    return job


def _to_be_asked(translations: list[Translation], by: Any) -> list[Translation]:
    pages = {(page.translation_key, page.locale_id): page for page in _pages_of(translations)}
    found = states(pages.values())
    asked = set(JobPage.objects.filter(state=OPEN, translation__in=translations).values_list("translation", flat=True))
    wanted = []
    for translation in translations:
        source = pages[translation.source.object_id, translation.source.locale_id]
        if not may_ask(by, source):
            raise PermissionDenied
        state = found[source.translation_key][translation.target_locale.language_code]
        if state.status != Status.COMPLETE and translation.pk not in asked:
            wanted.append(translation)
    return wanted


def _add_page(job: TranslationJob, translation: Translation, count: words.Words, by: Any) -> None:
    source = translation.source.get_source_instance()
    row = JobPage(
        job=job,
        translation=translation,
        title=source.get_admin_display_title(),
        told=_texts_of(translation.source),
        told_at=translation.source.last_updated_at,
        words_new=count.new,
        words_changed=count.changed,
        words_repeated=count.repeated,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody else has asked for it in the meantime
        return
    log(instance=source, action=ASKED, user=by, data={"language": job.language, "words": count.total})


@transaction.atomic
def cancel(job: TranslationJob) -> bool:
    """Take an open job back and tell those who have heard of it. Returns whether it was open."""
    cancelled = TranslationJob.objects.filter(pk=job.pk, state=OPEN).update(state=CANCELLED, closed_at=timezone.now())
    if cancelled:
        job.pages.filter(state=OPEN).update(state=CANCELLED)
        notices.forget(job)
        told = notices.told_of(job)
        notices.tell(Notice.Kind.CANCELLED, [one for one in people_asked(job) if one.pk in told], job=job)
    return bool(cancelled)


# -- What the clock does -----------------------------------------------------------------------------------------------


@transaction.atomic
def close_delivered() -> int:
    """Close what was delivered: pages that are complete, or whose finished translation was handed over for review or
    scheduled; and what cannot be delivered any more, because the page is gone. Then the jobs that have nothing left.
    Returns the number of pages closed."""
    rows = list(
        JobPage.objects.filter(state=OPEN).select_related("job", "translation__source", "translation__target_locale")
    )
    found = states(_pages_of([row.translation for row in rows if row.translation]))
    current = {row.pk: _state(row, found) for row in rows}
    handed_over = _handed_over([state.page_id for state in current.values() if state and state.page_id])
    closed = 0
    for row in rows:
        state = current[row.pk]
        if state is None or state.page_id is None:
            closed += _close(row, CANCELLED)
        elif _finished(state) and (state.status == Status.COMPLETE or state.page_id in handed_over):
            closed += _close(row, DELIVERED, delivered_at=timezone.now(), delivered_by=_who_delivered(row))
    if closed:
        _close_jobs()
    return closed


def _state(row: JobPage, found: dict[Any, dict[str, State]]) -> State | None:
    if row.translation is None or row.translation.source.object_id not in found:
        return None
    return found[row.translation.source.object_id][row.translation.target_locale.language_code]


def _finished(state: State) -> bool:
    return state.moved == 0 and state.translated == state.total


def _handed_over(pages: list[int]) -> set[int]:
    """Those of some pages (given as numbers) that are in a workflow, or have a draft that will be published."""
    keys = [str(page) for page in pages]
    reviewed = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS,
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=keys,
    )
    scheduled = Revision.objects.page_revisions().filter(approved_go_live_at__isnull=False, object_id__in=keys)
    return {int(key) for found in (reviewed, scheduled) for key in found.values_list("object_id", flat=True)}


def _close(row: JobPage, state: TranslationJob.State, **changes: Any) -> int:
    return JobPage.objects.filter(pk=row.pk, state=OPEN).update(state=state, **changes)


def _close_jobs() -> None:
    pages = JobPage.objects.filter(job=OuterRef("pk"))
    done = TranslationJob.objects.filter(~Exists(pages.filter(state=OPEN)), state=OPEN)
    now = timezone.now()
    delivered = done.filter(Exists(pages.filter(state=DELIVERED)))
    for job in delivered.select_related("asked_by"):
        if job.asked_by and job.asked_by.is_active:
            notices.tell(Notice.Kind.DELIVERED, [job.asked_by], job=job)
    delivered.update(state=DELIVERED, closed_at=now)
    done.update(state=CANCELLED, closed_at=now)


def _who_delivered(row: JobPage) -> Any:
    """The translator who was asked; of a group, and of nobody in particular, the person who has since translated most
    of the page, or saved it last."""
    translation = row.translation
    if row.job.translator or translation is None:
        return row.job.translator
    texts = StringTranslation.objects.filter(
        locale=translation.target_locale_id,
        context__object_id=translation.source.object_id,
        updated_at__gte=row.job.asked_at,
        last_translated_by__isnull=False,
    )
    most = texts.order_by().values("last_translated_by").annotate(texts=Count("pk")).order_by("-texts").first()
    if most:
        return get_user_model().objects.get(pk=most["last_translated_by"])
    target = targets_of([row]).get(row.pk)
    return target.latest_revision.user if target and target.latest_revision else None


def announce_moves() -> int:
    """Give the translators of open jobs the words that a publication of the source has changed, and have them told of
    those that are left to translate. Sources that were never public change with every draft: those are told of when
    they are published. Returns the number of pages told of."""
    for source in _published_since():
        _send_anew(source)
    sent_anew = JobPage.objects.filter(~Q(translation__source__last_updated_at=F("told_at")), state=OPEN)
    with transaction.atomic():
        rows = [row for row in sent_anew.select_related("job", "translation__source") if _has_moved(row)]
        for job in {row.job for row in rows}:
            notices.tell(Notice.Kind.MOVED, people_asked(job), job=job)
    return len(rows)


def _send_anew(source: TranslationSource) -> None:
    """Give translators the words of today. One source that fails is logged and left as it was: it would hold up all
    the others, and for ever."""
    try:
        with transaction.atomic():
            translating.update_source(source.get_source_instance())
    except Exception:
        logger.exception("The words of %s were not sent anew", source)


def _published_since() -> QuerySet[TranslationSource]:
    """The sources of open jobs that were published with other words than those sent."""
    pages = Page.objects.filter(
        translation_key=OuterRef("object_id"),
        locale=OuterRef("locale"),
        live=True,
        last_published_at__gte=OuterRef("last_updated_at"),
        last_published_at__lte=timezone.now() - BUNDLE,
    )
    waiting = TranslationSource.objects.filter(translations__job_pages__state=OPEN, translations__standing__moved__gt=0)
    return waiting.filter(Exists(pages)).distinct()


def _has_moved(row: JobPage) -> bool:
    """Note which texts the source of a page has now. Returns whether that makes work: a text is new and not translated
    yet, or gone."""
    source = row.translation.source  # type: ignore[union-attr]
    now = _texts_of(source)
    known = {(context, string) for context, string in row.told}
    [left] = words.waiting([row.translation])  # type: ignore[list-item]
    come = [text for text in left if (text.context, text.string) not in known]
    gone = {context for context, _string in known} - {context for context, _string in now}
    row.told, row.told_at = now, source.last_updated_at
    if come or gone:
        row.words_moved += sum(text.words for text in come)
        row.moved_at = timezone.now()
    row.save(update_fields=["told", "told_at", "words_moved", "moved_at"])
    return bool(come or gone)


def _texts_of(source: TranslationSource) -> list[tuple[int, int]]:
    """The texts of a source as numbers of context and string."""
    segments = StringSegment.objects.filter(source=source).order_by("order")
    return list(segments.values_list("context_id", "string_id"))


def _pages_of(translations: Iterable[Translation]) -> list[Page]:
    keys = {translation.source.object_id for translation in translations}
    return list(Page.objects.filter(translation_key__in=keys, alias_of=None))
