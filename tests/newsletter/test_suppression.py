"""Addresses that must not be written to, and what makes them so."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsletter import sending, subscriptions
from newsletter.models import Bounce, Delivery, Subscription, Suppression
from newsletter.subscriptions import LinkUsedUp, Wish
from newsletter.suppression import NotLiftable, bounce, complain, lift, suppress

pytestmark = pytest.mark.django_db
State = Subscription.State


@pytest.fixture
def ada(subscribe):
    return subscribe("ada@example.org")


def state(subscription):
    subscription.refresh_from_db()
    return subscription.state


def test_a_permanent_bounce_ends_everything_at_once_and_without_a_farewell(ada, outbox):
    bounce(ada.subscriber, Bounce.Kind.HARD, "550 5.1.1\nno such user")
    assert state(ada) == State.UNSUBSCRIBED
    assert not ada.consents.in_force().exists()
    assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE
    assert ada.subscriber.bounces.get().reason == "550 5.1.1 no such user"
    assert subscriptions.send_farewells() == 0


@pytest.mark.parametrize(
    ("days", "ends"),
    [
        ([0, 1, 2, 3, 4], False),  # five, but in a week
        ([0, 4, 8, 14], False),  # over two weeks, but four
        ([0, 4, 8, 12, 14], True),
        ([0, 200, 204, 208, 212, 213], False),  # the first was another spell
    ],
    ids=str,
)
def test_temporary_bounces_end_it_after_five_over_two_weeks(ada, days, ends):
    now = timezone.now()
    for day in days:
        with time_machine.travel(now + timedelta(days=day), tick=False):
            bounce(ada.subscriber, Bounce.Kind.SOFT, "452 mailbox full")
    assert (state(ada) == State.UNSUBSCRIBED) == ends
    assert Suppression.objects.filter(reason=Suppression.Reason.SOFT_BOUNCES).exists() == ends


def test_a_complaint_outweighs_what_came_before_and_stays(ada):
    bounce(ada.subscriber, Bounce.Kind.HARD)
    complain(ada.subscriber)
    bounce(ada.subscriber, Bounce.Kind.HARD)
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


def test_who_complained_gets_no_mail_of_ours_whatever_they_or_others_type(ada, site, outbox):
    complain(ada.subscriber)
    wish = Wish(site.en.newsletter, "…")
    subscriptions.sign_up(
        wishes=[wish], email="ada@example.org", choice="en", language="en", page_url="https://news.example.org/"
    )
    assert not outbox
    with pytest.raises(LinkUsedUp):
        subscriptions.undo(ada)
    assert state(ada) == State.UNSUBSCRIBED


def test_a_digest_on_its_way_passes_them_by(ada, subscribe, bilingual_digest, work, outbox):
    subscribe("bea@example.org")
    sending.freeze(bilingual_digest, None)
    sending.step()  # the ledger is written
    suppress("ada@example.org", Suppression.Reason.STAFF)
    work()
    assert [mail.to for mail in outbox] == [["bea@example.org"]]
    assert Delivery.objects.get(subscriber=ada.subscriber).state == Delivery.State.SKIPPED


def test_an_address_that_nobody_has_can_be_suppressed_too(site):
    suppress("nobody@example.org", Suppression.Reason.STAFF)
    assert Suppression.objects.of(["nobody@example.org"]).exists()
    assert not Suppression.objects.of(["ada@example.org"]).exists()


@pytest.mark.parametrize("reason", [reason for reason in Suppression.Reason if reason != Suppression.Reason.STAFF])
def test_what_staff_decided_gives_way_to_a_reason_that_nobody_lifts(ada, reason):
    by_staff = suppress("ada@example.org", Suppression.Reason.STAFF)
    suppress("ada@example.org", reason)
    assert Suppression.objects.get().reason == reason
    with pytest.raises(NotLiftable):
        lift(by_staff)  # looked at before the other came
    assert Suppression.objects.exists()
    suppress("ada@example.org", Suppression.Reason.STAFF)
    assert Suppression.objects.get().reason == reason


def test_no_digest_reaches_a_suppressed_address_whatever_its_subscription_says(
    ada, subscribe, bilingual_digest, work, outbox
):
    subscribe("bea@example.org")
    suppress("ada@example.org", Suppression.Reason.COMPLAINT)
    Subscription.objects.update(state=State.ACTIVE)
    sending.freeze(bilingual_digest, None)
    work()
    assert [mail.to for mail in outbox] == [["bea@example.org"]]
    assert Delivery.objects.get(subscriber=ada.subscriber).state == Delivery.State.SKIPPED
