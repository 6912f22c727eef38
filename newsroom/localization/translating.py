"""Sending pages for translation and storing their texts, segment by segment: what screens, files and scripts share."""

from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.operations import translate_object
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from newsroom.localization import carrying


class SegmentsDiffer(ValueError):
    """A finished translation has other segments than its source, so that texts cannot be told apart."""


class AlreadyTranslated(ValueError):
    """There is a page in that language already which is not made from segments: it is nobody's to overwrite."""


@transaction.atomic
def send_for_translation(source: models.Model, locale: Locale, user: AbstractBaseUser | None = None) -> Translation:
    """Open a translation of a page or snippet into a language, or find the one that is open and give it the source's
    words of today. The translation of a page is a draft, and so are those of the pages above it that were missing.

    Raises AlreadyTranslated for a page that has a text of its own in that language.
    """
    sent = update_source(source)
    translation = sent.translations.filter(target_locale=locale).first()
    if isinstance(source, Page) and source.get_translations().filter(locale=locale, alias_of=None).exists():
        if translation is None or not translation.enabled:
            raise AlreadyTranslated(f"{source} has a text of its own in {locale}")
        return translation
    if isinstance(source, Page):
        send_missing_parents(source, locale, user)
    translate_object(source, [locale], user=user)
    return Translation.objects.get(source=sent, target_locale=locale)


def send_missing_parents(page: Page, locale: Locale, user: AbstractBaseUser | None = None) -> None:
    """Open translations of the pages above `page` that a language lacks. (wagtail-localize would make live aliases of
    them: the source's words, public under an address of the other language.)"""
    parent = page.get_parent()
    if parent.is_root() or parent.get_translations().filter(locale=locale, alias_of=None).exists():
        return
    send_for_translation(parent.specific, locale, user)


def text_to_translate(source: models.Model) -> models.Model:
    """What translators get of a page or snippet: of one that is public the public text, so that no unapproved word
    leaks; of any other the latest draft. (wagtail-localize always takes the row, which of a page that was never public
    is its first draft.)"""
    if isinstance(source, Page):
        return source.specific if source.live else source.get_latest_revision_as_object()
    return source


@transaction.atomic
def update_source(source: models.Model, *, small: bool = False) -> TranslationSource:
    """Store today's words of a page or snippet for its translators. What was translated is carried over to words that
    have changed: to be looked at, unless the change was a `small` one."""
    known = TranslationSource.objects.get_for_instance_or_none(source)
    before = carrying.words_of(known)
    sent = TranslationSource.update_or_create_from_instance(text_to_translate(source))[0]
    carrying.carry_over(sent, before, small=small)
    return sent


def translation_into(page: Page) -> Translation | None:
    """The open translation that `page` is made from; None for a page that is nobody's translation, or no longer kept in
    step with its source."""
    translations = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    )
    return translations.select_related("source").first()


def made_from(page: Page) -> Translation | None:
    """The translation that `page` is, made from segments or written by hand; None for a text of its own, even if it is
    paired with one that says the same."""
    kinds = models.Q(enabled=True) | models.Q(pairing__independent=False)
    translations = Translation.objects.filter(
        kinds, source__object_id=page.translation_key, target_locale_id=page.locale_id
    )
    return translations.select_related("source").first()


def fill(translation: Translation, texts: Mapping[str, str], user: AbstractBaseUser | None = None) -> None:
    """Store translated texts under the paths of their segments ("title", "body.<block id>"), as HTML fragments.

    Raises KeyError for a path that the source does not have.
    """
    segments = {segment.context.path: segment for segment in segments_of(translation)}
    for path, text in texts.items():
        store(translation, segments[path], text, user)


@transaction.atomic
def take_over(translation: Translation, finished: models.Model, user: AbstractBaseUser | None = None) -> None:
    """Store the texts of a finished translation, matched by `matched`. Raises SegmentsDiffer, and stores nothing, when
    a paragraph, list item or cell is missing or too many."""
    for segment, text in matched(translation, finished):
        store(translation, segment, text, user)


def matched(translation: Translation, finished: models.Model) -> list[tuple[StringSegment, str]]:
    """The segments of a translation, each with its text in `finished`: a copy of the source, with the same blocks in
    the same order, whose texts are in the other language. Raises SegmentsDiffer."""
    segments = list(segments_of(translation))
    values = [value for value in extract_segments(finished) if isinstance(value, StringSegmentValue)]
    source_fields = [segment.context.path.split(".")[:2] for segment in segments]
    finished_fields = [value.path.split(".")[:2] for value in values]
    if source_fields != finished_fields:
        extra = next((pair for pair in zip(source_fields, finished_fields, strict=False) if pair[0] != pair[1]), None)
        raise SegmentsDiffer(f"{finished}: {len(segments)} segments in the source, {len(values)} here; first {extra}")
    return [(segment, value.string.data) for segment, value in zip(segments, values, strict=True)]


def segments_of(translation: Translation) -> models.QuerySet[StringSegment]:
    """The segments of a translation in the order of the page, with their places and words."""
    found = StringSegment.objects.filter(source=translation.source_id)
    return found.select_related("context", "string").order_by("order")


def open_translations() -> models.QuerySet[Translation]:
    """The translations that are made from segments, with their languages."""
    return Translation.objects.filter(enabled=True).select_related("source__locale", "target_locale")


def stored(translation: Translation, segment: StringSegment) -> models.QuerySet[StringTranslation]:
    """What is stored as the translation of a segment: one text or none."""
    return StringTranslation.objects.filter(
        translation_of_id=segment.string_id,
        context_id=segment.context_id,
        locale_id=translation.target_locale_id,
    )


def store(
    translation: Translation, segment: StringSegment, text: str, user: AbstractBaseUser | None = None, tool: str = ""
) -> tuple[StringTranslation, bool]:
    """Store what a person wrote, with a `tool` if they used one, as the translation of a segment; that also says that
    it is right. Returns it, and whether there was none before.

    Raises ValidationError for a text that cannot stand there.
    """
    return StringTranslation.objects.update_or_create(
        locale=translation.target_locale,
        translation_of=segment.string,
        context=segment.context,
        defaults={
            "data": text,
            "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
            "tool_name": tool,
            "last_translated_by": user,
            "has_error": False,
            "field_error": "",
        },
    )
