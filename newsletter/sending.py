"""The engine: freezes a digest, then sends it, one small step after the other, until nothing is left to do.

It promises that nobody is mailed twice and nobody lost in silence. Exactly once cannot be had over a network:
a mail whose answer never came is `unknown`, shown as such and never sent again by itself. Any number of
workers may call `step()`.
"""

import logging
import random
import threading
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connections, router, transaction
from django.db.models import DateTimeField, Exists, OuterRef, UUIDField, Value
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.log_actions import log

from newsletter import approvals, filling, preflight, rendering, tokens, transport
from newsletter.approvals import ChangedSince
from newsletter.models import (
    Campaign,
    CampaignStory,
    Delivery,
    DigestPage,
    Edition,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletter.preflight import Answers, Preflight, Problem
from newsletter.transport import Result
from newsroom.models import User

logger = logging.getLogger(__name__)

# A worker that has not said anything for so long is taken for dead. Longer than any answer we wait for.
LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=4)

_local = threading.local()


# Entries of the audit log: a sending, and what was sent in spite of.
SENT = "newsletter.send"
OVERRIDDEN = "newsletter.override"


class NotSendable(Exception):
    """The preflight found what blocks, or what nobody has answered: `problems` says which."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(str(problem.message) for problem in problems))
        self.problems = problems


class AlreadySent(Exception):
    """The digest is being sent, or was sent: `campaign` is that sending."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(f"Campaign {campaign.pk} has it.")
        self.campaign = campaign


# -- Freezing ------------------------------------------------------------------------------------------------
def freeze(
    digest: DigestPage, user: User | None, fingerprint: str | None = None, answers: Answers | None = None
) -> Campaign:
    """Confirm the sending of a digest: its editions are kept as they are now, and the worker begins.

    Whichever language's page is given, all languages are sent. `fingerprint` is that of the preflight the user has
    seen, `answers` what they said to its problems; without any, warnings are taken as read and nothing that blocks is
    overridden. Raises AlreadySent, NotSendable or ChangedSince; then there is no campaign and nobody is mailed.
    """
    _refuse_second(digest)
    found = preflight.run(digest)
    if answers is None:
        answers = Answers(ticked=frozenset(problem.key for problem in found.warnings))
    if fingerprint is not None and fingerprint != found.fingerprint and not found.hopeless:
        raise ChangedSince
    if unanswered := found.unanswered(answers):
        raise NotSendable(unanswered)
    if filling.keep(digest):
        # The page now says which stories these are. Others, if the clock has ranked anew in this very moment.
        kept = preflight.run(digest)
        if kept.fingerprint != found.fingerprint:
            raise ChangedSince
    try:
        with transaction.atomic():
            _refuse_second(digest)
            campaign = Campaign.objects.create(
                digest_key=digest.translation_key,
                newsletter_key=digest.get_parent().translation_key,
                confirmed_by=user,
            )
            stories = dict.fromkeys(found.stories)
            CampaignStory.objects.bulk_create(CampaignStory(campaign=campaign, story_key=story) for story in stories)
            Edition.objects.bulk_create(_edition(campaign, audience.edition) for audience in found.audiences)
            _write_down(digest, user, campaign, found, answers)
    except IntegrityError as error:
        # The other press of the button was a moment earlier.
        raise AlreadySent(Campaign.objects.of(digest.translation_key).latest("pk")) from error
    return campaign


def _write_down(digest: DigestPage, user: User | None, campaign: Campaign, found: Preflight, answers: Answers) -> None:
    """Leave in the audit log who sent, who approved, and why what blocked was overridden."""
    for standing in found.standings:
        if not standing.approved:  # no approval is needed then: whoever sends it approves it
            approvals.record(digest, standing, user, campaign=campaign.pk)
    for problem in found.blocking:
        reason = answers.reasons[problem.key]
        data = {"campaign": campaign.pk, "code": problem.code, "language": problem.language, "reason": reason}
        log(digest, OVERRIDDEN, user=user, data=data)
    warnings = [problem.code for problem in found.warnings]
    log(digest, SENT, user=user, data={"campaign": campaign.pk, "readers": found.readers, "warnings": warnings})


