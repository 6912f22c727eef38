"""Sitemaps: all the pages of the site in all languages (sitemaps.org, with Google's alternates), and the articles of
the last two days (Google News).

Wagtail's own lists the pages of one language and names no alternates.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from wagtail.models import get_page_models

from articles.models import ArticlePage
from newsroom.addresses import ADDRESS_FIELDS, Alternate, alternates
from newsroom.pages import SitePage, name_of_site
from newsroom.text import one_line

# The protocol allows 50,000 pages a file; so many are made in less than a second.
PAGES_A_FILE = 2_000
# As many as an index may name (sitemaps.org).
MOST_FILES = 50_000
NEWS_AGE = timedelta(hours=48)
NEWS_LENGTH = 1_000
XML = "application/xml"

public_machine_view = cache_control(public=True, max_age=300)


@dataclass(frozen=True)
class SitemapFile:
    """An entry of the index: one file of the pages of one kind in one language."""

    url: str
    changed: datetime | None


@dataclass(frozen=True)
class SitemapPage:
    """An entry of a file."""

    url: str
    changed: datetime | None
    alternates: list[Alternate]


@dataclass(frozen=True)
class NewsArticle:
    """An entry of the news sitemap."""

    url: str
    publication: str
    language: str
    date: datetime
    title: str


@public_machine_view
def index(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: names the files, one or more for each language and kind of page. One query a kind."""
    files = [file for model in _page_kinds().values() for file in _files_of(model)]
    return render(request, "sitemaps/index.xml", {"files": files}, content_type=XML)


@public_machine_view
def pages(request: HttpRequest, language: str, kind: str, number: int) -> HttpResponse:
    """`/sitemap-en-articlepage-1.xml`: the pages of one kind in one language, with their alternates. It stands at the
    root, for a sitemap speaks only of what is below it. One query."""
    model = _page_kinds().get(kind)
    if model is None or language not in dict(settings.LANGUAGES) or not 1 <= number <= MOST_FILES:
        raise Http404
    entries = list(_entries(model, language, number, request))
    if not entries:
        raise Http404
    return render(request, "sitemaps/pages.xml", {"pages": entries}, content_type=XML)


@public_machine_view
def news(request: HttpRequest) -> HttpResponse:
    """`/news-sitemap.xml`: the articles of the last 48 hours in every language, the newest 1,000 at most."""
    now = timezone.now()
    newest = ArticlePage.objects.indexable().filter(date__gt=now - NEWS_AGE, date__lte=now).newest()
    fields = (*ADDRESS_FIELDS, "date", "language")
    names = {code: one_line(name_of_site(code)) for code, _ in settings.LANGUAGES}
    articles = [
        NewsArticle(url, names[article.language], article.language, article.date, one_line(article.title))
        for article in newest.only(*fields).select_related("locale")[:NEWS_LENGTH]
        if article.language in names and (url := article.get_full_url(request))
    ]
    return render(request, "sitemaps/news.xml", {"articles": articles}, content_type=XML)


def _page_kinds() -> dict[str, type[SitePage]]:
    return {model._meta.model_name: model for model in get_page_models() if issubclass(model, SitePage)}


def _files_of(model: type[SitePage]) -> Iterator[SitemapFile]:
    languages = (
        model.objects.indexable()
        .filter(locale__language_code__in=dict(settings.LANGUAGES))
        .order_by("locale__language_code")
        .values("locale__language_code")
        .annotate(pages=Count("pk"), changed=Max("last_published_at"))
    )
    for language in languages:
        for number in range(1, math.ceil(language["pages"] / PAGES_A_FILE) + 1):
            arguments = [language["locale__language_code"], model._meta.model_name, number]
            yield SitemapFile(settings.SITE_URL + reverse("sitemap_pages", args=arguments), language["changed"])


def _entries(model: type[SitePage], language: str, number: int, request: HttpRequest) -> Iterator[SitemapPage]:
    """The pages of a file: found in their language, read together with their twins in the others."""
    start = (number - 1) * PAGES_A_FILE
    own = model.objects.indexable().filter(locale__language_code=language).order_by("pk")
    keys = own.values_list("translation_key", flat=True)[start : start + PAGES_A_FILE]
    fields = (*ADDRESS_FIELDS, "last_published_at")
    twins = model.objects.indexable().filter(translation_key__in=keys).only(*fields).select_related("locale")
    for _, story in groupby(twins.order_by("translation_key"), key=attrgetter("translation_key")):
        found = alternates(story, lambda page: page.get_full_url(request))
        for alternate in found:
            if alternate.hreflang == language:
                yield SitemapPage(alternate.url, alternate.page.last_published_at, found)
