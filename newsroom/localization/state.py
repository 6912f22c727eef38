"""The one notion of the state of a translation.

It is computed by the database, from what stands there now: see docs/adr/0020-one-notion-of-state.md.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page, WorkflowState
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from newsroom.localization.models import PublishedText


class Status(models.TextChoices):
    """What is to be done about a page in a language, the most pressing first."""

    MISSING = "missing", _("Missing")
    OUTDATED = "outdated", _("Outdated")
    IN_REVIEW = "in_review", _("In review")
    DRAFT = "draft", _("Draft")
    COMPLETE = "complete", _("Complete")


@dataclass(frozen=True)
class State:
    """Where a page stands in a language.

    `page_id` is None while the page is missing. `from_language` is the language it is translated from, None for a text
    of its own. Of the `total` texts that were sent, `translated` have been translated; of the source's texts, `moved`
    differ from those sent. The text of a translation that is written `by_hand` is not made from segments, and is not
    counted.
    """

    language: str
    status: Status
    page_id: int | None = None
    from_language: str | None = None
    total: int = 0
    translated: int = 0
    moved: int = 0
    by_hand: bool = False

    @property
    def is_source(self) -> bool:
        """Whether the page was written in this language."""
        return self.page_id is not None and self.from_language is None


States = dict[str, State]

# The translations that keep up with their source: those made from segments, and those paired with it.
FOLLOWING = Q(enabled=True) | Q(pairing__isnull=False)
# The translated texts that count. What a machine made does not, nor what was carried over to other words, until a
# person has accepted it.
ACCEPTED = Q(has_error=False, carried__isnull=True) & ~Q(translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE)


def state(page: Page, language: str) -> State:
    """Where `page`, given in whichever language, stands in the language named.

    Raises KeyError for a language that the site does not have.
    """
    return states([page])[page.translation_key][language]


def states(pages: Iterable[Page]) -> dict[uuid.UUID, States]:
    """Where pages stand in every language, by their translation key and by language. Three queries, however many
    pages."""
    keys = {page.translation_key for page in pages}
    codes = dict(Locale.objects.order_by("pk").values_list("pk", "language_code"))
    found = {key: {code: State(code, Status.MISSING) for code in codes.values()} for key in keys}
    translations = Translation.objects.filter(FOLLOWING, source__object_id__in=keys)
    progress = {
        (row["source__object_id"], row["target_locale_id"]): row
        for row in _with_progress(translations).values(
            "source__object_id", "source__locale_id", "target_locale_id", "total", "translated", "moved", "enabled"
        )
    }
    rows = Page.objects.filter(translation_key__in=keys, alias_of__isnull=True).annotate(status=status_of_page())
    for pk, key, locale_id, status in rows.values_list("pk", "translation_key", "locale_id", "status"):
        row = progress.get((key, locale_id))
        code = codes[locale_id]
        if row is None:
            found[key][code] = State(code, Status(status), pk)
        else:
            total, translated = (row["total"], row["translated"]) if row["enabled"] else (0, 0)
            from_language, moved = codes[row["source__locale_id"]], row["moved"] or 0
            found[key][code] = State(
                code, Status(status), pk, from_language, total, translated, moved, by_hand=not row["enabled"]
            )
    return found


def status_of_page() -> Case:
    """An annotation for pages: the status of each in its own language."""
    translations = _translations_into_page()
    return Case(
        When(Exists(translations.filter(standing__moved__gt=0)), then=Value(Status.OUTDATED)),
        When(Q(live=True) & Exists(_unfinished(translations)), then=Value(Status.OUTDATED)),
        When(Exists(_reviews()), then=Value(Status.IN_REVIEW)),
        When(live=False, then=Value(Status.DRAFT)),
        default=Value(Status.COMPLETE),
        output_field=CharField(),
    )


def status_in(locale: Locale) -> Coalesce:
    """An annotation for pages: the status that each has in another language."""
    twins = Page.objects.filter(translation_key=OuterRef("translation_key"), locale_id=locale.pk, alias_of__isnull=True)
    status = Subquery(twins.annotate(status=status_of_page()).values("status")[:1])
    return Coalesce(status, Value(Status.MISSING), output_field=CharField())


def sources() -> QuerySet[Page]:
    """The pages that are texts of their own, each in the language it was written in."""
    return _originals().filter(~Exists(_translations_into_page()))


def with_status(pages: QuerySet[Page], locale: Locale, status: Status) -> QuerySet[Page]:
    """Those of `pages` that have a status in another language. What is quickly known leaves few to look at closely."""
    twins = Page.objects.filter(translation_key=OuterRef("translation_key"), locale_id=locale.pk, alias_of__isnull=True)
    match status:
        case Status.MISSING:
            return pages.filter(~Exists(twins))
        case Status.DRAFT:
            pages = pages.filter(Exists(twins.filter(live=False)))
        case Status.IN_REVIEW:
            pages = pages.filter(Exists(twins.filter(Exists(_reviews()))))
    return pages.annotate(status=status_in(locale)).filter(status=status)


def with_translation(status: Status) -> QuerySet[Page]:
    """The pages that have this status in a language they were not written in: translations by their own, sources by
    that of any of their translations."""
    written = sources()
    translations = _originals().exclude(pk__in=written.values("pk"))
    wanted = Q(pk__in=translations.annotate(status=status_of_page()).filter(status=status).values("pk"))
    for locale in Locale.objects.all():
        wanted |= Q(pk__in=with_status(written.exclude(locale=locale), locale, status).values("pk"))
    return Page.objects.filter(wanted)


def _originals() -> QuerySet[Page]:
    return Page.objects.filter(alias_of__isnull=True, depth__gt=1)


def _translations_into_page() -> QuerySet[Translation]:
    """The translation that a page is. By the ids of the sources instead of a join: SQLite would look at all
    translations into the language, for each page."""
    sources_of_story = TranslationSource.objects.filter(object_id=OuterRef(OuterRef("translation_key")))
    return Translation.objects.filter(
        FOLLOWING, source_id__in=sources_of_story.values("pk"), target_locale_id=OuterRef("locale_id")
    )


def accepted() -> QuerySet[StringTranslation]:
    """The translations of a segment that count."""
    return StringTranslation.objects.filter(
        ACCEPTED, translation_of_id=OuterRef("string_id"), context_id=OuterRef("context_id")
    )


def _unfinished(translations: QuerySet[Translation]) -> QuerySet[Translation]:
    """Those made from segments with a text that readers do not see yet, or with one that readers still see that is no
    longer theirs."""
    seen = PublishedText.objects.filter(
        translation_id=OuterRef(OuterRef(OuterRef("pk"))), context_id=OuterRef("context_id"), text=OuterRef("data")
    )
    in_step = accepted().filter(Exists(seen), locale_id=OuterRef(OuterRef("target_locale_id")))
    waiting = StringSegment.objects.filter(~Exists(in_step), source_id=OuterRef("source_id"))

    same = accepted().filter(
        locale_id=OuterRef(OuterRef(OuterRef("target_locale_id"))), data=OuterRef(OuterRef("text"))
    )
    theirs = StringSegment.objects.filter(
        Exists(same), source_id=OuterRef(OuterRef("source_id")), context_id=OuterRef("context_id")
    )
    left_over = PublishedText.objects.filter(~Exists(theirs), translation_id=OuterRef("pk"))
    return translations.filter(Exists(waiting) | Exists(left_over), enabled=True)


def _with_progress(translations: QuerySet[Translation]) -> QuerySet[Translation]:
    """Translations annotated with `total`, `translated` and `moved`."""
    segments = StringSegment.objects.filter(source_id=OuterRef("source_id")).order_by()
    done = accepted().filter(locale_id=OuterRef(OuterRef("target_locale_id")))
    return translations.annotate(
        total=_count(segments), translated=_count(segments.filter(Exists(done))), moved=F("standing__moved")
    )


def _count(segments: QuerySet[StringSegment]) -> Coalesce:
    return Coalesce(Subquery(segments.values("source_id").annotate(count=Count("pk")).values("count")), 0)


def _reviews() -> QuerySet[WorkflowState]:
    return WorkflowState.objects.filter(
        status=WorkflowState.STATUS_IN_PROGRESS,
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id=Cast(OuterRef("pk"), CharField()),
    )
