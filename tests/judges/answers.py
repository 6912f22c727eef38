"""What a site answered to one request, and what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib


@dataclass(frozen=True)
class Answer:
    """One answer. `url` is absolute; `headers` takes names in any case."""

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        """The media type alone: "text/html"."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip()

    @property
    def is_html(self) -> bool:
        return self.content_type == "text/html"

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def path(self) -> str:
        """The address within the site, with its query: "/en/latest-news/?page=2"."""
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @property
    def language(self) -> str:
        """The first step of the address, which is the language of pages."""
        return self.path.split("/")[1]

    @property
    def is_archived_mail(self) -> bool:
        """Whether this is a mail as it was sent, which keeps its own styles and tables, under a policy that lets it do
        nothing else."""
        return self.is_html and "style-src 'unsafe-inline'" in self.headers.get("Content-Security-Policy", "")

    @cached_property
    def tree(self) -> Element:
        """The document as a browser would build it."""
        return self._parsed[0]

    @property
    def parse_errors(self) -> list[tuple[int, str, dict[str, Any]]]:
        """What a browser would have to mend: line, code, and what the message names."""
        return [(line, code, values) for (line, _column), code, values in self._parsed[1]]

    @cached_property
    def _parsed(self) -> tuple[Element, list[Any]]:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        return parser.parse(self.text), parser.errors

    def elements(self, *names: str) -> Iterator[Element]:
        """The elements with one of these names, in the order of the document, those inside of `svg` left out."""
        return (element for element in self.tree.iter() if element.tag in names)

    def metadata(self, name: str) -> str | None:
        """The content of `<meta name=…>` or `<meta property=…>`, or None."""
        for meta in self.elements("meta"):
            if name in (meta.get("name"), meta.get("property")):
                return meta.get("content", "")
        return None

    def absolute(self, link: str) -> str:
        """A link of this page as an absolute address, without white space round it."""
        base = next((base.get("href") for base in self.elements("base")), None)
        return urljoin(urljoin(self.url, base or ""), link.strip())

    @cached_property
    def ids(self) -> set[str]:
        """What a fragment of an address may name here."""
        named = {element.get("id") for element in self.tree.iter()} - {None}
        return {*named, "", "top"}  # type: ignore[arg-type]

    @property
    def is_indexable(self) -> bool:
        """Whether a search engine is meant to list this."""
        robots = f"{self.metadata('robots')} {self.headers.get('X-Robots-Tag')}"
        return self.is_html and self.status == 200 and "noindex" not in robots


def without_tracking(url: str) -> str:
    """An address without the parameters that tell where a reader came from."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name[:4] != "utm_"]
    return parts._replace(query=urlencode(query), fragment="").geturl()


def words_of(element: Element) -> str:
    """The text in an element, spaces collapsed."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()