def _refuse_second(digest: DigestPage) -> None:
    campaign = Campaign.objects.of(digest.translation_key).order_by("-pk").first()
    if campaign:
        raise AlreadySent(campaign)


def _edition(campaign: Campaign, rendered: rendering.RenderedEdition) -> Edition:
    names = ("languages", "subject", "from_name", "from_address", "reply_to", "mark", "html", "text", "sha256")
    return Edition(campaign=campaign, **{name: getattr(rendered, name) for name in names})


# -- Sending -------------------------------------------------------------------------------------------------
def step() -> bool:
    """Do one small piece of work. Returns whether there was any."""
    worked = _begin() or _send_next() or _end_leases() or _finish()
    if not worked:
        _close_connection()
    return worked


def _begin() -> bool:
    """Fix the audience of a campaign that was confirmed, all of it or nothing, and let it begin."""
    campaign = Campaign.objects.filter(state=Campaign.State.PREPARING).order_by("pk").first()
    if campaign is None:
        return False
    with transaction.atomic():
        begun = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.PREPARING).update(
            state=Campaign.State.SENDING
        )
        if begun:
            for edition in campaign.editions.all():
                _insert_deliveries(campaign, edition)
    logger.info("Campaign %s: %s deliveries", campaign.pk, campaign.deliveries.count())
    return True


def _insert_deliveries(campaign: Campaign, edition: Edition) -> None:
    """One row for each reader of an edition who has not had the digest: one INSERT … SELECT, however many."""
    values: dict[str, Any] = {
        "campaign_id": Value(campaign.pk),
        "edition_id": Value(edition.pk),
        "digest_key": Value(campaign.digest_key, output_field=UUIDField()),
        "state": Value(Delivery.State.PENDING.value),
        "reason": Value(""),
        "attempts": Value(0),
        "due_at": Value(timezone.now(), output_field=DateTimeField()),
    }
    readers = (
        Subscription.objects.active()
        .of(campaign.newsletter_key)
        .reading(edition.languages)
        .without(campaign.digest_key)
        .annotate(**{f"value_{name}": value for name, value in values.items()})
        .values_list("subscriber_id", *(f"value_{name}" for name in values))
    )
    connection = connections[router.db_for_write(Delivery)]
    select, parameters = readers.query.get_compiler(connection=connection).as_sql()
    columns = ", ".join(connection.ops.quote_name(name) for name in ("subscriber_id", *values))
    table = connection.ops.quote_name(Delivery._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {select}", parameters)


def _send_next() -> bool:
    """Claim one delivery that is due, and send it."""
    delivery = _claim(timezone.now())
    if delivery is None:
        return False
    mail = _mark_sending(delivery)
    if mail:
        # Committed: whatever happens from here on, the ledger knows that this mail may be on the wire.
        _note(delivery, _connection().hand_over(mail))
    return True


def _claim(now: datetime) -> Delivery | None:
    with transaction.atomic():
        # Rows that other workers are claiming are passed over. (SQLite knows no such locks and needs none:
        # one writer.)
        waiting = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).due(now)
        delivery = waiting.select_related("campaign", "edition").first()
        if delivery is None:
            return None
        claimed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING).update(
            state=Delivery.State.CLAIMED, lease_until=now + LEASE
        )
    return delivery if claimed else None


@transaction.atomic
def _mark_sending(delivery: Delivery) -> transport.Mail | None:
    """Look once more whether the reader still wants it. Returns the mail that this worker is to hand over now, or None,
    also when it cannot be built."""
    claimed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.CLAIMED)
    subscription = _subscription(delivery)
    if subscription is None:
        claimed.update(state=Delivery.State.SKIPPED, reason="unsubscribed", lease_until=None)
        return None
    try:
        mail = _mail(delivery, subscription)
    except Exception as error:  # whatever it is, nothing leaves, and it would be the same at every attempt
        logger.exception("Delivery %s: the mail cannot be built", delivery.pk)
        claimed.update(state=Delivery.State.REFUSED, reason=transport.words_of(error), lease_until=None)
        return None
    delivery.attempts += 1
    marked = claimed.update(
        state=Delivery.State.SENDING, attempts=delivery.attempts, lease_until=timezone.now() + LEASE
    )
    return mail if marked else None


