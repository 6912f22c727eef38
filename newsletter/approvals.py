"""Approving: what somebody approved, whether it is still what would be sent, and what has changed since.

An approval is bound to the hash of one language's rendered edition. Whatever changes that edition, a word of the digest
or of an article it shows, voids it, and no other language's. The mails for readers of several languages are put
together from editions that were each approved.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape
from itertools import zip_longest
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils.html import escape
from django.utils.safestring import SafeString
from wagtail.log_actions import log
from wagtail.models import Locale, Page, Site
from wagtail.signals import task_approved

from newsletter import digest as digest_content
from newsletter import filling, rendering
from newsletter.contents import EditionContent
from newsletter.models import Approval, DigestPage
from newsletter.rendering import RenderedEdition
from newsroom.localization import permissions
from newsroom.localization.differences import marked
from newsroom.mail_rendering import RenderingError

APPROVE_DIGEST = "newsletter.approve_digest"
# Entry of the audit log.
APPROVED = "newsletter.approve"


class ChangedSince(Exception):
    """The edition or the digest is no longer what the person who confirms it has looked at."""


@dataclass(frozen=True)
class Standing:
    """One language's edition as it is now, what it says, and the approval of it or, failing that, the last one of what
    it was before."""

    edition: RenderedEdition
    words: str
    approval: Approval | None

    @property
    def language(self) -> str:
        """The language it is in."""
        return self.edition.languages

    @property
    def approved(self) -> bool:
        """Whether this very edition was approved."""
        return self.approval is not None and self.approval.sha256 == self.edition.sha256

    @property
    def changes(self) -> list[SafeString]:
        """What has changed since the last approval, paragraph by paragraph; nothing without one."""
        return changes(self.approval.words, self.words) if self.approval and not self.approved else []


def needed() -> bool:
    """Whether a digest may only be sent when all its editions are approved: a setting of the organisation."""
    site = Site.objects.filter(is_default_site=True).first()
    return bool(site and apps.get_model(settings.SITE_SETTINGS_MODEL).for_site(site).digest_approval)


def may_approve(user: Any, language: str) -> bool:
    """Whether the user may approve editions in a language: who has the permission, in the languages they write in."""
    if not user.has_perm(APPROVE_DIGEST):
        return False
    locale = Locale.objects.filter(language_code=language).first()
    return locale is not None and permissions.works_in(user, locale)


# -- Looking -----------------------------------------------------------------------------------------------------------


def standings(
    page: DigestPage, contents: Sequence[EditionContent], editions: Sequence[RenderedEdition]
) -> list[Standing]:
    """How each language's edition of a digest stands, given with what it was made from. One query."""
    found = Approval.objects.filter(digest_key=page.translation_key).select_related("approved_by").order_by("-pk")
    approvals = list(found)
    standing = []
    for content, edition in zip(contents, editions, strict=False):
        own = [approval for approval in approvals if approval.language == edition.languages]
        same = next((approval for approval in own if approval.sha256 == edition.sha256), None)
        standing.append(Standing(edition, words_of(content, edition), same or next(iter(own), None)))
    return standing


def standing_of(page: DigestPage, language: str) -> Standing | None:
    """How one language's edition of a digest stands; None if the digest is not in that language. Raises
    RenderingError."""
    translated = digest_content.languages_of(page).get(language)
    if translated is None:
        return None
    content = digest_content.edition_content(translated)
    return standings(page, [content], [rendering.render_edition([content])])[0]


def words_of(content: EditionContent, edition: RenderedEdition) -> str:
    """All that an edition says, as text: its preheader, its text edition, its pictures."""
    pictures = re.findall(r"<img\b[^>]*>", edition.html)
    parts = [
        content.preheader,
        rendering.personalise(edition.text, edition.mark, rendering.NO_LINKS),
        *(f"{_attribute(picture, 'alt')} ({_attribute(picture, 'src')})" for picture in pictures),
    ]
    return "\n\n".join(part for part in parts if part)


def changes(before: str, after: str) -> list[SafeString]:
    """The paragraphs that differ between two texts, what went away in <del>, what came in <ins>."""
    old, new = _paragraphs(before), _paragraphs(after)
    found = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            pairs = zip_longest(old[i1:i2], new[j1:j2], fillvalue="")
            found += [marked(escape(gone), escape(come)) for gone, come in pairs]
    return found


def _paragraphs(text: str) -> list[str]:
    """Paragraphs without their line breaks: a new word moves all that follow."""
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


# -- Approving ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(page: DigestPage, language: str, user: Any, seen: str) -> Approval:
    """Approve one language's edition of a digest; `seen` is the hash of what the user has looked at. Doing it twice
    changes nothing. Raises ChangedSince when it is another by now, and RenderingError."""
    standing = standing_of(page, language)
    if standing is not None and filling.keep(page):
        # From now on its lists are what was approved, whatever is read most tomorrow.
        standing = standing_of(page, language)
    if standing is None or standing.edition.sha256 != seen:
        raise ChangedSince
    return record(page, standing, user)


def record(page: DigestPage, standing: Standing, user: Any, **data: Any) -> Approval:
    """Keep that a user approved an edition, with an entry in the audit log."""
    approval, created = Approval.objects.get_or_create(
        digest_key=page.translation_key,
        language=standing.language,
        sha256=standing.edition.sha256,
        defaults={"words": standing.words, "approved_by": user},
    )
    if created:
        data |= {"language": standing.language, "sha256": approval.sha256}
        log(_page_in(page, standing.language), APPROVED, user=user, data=data)
    return approval


def _page_in(page: DigestPage, language: str) -> Page:
    """The page of a digest in a language, for the audit log."""
    twins = type(page).objects.originals().filter(translation_key=page.translation_key)
    return twins.filter(locale__language_code=language).first() or page


def connect() -> None:
    """Take the approval of a workflow for one of the edition, once."""
    task_approved.connect(_on_task_approved, dispatch_uid="newsletter.approvals")


def _on_task_approved(sender: type, instance: Any, user: Any = None, **kwargs: Any) -> None:
    """Who approves a digest in a workflow approves its edition, if they may: proofreading is not approving."""
    page = instance.workflow_state.content_object
    page = page.specific if isinstance(page, Page) else None
    if not isinstance(page, DigestPage) or user is None or not may_approve(user, page.locale.language_code):
        return
    try:
        standing = standing_of(page, page.locale.language_code)
    except RenderingError:
        return  # the preflight says why; there is nothing to approve
    if standing:
        record(page, standing, user, workflow=instance.workflow_state.workflow.name)
