"""Rich text as a mail can carry it: few elements, well formed, links absolute; and the same as plain text."""

import html
import textwrap
from collections.abc import Callable
from html.parser import HTMLParser

from django.utils.safestring import SafeString, mark_safe

from newsroom.text import one_line

BLOCKS = {"p", "ul", "ol", "li"}
KEPT = BLOCKS | {"b", "strong", "i", "em", "a"}
SCHEMES = ("https://", "http://", "mailto:")
# MJML is parsed by recursion: deeper elements lose their tags, not their words.
MAX_DEPTH = 12
TEXT_WIDTH = 72


def _nowhere(key: int) -> str:
    return ""


def to_mail(
    source: str, absolute: Callable[[str], str], address_of_page: Callable[[int], str] = _nowhere
) -> SafeString:
    """`source` (rich text as Wagtail stores it) reduced to paragraphs, lists, bold, italics and links, every
    element closed; fit for MJML, which refuses anything else. `absolute` is given each address and returns the one to
    write, `address_of_page` the id of each page that is linked to. A link that leads nowhere becomes plain words."""
    writer = _MailWriter(absolute, address_of_page)
    writer.feed(source)
    writer.close()
    return mark_safe(writer.result())  # escaped by the writer


def to_text(source: str) -> str:
    """HTML made by `to_mail` as wrapped plain text: paragraphs, list items with dashes or numbers, addresses
    in parentheses."""
    writer = _TextWriter()
    writer.feed(source)
    writer.close()
    return writer.result()


class _MailWriter(HTMLParser):
    def __init__(self, absolute: Callable[[str], str], address_of_page: Callable[[int], str]) -> None:
        super().__init__(convert_charrefs=True)
        self._absolute = absolute
        self._address_of_page = address_of_page
        self._parts: list[str] = []
        self._open: list[tuple[str, bool]] = []  # every open element, and whether it was written

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._parts.append("<br/>")
            return
        if tag not in KEPT:
            return
        written = sum(written for _, written in self._open) < MAX_DEPTH
        href = ""
        if tag == "a":
            address = self._address(dict(attrs))
            written = written and address.startswith(SCHEMES)
            href = f' href="{html.escape(address)}"'
        self._open.append((tag, written))
        if written:
            self._parts.append(f"<{tag}{href}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._parts.append("<br/>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in [name for name, _ in self._open]:
            return
        while self._open:
            name, written = self._open.pop()
            if written:
                self._parts.append(f"</{name}>")
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        self._parts.append(html.escape("".join(char for char in data if char >= " " or char in "\t\n")))

    def _address(self, attrs: dict[str, str | None]) -> str:
        key = attrs.get("id") or ""
        if attrs.get("linktype") == "page" and key.isdecimal():
            return self._address_of_page(int(key))
        return self._absolute((attrs.get("href") or "").strip())

    def result(self) -> str:
        closing = [f"</{name}>" for name, written in reversed(self._open) if written]
        return "".join(self._parts + closing)


class _TextWriter(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[tuple[bool, str]] = []  # whether it is a list item, and its lines
        self._words = ""
        self._href = ""
        self._bullet = ""
        self._numbers: list[int | None] = []  # of each open list the last number, None where there are dashes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._end_block()
        if tag in ("ul", "ol"):
            self._numbers.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._bullet = self._next_bullet()
        elif tag == "br":
            self._words += " "
        elif tag == "a":
            self._href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._words += f" ({self._href.removeprefix('mailto:')})"
        if tag in BLOCKS:
            self._end_block()
        if tag in ("ul", "ol"):
            self._numbers.pop()

    def handle_data(self, data: str) -> None:
        self._words += data

    def result(self) -> str:
        self._end_block()
        text = ""
        after_item = False
        for item, lines in self._blocks:
            text += ("\n" if item and after_item else "\n\n") + lines
            after_item = item
        return text.strip()

    def _next_bullet(self) -> str:
        if not self._numbers or self._numbers[-1] is None:
            return "- "
        self._numbers[-1] += 1
        return f"{self._numbers[-1]}. "

    def _end_block(self) -> None:
        words = one_line(self._words)
        self._words = ""
        if words:
            lines = wrap(self._bullet + words, indent=" " * len(self._bullet))
            self._blocks.append((bool(self._bullet), lines))
            self._bullet = ""


def wrap(text: str, indent: str = "") -> str:
    """`text` in lines of at most 72 characters, except where a single word or address is longer."""
    return textwrap.fill(text, TEXT_WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
