"""What search engines are told about a page in the words of schema.org: plain dictionaries, printed as JSON-LD."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from articles.models import ArticlePage
from articles.sharing import SharePicture
from newsroom.addresses import Alternate
from newsroom.text import one_line

Node = dict[str, Any]

# What could end the element or begin a comment, as JSON writes it. (Django's `json_script` does the same.)
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def script(nodes: list[Node]) -> SafeString:
    """The element that holds `nodes`. It is a block of data: a content security policy without inline scripts lets it
    stand. Nothing without nodes."""
    if not nodes:
        return mark_safe("")
    text = json.dumps({"@context": "https://schema.org", "@graph": nodes}, ensure_ascii=False, separators=(",", ":"))
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text.translate(ESCAPES)))


def news_article(
    article: ArticlePage,
    publisher: Node,
    *,
    section: str = "",
    picture: SharePicture | None = None,
    alternates: Iterable[Alternate] = (),
) -> Node:
    """An article as a NewsArticle, after Google's "Article structured data". `alternates` are those of its story."""
    url = article.full_url
    node: Node = {
        "@type": "NewsArticle",
        "@id": f"{url}#article",
        "mainEntityOfPage": url,
        "headline": one_line(article.title),
        "description": one_line(article.teaser),
        "inLanguage": article.language,
        "isAccessibleForFree": True,
        "author": [{"@type": "Person", "name": one_line(author.name)} for author in article.authors] or [publisher],
        "publisher": publisher,
    }
    if article.date:
        changed = max(article.date, article.last_published_at or article.date)
        node["datePublished"] = timezone.localtime(article.date).isoformat()
        node["dateModified"] = timezone.localtime(changed).isoformat()
    if section:
        node["articleSection"] = one_line(section)
    if article.dateline:
        node["locationCreated"] = {"@type": "Place", "name": one_line(article.dateline)}
    if picture:
        node["image"] = {"@type": "ImageObject", "url": picture.url, "width": picture.width, "height": picture.height}
    return {**node, **_translations(article, alternates)}


def _translations(article: ArticlePage, alternates: Iterable[Alternate]) -> Node:
    """A translation names its source, a source its translations."""
    others = {
        other.hreflang: {"@type": "NewsArticle", "@id": f"{other.url}#article", "inLanguage": other.hreflang}
        for other in alternates
        if other.hreflang not in (article.language, "x-default")
    }
    if not others:
        return {}
    source = article.source
    if source is None:
        return {"workTranslation": list(others.values())}
    return {"translationOfWork": others[source.language]} if source.language in others else {}


def breadcrumb(pages: Iterable[Page]) -> Node:
    """The way to a page, from the home page down to it, as a BreadcrumbList."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": one_line(page.title), "item": page.full_url}
            for number, page in enumerate(pages, start=1)
        ],
    }


def identifier(name: str) -> str:
    """The `@id` of what is the same on every page and in every language."""
    return f"{settings.SITE_URL}/#{name}"
