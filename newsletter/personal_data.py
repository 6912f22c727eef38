"""What we know of a person: shown to them, moved to another address, erased."""

import contextlib
import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from newsletter import mails, tokens
from newsletter.addresses import keyed_hash, masked
from newsletter.models import Audience, NewsletterPage, Subscriber, Suppression
from newsletter.subscriptions import LinkUsedUp
from newsletter.suppression import suppress

# Whatever a mail server may have called somebody in its answer: an earlier address of theirs, too.
ANY_ADDRESS = re.compile(r"[^\s<>()\"',;:@]+@[^\s<>()\"',;:@]+")


class AddressTaken(Exception):
    """Another subscriber has the new address."""


def token_for(subscriber: Subscriber) -> str:
    """The token of a link to what only the person may see or do: good while the address is the one it was sent to."""
    return tokens.PERSONAL.token(subscriber.pk, keyed_hash(subscriber.email)[:16])


def find(token: str) -> Subscriber | None:
    """The subscriber that a link just asked for stands for; None when erased since. Raises ExpiredToken, BadToken, or
    LinkUsedUp when their address is another since: who reads the old mailbox has nothing to do with the data any
    more."""
    key, hashed = tokens.PERSONAL.read(token)
    subscriber = Subscriber.objects.filter(pk=key).first()
    if subscriber and not keyed_hash(subscriber.email).startswith(str(hashed)):
        raise LinkUsedUp
    return subscriber


def send_link(subscriber: Subscriber, language: str) -> None:
    """Mail the address on file a link to what only the person may see or do. Raises MailNotSent."""
    with translation.override(language):
        url = mails.address(reverse("personal_data", args=[token_for(subscriber)]))
        letter = mails.personal_link(url)
    _send(letter, subscriber.email, subscriber, language, f"personal-{subscriber.pk}-{timezone.now():%Y%m%d%H%M%S}")


def _send(letter: mails.Letter, to: str, subscriber: Subscriber, language: str, key: str) -> None:
    keys = subscriber.subscriptions.values_list("newsletter_key", flat=True)
    found = (NewsletterPage.objects.named(newsletter_key, language) for newsletter_key in keys)
    newsletter = next(filter(None, found), None) or NewsletterPage.objects.open_in(language).first()
    if newsletter is None:
        raise mails.MailNotSent("no newsletter")
    mails.send(letter, to=to, newsletter=newsletter, language=language, key=key)


def as_json(subscriber: Subscriber) -> str:
    """All that we know of a person (GDPR, art. 15 and 20), in words that say what it is."""
    return json.dumps(_known(subscriber), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _known(subscriber: Subscriber) -> dict[str, Any]:
    subscriptions = []
    for subscription in subscriber.subscriptions.order_by("pk"):
        newsletter = NewsletterPage.objects.named(subscription.newsletter_key, subscription.interface_language)
        consents = subscription.consents.order_by("pk").values(
            "purpose",
            "legal_basis",
            "method",
            "language",
            "choice",
            "wording",
            "wording_hash",
            "page_url",
            "proof",
            "requested_at",
            "confirmed_at",
            "withdrawn_at",
        )
        subscriptions.append(
            {
                "newsletter": newsletter.title if newsletter else str(subscription.newsletter_key),
                "language": subscription.language,
                "language_of_pages": subscription.interface_language,
                "state": subscription.state,
                "changed_at": subscription.changed_at,
                "paused_until": subscription.paused_until,
                "consents": list(consents),
            }
        )
    mailed = subscriber.deliveries.order_by("pk").values("edition__subject", "state", "reason", "accepted_at")
    suppressed = Suppression.objects.of([subscriber.email]).values("reason", "at").first()
    return {
        "email": subscriber.email,
        "name": subscriber.name,
        "outlet": subscriber.outlet,
        "tags": sorted(subscriber.tags.names()),
        "note": subscriber.note,
        "created_at": subscriber.created_at,
        "last_sign_of_life": subscriber.seen_at,
        "not_written_to": suppressed,
        "subscriptions": subscriptions,
        "mails": [{name.removeprefix("edition__"): value for name, value in mail.items()} for mail in mailed],
        "bounces": list(subscriber.bounces.order_by("pk").values("kind", "reason", "at")),
    }


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Forget a person: their row, wishes, consents and bounces go; what was sent stays, without them and without the
    addresses in what servers said of it; audiences that look for the address look for it no more; a keyed hash of it
    keeps imports from bringing them back."""
    for delivery in subscriber.deliveries.filter(reason__contains="@"):
        delivery.reason = ANY_ADDRESS.sub("…", delivery.reason)
        delivery.save(update_fields=["reason"])
    for audience in Audience.objects.filter(filters__has_key="q"):
        if subscriber.email in str(audience.filters["q"]).lower():
            audience.filters["q"] = ANY_ADDRESS.sub("…", audience.filters["q"])
            audience.save(update_fields=["filters"])
    suppress(subscriber.email, Suppression.Reason.ERASED)
    subscriber.delete()


# -- Another address ------------------------------------------------------------------------------------------
def ask_new_address(subscriber: Subscriber, email: str, language: str) -> None:
    """Mail a new address a link by which its owner takes over the subscriptions. Raises MailNotSent. To an address
    that somebody else is known by, or that complained of our mails, nothing is sent, and nothing said of it."""
    if Subscriber.objects.filter(email=email).exists() or _has_complained(email):
        return
    with translation.override(language):
        token = tokens.NEW_ADDRESS.token(subscriber.pk, subscriber.email, email)
        letter = mails.new_address(masked(subscriber.email), mails.address(reverse("new_address", args=[token])))
    _send(letter, email, subscriber, language, f"address-{subscriber.pk}-{timezone.now():%Y%m%d%H%M%S}")


def find_new_address(token: str) -> tuple[Subscriber, str]:
    """The subscriber and the new address that a link stands for. Raises ExpiredToken, BadToken, or LinkUsedUp when the
    subscriber is gone or has changed the address since, or the new one has complained of our mails."""
    key, old, new = tokens.NEW_ADDRESS.read(token)
    subscriber = Subscriber.objects.filter(pk=key, email=old).first()
    if subscriber is None or _has_complained(str(new)):
        raise LinkUsedUp
    return subscriber, str(new)


def _has_complained(email: str) -> bool:
    return Suppression.objects.of([email]).filter(reason=Suppression.Reason.COMPLAINT).exists()


def take_new_address(token: str, language: str) -> Subscriber:
    """Write to the new address from now on, with the whole history, and tell the old one. Raises like
    `find_new_address`, or AddressTaken."""
    subscriber, new = find_new_address(token)
    old = subscriber.email
    try:
        with transaction.atomic():
            # Not save(), which would write somebody anew who was erased in between.
            same = Subscriber.objects.filter(pk=subscriber.pk, email=old)
            if not same.update(email=new, seen_at=timezone.now()):
                raise LinkUsedUp
            Suppression.objects.of([new]).delete()
    except IntegrityError as error:
        raise AddressTaken from error
    subscriber.email = new
    with translation.override(language):
        letter = mails.address_changed(masked(new), mails.address(reverse("sign_up")))
    # If it cannot be sent, the address is changed all the same: the old mailbox may be the reason for it.
    with contextlib.suppress(mails.MailNotSent):
        _send(letter, old, subscriber, language, f"changed-{subscriber.pk}-{timezone.now():%Y%m%d%H%M%S}")
    return subscriber
