"""What stands where on the front page. No story stands there twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wagtail.models import Page

from articles.models import ArticlePage, CategoryPage, LatestNewsPage, MostReadPage

if TYPE_CHECKING:
    from wagtail.blocks import StreamValue

    from articles.querysets import ArticleQuerySet

# Sections that stand beside the latest news when they follow them, and across the page anywhere else.
NARROW = ("most_read", "sign_up")
# Sections that show stories. All others show what their block says.
OF_STORIES = ("lead_story", "latest", "most_read", "category")


@dataclass(frozen=True)
class Section:
    """One section as readers see it: the block that an editor placed, its stories, and the page that lists more."""

    number: int
    block: StreamValue.StreamChild
    page: Page | None
    articles: list[ArticlePage]

    @property
    def kind(self) -> str:
        """The type of its block."""
        return self.block.block_type

    @property
    def heading(self) -> str:
        """The editor's words, else the title of the page that lists more; empty where there is neither."""
        chosen = self.block.value.get("heading") if self.kind in OF_STORIES else ""
        return chosen or (self.page.title if self.page else "")

    @property
    def anchor(self) -> str:
        """The id of its heading."""
        return f"section-{self.number + 1}"

    @property
    def template(self) -> str:
        """The template that shows it."""
        return f"home/sections/{self.kind if self.kind in OF_STORIES else 'block'}.html"

    @property
    def shown(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.articles) or self.kind not in OF_STORIES


@dataclass(frozen=True)
class Row:
    """A section across the page, or the latest news with the narrow sections beside it."""

    section: Section
    beside: list[Section] = field(default_factory=list)


@dataclass(frozen=True)
class FrontPage:
    """The rows from top to bottom, without the sections that have nothing to show. `lacks_stories` if all those for
    stories are among them."""

    rows: list[Row]
    lacks_stories: bool


def compose(blocks: Iterable[StreamValue.StreamChild], language: str) -> FrontPage:
    """The front page of a language, made of the sections that an editor placed.

    Stories and categories are chosen in any language and shown in this one. A story that cannot be shown (not
    translated, unpublished, withdrawn) gives its place to the newest; a category without a page in this language is
    left out. What an editor chose has its place first; then each section in turn takes the next stories that are not on
    the page yet. The queries are one a section and a few for all, however many articles there are.
    """
    blocks = list(blocks)
    pages = _pages(blocks, language)
    keys = _chosen_stories(blocks, language)
    taken = {key for found in keys.values() for key in found}
    for number, block in enumerate(blocks):
        if number not in keys:
            keys[number] = _next_stories(block, pages.get(number), language, taken)
            taken.update(keys[number])
    cards = {card.pk: card for card in ArticlePage.objects.filter(pk__in=taken).cards()} if taken else {}
    sections = [
        Section(number, block, pages.get(number), [cards[key] for key in keys[number] if key in cards])
        for number, block in enumerate(blocks)
    ]
    lacks_stories = not cards and any(section.kind in OF_STORIES for section in sections)
    return FrontPage(_rows(section for section in sections if section.shown), lacks_stories)


def _pages(blocks: Sequence[StreamValue.StreamChild], language: str) -> dict[int, Page]:
    """The live page of this language that heads a section, by the section's number."""
    kinds = {block.block_type for block in blocks}
    feeds = {
        kind: model.objects.live_in(language).first()
        for kind, model in (("latest", LatestNewsPage), ("most_read", MostReadPage))
        if kind in kinds
    }
    chosen = [block.value["category"] for block in blocks if block.block_type == "category"]
    keys = {category.translation_key for category in chosen if category}
    live = CategoryPage.objects.live_in(language).filter(translation_key__in=keys) if keys else []
    categories = {category.translation_key: category for category in live}
    pages: dict[int, Page | None] = {}
    for number, block in enumerate(blocks):
        if block.block_type == "category" and block.value["category"]:
            pages[number] = categories.get(block.value["category"].translation_key)
        else:
            pages[number] = feeds.get(block.block_type)
    return {number: page for number, page in pages.items() if page}


def _chosen_stories(blocks: Sequence[StreamValue.StreamChild], language: str) -> dict[int, list[int]]:
    """The ids of the stories that editors chose and this language has, by the number of their section."""
    wanted = {
        block.value["article"].translation_key: number
        for number, block in enumerate(blocks)
        if block.block_type == "lead_story" and block.value["article"]
    }
    if not wanted:
        return {}
    found = _readable(language).filter(story_key__in=wanted).values_list("story_key", "pk")
    return {wanted[story]: [key] for story, key in found}


def _next_stories(
    block: StreamValue.StreamChild, page: Page | None, language: str, taken: Collection[int]
) -> list[int]:
    """The ids of the stories that a section shows by itself, none of them taken."""
    readable = _readable(language).exclude(pk__in=taken)
    match block.block_type:
        case "lead_story":
            return _keys(readable.newest(), 1)
        case "latest" if page:
            return _keys(readable.newest(), block.value["length"])
        case "most_read" if page:
            ranked = _keys(page.ranked(readable), block.value["length"])
            others = readable.exclude(pk__in=ranked)
            return ranked + _keys(page.unranked(others), (block.value["length"] or 0) - len(ranked))
        case "category" if page:
            return _keys(readable.in_category(page.translation_key).newest(), block.value["length"])
    return []


def _readable(language: str) -> ArticleQuerySet:
    return ArticlePage.objects.published().in_language(language)


def _keys(articles: ArticleQuerySet, length: int | None) -> list[int]:
    return list(articles.values_list("pk", flat=True)[: length or 0])


def _rows(sections: Iterable[Section]) -> list[Row]:
    """Narrow sections join the latest news that they follow; every other section has a row to itself."""
    rows: list[Row] = []
    for section in sections:
        if section.kind in NARROW and rows and rows[-1].section.kind == "latest":
            rows[-1].beside.append(section)
        else:
            rows.append(Row(section))
    return rows
