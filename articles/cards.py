"""Numbered pages of article cards."""

from typing import Any

from django.core.paginator import Page, Paginator

from articles.querysets import ArticleQuerySet


def numbered(rows: Any, size: int, number: str | None) -> Page:
    """Page `number` of some rows, as the reader typed it: nonsense, and what is below 1, is page 1 (Django would answer
    with the last); too high is the last."""
    try:
        wanted = max(1, int(number or 1))
    except ValueError:
        wanted = 1
    return Paginator(rows, size).get_page(wanted)


def page_of(articles: ArticleQuerySet, number: str | None, size: int) -> Page:
    """Page `number` (see `numbered`) with its articles as cards.

    The keys of the page are found by offset and the rows by key, so that a far page does not read all rows before it.
    """
    page = numbered(articles.values_list("pk", flat=True), size, number)
    keys = list(page.object_list)
    by_key = {article.pk: article for article in articles.model.objects.filter(pk__in=keys).cards()}
    page.object_list = [by_key[key] for key in keys if key in by_key]
    return page
