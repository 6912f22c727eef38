"""Where the links that editors set lead. (Stories lead to articles that readers see: the digest shows no others.)"""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from newsletter.checks import asking
from newsletter.checks.problems import Problem
from newsletter.contents import EditionContent
from newsletter.models import DigestPage
from newsroom.language import name_in_a_sentence
from newsroom.pages import answering
from newsroom.text import one_line

_MAIL = re.compile(r"mailto:[^@\s]+@[^@\s]+\.[^@\s.]+\Z")
_HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}\Z")


@dataclass(frozen=True)
class Link:
    """A link as it is stored: its words, and the page, the document or the address it leads to."""

    words: str
    page: str = ""
    document: str = ""
    address: str = ""


def problems(page: DigestPage, content: EditionContent, url: str, *, ask: bool) -> Iterator[Problem]:
    """What is wrong with the links of one language's digest. With `ask`, our own site is asked for the addresses that
    somebody typed. Two queries and those it takes to know whether the pages answer, however many links."""
    links = list(dict.fromkeys([*_in_texts(page), *_on_buttons(content)]))
    found = [*_to_pages(links, content.language), *_to_documents(links), *_to_addresses(links, content.language, ask)]
    for problem in found:
        yield dataclasses.replace(problem, language=content.language, url=url)


def _in_texts(page: DigestPage) -> Iterator[Link]:
    """The links of all rich texts, as they are stored: the mail leaves out those that lead nowhere."""
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField | StreamField):
            for text in _texts(field.get_prep_value(field.value_from_object(page))):
                reader = _LinkReader()
                reader.feed(text)
                reader.close()
                yield from reader.links


def _texts(value: Any) -> Iterator[str]:
    """All HTML in what a field stores."""
    if isinstance(value, str):
        # A field of sections stores them as one text.
        yield from _texts(_unpacked(value))
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, str):
                yield one
            else:
                yield from _texts(one)


def _unpacked(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return [text]
    return found if isinstance(found, list) else [text]


def _on_buttons(content: EditionContent) -> Iterator[Link]:
    """The links that are no part of a text."""
    for section in content.sections:
        address = getattr(section, "url", "")
        if address and not section.kind.startswith("story"):
            yield Link(getattr(section, "label", "") or address, address=address)


class _LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self._open: dict[str, str] | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open, self._words = {name: value or "" for name, value in attrs}, ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag != "a" or self._open is None:
            return
        attrs, words, self._open = self._open, one_line(self._words), None
        kind = attrs.get("linktype")
        if kind == "page":
            self.links.append(Link(words, page=attrs.get("id", "")))
        elif kind == "document":
            self.links.append(Link(words, document=attrs.get("id", "")))
        else:
            self.links.append(Link(words, address=attrs.get("href", "").strip()))


# -- Pages and documents, chosen from a list ---------------------------------------------------------------------------


def _to_pages(links: list[Link], language: str) -> Iterator[Problem]:
    """Links to pages that were deleted, that readers cannot open, or that speak another language."""
    links = [link for link in links if link.page]
    if not links:
        return
    chosen = Page.objects.in_bulk([int(link.page) for link in links if link.page.isdigit()])
    twins = Page.objects.live().filter(
        translation_key__in={page.translation_key for page in chosen.values()}, alias_of__isnull=True
    )
    by_story = {page.translation_key: page for page in twins.filter(locale__language_code=language)}
    shown = {pk: by_story.get(page.translation_key, page) for pk, page in chosen.items()}
    open_to_readers = {page.pk for page in answering(set(shown.values()))}
    values = {"language": name_in_a_sentence(language)}
    for link in links:
        target = shown.get(int(link.page)) if link.page.isdigit() else None
        values |= {"words": link.words, "title": one_line(target.title) if target else ""}
        if target is None:
            message = _("The link “%(words)s” of the %(language)s edition leads to a page that was deleted.")
            yield Problem(message % values, blocks=True, code="link-deleted", about=link.words)
        elif target.pk not in open_to_readers:
            message = _(
                "The link “%(words)s” of the %(language)s edition leads to “%(title)s”, which readers cannot open."
            )
            yield Problem(message % values, blocks=True, code="link-draft", about=link.page)
        elif target.locale.language_code != language:
            values["other"] = name_in_a_sentence(target.locale.language_code)
            message = _("The link “%(words)s” of the %(language)s edition leads to a page in %(other)s: “%(title)s”")
            yield Problem(message % values, blocks=False, code="link-language", about=link.page)


def _to_documents(links: list[Link]) -> Iterator[Problem]:
    links = [link for link in links if link.document]
    if not links:
        return
    keys = {link.document for link in links if link.document.isdigit()}
    there = {str(pk) for pk in get_document_model().objects.filter(pk__in=keys).values_list("pk", flat=True)}
    for link in links:
        if link.document not in there:
            message = _("The link “%(words)s” leads to a document that was deleted.")
            yield Problem(message % {"words": link.words}, blocks=True, code="link-deleted", about=link.words)


# -- Addresses, typed by somebody --------------------------------------------------------------------------------------


def _to_addresses(links: Iterable[Link], language: str, ask: bool) -> Iterator[Problem]:
    for link in links:
        if not (link.page or link.document):
            yield from _to_address(link, language, ask)


def _to_address(link: Link, language: str, ask: bool) -> Iterator[Problem]:
    values = {"words": link.words, "language": name_in_a_sentence(language), "address": link.address}
    path = asking.own_path(link.address)
    if path is None:
        if not _is_written_well(link.address):
            message = _("The link “%(words)s” of the %(language)s edition is no address: “%(address)s”")
            yield Problem(message % values, blocks=True, code="link-syntax", about=link.address)
        return
    if path.startswith(reverse("wagtailadmin_home")):
        message = _("The link “%(words)s” of the %(language)s edition leads into the admin: %(address)s")
        yield Problem(message % values, blocks=True, code="link-admin", about=link.address)
        return
    # Files may be served by the web server in front, which is not asked.
    if ask and not path.startswith(settings.MEDIA_URL) and not asking.answers(path):
        message = _("The link “%(words)s” of the %(language)s edition leads to a page that does not exist: %(address)s")
        yield Problem(message % values, blocks=True, code="link-broken", about=link.address)
        return
    other = get_language_from_path(path)
    if other and other != language:
        values["other"] = name_in_a_sentence(other)
        message = _("The link “%(words)s” of the %(language)s edition leads to a page in %(other)s: %(address)s")
        yield Problem(message % values, blocks=False, code="link-language", about=link.address)


def _is_written_well(address: str) -> bool:
    """Whether an address of somebody else's can be one. They are not asked: nobody is told that a digest is coming."""
    if address.startswith("mailto:"):
        return bool(_MAIL.match(address))
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or re.search(r"\s", address):
        return False
    return bool(_HOST.match(host)) or address.startswith(settings.SITE_URL)
