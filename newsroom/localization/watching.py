"""Remembering what cannot be asked of the database: which words of a source have moved, and which texts readers see.

Everything else that makes the state of a translation is read where it is (see `newsroom.localization.state`).
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationContext, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from newsroom.localization.models import Pairing, PublishedText, Standing
from newsroom.localization.translating import text_to_translate
from newsroom.pages import SitePage
from newsroom.text import plain

# Path and text of each, and how often.
Texts = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Difference:
    """One text of a source as it was sent for translation, and as it is now; empty where there is none."""

    before: str
    after: str


def connect() -> None:
    """Listen to pages and to wagtail-localize, once."""
    page_published.connect(_on_published, dispatch_uid="localization.watching")
    page_unpublished.connect(_on_unpublished, dispatch_uid="localization.watching")
    post_save.connect(_on_page_saved, dispatch_uid="localization.watching.page")
    post_save.connect(_on_source_saved, sender=TranslationSource, dispatch_uid="localization.watching.source")
    post_delete.connect(_on_page_deleted, dispatch_uid="localization.watching.page")
    post_save.connect(_on_translation_saved, sender=Translation, dispatch_uid="localization.watching.translation")


def _on_published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    if isinstance(instance, SitePage):
        _look_at_source_page(instance)
        for translation in _translations_into(instance):
            remember_published_texts(translation, instance)


def _on_unpublished(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    if isinstance(instance, SitePage):
        _look_at_source_page(instance)


def _on_page_saved(sender: type, instance: Any, update_fields: Any, **kwargs: Any) -> None:
    """A new draft of a page that is not live is what a translator would get."""
    if isinstance(instance, SitePage) and not instance.live and "latest_revision" in (update_fields or ()):
        _look_at_source_page(instance)


def _on_page_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """What is left of a pair is a text of its own."""
    if isinstance(instance, SitePage):
        either = Q(translation__source__locale=instance.locale_id) | Q(translation__target_locale=instance.locale_id)
        Pairing.objects.filter(either, translation__source__object_id=instance.translation_key).delete()


def _on_source_saved(sender: type, instance: TranslationSource, created: bool, **kwargs: Any) -> None:
    if not created:
        look_at_source(instance)


def _on_translation_saved(sender: type, instance: Translation, created: bool, **kwargs: Any) -> None:
    if instance.enabled and not created:
        # It is made from segments again.
        Pairing.objects.filter(translation=instance).delete()
    if created:
        look_at_source(instance.source)


def _look_at_source_page(page: SitePage) -> None:
    for source in TranslationSource.objects.filter(object_id=page.translation_key, locale_id=page.locale_id):
        look_at_source(source, page)


def look_at_source(source: TranslationSource, page: Page | None = None) -> None:
    """Compare what translators would get of a source now with what was sent, and remember how many texts differ.
    Nothing for a snippet, or for a source that was deleted."""
    page = page or _page_of(source)
    translations = dict(source.translations.values_list("pk", "pairing__words")) if page else {}
    if page is None or not translations:
        return
    now = texts_of(text_to_translate(page))
    sent = _texts_sent(source, page)
    known = Standing.objects.in_bulk(list(translations))
    for key, words in translations.items():
        moved = _moved(sent if words is None else texts_from(words), now)
        standing = known.get(key) or Standing(translation_id=key)
        if standing.moved != moved or key not in known:
            standing.moved = moved
            standing.moved_since = (standing.moved_since or timezone.now()) if moved else None
            standing.save()


def differences(source: TranslationSource) -> list[Difference]:
    """What has changed in the text of a source since it was sent for translation, in the order of the page."""
    page = _page_of(source)
    if page is None:
        return []
    return compare(_texts_sent(source, page), texts_of(text_to_translate(page)))


def compare(before: Texts, after: Texts) -> list[Difference]:
    """The texts in which two states of a page differ, in the order of the page."""
    gone, come = list((before - after).elements()), list((after - before).elements())
    found = []
    for place in dict.fromkeys(path for path, _text in [*come, *gone]):
        old = [plain(text) for path, text in gone if path == place]
        new = [plain(text) for path, text in come if path == place]
        found += [Difference(*pair) for pair in zip_longest(old, new, fillvalue="")]
    return found


def texts_of(page: Page) -> Texts:
    """The texts of a page, each under the path of its segment."""
    return Counter(
        (value.path, value.string.data) for value in extract_segments(page) if isinstance(value, StringSegmentValue)
    )


def texts_from(words: Iterable[Sequence[str]]) -> Texts:
    """The texts that were kept as pairs of path and text (`Pairing.words`)."""
    return Counter((path, text) for path, text in words)


@transaction.atomic
def remember_published_texts(translation: Translation, page: Page) -> None:
    """Remember which texts readers of a translation see. A stored text that stands in `page` is kept as it is stored,
    so that it can be compared in the database; what else stands in the page is kept as it stands."""
    on_page = [(path, text, (_place(path), plain(text))) for path, text in texts_of(page)]
    seen = {words for _path, _text, words in on_page}
    stored = [(context, text, (_place(path), plain(text))) for context, path, text in _stored_texts(translation)]
    rows = [
        PublishedText(translation=translation, context_id=context, text=text)
        for context, text, words in stored
        if words in seen
    ]
    known = {words for _context, _text, words in stored}
    others = [(path, text) for path, text, words in on_page if words not in known]
    contexts = TranslationContext.objects.filter(object_id=page.translation_key, path__in=dict(others))
    by_path = {context.path: context for context in contexts}
    rows += [
        PublishedText(translation=translation, context=by_path[path], text=text)
        for path, text in others
        if path in by_path
    ]
    translation.published_texts.all().delete()
    PublishedText.objects.bulk_create(rows)


def _stored_texts(translation: Translation) -> list[tuple[int, str, str]]:
    """Context, path and text of what was translated of the words sent, in the order of the page."""
    segments = StringSegment.objects.filter(source_id=translation.source_id)
    pairs = segments.order_by("order").values_list("context_id", "string_id", "context__path")
    stored = StringTranslation.objects.filter(
        locale_id=translation.target_locale_id, context__object_id=translation.source.object_id
    )
    texts = {
        (context, string): text
        for context, string, text in stored.values_list("context_id", "translation_of_id", "data")
    }
    return [(context, path, texts[context, string]) for context, string, path in pairs if (context, string) in texts]


def _texts_sent(source: TranslationSource, page: Page) -> Texts:
    return texts_of(page.with_content_json(json.loads(source.content_json)))


def _moved(sent: Texts, now: Texts) -> int:
    """How many texts of a source have changed, come or gone."""
    return max((sent - now).total(), (now - sent).total())


def _place(path: str) -> str:
    """The field or block that a segment stands in. (The path of a table's cell goes on with the cell's own words, which
    differ in a translation.)"""
    return ".".join(path.split(".")[:2])


def _page_of(source: TranslationSource) -> Page | None:
    if not issubclass(source.specific_content_type.model_class() or object, Page):
        return None
    return Page.objects.filter(translation_key=source.object_id, locale_id=source.locale_id).specific().first()


def _translations_into(page: Page) -> QuerySet[Translation]:
    return Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id
    ).select_related("source")
