"""Feeds, first of all those of pages that list articles: RSS 2.0 and JSON Feed 1.1, both made from the same entries."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed
from django.utils.html import escape
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.cache import cache_control

from articles.feed_text import feed_text
from articles.sharing import SharePicture, share_picture
from newsroom.addresses import indexable_twins
from newsroom.pages import name_of_site
from newsroom.site_settings import site_settings
from newsroom.text import one_line, plain

if TYPE_CHECKING:
    from articles.models.pages import ArticleListPage, ArticlePage

FEED_LENGTH = 20
# Readers poll; caches on the way may answer for so many seconds.
MAX_AGE = 300
RSS, JSON = "application/rss+xml", "application/feed+json"


@dataclass(frozen=True)
class Entry:
    """An article, or what else a feed lists. `text` is its HTML, empty where feeds carry summaries only."""

    key: str
    url: str
    title: str
    summary: str
    text: str
    picture: SharePicture | None
    published: datetime | None
    updated: datetime | None
    authors: list[str]
    categories: list[str]
    translations: dict[str, str]  # address by language


@dataclass(frozen=True)
class Channel:
    """What a feed says of the page whose list it is."""

    title: str
    url: str
    own_url: str
    description: str
    language: str
    updated: datetime
    translations: dict[str, str]  # address of the same feed by language
    entries: list[Entry]


@cache_control(public=True, max_age=MAX_AGE)
def rss(request: HttpRequest, page: "ArticleListPage") -> HttpResponse:
    """The first articles of a page as RSS 2.0, after the RSS Advisory Board's best practices profile. Translations,
    which RSS does not know, are named by links of Atom."""
    return rss_of(channel_of(page, request, "feed"))


def rss_of(channel: Channel) -> HttpResponse:
    """A channel as RSS 2.0."""
    feed = _Rss(
        title=channel.title,
        link=channel.url,
        description=channel.description,
        language=channel.language,
        feed_url=channel.own_url,
        updated=channel.updated,
        translations=channel.translations,
    )
    for entry in channel.entries:
        feed.add_item(
            title=entry.title,
            link=entry.url,
            description=escape(entry.summary),  # readers take it for HTML
            unique_id=entry.key,
            unique_id_is_permalink=False,
            pubdate=entry.published,
            categories=entry.categories,
            enclosures=_enclosures(entry.picture),
            authors=entry.authors,
            translations=entry.translations,
            text=entry.text,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=f"{RSS}; charset=utf-8")


@cache_control(public=True, max_age=MAX_AGE)
def json_feed(request: HttpRequest, page: "ArticleListPage") -> HttpResponse:
    """The first articles of a page as JSON Feed 1.1. Translations, which the format does not know, stand in an
    extension, whose name begins with an underscore as it asks."""
    return json_of(channel_of(page, request, "json_feed"))


def json_of(channel: Channel) -> HttpResponse:
    """A channel as JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.url,
        "feed_url": channel.own_url,
        "description": channel.description,
        "language": channel.language,
        "_translations": channel.translations,
        "items": [_json_item(entry, channel.language) for entry in channel.entries],
    }
    return HttpResponse(json.dumps(feed, ensure_ascii=False), content_type=f"{JSON}; charset=utf-8")


def channel_of(page: "ArticleListPage", request: HttpRequest, route: str) -> Channel:
    """The feed of a page under one of its routes, "feed" or "json_feed", with its first articles; their texts too if
    the settings of the site say so."""
    language = page.locale.language_code
    settings = site_settings(request)
    with_text = settings is None or settings.feed_content == "full"
    articles = page.articles()[:FEED_LENGTH].feed_items(with_text)
    entries = [_entry(article, request, with_text) for article in articles]
    path = page.reverse_subpage(route)
    twins = indexable_twins(page).exclude(pk=page.pk)
    changes = [page.last_published_at, *(entry.updated for entry in entries)]
    return Channel(
        title=one_line(f"{page.title} – {name_of_site(language)}"),
        url=page.get_full_url(request),
        own_url=page.get_full_url(request) + path,
        description=plain(page.search_description or page.intro) or one_line(page.title),
        language=language,
        updated=max(filter(None, changes), default=timezone.now()),
        translations={twin.locale.language_code: twin.get_full_url(request) + path for twin in twins},
        entries=entries,
    )


def _entry(article: "ArticlePage", request: HttpRequest, with_text: bool) -> Entry:
    return Entry(
        # The address may change with the title; the story stays the same item.
        key=f"urn:uuid:{article.story_key}#{article.language}",
        url=article.get_full_url(request),
        title=one_line(article.title),
        summary=one_line(article.teaser) or one_line(article.title),
        text=feed_text(article, request) if with_text else "",
        picture=share_picture([(article.lead_image, article.lead_image_alt)]),
        published=article.date,
        updated=max(filter(None, [article.date, article.last_published_at]), default=None),
        authors=[one_line(author.name) for author in article.authors],
        categories=[one_line(article.shown_category.title)] if article.shown_category else [],
        translations={twin.language: twin.get_full_url(request) for twin in article.translations},
    )


def _enclosures(picture: SharePicture | None) -> list[Enclosure]:
    size = picture.size() if picture else None
    return [Enclosure(picture.url, str(size), "image/jpeg")] if picture and size else []


class _Rss(Rss201rev2Feed):
    """RSS 2.0 with what its readers have agreed on beside it: whole texts, names of authors, links to translations."""

    def rss_attributes(self) -> dict[str, str]:
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def latest_post_date(self) -> datetime:
        return self.feed["updated"]

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        _add_translations(handler, self.feed["translations"], RSS)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", author)
        _add_translations(handler, item["translations"], "text/html")
        if item["text"]:
            handler.addQuickElement("content:encoded", item["text"])


def _add_translations(handler: SimplerXMLGenerator, links: dict[str, str], media_type: str) -> None:
    """Links to translations. They are "related", for what is "alternate" many programs take for the address itself."""
    for language, address in links.items():
        attributes = {"rel": "related", "type": media_type, "hreflang": language, "href": address}
        handler.addQuickElement("atom:link", "", attributes)


def _json_item(entry: Entry, language: str) -> dict[str, Any]:
    return {
        "id": entry.key,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        # One of the two must be there; `content_text` may be empty.
        **({"content_html": entry.text} if entry.text else {"content_text": entry.summary}),
        **({"image": entry.picture.url} if entry.picture else {}),
        **({"date_published": timezone.localtime(entry.published).isoformat()} if entry.published else {}),
        **({"date_modified": timezone.localtime(entry.updated).isoformat()} if entry.updated else {}),
        "authors": [{"name": name} for name in entry.authors],
        "tags": entry.categories,
        "language": language,
        "_translations": entry.translations,
    }
