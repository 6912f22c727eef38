"""What a translation says otherwise than its source though it should be the same in every language: numbers, dates,
times, addresses. Somebody may say that it is right."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from wagtail_localize.models import OverridableSegment, StringSegment, Translation

from newsroom.localization.figures import differing
from newsroom.localization.models import Waiver
from newsroom.localization.readiness import field_label


@dataclass(frozen=True)
class Doubt:
    """A text that does not say what its source says: what is `missing`, what is said too much (`extra`)."""

    field: str
    source: str
    text: str
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    context_id: int

    def __str__(self) -> str:
        missing, extra = ", ".join(map(_named, self.missing)), ", ".join(map(_named, self.extra))
        if missing and extra:
            said = _("The source says %(missing)s, the translation %(extra)s.")
        elif missing:
            said = _("The source says %(missing)s; the translation does not.")
        else:
            said = _("The translation says %(extra)s; the source does not.")
        return said % {"missing": missing, "extra": extra}


def doubts(translation: Translation) -> list[Doubt]:
    """Those of a translation that nobody has waived, in the order of the page."""
    found = [*_in_texts(translation), *_in_links(translation)]
    if not found:
        return []
    waived = set(Waiver.objects.filter(translation=translation).values_list("context_id", "source_text", "text"))
    return [doubt for doubt in found if (doubt.context_id, doubt.source, doubt.text) not in waived]


def waive(translation: Translation, found: Iterable[Doubt], user: Any) -> None:
    """Say that texts are right as they are. Who said so is kept."""
    Waiver.objects.bulk_create(
        Waiver(
            translation=translation,
            context_id=doubt.context_id,
            source_text=doubt.source,
            text=doubt.text,
            waived_by=user,
        )
        for doubt in found
    )


def doubt_about(translation: Translation, segment: StringSegment, text: str) -> Doubt | None:
    """The doubt about one text, waived or not."""
    languages = translation.source.locale.language_code, translation.target_locale.language_code
    missing, extra = differing(segment.string.data, languages[0], text, languages[1])
    if not missing and not extra:
        return None
    field = field_label(translation.source.specific_content_type.model_class(), segment.context.path)
    return Doubt(field, segment.string.data, text, _sorted(missing), _sorted(extra), segment.context_id)


def _in_texts(translation: Translation) -> list[Doubt]:
    segments = StringSegment.objects.filter(source=translation.source).annotate_translation(translation.target_locale)
    translated = segments.filter(translation__isnull=False).select_related("string", "context").order_by("order")
    found = (doubt_about(translation, segment, segment.translation) for segment in translated)
    return [doubt for doubt in found if doubt]


def _in_links(translation: Translation) -> list[Doubt]:
    """Links that lead elsewhere than those of the source."""
    overridable = OverridableSegment.objects.filter(source=translation.source)
    segments = overridable.annotate_override_json(translation.target_locale).filter(override_json__isnull=False)
    model = translation.source.specific_content_type.model_class()
    found = []
    for segment in segments.select_related("context").order_by("order"):
        ours = json.loads(segment.override_json)
        if isinstance(segment.data, str) and isinstance(ours, str) and ours != segment.data:
            field = field_label(model, segment.context.path)
            found.append(Doubt(field, segment.data, ours, (segment.data,), (ours,), segment.context_id))
    return found


def _sorted(figures: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(figures.elements()))


def _named(figure: str) -> str:
    """A figure as a person says it."""
    kind, _space, number = figure.partition(" ")
    return str(MONTHS[int(number)]) if kind == "month" else figure
