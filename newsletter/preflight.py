"""What is looked at before a digest is sent: what is wrong with it, in words an editor understands, and what a person
has said about it."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsletter import approvals, digest, rendering
from newsletter.approvals import Standing
from newsletter.checks import figures, links, markup, organisation, repetition, sender, wording
from newsletter.checks.markup import edition_name
from newsletter.checks.problems import Problem, Record, where_to_edit
from newsletter.contents import EditionContent
from newsletter.models import Subscription
from newsletter.rendering import RenderedEdition
from newsroom.language import name_in_a_sentence
from newsroom.localization import pairing
from newsroom.localization.state import State, states
from newsroom.mail_rendering import RenderingError

if TYPE_CHECKING:
    from newsletter.models import DigestPage

__all__ = ["Answers", "Audience", "Preflight", "Problem", "Record", "edition_name", "run"]


@dataclass(frozen=True)
class Audience:
    """An edition, and how many readers it would go to."""

    edition: RenderedEdition
    readers: int


@dataclass(frozen=True)
class Answers:
    """What a person says to problems, by their keys: which warnings they have ticked, and for which reasons they send
    in spite of what blocks."""

    ticked: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_form(cls, data: Mapping[str, str]) -> Answers:
        """Those of a form whose fields are called "tick-<key>" and "reason-<key>"."""
        reasons = {
            name.removeprefix("reason-"): value.strip()
            for name, value in data.items()
            if name.startswith("reason-") and value.strip()
        }
        return cls(frozenset(name.removeprefix("tick-") for name in data if name.startswith("tick-")), reasons)


@dataclass(frozen=True)
class Preflight:
    """What would be sent now, to how many, what is wrong with it, and which editions are approved; `stories` are the
    keys of those chosen. `thorough` says whether addresses and the sender's domain were asked, too."""

    audiences: tuple[Audience, ...]
    problems: tuple[Problem, ...]
    standings: tuple[Standing, ...]
    stories: tuple[uuid.UUID, ...]
    thorough: bool

    @property
    def readers(self) -> int:
        """How many readers all editions would go to."""
        return sum(audience.readers for audience in self.audiences)

    @property
    def blocked(self) -> bool:
        """Whether something has to be mended before sending, or a reason given."""
        return any(problem.blocks for problem in self.problems)

    @property
    def hopeless(self) -> bool:
        """Whether something has to be mended that no reason helps over."""
        return any(problem.final for problem in self.problems)

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

    def unanswered(self, answers: Answers) -> list[Problem]:
        """What still speaks against sending: what no reason helps over, blocks without a reason, warnings without a
        tick."""
        return [
            problem
            for problem in self.problems
            if problem.final
            or (problem.key not in answers.reasons if problem.blocks else problem.key not in answers.ticked)
        ]


def run(page: DigestPage, *, thorough: bool = True) -> Preflight:
    """Look at a digest, all languages of it, whichever page is given. Only what is `thorough` asks our own site for
    typed addresses, and the domain name system for the sender's."""
    pages = digest.languages_of(page)
    contents = [digest.edition_content(translated) for translated in pages.values()]
    editions, unrenderable = _rendered(contents)
    standings = tuple(approvals.standings(page, contents, editions))
    newsletter_key = page.get_parent().translation_key
    waiting = Subscription.objects.active().of(newsletter_key).without(page.translation_key)
    audiences = tuple(Audience(edition, waiting.reading(edition.languages).count()) for edition in editions)
    missing = [code for code, _name in settings.LANGUAGES if code not in pages and waiting.wanting(code).exists()]
    problems = [
        *unrenderable,
        *_missing(missing, pages),
        *_translation_problems(pages),
        *(problem for content in contents for problem in _content_problems(content, contents, pages)),
        *_wording_problems(contents, editions, pages),
        *(
            problem
            for content in contents
            for problem in links.problems(
                pages[content.language], content, where_to_edit(pages[content.language]), ask=thorough
            )
        ),
        *_lost(contents),
        *_repetitions(pages),
        *_edition_problems(editions, pages),
        *_audience_problems(audiences),
        *(organisation.problems(contents[0].organisation) if contents else ()),
        *_sender_problems(contents, thorough),
        *_approval_problems(standings),
    ]
    stories = contents[0].stories if contents else ()
    return Preflight(audiences, tuple(problems), standings, stories, thorough)


def _rendered(contents: list[EditionContent]) -> tuple[list[RenderedEdition], list[Problem]]:
    """The editions; or none, and why."""
    try:
        return rendering.render_editions(contents), []
    except RenderingError as error:
        return [], [Problem(error.message, blocks=True, code="unrenderable")]


def _missing(codes: list[str], pages: dict[str, DigestPage]) -> Iterator[Problem]:
    first = next(iter(pages.values()))
    url = reverse("wagtail_localize:submit_page_translation", args=[first.pk])
    for code in codes:
        message = _("There is no %(language)s translation of this digest, but there are readers who want one.")
        values = {"language": name_in_a_sentence(code)}
        yield Problem(message % values, blocks=True, code="no-translation", language=code, url=url)


def _translation_problems(pages: dict[str, DigestPage]) -> Iterator[Problem]:
    found = states(pages.values())
    for language, page in pages.items():
        for problem in _untranslated(page, found[page.translation_key][language]):
            yield dataclasses.replace(problem, language=language, url=where_to_edit(page))


