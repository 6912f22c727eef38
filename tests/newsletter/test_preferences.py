"""/<language>/subscription/settings/<token>/: language, newsletters, pauses."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsletter import subscriptions, tokens
from newsletter.models import Consent, Subscription, Suppression
from newsletter.models.subscriber import LegalBasis
from newsletter.suppression import suppress

pytestmark = pytest.mark.django_db
State = Subscription.State


@pytest.fixture
def reader():
    """A browser that follows a link out of a mail."""
    return Client(enforce_csrf_checks=True, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})


@pytest.fixture
def ada(subscribe):
    """Ada reads the English edition."""
    return subscribe("ada@example.org")


def address(subscription, language="en"):
    return f"/{language}/subscription/settings/{tokens.PREFERENCES.token(subscription.subscriber_id)}/"


def post(reader, subscription, action="save", **data):
    return reader.post(address(subscription), {"action": action, **data})


def form_of(subscription, language="en"):
    key = subscription.newsletter_key.hex
    return {"newsletters": [key], f"language-{key}": language}


def of(newsletter):
    return Subscription.objects.get(newsletter_key=newsletter.translation_key)


@pytest.mark.parametrize(("language", "words"), [("en", "Your settings"), ("fr", "Vos réglages")])
def test_the_page_is_in_the_language_of_its_address_and_hides_the_mail_address(reader, ada, language, words):
    response = reader.get(address(ada, language))
    html = response.content.decode()
    assert words in html and f'<html lang="{language}"' in html
    assert "a…@example.org" in html and "ada@example.org" not in html
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def test_another_language(reader, ada):
    response = post(reader, ada, **form_of(ada, "all"))
    assert "Your settings are saved." in response.content.decode()
    ada.refresh_from_db()
    assert (ada.language, ada.state) == ("all", State.ACTIVE)


@pytest.mark.parametrize("setting", ["de", "", "<b>", "x" * 500])
def test_a_language_that_is_none_changes_nothing(reader, ada, setting):
    post(reader, ada, **form_of(ada, setting))
    ada.refresh_from_db()
    assert ada.language == "en"


def test_what_is_unticked_ends(reader, ada):
    post(reader, ada)
    ada.refresh_from_db()
    assert ada.state == State.UNSUBSCRIBED
    assert not ada.consents.in_force().exists()


def test_another_newsletter_begins_at_once_with_a_consent_of_its_own(reader, ada, make_newsletter):
    brief = make_newsletter(privacy_line="For the brief only.")
    both = [ada.newsletter_key.hex, brief.translation_key.hex]
    post(reader, ada, newsletters=both, **{f"language-{brief.translation_key.hex}": "en"})
    new = of(brief)
    consent = new.consents.get()
    assert (new.state, new.language) == (State.ACTIVE, "en")
    assert (consent.method, consent.purpose, consent.legal_basis) == ("preferences", "Monday Brief", "consent")
    assert consent.confirmed_at and "For the brief only." in consent.wording
    ada.refresh_from_db()
    assert ada.state == State.ACTIVE


def test_a_newsletter_by_invitation_is_offered_only_to_those_it_has_and_nobody_lets_themselves_in(
    reader, ada, make_newsletter
):
    press = make_newsletter("Press", by_invitation=True, legal_basis=LegalBasis.LEGITIMATE_INTEREST)
    assert ">Press</legend>" not in reader.get(address(ada)).content.decode()
    post(reader, ada, newsletters=[ada.newsletter_key.hex, press.translation_key.hex])
    assert not Subscription.objects.filter(newsletter_key=press.translation_key).exists()

    invited = Subscription.objects.create(
        subscriber=ada.subscriber,
        newsletter_key=press.translation_key,
        language="en",
        interface_language="en",
        state=State.ACTIVE,
    )
    assert ">Press</legend>" in reader.get(address(ada)).content.decode()
    post(reader, ada, newsletters=[ada.newsletter_key.hex])
    invited.refresh_from_db()
    assert invited.state == State.UNSUBSCRIBED
    post(reader, ada, newsletters=[ada.newsletter_key.hex, press.translation_key.hex])
    invited.refresh_from_db()
    assert invited.state == State.UNSUBSCRIBED


def test_a_pause_of_three_months_ends_by_itself(reader, ada):
    with time_machine.travel("2027-01-10 12:00"):
        html = post(reader, ada, "pause").content.decode()
    assert "11 April 2027" in html
    ada.refresh_from_db()
    assert (ada.state, ada.paused_until) == (State.PAUSED, date(2027, 4, 11))
    assert subscriptions.end_pauses(date(2027, 4, 10)) == 0
    assert subscriptions.end_pauses(date(2027, 4, 11)) == 1
    ada.refresh_from_db()
    assert (ada.state, ada.paused_until) == (State.ACTIVE, None)


def test_a_pause_can_be_ended_at_once(reader, ada):
    post(reader, ada, "pause")
    html = post(reader, ada, "resume").content.decode()
    assert "You will receive the next digest." in html
    ada.refresh_from_db()
    assert (ada.state, ada.paused_until) == (State.ACTIVE, None)


def test_saving_during_a_pause_keeps_it(reader, ada):
    post(reader, ada, "pause")
    ada.refresh_from_db()
    post(reader, ada, **form_of(ada, "fr"))
    ada.refresh_from_db()
    assert (ada.state, ada.language) == (State.PAUSED, "fr")


@pytest.mark.parametrize("action", ["pause", "resume"])
def test_who_has_left_is_not_brought_back_by_a_pause(reader, ada, action):
    subscriptions.unsubscribe(ada)
    post(reader, ada, action)
    ada.refresh_from_db()
    assert ada.state == State.UNSUBSCRIBED


def test_every_change_is_a_sign_of_life(reader, ada):
    long_ago = timezone.now() - timedelta(days=900)
    for action in ("save", "pause", "resume"):
        type(ada.subscriber).objects.update(seen_at=long_ago)
        post(reader, ada, action, **form_of(ada))
        ada.subscriber.refresh_from_db()
        assert ada.subscriber.seen_at > long_ago, action


def test_the_link_to_ones_own_data_comes_by_mail(reader, ada, outbox):
    response = post(reader, ada, "link")
    assert "We have sent you a mail with the link." in response.content.decode()
    [mail] = outbox
    assert mail.to == ["ada@example.org"]
    assert "https://news.example.org/en/subscription/my-data/" in mail.body
    assert "/my-data/" not in response.content.decode()


def test_links_are_not_sent_without_end(reader, ada, outbox, settings):
    settings.FORMS_PER_NETWORK = 2
    answers = [post(reader, ada, "link").status_code for _time in range(4)]
    assert answers == [200, 200, 429, 429]
    assert len(outbox) == 2


@pytest.mark.parametrize("action", ["", "erase", "download"])
def test_a_button_that_is_not_there_does_nothing(reader, ada, action, outbox):
    assert post(reader, ada, action).status_code == 400
    ada.refresh_from_db()
    assert ada.state == State.ACTIVE
    assert not outbox


@pytest.mark.parametrize("damage", ["forged", "other purpose", "erased"])
def test_a_link_that_is_none_changes_nothing(reader, ada, damage):
    path = {
        "forged": address(ada)[:-2] + "x/",
        "other purpose": f"/en/subscription/settings/{tokens.UNSUBSCRIPTION.token(ada.subscriber_id)}/",
        "erased": f"/en/subscription/settings/{tokens.PREFERENCES.token(999_999)}/",
    }[damage]
    response = reader.post(path, {"action": "pause"})
    assert response.status_code == (200 if damage == "erased" else 400)
    assert response["Referrer-Policy"] == "no-referrer"
    ada.refresh_from_db()
    assert ada.state == State.ACTIVE
    assert Consent.objects.in_force().count() == 1


@pytest.mark.parametrize("reason", list(Suppression.Reason), ids=str)
@pytest.mark.parametrize(("language", "words"), [("en", "Nothing was added"), ("fr", "Rien n’a été ajouté")])
def test_who_must_not_be_written_to_is_not_brought_back_by_the_settings_of_an_old_mail(
    reader, ada, make_newsletter, reason, language, words
):
    brief = make_newsletter()
    suppress("ada@example.org", reason)
    data = {"action": "save", "newsletters": [ada.newsletter_key.hex, brief.translation_key.hex]}
    response = reader.post(address(ada, language), data)
    assert response.status_code == 409
    assert words in response.content.decode()
    assert set(Subscription.objects.values_list("state", flat=True)) == {State.UNSUBSCRIBED}
    assert not Consent.objects.in_force().exists()
    assert Suppression.objects.get().reason == reason


def test_one_address_gets_three_links_an_hour_from_whatever_network(ada, outbox):
    answers = []
    for number in range(5):
        elsewhere = Client(REMOTE_ADDR=f"203.0.113.{number}", headers={"Origin": "null"})
        answers.append(post(elsewhere, ada, "link"))
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert "Too many mails were asked for" in answers[-1].content.decode()
    assert len(outbox) == 3
