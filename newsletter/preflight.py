"""What is looked at before a digest is sent: what is wrong with it, in words an editor understands."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsletter import digest, rendering
from newsletter.contents import EditionContent
from newsletter.models import Subscription
from newsletter.rendering import RenderedEdition
from newsroom.language import name_in_a_sentence
from newsroom.localization import pairing
from newsroom.localization.state import state
from newsroom.mail_rendering import RenderingError

if TYPE_CHECKING:
    from newsletter.models import DigestPage

# Gmail cuts a mail off at 102 KB, and with it the way to unsubscribe.
TOO_LARGE = 100 * 1024
LARGE = 80 * 1024


@dataclass(frozen=True)
class Problem:
    """Something to mend before sending, or, unless it `blocks`, to know about."""

    message: str
    blocks: bool


@dataclass(frozen=True)
class Audience:
    """An edition, and how many readers it would go to."""

    edition: RenderedEdition
    readers: int


@dataclass(frozen=True)
class Preflight:
    """What would be sent now, to how many, and what is wrong with it; `stories` are the keys of those chosen."""

    audiences: tuple[Audience, ...]
    problems: tuple[Problem, ...]
    stories: tuple[uuid.UUID, ...]

    @property
    def readers(self) -> int:
        """How many readers all editions would go to."""
        return sum(audience.readers for audience in self.audiences)

    @property
    def blocked(self) -> bool:
        """Whether something has to be mended before sending."""
        return any(problem.blocks for problem in self.problems)

    @property
    def blocking(self) -> list[Problem]:
        """What has to be mended."""
        return [problem for problem in self.problems if problem.blocks]

    @property
    def warnings(self) -> list[Problem]:
        """What to know about."""
        return [problem for problem in self.problems if not problem.blocks]

    @property
    def fingerprint(self) -> str:
        """Changes whenever anything that readers would see changes."""
        return rendering.fingerprint([audience.edition for audience in self.audiences])


def run(page: DigestPage) -> Preflight:
    """Look at a digest, all languages of it, whichever page is given."""
    pages = digest.languages_of(page)
    contents = [digest.edition_content(translated) for translated in pages.values()]
    editions, unrenderable = _rendered(contents)
    newsletter_key = page.get_parent().translation_key
    waiting = Subscription.objects.active().of(newsletter_key).without(page.translation_key)
    audiences = tuple(Audience(edition, waiting.reading(edition.languages).count()) for edition in editions)
    missing = [code for code, _name in settings.LANGUAGES if code not in pages and waiting.wanting(code).exists()]
    problems = [
        *unrenderable,
        *_missing(missing),
        *(problem for translated in pages.values() for problem in _translation_problems(translated)),
        *(problem for content in contents for problem in _content_problems(content, contents)),
        *_lost(contents),
        *(problem for audience in audiences for problem in _edition_problems(audience.edition)),
        *_audience_problems(audiences, contents),
    ]
    return Preflight(audiences, tuple(problems), contents[0].stories if contents else ())


def _rendered(contents: list[EditionContent]) -> tuple[list[RenderedEdition], list[Problem]]:
    """The editions; or none, and why."""
    try:
        return rendering.render_editions(contents), []
    except RenderingError as error:
        return [], [Problem(error.message, blocks=True)]


def _missing(codes: list[str]) -> Iterator[Problem]:
    for code in codes:
        message = _("There is no %(language)s translation of this digest, but there are readers who want one.")
        yield Problem(message % {"language": name_in_a_sentence(code)}, blocks=True)


def _translation_problems(page: DigestPage) -> Iterator[Problem]:
    standing = state(page, page.locale.language_code)
    if standing.translated < standing.total:
        message = _("The %(language)s translation is not finished: %(done)d of %(total)d texts.")
        values = {
            "language": name_in_a_sentence(standing.language),
            "done": standing.translated,
            "total": standing.total,
        }
        yield Problem(message % values, blocks=True)
    if standing.moved:
        language = capfirst(name_in_a_sentence(standing.language))
        message = _(
            "%(language)s: the source has changed since it was translated. Update the translation before sending."
        )
        yield Problem(message % {"language": language}, blocks=True)
    for text in pairing.doubts(page).left if standing.by_hand else ():
        message = _("%(language)s: a sentence is still that of the source: “%(text)s”")
        values = {"language": capfirst(name_in_a_sentence(standing.language)), "text": text}
        yield Problem(message % values, blocks=True)


def _content_problems(content: EditionContent, contents: list[EditionContent]) -> Iterator[Problem]:
    language = name_in_a_sentence(content.language)
    if not content.subject:
        yield Problem(_("The %(language)s edition has no subject.") % {"language": language}, blocks=True)
    if content.empty:
        message = _("The %(language)s edition is empty: it has neither stories nor texts.")
        yield Problem(message % {"language": language}, blocks=True)
    if not content.preheader:
        message = _("The %(language)s edition has no preheader, the line shown after the subject.")
        yield Problem(message % {"language": language}, blocks=False)
    if content.stories != contents[0].stories:
        message = _("The %(language)s translation has other stories than the first language: update the translation.")
        yield Problem(message % {"language": language}, blocks=True)
    elif content.decisions != contents[0].decisions:
        message = _(
            "The %(language)s translation does not know yet what you decided for stories that are not translated: "
            "update the translation."
        )
        yield Problem(message % {"language": language}, blocks=True)
    for title in content.untranslated:
        message = _("“%(title)s” is not translated into %(language)s: that edition leaves it out.")
        yield Problem(message % {"title": title, "language": language}, blocks=False)
    for title in content.foreign:
        message = _("“%(title)s” is not translated into %(language)s: that edition shows it in its own language.")
        yield Problem(message % {"title": title, "language": language}, blocks=False)
    for label in content.dead_ends:
        message = _("The button “%(label)s” of the %(language)s edition leads nowhere: choose a page or an address.")
        yield Problem(message % {"label": label, "language": language}, blocks=True)
    if content is contents[0]:
        yield from _story_problems(content)


def _story_problems(content: EditionContent) -> Iterator[Problem]:
    for title in content.unpublished:
        yield Problem(_("“%(title)s” is not published, or has been withdrawn.") % {"title": title}, blocks=True)
    if content.deleted:
        yield Problem(_("A story that was chosen for this digest has been deleted: take it out."), blocks=True)


def _lost(contents: list[EditionContent]) -> Iterator[Problem]:
    if any(content.lost for content in contents):
        message = _(
            "A picture or document that stood in this digest has been deleted, or its file is lost: choose another, "
            "or take its section out."
        )
        yield Problem(message, blocks=True)


def _edition_problems(edition: RenderedEdition) -> Iterator[Problem]:
    values = {"languages": edition_name(edition.languages), "size": len(edition.html.encode()) // 1024}
    if len(edition.html.encode()) > TOO_LARGE:
        message = _("The %(languages)s edition is too large: %(size)d KB, and mail programs cut it off at 100.")
        yield Problem(message % values, blocks=True)
    elif len(edition.html.encode()) > LARGE:
        message = _("The %(languages)s edition is large: %(size)d KB. Mail programs cut it off at 100.")
        yield Problem(message % values, blocks=False)
    unsubscribe = rendering.Marks(edition.mark).unsubscribe
    if unsubscribe not in edition.html or unsubscribe not in edition.text:
        yield Problem(_("The %(languages)s edition has no link to unsubscribe.") % values, blocks=True)


def _audience_problems(audiences: tuple[Audience, ...], contents: list[EditionContent]) -> Iterator[Problem]:
    if audiences and not any(audience.readers for audience in audiences):
        yield Problem(_("There is nobody to send it to."), blocks=True)
    if contents and not contents[0].organisation.postal_address:
        message = _("The postal address of the organisation is missing. The law asks for it in every mail.")
        yield Problem(message, blocks=False)


def edition_name(languages: str) -> str:
    """What people call an edition: "French", or "French, English" for readers who want every language."""
    return ", ".join(name_in_a_sentence(code) for code in languages.split(","))