def _untranslated(page: DigestPage, standing: State) -> Iterator[Problem]:
    language = name_in_a_sentence(standing.language)
    if standing.translated < standing.total:
        message = _("The %(language)s translation is not finished: %(done)d of %(total)d texts.")
        values = {"language": language, "done": standing.translated, "total": standing.total}
        yield Problem(message % values, blocks=True, code="unfinished")
    if standing.moved:
        message = _(
            "%(language)s: the source has changed since it was translated. Update the translation before sending."
        )
        yield Problem(message % {"language": capfirst(language)}, blocks=True, code="outdated")
    for text in pairing.doubts(page).left if standing.by_hand else ():
        message = _("%(language)s: a sentence is still that of the source: “%(text)s”")
        values = {"language": capfirst(language), "text": text}
        yield Problem(message % values, blocks=True, code="left-in-source", about=text)


def _content_problems(
    content: EditionContent, contents: list[EditionContent], pages: dict[str, DigestPage]
) -> Iterator[Problem]:
    url = where_to_edit(pages[content.language])
    for problem in _of_content(content, contents):
        yield dataclasses.replace(problem, language=content.language, url=url)
    yield from figures.problems(pages[content.language], content, contents[0], url)
    yield from markup.picture_problems(content, url)


def _of_content(content: EditionContent, contents: list[EditionContent]) -> Iterator[Problem]:
    language = name_in_a_sentence(content.language)
    if content.empty:
        message = _("The %(language)s edition is empty: it has neither stories nor texts.")
        yield Problem(message % {"language": language}, blocks=True, code="empty")
    if content.stories != contents[0].stories:
        message = _("The %(language)s translation has other stories than the first language: update the translation.")
        yield Problem(message % {"language": language}, blocks=True, code="other-stories")
    elif content.decisions != contents[0].decisions:
        message = _(
            "The %(language)s translation does not know yet what you decided for stories that are not translated: "
            "update the translation."
        )
        yield Problem(message % {"language": language}, blocks=True, code="other-decisions")
    for title in content.untranslated:
        message = _("“%(title)s” is not translated into %(language)s: that edition leaves it out.")
        values = {"title": title, "language": language}
        yield Problem(message % values, blocks=False, code="untranslated-story", about=title)
    for title in content.foreign:
        message = _("“%(title)s” is not translated into %(language)s: that edition shows it in its own language.")
        values = {"title": title, "language": language}
        yield Problem(message % values, blocks=False, code="foreign-story", about=title)
    for label in content.dead_ends:
        message = _("The button “%(label)s” of the %(language)s edition leads nowhere: choose a page or an address.")
        yield Problem(message % {"label": label, "language": language}, blocks=True, code="dead-end", about=label)
    if content is contents[0]:
        yield from _story_problems(content)


def _story_problems(content: EditionContent) -> Iterator[Problem]:
    for title in content.unpublished:
        message = _("“%(title)s” is not published, or has been withdrawn.")
        yield Problem(message % {"title": title}, blocks=True, code="unpublished-story", about=title)
    if content.deleted:
        message = _("A story that was chosen for this digest has been deleted: take it out.")
        yield Problem(message, blocks=True, code="deleted-story")


def _lost(contents: list[EditionContent]) -> Iterator[Problem]:
    if any(content.lost for content in contents):
        message = _(
            "A picture or document that stood in this digest has been deleted, or its file is lost: choose another, "
            "or take its section out."
        )
        yield Problem(message, blocks=True, code="lost-file")


def _wording_problems(
    contents: list[EditionContent], editions: list[RenderedEdition], pages: dict[str, DigestPage]
) -> Iterator[Problem]:
    by_language = {edition.languages: edition for edition in editions}
    for content in contents:
        edition = by_language.get(content.language)
        yield from wording.problems(content, edition, contents[0], where_to_edit(pages[content.language]))


def _repetitions(pages: dict[str, DigestPage]) -> Iterator[Problem]:
    first = next(iter(pages.values()))
    yield from repetition.problems(first, where_to_edit(first))


def _edition_problems(editions: list[RenderedEdition], pages: dict[str, DigestPage]) -> Iterator[Problem]:
    for edition in editions:
        lead = edition.languages.partition(",")[0]
        yield from markup.problems(edition, where_to_edit(pages[lead]))


def _audience_problems(audiences: tuple[Audience, ...]) -> Iterator[Problem]:
    if audiences and not any(audience.readers for audience in audiences):
        url = reverse("newsletter_subscribers:index")
        yield Problem(_("There is nobody to send it to."), blocks=True, code="nobody", url=url)


def _sender_problems(contents: list[EditionContent], thorough: bool) -> Iterator[Problem]:
    if thorough and settings.CHECK_SENDER_DOMAIN:
        addresses = [content.from_address or settings.DEFAULT_FROM_EMAIL for content in contents]
        yield from sender.problems(list(dict.fromkeys(addresses)))


def _approval_problems(standings: tuple[Standing, ...]) -> Iterator[Problem]:
    """Who may approve finds the way beside each edition."""
    waiting = [standing for standing in standings if not standing.approved]
    if not waiting or not approvals.needed():
        return
    for standing in waiting:
        values = {"language": name_in_a_sentence(standing.language)}
        if standing.approval:
            message = _("The %(language)s edition has changed since it was approved.")
        else:
            message = _("The %(language)s edition is not approved.")
        yield Problem(message % values, blocks=True, code="not-approved", language=standing.language)
