"""Test mails: an edition as it would be sent now, to colleagues, marked as a test. Nothing is counted: there is no
campaign, no delivery, no archive, and the links name no campaign either."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from wagtail.log_actions import log

from newsletter import digest as digest_content
from newsletter import rendering, transport
from newsletter.contents import EditionContent
from newsletter.models import DigestPage
from newsletter.rendering import RenderedEdition
from newsletter.transport import Outcome
from newsroom.models import User

# Entry of the audit log.
TESTED = "newsletter.test_send"
# Before the subject, in every language: people search for it.
MARK = "[TEST]"

_CAMPAIGN = re.compile(r"\?utm_source=newsletter&(?:amp;)?utm_campaign=[\w-]+")


@dataclass(frozen=True)
class Sent:
    """What became of one test mail."""

    person: User
    languages: str
    outcome: Outcome


def colleagues() -> QuerySet[User]:
    """Who may get test mails: those who can log in to the admin and have an address. Nobody else, so that this is no
    way of mailing strangers."""
    people: Any = get_user_model().objects
    return people.with_perm("wagtailadmin.access_admin").exclude(email="").order_by("last_name", "first_name", "pk")


def editions_of(page: DigestPage) -> list[RenderedEdition]:
    """The editions of a digest as they would be sent now. Raises RenderingError."""
    return rendering.render_editions(_contents(page))


def send(page: DigestPage, languages: Iterable[str], people: Sequence[User], user: User) -> list[Sent]:
    """Hand over editions of a digest, named by their languages, to colleagues. Returns what became of each mail. Raises
    RenderingError."""
    contents = _contents(page)
    wanted = set(languages)
    editions = [edition for edition in rendering.render_editions(contents) if edition.languages in wanted]
    with transport.Connection() as connection:
        sent = [
            Sent(person, edition.languages, connection.hand_over(_mail(edition, contents, person.email)))
            for person in people
            for edition in editions
        ]
    data = {"languages": [edition.languages for edition in editions], "people": len(people)}
    log(page, TESTED, user=user, data=data)
    return sent


def _contents(page: DigestPage) -> list[EditionContent]:
    return [digest_content.edition_content(translated) for translated in digest_content.languages_of(page).values()]


def _mail(edition: RenderedEdition, contents: list[EditionContent], to: str) -> transport.Mail:
    lead = edition.languages.partition(",")[0]
    with translation.override(lead):
        here = settings.SITE_URL + reverse("test_mail")
    links = rendering.Links(unsubscribe=here, preferences=here)
    return transport.build(
        to=to,
        subject=f"{MARK} {edition.subject}",
        text=_for_nobody(rendering.personalise(edition.text, edition.mark, links), contents, here),
        html=_for_nobody(rendering.personalise_html(edition.html, edition.mark, links), contents, here),
        from_name=edition.from_name,
        reply_to=edition.reply_to,
        language=edition.languages.replace(",", ", "),
        key=f"test-{uuid.uuid4()}",
    )


def _for_nobody(body: str, contents: list[EditionContent], here: str) -> str:
    """A body whose links name no campaign, and lead to an explanation instead of an archive that does not exist yet."""
    body = _CAMPAIGN.sub("", body)
    for content in contents:
        body = re.sub(rf"{re.escape(content.online_url)}(?=[\"\s<]|$)", here, body)
    return body
