"""Which stories stand in a digest, and what each is in the language of an edition."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from articles.models import ArticlePage
from newsletter import filling
from newsletter.blocks import WhereMissing
from newsroom.text import one_line

if TYPE_CHECKING:
    from wagtail.blocks import StreamValue

    from newsletter.models import DigestPage

# The blocks that hold one story, the one that leads first.
ONE_STORY = ("lead_story", "story")


@dataclass(frozen=True)
class Choice:
    """A story as an editor chose it: the article, None for one that was deleted; and what is to become of it where it
    is not translated."""

    article: ArticlePage | None
    where_missing: WhereMissing


class Stories:
    """The stories of a digest, in the order of its sections. Three queries and those it takes to read the sections and
    to fill them, however many stories there are."""

    def __init__(self, digest: DigestPage) -> None:
        self._language = digest.locale.language_code
        found = filling.found(digest)
        self._choices = {
            number: list(_choices(section, found.get(number, [])))
            for number, section in enumerate(digest.sections)
            if section.block_type in (*ONE_STORY, *filling.KINDS)
        }
        self.all = [choice for choices in self._choices.values() for choice in choices]
        self.chosen = [choice.article for choice in self.all if choice.article]
        self._by_story = _public(self.chosen)
        self.lead = self._lead(digest)

    @property
    def deleted(self) -> int:
        """How many choices have lost their article."""
        return len(self.all) - len(self.chosen)

    @property
    def unpublished(self) -> list[ArticlePage]:
        """The articles chosen that no reader may be shown."""
        return [article for article in self.chosen if not article.public]

    def untranslated(self, where_missing: WhereMissing) -> list[ArticlePage]:
        """The public articles that this language has no translation of and for which this was decided; with all that
        a card shows."""
        found = []
        for choice in self.all:
            if choice.article and choice.article.public and choice.where_missing == where_missing:
                languages = self._by_story.get(choice.article.translation_key, {})
                if self._language not in languages and choice.article.language in languages:
                    found.append(languages[choice.article.language])
        return found

    @property
    def decisions(self) -> list[tuple[uuid.UUID | None, WhereMissing]]:
        """What was chosen and decided, in a form that can be compared between languages."""
        keys = ((choice.article.translation_key if choice.article else None, choice) for choice in self.all)
        return [(key, choice.where_missing) for key, choice in keys]

    def choices(self, number: int) -> list[Choice]:
        """What was chosen in a section, given by its number; nothing for a section without stories."""
        return self._choices.get(number, [])

    def languages(self, article: ArticlePage) -> set[str]:
        """The languages in which readers can read a story."""
        return set(self._by_story.get(article.translation_key, {}))

    def as_read(self, article: ArticlePage) -> ArticlePage:
        """The article that readers of this language know a story by: its translation, else as it was chosen."""
        return self._by_story.get(article.translation_key, {}).get(self._language, article)

    def in_section(self, number: int) -> list[ArticlePage]:
        """What a section, given by its number, shows readers of this language; with all that a card shows."""
        shown = (self._shown(choice) for choice in self._choices[number])
        return [article for article in shown if article]

    def twins(self, article: ArticlePage) -> list[ArticlePage]:
        """The same story in other languages, in the order of the settings."""
        languages = self._by_story[article.translation_key]
        codes = [code for code, _name in settings.LANGUAGES if code != article.language]
        return [languages[code] for code in codes if code in languages]

    def _shown(self, choice: Choice) -> ArticlePage | None:
        if choice.article is None:
            return None
        languages = self._by_story.get(choice.article.translation_key, {})
        shown = languages.get(self._language)
        if shown is None and choice.where_missing == WhereMissing.SHOW:
            return languages.get(choice.article.language)
        return shown

    def _lead(self, digest: DigestPage) -> int | None:
        """The number of the section with the lead story: the one an editor made it, else the first that shows one."""
        for kind in ONE_STORY:
            for number, section in enumerate(digest.sections):
                if section.block_type == kind and self.in_section(number):
                    return number
        return None


def titles(articles: Iterable[ArticlePage]) -> tuple[str, ...]:
    """The titles of articles, each on one line."""
    return tuple(one_line(article.title) for article in articles)


def _choices(section: StreamValue.StreamChild, found: list[ArticlePage]) -> Iterator[Choice]:
    value = section.value
    where_missing = WhereMissing(value.get("where_missing") or WhereMissing.LEAVE_OUT)
    one = section.block_type in ONE_STORY
    for article in [value["article"]] if one else (list(value["stories"]) or found):
        yield Choice(article, where_missing)


def _public(articles: list[ArticlePage]) -> dict[uuid.UUID, dict[str, ArticlePage]]:
    """The public articles of some stories, by story and language."""
    keys = {article.translation_key for article in articles}
    cards = ArticlePage.objects.published().filter(story_key__in=keys).select_related("locale").cards()
    by_story: dict[uuid.UUID, dict[str, ArticlePage]] = {}
    for card in cards:
        by_story.setdefault(card.translation_key, {})[card.language] = card
    return by_story
