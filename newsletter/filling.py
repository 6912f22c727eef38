"""Sections that fill themselves: what they show now, and keeping it, so that what was approved is what is sent."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from wagtail.models import Page
from wagtail.signals import task_submitted
from wagtail_localize.models import TranslationSource

from articles.models import ArticlePage, MostReadPage
from newsroom.localization import translating

if TYPE_CHECKING:
    from wagtail.blocks import StructValue
    from wagtail.models import Revision

    from articles.querysets import ArticleQuerySet
    from newsletter.models import DigestPage

# The types of their blocks.
KINDS = ("latest", "most_read")


def connect() -> None:
    """Keep what stands in a digest when it is submitted for approval, once."""
    task_submitted.connect(_on_submitted, dispatch_uid="newsletter.filling")


def _on_submitted(sender: type, instance: Any, **kwargs: Any) -> None:
    from newsletter.models import DigestPage

    page = instance.workflow_state.content_object
    if isinstance(page, Page) and isinstance(page.specific, DigestPage):
        keep(page.specific)


def found(digest: DigestPage) -> dict[int, list[ArticlePage]]:
    """What the sections that are to fill themselves show now, by their number in the digest.

    They take the stories that readers of the language it was written in would see; every language then shows its own
    translations of the same stories. No story stands in a digest twice. Without such sections there is no query.
    """
    waiting = {number: section for number, section in enumerate(digest.sections) if _waits(section)}
    if not waiting:
        return {}
    language = _language_of_source(digest)
    taken = _chosen(digest)
    articles: dict[int, list[ArticlePage]] = {}
    for number, section in waiting.items():
        articles[number] = _next(section.block_type, section.value, language, taken)
        taken |= {article.translation_key for article in articles[number]}
    return articles


@transaction.atomic
def keep(digest: DigestPage) -> bool:
    """Make what the sections show now choices like any, in every language of the digest, whichever is given: in the
    latest draft (also where that is in review), and in what translators have. Returns whether there was any."""
    source = _source_of(digest)
    draft = source.get_latest_revision_as_object()
    kept = {
        draft.sections[number].id: [article.pk for article in articles]
        for number, articles in found(draft).items()
        if articles
    }
    if not kept:
        return False
    pages = type(digest).objects.originals().filter(translation_key=digest.translation_key)
    for page in pages.select_related("latest_revision").select_for_update(of=("self",)):
        _keep_in_row(page, kept)
        if page.latest_revision:
            _keep_in_draft(page.latest_revision, kept)
    if TranslationSource.objects.get_for_instance_or_none(source):
        translating.update_source(type(digest).objects.get(pk=source.pk))
    return True


def _waits(section: Any) -> bool:
    return section.block_type in KINDS and not list(section.value["stories"])


def _chosen(digest: DigestPage) -> set[uuid.UUID]:
    """The stories that stand in the digest already."""
    articles: list[ArticlePage | None] = []
    for section in digest.sections:
        if section.block_type in KINDS:
            articles += section.value["stories"]
        elif section.block_type in ("lead_story", "story"):
            articles.append(section.value["article"])
    return {article.translation_key for article in articles if article}


def _next(kind: str, value: StructValue, language: str, taken: Collection[uuid.UUID]) -> list[ArticlePage]:
    free = ArticlePage.objects.published().in_language(language).exclude(story_key__in=taken).defer("body")
    category = value["category"].translation_key if value["category"] else None
    length = value["length"] or 0
    if kind == "latest":
        return list((free.in_category(category) if category else free).newest()[:length])
    return _most_read(free, language, category, length)


def _most_read(free: ArticleQuerySet, language: str, category: uuid.UUID | None, length: int) -> list[ArticlePage]:
    """In the order of the page of this language; what the clock has not ranked yet follows newest first."""
    page = MostReadPage.objects.live_in(language).select_related("category").first()
    if page is None:
        return []
    articles = list(page.ranked(free, category)[:length])
    others = page.unranked(free.exclude(pk__in=[article.pk for article in articles]))
    others = others.in_category(category) if category else others
    return articles + list(others[: length - len(articles)])


# -- The source, and what is stored of it ------------------------------------------------------------------------------


def _language_of_source(digest: DigestPage) -> str:
    task = translating.made_from(digest)
    return task.source.locale.language_code if task else digest.locale.language_code


def _source_of(digest: DigestPage) -> DigestPage:
    """The page it was written on, as it is stored now."""
    task = translating.made_from(digest)
    locale_id = task.source.locale_id if task else digest.locale_id
    return type(digest).objects.get(translation_key=digest.translation_key, locale=locale_id)


def _keep_in_row(page: DigestPage, kept: Mapping[str, list[int]]) -> None:
    field = page._meta.get_field("sections")
    sections = _with_choices(field.get_prep_value(page.sections), kept)
    type(page).objects.filter(pk=page.pk).update(sections=field.to_python(sections))


def _keep_in_draft(revision: Revision, kept: Mapping[str, list[int]]) -> None:
    sections = _with_choices(json.loads(revision.content["sections"]), kept)
    revision.content["sections"] = json.dumps(sections, cls=DjangoJSONEncoder)
    revision.save(update_fields=["content"])


def _with_choices(sections: list[dict[str, Any]], kept: Mapping[str, list[int]]) -> list[dict[str, Any]]:
    """Sections as they are stored, those that are named with their articles."""
    return [
        {**section, "value": {**section["value"], "stories": [_item(key) for key in kept[section["id"]]]}}
        if section.get("id") in kept
        else section
        for section in sections
    ]


def _item(key: int) -> dict[str, Any]:
    return {"type": "item", "id": str(uuid.uuid4()), "value": key}
