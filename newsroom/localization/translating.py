"""Making translations from code: what the localization UI does by hand, segment by segment."""

from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.operations import translate_object
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments


class SegmentsDiffer(ValueError):
    """A finished translation has other segments than its source, so that texts cannot be told apart."""


def send_for_translation(source: models.Model, locale: Locale, user: AbstractBaseUser | None = None) -> Translation:
    """Open a translation of a page or snippet into a language, a draft for pages, or find the one that is open.

    The parent page must be translated already.
    """
    translate_object(source, [locale], user=user)
    return Translation.objects.get(source=TranslationSource.objects.get_for_instance(source), target_locale=locale)


def translation_into(page: Page) -> Translation | None:
    """The open translation that `page` is made from; None for a page that is nobody's translation, or no longer kept in
    step with its source."""
    translations = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    )
    return translations.select_related("source").first()


def fill(translation: Translation, texts: Mapping[str, str], user: AbstractBaseUser | None = None) -> None:
    """Store translated texts under the paths of their segments ("title", "body.<block id>"), as HTML fragments.

    Raises KeyError for a path that the source does not have.
    """
    segments = {segment.context.path: segment for segment in _segments(translation)}
    for path, text in texts.items():
        _store(translation, segments[path], text, user)


@transaction.atomic
def take_over(translation: Translation, finished: models.Model, user: AbstractBaseUser | None = None) -> None:
    """Store the texts of a finished translation. `finished` is an unsaved copy of the source, with the same blocks in
    the same order, whose texts are in the other language; its segments are matched with the source's one by one.

    Raises SegmentsDiffer, and stores nothing, when a paragraph, list item or cell is missing or too many.
    """
    segments = _segments(translation)
    values = [value for value in extract_segments(finished) if isinstance(value, StringSegmentValue)]
    source_fields = [segment.context.path.split(".")[:2] for segment in segments]
    finished_fields = [value.path.split(".")[:2] for value in values]
    if source_fields != finished_fields:
        extra = next((pair for pair in zip(source_fields, finished_fields, strict=False) if pair[0] != pair[1]), None)
        raise SegmentsDiffer(f"{finished}: {len(segments)} segments in the source, {len(values)} here; first {extra}")
    for segment, value in zip(segments, values, strict=True):
        _store(translation, segment, value.string.data, user)


def _segments(translation: Translation) -> list[StringSegment]:
    return list(
        StringSegment.objects.filter(source=translation.source).select_related("context", "string").order_by("order")
    )


def _store(translation: Translation, segment: StringSegment, text: str, user: AbstractBaseUser | None = None) -> None:
    StringTranslation.objects.update_or_create(
        locale=translation.target_locale,
        translation_of=segment.string,
        context=segment.context,
        defaults={
            "data": text,
            "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
            "last_translated_by": user,
            "has_error": False,
        },
    )
