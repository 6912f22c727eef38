"""What we know of a person: shown to them, moved to another address, erased."""

import contextlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Replace
from django.urls import reverse
from django.utils import timezone, translation

from newsletter import mails, tokens
from newsletter.addresses import masked
from newsletter.models import NewsletterPage, Subscriber, Suppression
from newsletter.suppression import suppress


class AddressTaken(Exception):
    """Another subscriber has the new address."""


def find(token: str) -> Subscriber | None:
    """The subscriber that a link just asked for stands for; None when erased since. Raises ExpiredToken or BadToken."""
    [key] = tokens.PERSONAL.read(token)
    return Subscriber.objects.filter(pk=key).first()


def send_link(subscriber: Subscriber, language: str) -> None:
    """Mail the address on file a link to what only the person may see or do. Raises MailNotSent."""
    with translation.override(language):
        url = mails.address(reverse("personal_data", args=[tokens.PERSONAL.token(subscriber.pk)]))
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
    mailed = subscriber.deliveries.order_by("pk").values("edition__subject", "state", "accepted_at")
    return {
        "email": subscriber.email,
        "name": subscriber.name,
        "outlet": subscriber.outlet,
        "tags": sorted(subscriber.tags.names()),
        "note": subscriber.note,
        "created_at": subscriber.created_at,
        "last_sign_of_life": subscriber.seen_at,
        "subscriptions": subscriptions,
        "mails": [{name.removeprefix("edition__"): value for name, value in mail.items()} for mail in mailed],
        "bounces": list(subscriber.bounces.order_by("pk").values("kind", "reason", "at")),
    }


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Forget a person: their row, wishes, consents and bounces go; what was sent stays, without them; a keyed hash of
    the address keeps imports from bringing them back."""
    said = subscriber.deliveries.filter(reason__contains=subscriber.email)
    said.update(reason=Replace(F("reason"), Value(subscriber.email), Value("…")))
    suppress(subscriber.email, Suppression.Reason.ERASED)
    subscriber.delete()


# -- Another address ------------------------------------------------------------------------------------------
def ask_new_address(subscriber: Subscriber, email: str, language: str) -> None:
    """Mail a new address a link by which its owner takes over the subscriptions. Raises MailNotSent. To an address
    that somebody else is known by, or that complained of our mails, nothing is sent, and nothing said of it."""
    complained = Suppression.objects.of([email]).filter(reason=Suppression.Reason.COMPLAINT)
    if Subscriber.objects.filter(email=email).exists() or complained.exists():
        return
    with translation.override(language):
        token = tokens.NEW_ADDRESS.token(subscriber.pk, subscriber.email, email)
        letter = mails.new_address(masked(subscriber.email), mails.address(reverse("new_address", args=[token])))
    _send(letter, email, subscriber, language, f"address-{subscriber.pk}-{timezone.now():%Y%m%d%H%M%S}")


def find_new_address(token: str) -> tuple[Subscriber, str]:
    """The subscriber and the new address that a link stands for. Raises ExpiredToken, or BadToken when the subscriber
    is gone or has changed the address since."""
    key, old, new = tokens.NEW_ADDRESS.read(token)
    subscriber = Subscriber.objects.filter(pk=key, email=old).first()
    if subscriber is None:
        raise tokens.BadToken
    return subscriber, str(new)


def take_new_address(token: str, language: str) -> Subscriber:
    """Write to the new address from now on, with the whole history, and tell the old one. Raises like
    `find_new_address`, or AddressTaken."""
    subscriber, new = find_new_address(token)
    old, subscriber.email = subscriber.email, new
    subscriber.seen_at = timezone.now()
    try:
        with transaction.atomic():
            subscriber.save()
            Suppression.objects.of([new]).delete()
    except IntegrityError as error:
        raise AddressTaken from error
    with translation.override(language):
        letter = mails.address_changed(masked(new), mails.address(reverse("sign_up")))
    # If it cannot be sent, the address is changed all the same: the old mailbox may be the reason for it.
    with contextlib.suppress(mails.MailNotSent):
        _send(letter, old, subscriber, language, f"changed-{subscriber.pk}-{timezone.now():%Y%m%d%H%M%S}")
    return subscriber
