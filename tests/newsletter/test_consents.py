"""Consents are proofs: rows are added, never changed."""

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter.models import Consent, Subscription

pytestmark = pytest.mark.django_db
State = Subscription.State


@pytest.fixture
def consent(subscribe):
    return subscribe("ada@example.org").consents.get()


def test_a_consent_names_the_version_of_its_wording(consent):
    assert consent.wording_hash == hashlib.sha256("…".encode()).hexdigest()


def test_it_cannot_be_changed_or_deleted(consent):
    consent.wording = "Something else"
    changes = [
        consent.save,
        consent.delete,
        lambda: Consent.objects.update(wording="Something else"),
        lambda: Consent.objects.all().delete(),
        lambda: Consent.objects.bulk_update([consent], ["wording"]),
    ]
    for change in changes:
        with pytest.raises(TypeError), transaction.atomic():
            change()
    consent.refresh_from_db()
    assert consent.wording == "…"


def test_dates_of_confirmation_and_withdrawal_are_set_once(consent):
    confirmed, now = consent.confirmed_at, timezone.now()
    assert Consent.objects.confirm(now) == 0
    assert Consent.objects.withdraw(now) == 1
    assert Consent.objects.withdraw(now + timedelta(days=1)) == 0
    consent.refresh_from_db()
    assert (consent.confirmed_at, consent.withdrawn_at) == (confirmed, now)


def test_what_nobody_has_confirmed_can_be_forgotten_and_nothing_else(consent):
    consent.subscription.consents.create(purpose="Newsletter", language="en", choice="en", wording="…")
    assert Consent.objects.forget_unconfirmed() == 1
    assert Consent.objects.get() == consent


@pytest.mark.parametrize(
    "wrong",
    [
        {"confirmed_at": timezone.now() - timedelta(days=1)},
        {"withdrawn_at": timezone.now() - timedelta(days=1)},
        {"method": Consent.Method.STAFF},
        {"method": Consent.Method.IMPORT},
    ],
    ids=str,
)
def test_the_database_refuses_what_cannot_be(consent, wrong):
    fields = {"purpose": "Newsletter", "language": "en", "choice": "en", "wording": "…", **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        consent.subscription.consents.create(**fields)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.PAUSED},
        {"paused_until": timezone.now().date()},
        {"state": "asleep"},
        {"farewell_due": True},
    ],
    ids=str,
)
def test_the_database_refuses_a_subscription_that_cannot_be(consent, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.update(**wrong)
