"""What a rendered edition weighs and lacks."""

import dataclasses
import email.quoprimime
from collections.abc import Iterator
from html.parser import HTMLParser

from django.conf import settings
from django.utils.translation import gettext as _

from newsletter import rendering
from newsletter.checks.problems import Problem
from newsletter.contents import EditionContent
from newsletter.rendering import RenderedEdition
from newsroom.language import name_in_a_sentence

# Gmail cuts a mail off at 102 KB, and with it the way to unsubscribe.
TOO_LARGE = 100 * 1024
LARGE = 80 * 1024


def edition_name(languages: str) -> str:
    """What people call an edition: "French", or "French, English" for readers who want every language."""
    return ", ".join(name_in_a_sentence(code) for code in languages.split(","))


def problems(edition: RenderedEdition, url: str) -> Iterator[Problem]:
    """What is wrong with an edition, apart from its words; `url` is where its leading language is edited."""
    for problem in (*_size(edition), *_way_out(edition), *_pictures(edition)):
        yield dataclasses.replace(problem, language=edition.languages, url=url)


def _size(edition: RenderedEdition) -> Iterator[Problem]:
    size = size_as_sent(edition)
    values = {"languages": edition_name(edition.languages), "size": size // 1024}
    if size > TOO_LARGE:
        message = _("The %(languages)s edition is too large: %(size)d KB, and mail programs cut it off at 100.")
        yield Problem(message % values, blocks=True, code="too-large")
    elif size > LARGE:
        message = _("The %(languages)s edition is large: %(size)d KB. Mail programs cut it off at 100.")
        yield Problem(message % values, blocks=False, code="large")


def _way_out(edition: RenderedEdition) -> Iterator[Problem]:
    unsubscribe = rendering.Marks(edition.mark).unsubscribe
    if unsubscribe not in edition.html or unsubscribe not in edition.text:
        message = _("The %(languages)s edition has no link to unsubscribe.")
        yield Problem(message % {"languages": edition_name(edition.languages)}, blocks=True, code="no-unsubscribe")


def _pictures(edition: RenderedEdition) -> Iterator[Problem]:
    if "," in edition.languages:  # the same pictures as in the edition of its first language
        return
    for source in _without_alt(edition.html):
        message = _("A picture of the %(languages)s edition has no alternative text: %(picture)s")
        values = {"languages": edition_name(edition.languages), "picture": source.rpartition("/")[2]}
        yield Problem(message % values, blocks=True, code="no-alt", about=source)


def picture_problems(content: EditionContent, url: str) -> Iterator[Problem]:
    """The pictures of stories that say no more than the title beside them."""
    message = _("The picture of “%(title)s” has no alternative text of its own (%(language)s edition).")
    for section in content.sections:
        picture, title = getattr(section, "picture", None), getattr(section, "title", "")
        if picture and title and picture.alt == title:
            values = {"title": title, "language": name_in_a_sentence(content.language)}
            yield Problem(message % values, False, "alt-is-title", content.language, about=title, url=url)


def size_as_sent(edition: RenderedEdition) -> int:
    """How many bytes the HTML has on the wire: quoted-printable, with links as long as a reader's own."""
    link = settings.SITE_URL + "/en/subscription/unsubscribe/" + 60 * "x"
    body = rendering.personalise_html(edition.html, edition.mark, rendering.Links(link, link, link))
    return len(email.quoprimime.body_encode(body.encode().decode("latin-1")))


def _without_alt(html: str) -> list[str]:
    """The addresses of pictures without alternative text: of all that do not say they are decoration (`alt=""`), and of
    those in a link, which nobody could tell apart."""
    reader = _PictureReader()
    reader.feed(html)
    reader.close()
    return list(dict.fromkeys(reader.found))


class _PictureReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._links = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._links += 1
        if tag == "img":
            given = dict(attrs)
            alt = (given.get("alt") or "").strip()
            if "alt" not in given or (self._links and not alt):
                self.found.append(given.get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._links -= 1
