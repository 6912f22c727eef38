"""Signing up, confirming, changing, leaving and coming back: the verbs that change a subscription."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from newsletter import mails, tokens
from newsletter.chores import reported
from newsletter.mails import MailNotSent
from newsletter.models import Chore, Consent, NewsletterPage, Subscriber, Subscription, Suppression

# One address gets no second confirmation mail within this time, nor more than so many in a day.
QUIET_TIME = timedelta(minutes=10)
MAILS_A_DAY = 3
# Requests for one newsletter that are kept of a day: more is nobody's wish.
OPEN_REQUESTS = 10
# As long a reader may have no mails, and then has them again.
PAUSE = timedelta(days=91)
# As long somebody who has left can take it back.
BACK_WITHIN = timedelta(days=7)

State = Subscription.State
# Who is in one of these receives mails, now or after a pause.
RECEIVING = (State.ACTIVE, State.PAUSED)


class AlreadyConfirmed(Exception):
    """The link was used before, and the subscription it confirmed is active."""


class LinkUsedUp(tokens.BadToken):
    """The link was used, or overtaken by leaving, and the subscription is not active."""


@dataclass(frozen=True)
class Wish:
    """A newsletter that somebody asked for, and all that stood beside the form that they sent."""

    newsletter: NewsletterPage
    wording: str


# -- Signing up -----------------------------------------------------------------------------------------------
def sign_up(*, wishes: Sequence[Wish], email: str, choice: str, language: str, page_url: str) -> None:
    """Note that somebody asked for newsletters and mail them one link to confirm all of it.

    `email` is normalised; `choice` is the language setting asked for, `language` that of the form. A known address is
    treated like a new one, so that the answer tells nobody who subscribes; what it receives changes only once
    confirmed. Within QUIET_TIME of a request that is still open there is no second mail: the one already sent confirms
    what was asked for last. Who complained of our mails gets none. Raises MailNotSent; then nothing is kept.
    """
    if Suppression.objects.of([email]).filter(reason=Suppression.Reason.COMPLAINT).exists():
        return
    request, consents, quiet = _request(wishes, email, choice, language, page_url)
    if quiet:
        return
    try:
        _send_confirmation(request, [wish.newsletter for wish in wishes], email, language)
    except BaseException:
        # No mail names the request, and it must not keep the reader from asking again.
        Consent.objects.filter(pk__in=[consent.pk for consent in consents]).forget_unconfirmed()
        raise


@transaction.atomic
def _request(
    wishes: Sequence[Wish], email: str, choice: str, language: str, page_url: str
) -> tuple[uuid.UUID, list[Consent], bool]:
    """The number of the request, its new rows, and whether no mail is due for it."""
    subscriber, _new = Subscriber.objects.get_or_create(email=email)
    Subscriber.objects.lock(pk=subscriber.pk)
    now = timezone.now()
    a_day_ago = now - timedelta(days=1)
    known = Consent.objects.filter(subscription__subscriber=subscriber, method=Consent.Method.FORM)
    today = known.filter(requested_at__gt=a_day_ago).values_list("request").distinct()
    waiting = known.open().filter(requested_at__gt=a_day_ago).order_by("-pk").first()
    quiet = len(today) >= MAILS_A_DAY or (waiting is not None and waiting.requested_at > now - QUIET_TIME)
    if quiet and waiting is None:
        return uuid.uuid4(), [], True  # the mails of this day are confirmed or withdrawn: no link could confirm it
    request = waiting.request if quiet and waiting else uuid.uuid4()
    consents = []
    for wish in wishes:
        subscription = _subscription(subscriber, wish.newsletter, choice, language)
        if subscription.consents.open().filter(requested_at__gt=a_day_ago).count() < OPEN_REQUESTS:
            consents.append(
                _consent(subscription, wish, Consent.Method.FORM, choice, language, request=request, page_url=page_url)
            )
    return request, consents, quiet or not consents


def _subscription(subscriber: Subscriber, newsletter: NewsletterPage, choice: str, language: str) -> Subscription:
    subscription, _new = Subscription.objects.get_or_create(
        subscriber=subscriber,
        newsletter_key=newsletter.translation_key,
        defaults={"language": choice, "interface_language": language},
    )
    return subscription


def _consent(
    subscription: Subscription, wish: Wish, method: Consent.Method, choice: str, language: str, **fields: object
) -> Consent:
    return subscription.consents.create(
        purpose=wish.newsletter.title,
        legal_basis=wish.newsletter.legal_basis,
        method=method,
        wording=wish.wording,
        choice=choice,
        language=language,
        **fields,
    )


def _send_confirmation(
    request: uuid.UUID, newsletters: Sequence[NewsletterPage], email: str, language: str, *, reminder: bool = False
) -> None:
    with translation.override(language):
        url = mails.address(reverse("confirm", args=[tokens.CONFIRMATION.token(str(request))]))
        letter = mails.confirmation([newsletter.title for newsletter in newsletters], url, reminder=reminder)
    key = f"{'remind' if reminder else 'confirm'}-{request}"
    mails.send(letter, to=email, newsletter=newsletters[0], language=language, key=key)


# -- Confirming -----------------------------------------------------------------------------------------------
@transaction.atomic
def confirm(token: str) -> list[Subscription]:
    """Make the subscriptions of a confirmation link active, with what was asked for last, and close all their other
    requests. Works once. It is the person's own word: a suppression of the address ends.

    Raises AlreadyConfirmed, or BadToken: ExpiredToken when the link is older than seven days, LinkUsedUp when it was
    used and the reader has left since.
    """
    Subscriber.objects.lock(pk=find_request(token)[0].subscription.subscriber_id)
    consents = find_request(token)  # once more, now that nobody else changes it
    now = timezone.now()
    subscriber = consents[0].subscription.subscriber
    if not Consent.objects.filter(pk__in=[consent.pk for consent in consents]).confirm(now):
        raise AlreadyConfirmed
    subscriptions = []
    for consent in consents:
        subscription = consent.subscription
        subscription.consents.exclude(pk=consent.pk).withdraw(now)
        subscription.language, subscription.interface_language = consent.choice, consent.language
        _activate(subscription, now)
        subscriptions.append(subscription)
    _seen(subscriber, now)
    Suppression.objects.of([subscriber.email]).delete()
    return subscriptions


def find_request(token: str) -> list[Consent]:
    """What a confirmation link stands for and is still open: of each newsletter what was asked for last. Raises like
    `confirm`."""
    [request] = tokens.CONFIRMATION.read(token)
    if waiting := _waiting(str(request)):
        return waiting
    if Subscription.objects.filter(consents__request=str(request), state__in=RECEIVING).exists():
        raise AlreadyConfirmed
    raise LinkUsedUp


def _waiting(request: uuid.UUID | str) -> list[Consent]:
    """What a request asks for and is still open: of each newsletter what was asked for last."""
    asked = Consent.objects.open().filter(request=request).select_related("subscription__subscriber").order_by("pk")
    return list({consent.subscription_id: consent for consent in asked}.values())


def _activate(subscription: Subscription, now: datetime) -> None:
    subscription.state = State.ACTIVE
    subscription.paused_until, subscription.farewell_due, subscription.changed_at = None, False, now
    subscription.save()


def _seen(subscriber: Subscriber, now: datetime) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(seen_at=now)


# -- Leaving and coming back ----------------------------------------------------------------------------------
def find_subscription(token: str) -> Subscription | None:
    """The subscription that an unsubscribe link stands for; None when it has been erased. Raises BadToken."""
    [key] = tokens.UNSUBSCRIPTION.read(token)
    return Subscription.objects.select_related("subscriber").filter(pk=key).first()


@transaction.atomic
def unsubscribe(subscription: Subscription) -> None:
    """End a subscription at once; a mail that offers to stay follows, for forwarded mails get clicked. Doing it again
    changes nothing, not even a request made in between."""
    Subscriber.objects.lock(pk=subscription.subscriber_id)
    now = timezone.now()
    not_yet = Subscription.objects.filter(pk=subscription.pk).exclude(state=State.UNSUBSCRIBED)
    confirmed = subscription.state != State.PENDING
    if not_yet.update(state=State.UNSUBSCRIBED, paused_until=None, farewell_due=confirmed, changed_at=now):
        subscription.state, subscription.changed_at = State.UNSUBSCRIBED, now
        subscription.consents.withdraw(now)


def find_left(token: str) -> Subscription | None:
    """The subscription that a link to come back stands for; None when it is gone. Raises ExpiredToken or BadToken."""
    [key] = tokens.UNDO.read(token)
    return Subscription.objects.select_related("subscriber").filter(pk=key).first()


def may_come_back(subscription: Subscription) -> bool:
    """Whether an unsubscription may still be taken back: for as long as the link in the farewell works, and not by who
    must not be written to. (The links to leave never end, and their page has the button to come back.)"""
    if subscription.state != State.UNSUBSCRIBED or timezone.now() - subscription.changed_at > BACK_WITHIN:
        return False
    return not Suppression.objects.of([subscription.subscriber.email]).exists()


@transaction.atomic
def undo(subscription: Subscription) -> bool:
    """Take back an unsubscription: active again, with a consent like the last one in force. Returns False when there is
    nothing to take back; raises LinkUsedUp after a week, a complaint, an erasure or a bounce."""
    Subscriber.objects.lock(pk=subscription.subscriber_id)
    found = Subscription.objects.select_related("subscriber").filter(pk=subscription.pk).first()
    if found is None:
        raise LinkUsedUp
    subscription = found
    if subscription.state == State.ACTIVE:
        return False
    last = subscription.consents.exclude(confirmed_at=None).order_by("-confirmed_at", "-pk").first()
    if last is None or not may_come_back(subscription):
        raise LinkUsedUp
    now = timezone.now()
    same = ("purpose", "legal_basis", "language", "choice", "wording", "page_url", "proof")
    subscription.consents.create(
        **{name: getattr(last, name) for name in same},
        method=Consent.Method.UNDONE,
        requested_at=now,
        confirmed_at=now,
    )
    _activate(subscription, now)
    _seen(subscription.subscriber, now)
    return True


@reported(Chore.Task.FAREWELLS)
def send_farewells() -> int:
    """Write to those who have just left, once each. Returns how many were written to. What is not taken now is tried
    again the next time."""
    sent = 0
    due = Subscription.objects.filter(farewell_due=True).select_related("subscriber").order_by("changed_at")
    for subscription in due:
        if not Subscription.objects.filter(pk=subscription.pk, farewell_due=True).update(farewell_due=False):
            continue  # another worker has it, or the reader is back
        language = subscription.interface_language
        newsletter = NewsletterPage.objects.named(subscription.newsletter_key, language)
        if newsletter is None:
            continue
        with translation.override(language):
            url = mails.address(reverse("undo", args=[tokens.UNDO.token(subscription.pk)]))
            letter = mails.farewell(newsletter.title, url)
        key = f"farewell-{subscription.pk}-{subscription.changed_at:%Y%m%d%H%M%S}"
        try:
            mails.send(letter, to=subscription.subscriber.email, newsletter=newsletter, language=language, key=key)
        except MailNotSent:
            left = Subscription.objects.filter(pk=subscription.pk, state=State.UNSUBSCRIBED)
            left.update(farewell_due=True)
            break
        sent += 1
    return sent


# -- Settings -------------------------------------------------------------------------------------------------
class AddressSuppressed(Exception):
    """The address may not be written to, for `reason`; only the person's own sign-up changes that."""

    def __init__(self, reason: Suppression.Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def _refuse_suppressed(email: str) -> None:
    suppression = Suppression.objects.of([email]).first()
    if suppression is not None:
        raise AddressSuppressed(Suppression.Reason(suppression.reason))


@transaction.atomic
def set_language(subscription: Subscription, choice: str) -> None:
    """Write in another language from now on."""
    now = timezone.now()
    Subscription.objects.filter(pk=subscription.pk).exclude(language=choice).update(language=choice, changed_at=now)
    _seen(subscription.subscriber, now)


@transaction.atomic
def pause(subscription: Subscription, today: date | None = None) -> None:
    """No mails for three months. Nothing for one that is not active."""
    now = timezone.now()
    active = Subscription.objects.filter(pk=subscription.pk, state=State.ACTIVE)
    until = (today or timezone.localdate()) + PAUSE
    active.update(state=State.PAUSED, paused_until=until, changed_at=now)
    _seen(subscription.subscriber, now)


@transaction.atomic
def resume(subscription: Subscription) -> None:
    """End a pause at once."""
    now = timezone.now()
    paused = Subscription.objects.filter(pk=subscription.pk, state=State.PAUSED)
    paused.update(state=State.ACTIVE, paused_until=None, changed_at=now)
    _seen(subscription.subscriber, now)


@reported(Chore.Task.RESUMED)
def end_pauses(today: date | None = None) -> int:
    """Let those who paused have mails again from the day they were told. Returns how many."""
    over = Subscription.objects.filter(state=State.PAUSED, paused_until__lte=today or timezone.localdate())
    return over.update(state=State.ACTIVE, paused_until=None, changed_at=timezone.now())


@transaction.atomic
def add(subscriber: Subscriber, wish: Wish, *, choice: str, language: str, page_url: str) -> Subscription:
    """Subscribe somebody who is known and chose another newsletter in their own settings: no second confirmation.
    Raises AddressSuppressed: old mails, whose links to the settings never end, lift no suppression."""
    Subscriber.objects.lock(pk=subscriber.pk)
    _refuse_suppressed(subscriber.email)
    subscription = _subscription(subscriber, wish.newsletter, choice, language)
    if subscription.state == State.ACTIVE:
        return subscription
    now = timezone.now()
    _consent(
        subscription,
        wish,
        Consent.Method.PREFERENCES,
        choice,
        language,
        page_url=page_url,
        requested_at=now,
        confirmed_at=now,
    )
    subscription.language = choice
    _activate(subscription, now)
    _seen(subscriber, now)
    return subscription


def keep(subscriber: Subscriber) -> None:
    """Note that the person wants us to go on."""
    _seen(subscriber, timezone.now())


@transaction.atomic
def expire(subscriber: Subscriber) -> int:
    """End the subscriptions of somebody who has not answered for years; staff decide. Returns how many ended."""
    now = timezone.now()
    ended = subscriber.subscriptions.filter(state__in=RECEIVING)
    count = ended.update(state=State.EXPIRED, paused_until=None, changed_at=now)
    Consent.objects.filter(subscription__subscriber=subscriber).withdraw(now)
    return count


# -- Added by staff -------------------------------------------------------------------------------------------
class HasLeft(Exception):
    """The person unsubscribed, or was silent for years: only they themselves can come back."""


class AlreadySubscribed(Exception):
    """`subscription` is active, or paused."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(subscription)
        self.subscription = subscription


@transaction.atomic
def add_by_hand(*, email: str, newsletter: NewsletterPage, choice: str, language: str, proof: str) -> Subscription:
    """Subscribe somebody who asked for it elsewhere: `proof` says where and how, and is what they agreed to. `email` is
    normalised, `choice` the language setting, `language` that of their pages.

    Raises AddressSuppressed, HasLeft or AlreadySubscribed; then nothing is kept.
    """
    subscriber, _new = Subscriber.objects.get_or_create(email=email)
    Subscriber.objects.lock(pk=subscriber.pk)
    _refuse_suppressed(email)
    subscription = _subscription(subscriber, newsletter, choice, language)
    if subscription.state in (State.UNSUBSCRIBED, State.EXPIRED):
        raise HasLeft
    if subscription.state != State.PENDING:
        raise AlreadySubscribed(subscription)
    now = timezone.now()
    wish = Wish(newsletter, proof)
    dates = {"requested_at": now, "confirmed_at": now}
    _consent(subscription, wish, Consent.Method.STAFF, choice, language, proof=proof, **dates)
    subscription.language, subscription.interface_language = choice, language
    _activate(subscription, now)
    _seen(subscriber, now)
    return subscription


# -- Those who never confirmed --------------------------------------------------------------------------------
REMINDED_AFTER = timedelta(days=2)
# Whoever has not answered for a week is not asked again.
CONFIRMABLE = timedelta(days=7)
FORGOTTEN_AFTER = timedelta(days=30)


@reported(Chore.Task.REMINDERS)
def remind_unconfirmed() -> int:
    """Remind those who asked two days ago and have not confirmed, once. Returns how many were written to."""
    now = timezone.now()
    waiting = Subscription.objects.filter(state=State.PENDING, reminded_at=None).select_related("subscriber")
    requests = Consent.objects.open().filter(method=Consent.Method.FORM, requested_at__gt=now - CONFIRMABLE)
    asked = waiting.filter(consents__in=requests.filter(requested_at__lt=now - REMINDED_AFTER))
    # Who has asked once more since has a mail that is not so old.
    asked = asked.exclude(consents__in=requests.filter(requested_at__gte=now - REMINDED_AFTER))
    return sum(_each(asked.distinct().order_by("pk"), _remind))


def _remind(subscription: Subscription) -> bool:
    now = timezone.now()
    if not Subscription.objects.filter(pk=subscription.pk, reminded_at=None).update(reminded_at=now):
        return False
    consent = subscription.consents.open().order_by("-pk").first()
    if consent is None or Suppression.objects.of([subscription.subscriber.email]).exists():
        return False
    keys = [one.subscription.newsletter_key for one in _waiting(consent.request)]
    found = [NewsletterPage.objects.named(key, consent.language) for key in keys]
    newsletters = [newsletter for newsletter in found if newsletter]
    if not newsletters:
        return False
    email = subscription.subscriber.email
    try:
        _send_confirmation(consent.request, newsletters, email, consent.language, reminder=True)
    except MailNotSent:
        Subscription.objects.filter(pk=subscription.pk).update(reminded_at=None)
        raise
    # One mail for all that one request asked for.
    same = Subscription.objects.filter(subscriber=subscription.subscriber, consents__request=consent.request)
    same.update(reminded_at=now)
    return True


def _each(subscriptions: Iterable[Subscription], do: Callable[[Subscription], bool]) -> Iterable[bool]:
    """What becomes of each, until the mail server takes no more."""
    for subscription in subscriptions:
        try:
            yield do(subscription)
        except MailNotSent:
            return


@reported(Chore.Task.FORGOTTEN)
def forget_unconfirmed() -> int:
    """Delete requests that nobody has confirmed in thirty days, whether they wait or were ended (a mail that came back
    ends them, too), and whom nothing else is known of. Returns how many subscriptions went."""
    before = timezone.now() - FORGOTTEN_AFTER
    Consent.objects.filter(requested_at__lt=before).forget_unconfirmed()
    never = Subscription.objects.filter(state__in=[State.PENDING, State.UNSUBSCRIBED], changed_at__lt=before)
    deleted = never.filter(consents=None).delete()[0]
    Subscriber.objects.filter(subscriptions=None, created_at__lt=before, name="", note="").delete()
    return deleted
