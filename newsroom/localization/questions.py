"""What translators ask about a text of the source, and what its author answers."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import Page, TranslatableMixin
from wagtail.permissions import page_permission_policy
from wagtail.snippets.models import get_snippet_models
from wagtail.snippets.permissions import get_permission_name
from wagtail_localize.models import StringSegment, Translation

from newsroom.localization import notices, permissions
from newsroom.localization.models import Notice, SegmentQuestion, TranslationJob


def may_ask(user: Any, translation: Translation) -> bool:
    """Whether the user may ask about a translation: who works on it."""
    return permissions.may_open(user, translation.get_target_instance())


def may_answer(user: Any, translation: Translation) -> bool:
    """Whether the user may answer questions about a translation: who edits its source."""
    return permissions.may_open(user, translation.source.get_source_instance())


@transaction.atomic
def ask(
    translation: Translation, segment: StringSegment, by: Any, text: str, kind: str = SegmentQuestion.Kind.QUESTION
) -> SegmentQuestion:
    """Put a question about one text of the source to its author, or tell them of an error in it. Raises
    PermissionDenied."""
    if not may_ask(by, translation):
        raise PermissionDenied
    question = SegmentQuestion.objects.create(
        translation=translation,
        context_id=segment.context_id,
        source_text=segment.string.data,
        kind=kind,
        text=text,
        asked_by=by,
        author=author_of(translation),
    )
    if question.author:
        notices.tell(Notice.Kind.QUESTION, [question.author], question=question)
    return question


@transaction.atomic
def answer(question: SegmentQuestion, by: Any, text: str) -> None:
    """Answer a question, or change the answer, and have the translator told. Raises PermissionDenied."""
    if not may_answer(by, question.translation):
        raise PermissionDenied
    question.answer, question.answered_by, question.answered_at = text, by, timezone.now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    if question.asked_by and question.asked_by.is_active:
        notices.tell(Notice.Kind.ANSWER, [question.asked_by], question=question)


def author_of(translation: Translation) -> Any:
    """Who can say what the source means: who owns the page, else who saved it last, else who has asked for the
    translation. None when none of them edits the page any more: then all who do find the question in the admin."""
    page = translation.source.get_source_instance()
    if not isinstance(page, Page):
        return None
    job = TranslationJob.objects.filter(pages__translation=translation).order_by("-asked_at").first()
    people = [page.owner, page.latest_revision.user if page.latest_revision else None, job.asked_by if job else None]
    return next((one for one in people if one and one.is_active and permissions.may_open(one, page)), None)


def of_translation(translation: Translation) -> dict[int, list[SegmentQuestion]]:
    """The questions about a translation by the number of the context of their text, oldest first. One query."""
    found = defaultdict(list)
    for question in translation.segment_questions.select_related("asked_by", "answered_by"):
        found[question.context_id].append(question)
    return dict(found)


def to_answer(user: Any) -> QuerySet[SegmentQuestion]:
    """The open questions about pages and snippets that the user edits, oldest first."""
    about = _about_pages(user)
    languages = [locale.pk for locale in permissions.own_locales(user)]
    for model in get_snippet_models():
        if issubclass(model, TranslatableMixin) and user.has_perm(get_permission_name("change", model)):
            sources = model.objects.filter(  # type: ignore[attr-defined]
                translation_key=OuterRef("translation__source__object_id"),
                locale=OuterRef("translation__source__locale"),
            )
            about |= Q(Exists(sources), translation__source__locale__in=languages)
    open_questions = SegmentQuestion.objects.filter(about, answered_at=None).order_by("asked_at", "pk")
    return open_questions.select_related("translation__source", "translation__target_locale", "asked_by")


def _about_pages(user: Any) -> Q:
    sources = page_permission_policy.instances_user_has_any_permission_for(user, ["change"]).filter(
        translation_key=OuterRef("translation__source__object_id"), locale=OuterRef("translation__source__locale")
    )
    translated = Page.objects.filter(
        translation_key=OuterRef("translation__source__object_id"), locale=OuterRef("translation__target_locale")
    )
    return Q(Exists(sources), Exists(translated))
