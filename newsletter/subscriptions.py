"""Signing up, confirming, leaving: the verbs that change a subscription."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from newsletter import digest, rendering, tokens, transport
from newsletter.models import Consent, NewsletterPage, Subscriber, Subscription

# One address gets no second confirmation mail within this time.
QUIET_TIME = timedelta(minutes=10)


class MailNotSent(Exception):
    """The confirmation mail could not be handed over; the request may be repeated."""


class AlreadyConfirmed(Exception):
    """The link was used before, and the subscription it confirmed is active."""


class LinkUsedUp(tokens.BadToken):
    """The link was used, or overtaken by leaving, and the subscription is not active."""


def sign_up(*, newsletter: NewsletterPage, email: str, choice: str, language: str, wording: str, page_url: str) -> None:
    """Note that somebody asked for the newsletter and mail them a link to confirm it.

    `email` is normalised; `choice` is the language setting asked for, `language` that of the form, `wording`
    all that stood beside it. A known address is treated like a new one, so that the answer tells nobody who
    subscribes; what it receives changes only once confirmed. Within QUIET_TIME of a request that is still open
    there is no second mail: the one already sent confirms what was asked for last. Raises MailNotSent.
    """
    asked = {"choice": choice, "language": language, "wording": wording, "page_url": page_url}
    consent, known = _request(newsletter, email, asked)
    if known:
        return
    try:
        _send_confirmation(newsletter, consent, email)
    except BaseException:
        consent.delete()  # no mail names it, and it must not keep the reader from asking again
        raise


@transaction.atomic
def _request(newsletter: NewsletterPage, email: str, asked: dict[str, str]) -> tuple[Consent, bool]:
    """The request for what was asked, and whether it is a recent one that was changed, not a new one."""
    subscriber, _ = Subscriber.objects.get_or_create(email=email)
    subscription, _ = Subscription.objects.get_or_create(
        subscriber=subscriber,
        newsletter_key=newsletter.translation_key,
        defaults={"language": asked["choice"], "interface_language": asked["language"]},
    )
    # Of two requests at the same moment one waits here, and then sees the other. (SQLite has one writer anyway.)
    Subscription.objects.select_for_update().get(pk=subscription.pk)
    recent = subscription.consents.open().filter(requested_at__gt=timezone.now() - QUIET_TIME).order_by("pk").last()
    if recent is None:
        return subscription.consents.create(**asked), False
    subscription.consents.open().filter(pk=recent.pk).update(**asked)
    return recent, True


def _send_confirmation(newsletter: NewsletterPage, consent: Consent, email: str) -> None:
    with translation.override(consent.language):
        context = {
            "newsletter": newsletter,
            "site_name": newsletter.get_parent().title,
            "url": settings.SITE_URL + reverse("confirm", args=[tokens.for_confirmation(consent.pk)]),
            "language": consent.language,
            "organisation": digest.organisation(),
        }
        context["subject"] = render_to_string("email/confirm.subject.txt", context).strip()
        mail = transport.build(
            to=email,
            subject=context["subject"],
            text=rendering.tidy_text(render_to_string("email/confirm.txt", context)),
            html=rendering.compile_mjml(render_to_string("email/confirm.mjml", context)),
            from_name=newsletter.from_name or context["site_name"],
            reply_to=newsletter.reply_to,
            language=consent.language,
            key=f"confirm-{consent.pk}",
        )
    with transport.Connection() as connection:
        outcome = connection.hand_over(mail)
    # A mail that may have arrived is not repeated either: its link must work.
    if outcome.result in (transport.Result.REFUSED, transport.Result.LATER):
        raise MailNotSent(outcome.reason)


@transaction.atomic
def confirm(token: str) -> Subscription:
    """Make the subscription of a confirmation link active, with what was asked for, and close its other requests.
    Works once.

    Raises AlreadyConfirmed, or BadToken: ExpiredToken when the link is older than seven days, LinkUsedUp when
    it was used and the reader has left since.
    """
    consent = find_request(token)
    subscription = consent.subscription
    now = timezone.now()
    if not Consent.objects.open().filter(pk=consent.pk).update(confirmed_at=now):
        raise AlreadyConfirmed
    subscription.consents.open().update(withdrawn_at=now)
    subscription.state = Subscription.State.ACTIVE
    subscription.language = consent.choice
    subscription.interface_language = consent.language
    subscription.save()
    return subscription


def find_request(token: str) -> Consent:
    """The request that a confirmation link stands for, still open. Raises like `confirm`."""
    consent = (
        Consent.objects.filter(pk=tokens.read_confirmation(token)).select_related("subscription__subscriber").first()
    )
    if consent is None:
        raise LinkUsedUp
    if consent.confirmed_at or consent.withdrawn_at:
        raise AlreadyConfirmed if consent.subscription.state == Subscription.State.ACTIVE else LinkUsedUp
    return consent


def find_subscription(token: str) -> Subscription | None:
    """The subscription that an unsubscribe link stands for; None when it has been erased. Raises BadToken."""
    subscriptions = Subscription.objects.select_related("subscriber")
    return subscriptions.filter(pk=tokens.read_unsubscription(token)).first()


@transaction.atomic
def unsubscribe(subscription: Subscription) -> None:
    """End a subscription at once. Doing it again changes nothing, not even a request made in between."""
    now = timezone.now()
    not_yet = Subscription.objects.filter(pk=subscription.pk).exclude(state=Subscription.State.UNSUBSCRIBED)
    if not_yet.update(state=Subscription.State.UNSUBSCRIBED, changed_at=now):
        subscription.consents.filter(withdrawn_at=None).update(withdrawn_at=now)
