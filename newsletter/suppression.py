"""Addresses that must not be written to, and what makes them so: the verbs that a provider's events call."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from newsletter import addresses
from newsletter.models import Bounce, Consent, Subscriber, Subscription, Suppression

# A full mailbox empties, a server comes back: so many temporary bounces, over so long, are neither.
SOFT_BOUNCES = 5
SOFT_BOUNCES_OVER = timedelta(days=14)
# What lies further back was another spell.
SOFT_BOUNCES_WITHIN = timedelta(days=180)


class NotLiftable(Exception):
    """Only the person's own sign-up ends this suppression."""


@transaction.atomic
def suppress(email: str, reason: Suppression.Reason) -> Suppression:
    """Write to an address no more, at once and whatever the newsletter: its subscriptions end, without a farewell. The
    first reason stays, but a complaint, the weightiest, replaces any, and any replaces that of staff, who could take it
    back: nobody lifts what a person has asked for."""
    Subscriber.objects.lock(email=email)
    suppression, new = Suppression.objects.get_or_create(
        keyed_hash=addresses.keyed_hash(email), defaults={"reason": reason}
    )
    if not new and (reason == Suppression.Reason.COMPLAINT or suppression.is_by_staff):
        suppression.reason = reason
        suppression.save()
    now = timezone.now()
    ended = Subscription.objects.filter(subscriber__email=email)
    ended.exclude(state=Subscription.State.UNSUBSCRIBED).update(
        state=Subscription.State.UNSUBSCRIBED, paused_until=None, changed_at=now
    )
    ended.update(farewell_due=False)
    Consent.objects.filter(subscription__subscriber__email=email).withdraw(now)
    return suppression


@transaction.atomic
def bounce(subscriber: Subscriber, kind: Bounce.Kind, reason: str = "") -> Suppression | None:
    """Note a mail that came back; `reason` is what the other side said. A permanent bounce suppresses the address, a
    temporary one after SOFT_BOUNCES of them over at least SOFT_BOUNCES_OVER. Returns the suppression, if any."""
    latest = subscriber.bounces.create(kind=kind, reason=" ".join(reason.split())[:300])
    if kind == Bounce.Kind.HARD:
        return suppress(subscriber.email, Suppression.Reason.HARD_BOUNCE)
    soft = subscriber.bounces.filter(kind=Bounce.Kind.SOFT, at__gt=latest.at - SOFT_BOUNCES_WITHIN).order_by("at")
    times = list(soft.values_list("at", flat=True))
    if len(times) >= SOFT_BOUNCES and times[-1] - times[0] >= SOFT_BOUNCES_OVER:
        return suppress(subscriber.email, Suppression.Reason.SOFT_BOUNCES)
    return None


def complain(subscriber: Subscriber) -> Suppression:
    """Note that a mail of ours was called spam."""
    return suppress(subscriber.email, Suppression.Reason.COMPLAINT)


def lift(suppression: Suppression) -> None:
    """Take back what staff decided. Raises NotLiftable for every other reason."""
    by_staff = Suppression.objects.filter(pk=suppression.pk, reason=Suppression.Reason.STAFF)
    if not by_staff.delete()[0]:
        raise NotLiftable
