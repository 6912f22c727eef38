from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsletter import tokens
from newsletter.tokens import CONFIRMATION, NEW_ADDRESS, PERSONAL, PREFERENCES, UNDO, UNSUBSCRIPTION

PURPOSES = [CONFIRMATION, UNSUBSCRIPTION, UNDO, PREFERENCES, PERSONAL, NEW_ADDRESS, tokens.FORM]


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_a_token_says_whom_it_is_for(purpose):
    assert purpose.read(purpose.token(7, "ada@example.org")) == [7, "ada@example.org"]


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_a_token_of_one_purpose_is_worth_nothing_for_another(purpose):
    for other in PURPOSES:
        if other is not purpose:
            with pytest.raises(tokens.BadToken):
                purpose.read(other.token(7))


@pytest.mark.parametrize(
    "damage",
    [
        lambda t: t[:-1],
        lambda t: "X" + t[1:],
        lambda t: "",
        lambda t: "a:b:c",
        lambda t: t + "é",
        lambda t: t.replace(":", ""),
        lambda t: "." + t,
        lambda t: "\0",
        lambda t: t * 1000,
    ],
)
@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_a_damaged_token_is_refused(purpose, damage):
    with pytest.raises(tokens.BadToken):
        purpose.read(damage(purpose.token(7)))


@pytest.mark.parametrize(
    ("purpose", "valid"),
    [
        (CONFIRMATION, timedelta(days=7)),
        (UNDO, timedelta(days=7)),
        (PERSONAL, timedelta(hours=2)),
        (NEW_ADDRESS, timedelta(days=1)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_some_expire(purpose, valid):
    token = purpose.token(7)
    with time_machine.travel(timezone.now() + valid - timedelta(minutes=1)):
        assert purpose.read(token) == [7]
    with time_machine.travel(timezone.now() + valid + timedelta(minutes=1)), pytest.raises(tokens.ExpiredToken):
        purpose.read(token)


@pytest.mark.parametrize("purpose", [UNSUBSCRIPTION, PREFERENCES], ids=lambda purpose: purpose.name)
def test_the_way_out_never_expires(purpose):
    token = purpose.token(7)
    with time_machine.travel(timezone.now() + timedelta(days=9999)):
        assert purpose.read(token) == [7]


def test_a_token_outlives_the_rotation_of_the_secret_key(settings):
    token = UNSUBSCRIPTION.token(7)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert UNSUBSCRIPTION.read(token) == [7]


def test_no_address_stands_in_a_link_in_clear():
    assert "ada" not in NEW_ADDRESS.token(7, "ada@example.org")
