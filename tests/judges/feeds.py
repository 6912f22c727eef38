"""Do feeds and sitemaps say what programs need, in the form they expect?

Rules: RSS 2.0 and the RSS Advisory Board's profile; JSON Feed 1.1; sitemaps.org 0.9 with Google's alternates.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from tests.judges.answers import Answer

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
FEED_TYPES = {"application/rss+xml", "application/feed+json"}
# sitemaps.org: more belong into a sitemap of their own.
MOST_ADDRESSES = 50_000


def feed_complaints(answer: Answer) -> list[str]:
    """What is wrong with a feed, RSS or JSON."""
    return list(_about_json(answer) if answer.content_type == "application/feed+json" else _about_rss(answer))


def feed_links(answer: Answer) -> list[str]:
    """The addresses of the articles in a feed."""
    if answer.content_type == "application/feed+json":
        return [item["url"] for item in json.loads(answer.body)["items"]]
    return [item.findtext("link", "") for item in ElementTree.fromstring(answer.body).iter("item")]


def _about_rss(answer: Answer) -> Iterator[str]:
    channel = ElementTree.fromstring(answer.body).find("channel")
    assert channel is not None
    for name in ("title", "link", "description", "language"):
        if not channel.findtext(name):
            yield f"has no {name}"
    own = channel.find(f"{ATOM}link[@rel='self']")
    if own is None or own.get("href") != answer.url:
        yield "does not name its own address"
    if (channel.findtext("language") or "")[:2] != answer.language:
        yield f"says it is in {channel.findtext('language')}"
    items = channel.findall("item")
    yield from _repetitions([item.findtext("guid") for item in items])
    for item in items:
        if not (item.findtext("title") and item.findtext("description")):
            yield f"an item without title or description: {item.findtext('link')}"
        if not is_absolute(item.findtext("link")):
            yield f"an item links to {item.findtext('link')}"
        if parsedate_to_datetime(item.findtext("pubDate", "")).tzinfo is None:
            yield f"a date without time zone: {item.findtext('pubDate')}"
        for enclosure in item.iter("enclosure"):
            if not (is_absolute(enclosure.get("url")) and enclosure.get("type") and enclosure.get("length", "0") > "0"):
                yield f"an enclosure lacks address, type or length: {enclosure.attrib}"


def _about_json(answer: Answer) -> Iterator[str]:
    feed = json.loads(answer.body)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield f"says it is {feed.get('version')}"
    if not feed.get("title"):
        yield "has no title"
    if feed.get("feed_url") != answer.url:
        yield f"does not name its own address: {feed.get('feed_url')}"
    if (feed.get("language") or "")[:2] != answer.language:
        yield f"says it is in {feed.get('language')}"
    yield from _repetitions([item.get("id") for item in feed["items"]])
    for item in feed["items"]:
        if not (is_absolute(item.get("url")) and item.get("title")):
            yield f"an item without title or address: {item.get('url')}"
        if not (item.get("content_html") or item.get("content_text")):
            yield f"an item without content: {item.get('url')}"
        if datetime.fromisoformat(item.get("date_published", "")).tzinfo is None:
            yield f"a date without time zone: {item.get('date_published')}"


def _repetitions(names: list[Any]) -> Iterator[str]:
    if not all(names) or len(set(names)) != len(names):
        yield f"items are not told apart by their ids: {names}"


def is_absolute(url: str | None) -> bool:
    """Whether an address means something outside its page."""
    return bool(url and urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc)


def sitemap_addresses(answer: Answer) -> list[str]:
    """The addresses a sitemap, or an index of sitemaps, names."""
    return [element.text or "" for element in ElementTree.fromstring(answer.body).iter(f"{SITEMAP}loc")]


def sitemap_alternates(answers: Iterable[Answer]) -> dict[str, dict[str, str]]:
    """The translations that sitemaps name for each address, by language."""
    return {
        entry.findtext(f"{SITEMAP}loc", ""): {
            link.get("hreflang", ""): link.get("href", "") for link in entry.iter(f"{XHTML}link")
        }
        for answer in answers
        for entry in ElementTree.fromstring(answer.body).iter(f"{SITEMAP}url")
    }