def _subscription(delivery: Delivery) -> Subscription | None:
    """The active subscription for a delivery; None when the reader has left, or must not be written to whatever their
    subscription says."""
    active = Subscription.objects.active().of(delivery.campaign.newsletter_key)
    found = active.filter(subscriber=delivery.subscriber_id).select_related("subscriber").first()
    suppressed = found and Suppression.objects.of([found.subscriber.email]).exists()
    return None if suppressed else found


def _mail(delivery: Delivery, subscription: Subscription) -> transport.Mail:
    edition = delivery.edition
    token = tokens.UNSUBSCRIPTION.token(subscription.pk)
    with translation.override(edition.language):
        links = rendering.Links(
            unsubscribe=settings.SITE_URL + reverse("unsubscribe", args=[token]),
            preferences=settings.SITE_URL
            + reverse("preferences", args=[tokens.PREFERENCES.token(subscription.subscriber_id)]),
            keep=_keep_address(subscription.subscriber),
        )
    one_click = settings.SITE_URL + reverse("one_click_unsubscribe", args=[token])
    return transport.build(
        to=subscription.subscriber.email,
        subject=edition.subject,
        text=rendering.personalise(edition.text, edition.mark, links),
        html=rendering.personalise_html(edition.html, edition.mark, links),
        from_name=edition.from_name,
        from_address=edition.from_address,
        reply_to=edition.reply_to,
        language=edition.languages.replace(",", ", "),
        key=f"campaign-{delivery.campaign_id}.delivery-{delivery.pk}",
        headers=transport.list_headers(languages=edition.languages, unsubscribe_url=one_click),
    )


def _keep_address(subscriber: Subscriber) -> str:
    """Where a reader who has been silent for long says that we should go on; empty for others."""
    if not subscriber.is_silent(timezone.now()):
        return ""
    return settings.SITE_URL + reverse("keep", args=[tokens.KEEP.token(subscriber.pk)])


def _note(delivery: Delivery, outcome: transport.Outcome) -> None:
    """Write into the ledger what became of a mail."""
    now = timezone.now()
    changes: dict[str, Any] = {"reason": outcome.reason, "lease_until": None}
    if outcome.result is Result.ACCEPTED:
        changes |= {"state": Delivery.State.ACCEPTED, "accepted_at": now}
    elif outcome.result is Result.UNKNOWN:
        changes |= {"state": Delivery.State.UNKNOWN}
    elif outcome.result is Result.REFUSED or delivery.attempts >= MAX_ATTEMPTS:
        changes |= {"state": Delivery.State.REFUSED}
    else:
        changes |= {"state": Delivery.State.PENDING, "due_at": now + pause_after(delivery.attempts)}
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING).update(**changes)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: half a minute, then four times as long each time, not all at
    once."""
    return min(FIRST_PAUSE * 4 ** (attempts - 1), LONGEST_PAUSE) * random.uniform(1, 1.25)


def _end_leases() -> bool:
    """What a dead worker had claimed is free again: nothing had left. What it was handing over is unknown."""
    over = Delivery.objects.filter(lease_until__lt=timezone.now())
    freed = over.filter(state=Delivery.State.CLAIMED).update(state=Delivery.State.PENDING, lease_until=None)
    lost = over.filter(state=Delivery.State.SENDING).update(
        state=Delivery.State.UNKNOWN, reason="the worker stopped before the answer came", lease_until=None
    )
    if lost:
        logger.warning("%s deliveries are unknown: a worker stopped while it was handing them over", lost)
    return bool(freed or lost)


def _finish() -> bool:
    """Close the campaigns that have nothing left to do."""
    left = Delivery.objects.open().filter(campaign=OuterRef("pk"))
    finished = Campaign.objects.filter(~Exists(left), state=Campaign.State.SENDING).update(
        state=Campaign.State.FINISHED, finished_at=timezone.now()
    )
    return bool(finished)


def _connection() -> transport.Connection:
    """This thread's connection, kept from one mail to the next."""
    if not hasattr(_local, "connection"):
        _local.connection = transport.Connection()
    return _local.connection


def _close_connection() -> None:
    if hasattr(_local, "connection"):
        _local.connection.close()
