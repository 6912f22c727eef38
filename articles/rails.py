"""The rails beside and below articles: latest news and most read, each headed by its feed page."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from articles.models import ArticlePage, CategoryPage, LatestNewsPage, MostReadPage

LATEST_LENGTH = 6
MOST_READ_LENGTH = 3


@dataclass(frozen=True)
class Rail:
    """A short list of articles, the page that gives it its heading and lists more, and the category it keeps to."""

    page: LatestNewsPage | MostReadPage | None
    articles: list[ArticlePage]
    category: CategoryPage | None = None


def latest(language: str, leave_out: Sequence[int] = (), length: int = LATEST_LENGTH) -> Rail:
    """The newest articles of a language, without those whose ids are in `leave_out`."""
    page = LatestNewsPage.objects.live_in(language).first()
    newest = ArticlePage.objects.published().in_language(language).exclude(pk__in=leave_out).newest()
    return Rail(page, newest[:length].cards())


def most_read(
    language: str,
    category_key: uuid.UUID | None = None,
    leave_out: Sequence[int] = (),
    length: int = MOST_READ_LENGTH,
) -> Rail:
    """The most read articles of a language, in one category if a key is given; of the whole site when that category has
    too few. What the clock has not ranked yet follows newest first."""
    page = MostReadPage.objects.live_in(language).select_related("category").first()
    if page is None:
        return Rail(None, [])
    readable = ArticlePage.objects.in_language(language).exclude(pk__in=leave_out)
    if category_key:
        articles = page.ranked(readable, category_key)[:length].cards()
        if len(articles) == length:
            return Rail(page, articles, articles[0].shown_category)
    articles = page.ranked(readable)[:length].cards()
    if len(articles) < length:
        others = readable.exclude(pk__in=[article.pk for article in articles])
        articles += page.unranked(others)[: length - len(articles)].cards()
    return Rail(page, articles)
