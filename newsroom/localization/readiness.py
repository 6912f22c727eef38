"""What speaks against publishing a translation."""

from dataclasses import dataclass

from django.utils.text import capfirst
from wagtail.models import Page
from wagtail_localize.models import StringSegment, Translation


@dataclass(frozen=True)
class MissingText:
    """A text of the source that has no translation: the field it stands in, and its words."""

    field: str
    text: str


@dataclass(frozen=True)
class Readiness:
    """`missing` texts would be published in the source's language. `before_source`: readers do not have the source yet.
    Both are for a person to decide, except a title: lists, searches and the address are made from it."""

    missing: tuple[MissingText, ...]
    title_missing: bool
    before_source: bool

    @property
    def ready(self) -> bool:
        return not self.missing and not self.before_source


def readiness(translation: Translation) -> Readiness:
    """What speaks against publishing a translation of a page or snippet as it stands."""
    segments = (
        StringSegment.objects.filter(source=translation.source)
        .annotate_translation(translation.target_locale)
        .filter(translation__isnull=True)
        .select_related("context", "string")
        .order_by("order")
    )
    model = translation.source.specific_content_type.model_class()
    missing = tuple(MissingText(_label(model, segment.context.path), segment.string.data) for segment in segments)
    return Readiness(
        missing=missing,
        title_missing=any(segment.context.path == "title" for segment in segments),
        before_source=before_source(translation),
    )


def before_source(translation: Translation) -> bool:
    """Whether this translation would be public while its source is not. A source that will be at a time which is set
    takes the translation with it."""
    source = translation.source.get_source_instance()
    if not isinstance(source, Page) or source.live:
        return False
    return not source.revisions.filter(approved_go_live_at__isnull=False).exists()


def _label(model: type, path: str) -> str:
    field = model._meta.get_field(path.partition(".")[0])  # type: ignore[attr-defined]
    return str(capfirst(getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name))
