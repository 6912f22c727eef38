"""/<language>/subscription/my-data/<token>/: download, another address, erasure."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from newsletter import personal_data, sending, subscriptions, tokens
from newsletter.models import Audience, Consent, Delivery, Subscriber, Subscription, Suppression
from newsletter.subscriptions import Wish
from newsletter.suppression import suppress

pytestmark = pytest.mark.django_db
State = Subscription.State


@pytest.fixture
def reader():
    """A browser that follows a link out of a mail."""
    return Client(enforce_csrf_checks=True, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})


@pytest.fixture
def ada(subscribe):
    return subscribe("ada@example.org").subscriber


def address(subscriber, language="en"):
    return f"/{language}/subscription/my-data/{personal_data.token_for(subscriber)}/"


def link_in(message, name):
    line = next(line for line in message.body.splitlines() if f"/subscription/{name}/" in line)
    return line.removeprefix("https://news.example.org")


@pytest.mark.parametrize(("language", "words"), [("en", "Erase my data"), ("fr", "Effacer mes données")])
def test_the_page_shows_what_can_be_done_and_hides_the_address(reader, ada, language, words):
    response = reader.get(address(ada, language))
    html = response.content.decode()
    assert words in html
    assert "a…@example.org" in html and "ada@example.org" not in html
    assert "no-store" in response["Cache-Control"]


def test_the_link_works_for_two_hours(reader, ada):
    path = address(ada)
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1)):
        response = reader.post(path, {"action": "erase"})
    assert response.status_code == 410
    assert "It is too old" in response.content.decode()
    assert Subscriber.objects.filter(pk=ada.pk).exists()


def test_the_link_of_the_settings_does_not_open_it(reader, ada):
    path = f"/en/subscription/my-data/{tokens.PREFERENCES.token(ada.pk)}/"
    for action in ("download", "erase", "address"):
        assert reader.post(path, {"action": action, "email": "x@example.org"}).status_code == 400
    assert Subscriber.objects.filter(email="ada@example.org").exists()


class TestDownload:
    """All that is known, as JSON."""

    def test_it_holds_all_that_is_known(self, reader, ada, bilingual_digest, work, outbox):
        Subscriber.objects.update(name="Ada Lovelace", outlet="The Engine", note="Met in London")
        ada.tags.add("press")
        sending.freeze(bilingual_digest, None)
        work()
        response = reader.post(address(ada), {"action": "download"})
        assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
        data = json.loads(response.content)
        assert (data["email"], data["name"], data["outlet"]) == ("ada@example.org", "Ada Lovelace", "The Engine")
        assert (data["tags"], data["note"]) == (["press"], "Met in London")
        [subscription] = data["subscriptions"]
        assert (subscription["newsletter"], subscription["state"]) == ("Newsletter", "active")
        [consent] = subscription["consents"]
        assert consent["wording"] == "…" and consent["confirmed_at"]
        [mailed] = data["mails"]
        assert (mailed["subject"], mailed["state"]) == ("A well, and what it costs", "accepted")
        assert consent["choice"] == "en"
        assert data["not_written_to"] is None

    def test_it_says_that_the_address_is_not_written_to_and_why(self, reader, ada):
        suppress("ada@example.org", Suppression.Reason.HARD_BOUNCE)
        data = json.loads(reader.post(address(ada), {"action": "download"}).content)
        assert data["not_written_to"]["reason"] == "hard_bounce"


class TestErasure:
    """The person goes, a keyed hash stays."""

    def test_nothing_of_the_person_is_left(self, reader, ada, bilingual_digest, work, outbox):
        sending.freeze(bilingual_digest, None)
        work()
        Delivery.objects.update(reason="550 no such user: ada@example.org")
        response = reader.post(address(ada), {"action": "erase"})
        assert "Your data is erased" in response.content.decode()
        assert not Subscriber.objects.exists() and not Consent.objects.exists()
        delivery = Delivery.objects.get()
        assert (delivery.subscriber, delivery.reason) == (None, "550 no such user: …")
        suppression = Suppression.objects.get()
        assert suppression.reason == Suppression.Reason.ERASED
        assert "ada" not in f"{suppression.__dict__}"
        assert not subscriptions.send_farewells()

    @pytest.mark.parametrize("said", ["550 <ADA@Example.org> unknown", "550 no mailbox earlier@example.net here"])
    def test_no_server_is_left_to_name_them_however_it_wrote_the_address_or_an_earlier_one(
        self, reader, ada, bilingual_digest, work, outbox, said
    ):
        sending.freeze(bilingual_digest, None)
        work()
        Delivery.objects.update(reason=said)
        reader.post(address(ada), {"action": "erase"})
        assert "@" not in Delivery.objects.get().reason
        assert Delivery.objects.get().reason.startswith("550 ")

    def test_an_audience_that_looks_for_the_address_does_not_keep_it(self, reader, ada):
        Audience.objects.create(name="Ada", filters={"q": "Ada@example.org", "language": "en"})
        Audience.objects.create(name="Example", filters={"q": "example.org"})
        reader.post(address(ada), {"action": "erase"})
        filters = dict(Audience.objects.values_list("name", "filters"))
        assert filters == {"Ada": {"q": "…", "language": "en"}, "Example": {"q": "example.org"}}

    def test_what_staff_had_suppressed_and_the_person_had_erased_nobody_lifts(self, reader, ada):
        suppress("ada@example.org", Suppression.Reason.STAFF)
        reader.post(address(ada), {"action": "erase"})
        assert Suppression.objects.get().reason == Suppression.Reason.ERASED

    def test_twice_is_once(self, reader, ada):
        path = address(ada)
        reader.post(path, {"action": "erase"})
        assert "We do not know this address any more" in reader.post(path, {"action": "erase"}).content.decode()

    def test_the_same_address_hashes_differently_with_another_key(self, ada, settings):
        first = suppress("ada@example.org", Suppression.Reason.ERASED).pk
        settings.SUPPRESSION_KEY = "another"
        assert suppress("ada@example.org", Suppression.Reason.ERASED).pk != first

    def test_their_own_confirmed_sign_up_brings_them_back(self, reader, ada, site, outbox):
        reader.post(address(ada), {"action": "erase"})
        wish = Wish(site.en.newsletter, "…")
        subscriptions.sign_up(
            wishes=[wish], email="ada@example.org", choice="en", language="en", page_url="https://news.example.org/"
        )
        assert Suppression.objects.exists()
        reader.post(link_in(outbox[0], "confirm"))
        assert Subscription.objects.get().state == State.ACTIVE
        assert not Suppression.objects.exists()


class TestAnotherAddress:
    """Confirmed from itself; the old one is told; the history stays."""

    def ask(self, reader, subscriber, email="Ada@New.example"):
        return reader.post(address(subscriber), {"action": "address", "email": email})

    @pytest.fixture(autouse=True)
    def at_one_moment(self):
        with time_machine.travel(timezone.now(), tick=False):
            yield

    def test_nothing_changes_until_the_new_address_says_yes(self, reader, ada, outbox):
        response = self.ask(reader, ada)
        assert "We have sent a mail to the new address." in response.content.decode()
        [message] = outbox
        assert message.to == ["ada@new.example"]
        path = link_in(message, "new-address")
        for method in (reader.get, reader.head, reader.options):
            method(path)
        ada.refresh_from_db()
        assert ada.email == "ada@example.org"

        html = reader.post(path).content.decode()
        assert "Your address is changed" in html
        ada.refresh_from_db()
        assert ada.email == "ada@new.example"
        assert ada.subscriptions.get().consents.in_force().count() == 1
        told = outbox[1]
        assert told.to == ["ada@example.org"]
        assert "a…@new.example" in told.body and "ada@new.example" not in told.body

    def test_the_link_works_once_and_says_so(self, reader, ada, outbox):
        self.ask(reader, ada)
        path = link_in(outbox[0], "new-address")
        reader.post(path)
        for language, words in (("en", "It has been used before"), ("fr", "Il a déjà servi")):
            response = reader.post(path.replace("/en/", f"/{language}/"))
            assert response.status_code == 410
            assert words in response.content.decode()
        assert len(outbox) == 2

    def test_whoever_reads_the_old_mailbox_has_nothing_to_do_with_the_data_any_more(self, reader, ada, outbox):
        old = address(ada)
        self.ask(reader, ada)
        reader.post(link_in(outbox[0], "new-address"))
        for action in ("download", "erase", "address"):
            assert reader.post(old, {"action": action, "email": "eve@example.org"}).status_code == 410
        assert reader.get(old).status_code == 410
        ada.refresh_from_db()
        assert reader.get(address(ada)).status_code == 200

    def test_who_is_erased_meanwhile_does_not_come_back_by_it(self, reader, ada, outbox, monkeypatch):
        self.ask(reader, ada)
        path = link_in(outbox[0], "new-address")
        read_before = (Subscriber.objects.get(), "ada@new.example")
        monkeypatch.setattr(personal_data, "find_new_address", lambda token: read_before)
        personal_data.erase(ada)
        assert reader.post(path).status_code == 410
        assert not Subscriber.objects.exists()

    def test_an_address_that_complains_meanwhile_is_not_taken(self, reader, ada, outbox):
        self.ask(reader, ada, "eve@example.org")
        suppress("eve@example.org", Suppression.Reason.COMPLAINT)
        assert reader.post(link_in(outbox[0], "new-address")).status_code == 410
        ada.refresh_from_db()
        assert ada.email == "ada@example.org"
        assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT

    def test_nobody_is_flooded_by_being_named_as_the_new_address(self, ada, outbox):
        statuses = []
        for number in range(4):
            elsewhere = Client(REMOTE_ADDR=f"203.0.113.{number}", headers={"Origin": "null"})
            statuses.append(self.ask(elsewhere, ada, "victim@example.org").status_code)
        assert statuses == [200, 200, 200, 429]
        assert len(outbox) == 3

    def test_an_address_of_another_subscriber_is_not_taken_and_not_told_of(self, reader, ada, subscribe, outbox):
        subscribe("eve@example.org")
        answers = {
            self.ask(reader, ada, email).content.decode().replace(email, "")
            for email in ("eve@example.org", "new@example.org")
        }
        assert len(answers) == 1
        assert [message.to for message in outbox] == [["new@example.org"]]

    def test_nor_is_one_that_complained_of_our_mails(self, reader, ada, outbox):
        suppress("eve@example.org", Suppression.Reason.COMPLAINT)
        assert self.ask(reader, ada, "eve@example.org").status_code == 200
        assert not outbox
        assert Suppression.objects.exists()

    def test_an_address_that_was_taken_in_between_is_said_to_be(self, reader, ada, subscribe, outbox):
        self.ask(reader, ada, "new@example.org")
        subscribe("new@example.org")
        response = reader.post(link_in(outbox[0], "new-address"))
        assert response.status_code == 409
        assert "This address is subscribed already" in response.content.decode()
        ada.refresh_from_db()
        assert ada.email == "ada@example.org"

    @pytest.mark.parametrize(
        ("email", "message"),
        [
            ("", "Please enter your e-mail address."),
            ("ada@", "This does not look like an e-mail address."),
            ("zoë@example.org", "We cannot write to addresses with accents"),
            ("ada@new.example\nBcc: eve@example.org", "This does not look like an e-mail address."),
        ],
    )
    def test_bad_input_is_kept_and_explained(self, reader, ada, email, message, outbox):
        response = self.ask(reader, ada, email)
        assert response.status_code == 422
        assert message in response.content.decode()
        assert not outbox

    def test_a_mail_server_that_is_down_is_admitted(self, reader, ada, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        response = self.ask(reader, ada)
        assert response.status_code == 503
        assert "We could not send the mail." in response.content.decode()
        assert not getattr(mail, "outbox", [])
