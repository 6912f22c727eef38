"""From content to mail: Django template → MJML → HTML, and a text edition beside it. Nothing here asks the
database.

A body is rendered once for all its readers. Where a reader's own links go it holds marks: words made of a
keyed hash of the content, so that nobody can write one into an article. Sending replaces them and never
interprets the body again.
"""

import dataclasses
import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac

from newsletter.contents import (
    CallToAction,
    Document,
    EditionContent,
    Heading,
    Image,
    Quote,
    Section,
    Text,
)
from newsroom.mail_rendering import compile_mjml, tidy_text

# The sections that are read on from one to the next.
RUNNING = (Text, Image, Quote, CallToAction, Document)


@dataclass(frozen=True)
class RenderedEdition:
    """A mail, complete but for its reader's own links. `languages` names what is in it, the leading language
    first."""

    languages: str
    subject: str
    from_name: str
    from_address: str
    reply_to: str
    mark: str
    html: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash of all that a reader sees, and of where an answer goes."""
        seen = [self.subject, self.from_name, self.from_address, self.reply_to, self.html, self.text]
        return hashlib.sha256("\0".join(seen).encode()).hexdigest()


@dataclass(frozen=True)
class Marks:
    """The words that stand for what differs from reader to reader: addresses of the reader's own, the beginning and the
    end of what only the reader may see, and of what only those see who have not been heard of for long."""

    mark: str

    @property
    def unsubscribe(self) -> str:
        """What stands for the address to unsubscribe at."""
        return f"{self.mark}u"

    @property
    def preferences(self) -> str:
        """What stands for the address of the reader's settings."""
        return f"{self.mark}p"

    @property
    def keep(self) -> str:
        """What stands for the address at which a reader says that we should go on."""
        return f"{self.mark}k"

    @property
    def begin_keep(self) -> str:
        """What stands where that question begins."""
        return f"{self.mark}q"

    @property
    def end_keep(self) -> str:
        """What stands where it ends."""
        return f"{self.mark}r"

    @property
    def begin(self) -> str:
        """What stands where something for one reader begins."""
        return f"{self.mark}b"

    @property
    def end(self) -> str:
        """What stands where it ends."""
        return f"{self.mark}e"


@dataclass(frozen=True)
class Links:
    """A reader's own links. `keep` is empty for who need not be asked whether to go on."""

    unsubscribe: str
    preferences: str
    keep: str = ""


# Those of a preview lead nowhere.
NO_LINKS = Links("#", "#")


def render_editions(contents: Sequence[EditionContent]) -> list[RenderedEdition]:
    """The editions of a digest: one a language, and, from two languages on, one led by each with the others
    after it."""
    editions = [render_edition([content]) for content in contents]
    if len(contents) > 1:
        for lead in contents:
            editions.append(render_edition([lead, *(content for content in contents if content is not lead)]))
    return editions


def render_edition(contents: Sequence[EditionContent]) -> RenderedEdition:
    """One mail. The first content leads and is shown in full; the others follow as rows of text. Raises
    RenderingError."""
    lead, *others = contents
    mark = f"zq{salted_hmac('newsletter.rendering', repr(contents), algorithm='sha256').hexdigest()[:24]}"
    context = {"lead": lead, "sections": list(_ruled(lead.sections)), "others": others, "marks": Marks(mark)}
    with translation.override(lead.language):
        return RenderedEdition(
            languages=",".join(content.language for content in contents),
            subject=lead.subject,
            from_name=lead.from_name,
            from_address=lead.from_address,
            reply_to=lead.reply_to,
            mark=mark,
            html=compile_mjml(render_to_string("email/digest.mjml", context)),
            text=tidy_text(render_to_string("email/digest.txt", context)),
        )


def _ruled(sections: Sequence[Section]) -> Iterator[tuple[Section, bool]]:
    """Each section, and whether a rule stands above it: not below a heading, and not between two that are read in one
    go."""
    before: Section | None = None
    for section in sections:
        yield (
            section,
            not (isinstance(before, Heading) or (isinstance(before, RUNNING) and isinstance(section, RUNNING))),
        )
        before = section


def fingerprint(editions: Sequence[RenderedEdition]) -> str:
    """One hash for all editions of a digest."""
    return hashlib.sha256(" ".join(edition.sha256 for edition in editions).encode()).hexdigest()


def personalise_html(body: str, mark: str, links: Links) -> str:
    """An HTML body with a reader's own links."""
    escaped = {name: html.escape(url) for name, url in dataclasses.asdict(links).items()}
    return personalise(body, mark, Links(**escaped))


def personalise(body: str, mark: str, links: Links) -> str:
    """A text body with a reader's own links."""
    marks = Marks(mark)
    if not links.keep:
        body = _without(body, marks.begin_keep, marks.end_keep)
    replacements = {
        marks.unsubscribe: links.unsubscribe,
        marks.preferences: links.preferences,
        marks.keep: links.keep,
        **dict.fromkeys((marks.begin, marks.end, marks.begin_keep, marks.end_keep), ""),
    }
    for word, replacement in replacements.items():
        body = body.replace(word, replacement)
    return body


def without_personal_links(body: str, mark: str) -> str:
    """A body for everybody, without what belongs to one reader."""
    marks = Marks(mark)
    return _without(body, marks.begin, marks.end)


def _without(body: str, begin: str, end: str) -> str:
    return re.sub(f"{begin}.*?{end}", "", body, flags=re.DOTALL)
