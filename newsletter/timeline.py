"""What happened between a subscriber and us, in one line of time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from newsletter.models import Consent, Subscriber
from newsletter.subscriber_admin import setting_in_words
from newsroom.language import language_label


@dataclass(frozen=True)
class Event:
    """Something that happened; `facts` are pairs of label and value, `wording` is what was shown."""

    at: datetime
    icon: str
    title: str
    facts: list[tuple[str, Any]] = field(default_factory=list)
    wording: str = ""
    page_url: str = ""


def timeline(subscriber: Subscriber) -> list[Event]:
    """All that happened, the newest first. Three queries."""
    events = [*_consents(subscriber), *_mails(subscriber), *_bounces(subscriber)]
    # Reversed rather than sorted in reverse: what was confirmed the moment it was asked for stands above it.
    return sorted(events, key=lambda event: event.at)[::-1]


def _consents(subscriber: Subscriber) -> Iterator[Event]:
    consents = Consent.objects.filter(subscription__subscriber=subscriber).order_by("requested_at", "pk")
    for consent in consents:
        name = {"newsletter": consent.purpose}
        yield Event(
            consent.requested_at,
            "form",
            _("“%(newsletter)s” asked for") % name,
            _facts(consent),
            consent.wording,
            consent.page_url,
        )
        if consent.confirmed_at:
            yield Event(consent.confirmed_at, "check", _("“%(newsletter)s” confirmed") % name)
        if consent.withdrawn_at:
            yield Event(consent.withdrawn_at, "cross", _("Consent to “%(newsletter)s” ended") % name)


def _facts(consent: Consent) -> list[tuple[str, Any]]:
    facts = [
        (_("How"), consent.get_method_display()),
        (_("Legal basis"), consent.get_legal_basis_display()),
        (_("Language setting"), setting_in_words(consent.choice)),
        (_("Shown in"), language_label(consent.language)),
        (_("Proof"), consent.proof),
        (_("Version of the wording"), consent.wording_hash[:12]),
    ]
    return [(label, value) for label, value in facts if value]


def _mails(subscriber: Subscriber) -> Iterator[Event]:
    mails = subscriber.deliveries.select_related("edition").only(
        "state", "reason", "accepted_at", "due_at", "edition__subject"
    )
    for mail in mails.order_by("due_at", "pk"):
        facts = [(_("State"), mail.get_state_display()), *([(_("Reason"), mail.reason)] if mail.reason else [])]
        title = _("Mail “%(subject)s”") % {"subject": mail.edition.subject}
        yield Event(mail.accepted_at or mail.due_at, "mail", title, facts)


def _bounces(subscriber: Subscriber) -> Iterator[Event]:
    for bounce in subscriber.bounces.order_by("at", "pk"):
        facts = [(_("Kind"), bounce.get_kind_display()), *([(_("Reason"), bounce.reason)] if bounce.reason else [])]
        yield Event(bounce.at, "warning", _("A mail came back"), facts)
