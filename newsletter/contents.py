"""What a mail in one language says, before it has a form. Nothing here asks the database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Picture:
    """A picture under an absolute address, and how wide it is shown, in pixels. `alt` is never empty: in a mail it
    stands inside a link, or says something of its own."""

    url: str
    alt: str
    width: int = 552


@dataclass(frozen=True)
class Twin:
    """Where the same story is in another language."""

    language: str
    url: str


@dataclass(frozen=True)
class Story:
    """An article, as it is shown in a digest. `lead`: the one before all others, shown larger. `language` is empty, but
    for a story that is shown in another language than the edition's. `twins` are the languages it can be read in
    besides."""

    kind: ClassVar[str] = "story"
    title: str
    teaser: str
    category: str
    url: str
    picture: Picture | None
    lead: bool
    language: str = ""
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class StoryList:
    """Stories under a heading, without pictures; `numbered` if their order says something."""

    kind: ClassVar[str] = "story_list"
    heading: str
    stories: tuple[Story, ...]
    numbered: bool


@dataclass(frozen=True)
class Heading:
    """A heading between stories."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Text:
    """Words of the editors between stories, as HTML that a mail can carry."""

    kind: ClassVar[str] = "text"
    html: SafeString


@dataclass(frozen=True)
class Image:
    """A picture with its caption and who made it, either of which may be empty."""

    kind: ClassVar[str] = "image"
    picture: Picture
    caption: str
    credit: str


@dataclass(frozen=True)
class Quote:
    """Somebody's words, and whose."""

    kind: ClassVar[str] = "quote"
    text: str
    attribution: str


@dataclass(frozen=True)
class CallToAction:
    """One sentence and one button. `language` is empty, but where the button leads to a page in another language."""

    kind: ClassVar[str] = "call_to_action"
    text: str
    label: str
    url: str
    language: str = ""


@dataclass(frozen=True)
class Document:
    """A file to download; `facts` are its type, size and language."""

    kind: ClassVar[str] = "document"
    label: str
    facts: str
    url: str


Section = Story | StoryList | Heading | Text | Image | Quote | CallToAction | Document


@dataclass(frozen=True)
class LeftOut:
    """The stories that an edition leaves out because they stand in another language only, for readers of both."""

    language: str
    stories: tuple[Story, ...]


@dataclass(frozen=True)
class Logo:
    """Where a logo is, and how wide it is shown, in pixels."""

    url: str
    width: int


@dataclass(frozen=True)
class Organisation:
    """Who sends, as the law asks to be told in every mail (LCEN art. 20, CDE art. XII.6, GDPR art. 13), and how they
    look: their accent colour, empty for the house's own, and their logo."""

    legal_name: str = ""
    postal_address: str = ""
    contact_email: str = ""
    accent: str = ""
    logo: Logo | None = None


@dataclass(frozen=True)
class EditionContent:
    """Everything a mail in one language says, in that language, with absolute addresses.

    What follows `reply_to` is for those who make the digest. `stories` are the keys of the stories chosen, in order,
    and `decisions` what is decided for each where it is not translated. Titles: `untranslated` are left out, `foreign`
    are shown in their own language, `unpublished` readers may not see. `deleted` counts the choices whose article no
    longer exists, `lost` the pictures and documents. `dead_ends` are the words on buttons that lead nowhere.
    """

    language: str
    subject: str
    preheader: str
    greeting: str
    intro: SafeString
    sections: tuple[Section, ...]
    closing: SafeString
    site_name: str
    newsletter: str
    home_url: str
    online_url: str
    privacy_url: str
    sign_up_url: str
    why_you_receive: str
    organisation: Organisation
    from_name: str
    reply_to: str
    stories: tuple[uuid.UUID, ...]
    untranslated: tuple[str, ...]
    unpublished: tuple[str, ...]
    deleted: int
    from_address: str = ""
    number: int | None = None
    date: date | None = None
    left_out: tuple[LeftOut, ...] = ()
    decisions: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    lost: int = 0
    dead_ends: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it says nothing. (Headings say nothing by themselves. A message has no stories, and is not empty.)"""
        says = any(section.kind != Heading.kind for section in self.sections)
        return not (says or self.intro or self.closing)
