"""What speaks against publishing a translation."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.text import capfirst
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation


@dataclass(frozen=True)
class MissingText:
    """A text of the source that nobody has translated: the field it stands in, and its words."""

    field: str
    text: str


@dataclass(frozen=True)
class Readiness:
    """`missing` texts would be published in the source's language. `unaccepted` ones are a machine's words that no
    person has accepted, `unchecked` ones were carried over to words that have changed. `before_source`: readers do not
    have the source yet. All are for a person to decide, except a missing title: lists, searches and the address are
    made from it."""

    missing: tuple[MissingText, ...]
    unaccepted: tuple[MissingText, ...]
    unchecked: tuple[MissingText, ...]
    title_missing: bool
    before_source: bool

    @property
    def incomplete(self) -> bool:
        """Whether a text is missing, or waits for a person to say that it is right."""
        return bool(self.missing or self.unaccepted or self.unchecked)

    @property
    def ready(self) -> bool:
        """Whether it may be published without a question."""
        return not (self.incomplete or self.before_source)


def readiness(translation: Translation) -> Readiness:
    """What speaks against publishing a translation of a page or snippet as it stands."""
    stored = StringTranslation.objects.filter(
        translation_of_id=OuterRef("string_id"),
        context_id=OuterRef("context_id"),
        locale_id=translation.target_locale_id,
        has_error=False,
    )
    segments = (
        StringSegment.objects.filter(source=translation.source)
        .annotate(
            made_by=Subquery(stored.values("translation_type")), waits=Exists(stored.filter(carried__isnull=False))
        )
        .filter(Q(made_by__isnull=True) | Q(made_by=StringTranslation.TRANSLATION_TYPE_MACHINE) | Q(waits=True))
        .select_related("context", "string")
        .order_by("order")
    )
    model = translation.source.specific_content_type.model_class()
    missing: list[MissingText] = []
    unaccepted: list[MissingText] = []
    unchecked: list[MissingText] = []
    for segment in segments:
        text = MissingText(field_label(model, segment.context.path), segment.string.data)
        (unchecked if segment.waits else unaccepted if segment.made_by else missing).append(text)
    return Readiness(
        missing=tuple(missing),
        unaccepted=tuple(unaccepted),
        unchecked=tuple(unchecked),
        title_missing=any(segment.context.path == "title" and not segment.made_by for segment in segments),
        before_source=before_source(translation),
    )


def before_source(translation: Translation) -> bool:
    """Whether this translation would be public while its source is not. A source that will be at a time which is set
    takes the translation with it."""
    source = translation.source.get_source_instance()
    if not isinstance(source, Page) or source.live:
        return False
    return not source.revisions.filter(approved_go_live_at__isnull=False).exists()


def field_label(model: type, path: str) -> str:
    """What the editor calls the field that a segment stands in."""
    field = model._meta.get_field(path.partition(".")[0])  # type: ignore[attr-defined]
    return str(capfirst(getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name))
