from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsletter import tokens


def test_a_token_says_whom_it_is_for():
    assert tokens.read_confirmation(tokens.for_confirmation(7)) == 7
    assert tokens.read_unsubscription(tokens.for_unsubscription(7)) == 7


def test_a_token_of_one_purpose_is_worth_nothing_for_another():
    with pytest.raises(tokens.BadToken):
        tokens.read_confirmation(tokens.for_unsubscription(7))
    with pytest.raises(tokens.BadToken):
        tokens.read_unsubscription(tokens.for_confirmation(7))


@pytest.mark.parametrize(
    "damage", [lambda t: t[:-1], lambda t: "8" + t[1:], lambda t: "", lambda t: "a.b.c", lambda t: t + "é"]
)
def test_a_damaged_token_is_refused(damage):
    with pytest.raises(tokens.BadToken):
        tokens.read_confirmation(damage(tokens.for_confirmation(7)))
    with pytest.raises(tokens.BadToken):
        tokens.read_unsubscription(damage(tokens.for_unsubscription(7)))


def test_a_confirmation_expires_after_seven_days_and_an_unsubscription_never():
    confirmation, unsubscription = tokens.for_confirmation(7), tokens.for_unsubscription(7)
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert tokens.read_confirmation(confirmation) == 7
    with (
        time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)),
        pytest.raises(tokens.ExpiredToken),
    ):
        tokens.read_confirmation(confirmation)
    with time_machine.travel(timezone.now() + timedelta(days=9999)):
        assert tokens.read_unsubscription(unsubscription) == 7


def test_a_token_outlives_the_rotation_of_the_secret_key(settings):
    token = tokens.for_unsubscription(7)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert tokens.read_unsubscription(token) == 7
