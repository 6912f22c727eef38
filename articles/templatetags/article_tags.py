"""What the templates of articles ask for."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.rich_text import RichText

from articles import rails
from articles.models import ArticlePage, Download
from newsroom.text import one_line

register = template.Library()

DOCUMENT_LINK = re.compile(r'<a\b(?=[^>]*\blinktype="document")[^>]*\bid="(\d+)"[^>]*>(.*?)</a>', re.DOTALL)

# Where people pass things on: the address that each site documents for links, without any script of theirs.
SHARING_SITES = [
    ("Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    ("WhatsApp", "https://wa.me/?text={title}%20{url}"),
]


@dataclass(frozen=True)
class ShareLink:
    """One way to pass an article on; `elsewhere` if it leads to another site."""

    name: str
    url: str
    elsewhere: bool = True


@register.simple_tag
def latest_news(language: str) -> rails.Rail:
    """The newest articles of a language, for pages that are no article."""
    return rails.latest(language)


@register.simple_tag
def share_links(page: ArticlePage) -> list[ShareLink]:
    """Links to pass a page on: by mail, and on the sites of SHARING_SITES. Nothing is asked of them before a reader
    follows one."""
    words = {"title": quote(one_line(page.title), safe=""), "url": quote(page.full_url or "", safe="")}
    mail = ShareLink(_("E-mail"), "mailto:?subject={title}&body={url}".format(**words), elsewhere=False)
    return [mail, *(ShareLink(name, address.format(**words)) for name, address in SHARING_SITES)]


@register.filter
def with_document_facts(text: RichText) -> RichText:
    """Rich text whose links to documents say type, size and language of the file, as the blocks for documents do. One
    query, however many links; none without any."""
    keys = {int(key) for key, _words in DOCUMENT_LINK.findall(text.source)}
    documents = Download.objects.in_bulk(keys) if keys else {}

    def link(match: re.Match[str]) -> str:
        document = documents.get(int(match[1]))
        return _document_link(document, match[2]) if document else match[2]

    return RichText(DOCUMENT_LINK.sub(link, text.source))


def _document_link(document: Download, words: str) -> SafeString:
    return format_html(
        '<a href="{}">{} <span class="document__facts">({})</span></a>',
        document.url,
        mark_safe(words),  # as the editor stored it
        document.facts,
    )
