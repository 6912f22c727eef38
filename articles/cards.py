"""Numbered pages of article cards."""

from django.core.paginator import Page, Paginator

from articles.querysets import ArticleQuerySet


def page_of(articles: ArticleQuerySet, number: str | None, size: int) -> Page:
    """Page `number` (as the reader typed it; nonsense is page 1, too high is the last) with its articles as cards.

    The keys of the page are found by offset and the rows by key, so that a far page does not read all rows before it.
    """
    page = Paginator(articles.values_list("pk", flat=True), size).get_page(number)
    keys = list(page.object_list)
    by_key = {article.pk: article for article in articles.model.objects.filter(pk__in=keys).cards()}
    page.object_list = [by_key[key] for key in keys if key in by_key]
    return page
