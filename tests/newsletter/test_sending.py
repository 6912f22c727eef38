import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from home.models import SiteSettings
from newsletter import preflight, sending, subscriptions
from newsletter.models import Campaign, Delivery, Edition, Subscription

pytestmark = pytest.mark.django_db

BACKEND = "django.core.mail.backends.locmem.EmailBackend.send_messages"


@pytest.fixture
def campaign(bilingual_digest, subscribe):
    """A confirmed campaign with a reader of each kind."""
    subscribe("ada@example.org", "en")
    subscribe("bea@example.org", "fr")
    subscribe("cleo@example.org", "all", "fr")
    subscribe("dan@example.org", "all", "en")
    subscribe("eve@example.org", state=Subscription.State.PENDING)
    subscribe("fay@example.org", state=Subscription.State.UNSUBSCRIBED)
    return sending.freeze(bilingual_digest, None)


@pytest.fixture
def one_reader(bilingual_digest, subscribe):
    """A confirmed campaign with one reader."""
    subscribe("ada@example.org", "en")
    return sending.freeze(bilingual_digest, None)


@pytest.fixture
def server(monkeypatch, outbox):
    """A mail server that does what the test says: `server.answers` are exceptions to raise, None to take the
    mail."""

    class Server:
        answers = []
        tries = 0

    def send_messages(backend, messages):
        Server.tries += 1
        answer = Server.answers.pop(0) if Server.answers else None
        if answer:
            raise answer
        outbox.extend(messages)
        return len(messages)

    monkeypatch.setattr(BACKEND, send_messages)
    return Server


def states():
    return {delivery.subscriber.email: delivery.state for delivery in Delivery.objects.select_related("subscriber")}


# -- Freezing
def test_freezing_keeps_every_edition_and_mails_nobody(campaign):
    assert campaign.state == Campaign.State.PREPARING
    assert [edition.languages for edition in campaign.editions.order_by("pk")] == [
        "en",
        "fr",
        "en,fr",
        "fr,en",
    ]
    assert not Delivery.objects.exists()


def test_what_an_editor_does_afterwards_changes_nothing(campaign, bilingual_digest, outbox, work):
    bilingual_digest.title = "Something else"
    bilingual_digest.save_revision().publish()
    bilingual_digest.delete()
    work()
    assert {message.subject for message in outbox} == {"A well, and what it costs", "Un puits et son prix"}


def test_a_second_press_makes_no_second_campaign(campaign, bilingual_digest, site, outbox, work):
    with pytest.raises(sending.AlreadySent) as caught:
        sending.freeze(bilingual_digest, None)
    assert caught.value.campaign == campaign
    with pytest.raises(sending.AlreadySent):
        sending.freeze(bilingual_digest.get_translation(site.locales["fr"]), None)
    work()
    with pytest.raises(sending.AlreadySent):
        sending.freeze(bilingual_digest, None)
    assert Campaign.objects.count() == 1
    assert len(outbox) == 4


def test_two_presses_at_once_make_one_campaign(campaign, bilingual_digest, monkeypatch):
    monkeypatch.setattr(sending, "_refuse_second", lambda digest: None)  # both have looked before either wrote
    with pytest.raises(sending.AlreadySent), transaction.atomic():
        sending.freeze(bilingual_digest, None)
    assert Campaign.objects.count() == 1


def test_what_has_problems_is_not_frozen(make_digest, subscribe):
    subscribe("ada@example.org")
    with pytest.raises(sending.NotSendable) as caught:
        sending.freeze(make_digest(), None)
    assert [problem.blocks for problem in caught.value.problems] == [True]
    assert not Campaign.objects.exists()
    assert not Edition.objects.exists()


def test_what_changed_since_it_was_looked_at_is_not_frozen(bilingual_digest, subscribe):
    subscribe("ada@example.org")
    seen = preflight.run(bilingual_digest).fingerprint
    SiteSettings.objects.update(postal_address="2 rue Neuve, Brussels")
    with pytest.raises(sending.ChangedSince):
        sending.freeze(bilingual_digest, None, seen)
    assert not Campaign.objects.exists()


# -- Sending
def test_everybody_gets_the_edition_of_their_language_and_only_they(campaign, outbox, work):
    work()
    assert {message.to[0]: message.subject for message in outbox} == {
        "ada@example.org": "A well, and what it costs",
        "bea@example.org": "Un puits et son prix",
        "cleo@example.org": "Un puits et son prix",
        "dan@example.org": "A well, and what it costs",
    }
    bodies = {message.to[0]: message.body for message in outbox}
    assert "Un puits pour Kisumu" not in bodies["ada@example.org"]
    assert "A well for Kisumu" not in bodies["bea@example.org"]
    assert bodies["cleo@example.org"].index("Un puits pour Kisumu") < bodies["cleo@example.org"].index(
        "A well for Kisumu"
    )
    assert bodies["dan@example.org"].index("A well for Kisumu") < bodies["dan@example.org"].index(
        "Un puits pour Kisumu"
    )


def test_a_campaign_ends_when_everybody_is_accounted_for(campaign, outbox, work):
    assert sending.step()
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.SENDING
    work()
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.FINISHED
    assert campaign.finished_at
    assert set(states().values()) == {Delivery.State.ACCEPTED}
    assert not sending.step()


def test_an_idle_worker_does_nothing(outbox):
    assert not sending.step()


def test_a_mail_has_the_headers_of_a_list_and_one_reader(campaign, outbox, work):
    work()
    message = next(message for message in outbox if message.to == ["bea@example.org"])
    delivery = Delivery.objects.get(subscriber__email="bea@example.org")
    headers = message.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<https://news.example.org/unsubscribe/")
    assert headers["List-Id"] == "<newsletter.fr.news.example.org>"
    assert headers["Message-ID"] == f"<campaign-{delivery.campaign_id}.delivery-{delivery.pk}@wayfield.example>"
    assert headers["To"] == "bea@example.org"
    assert headers["Cc"] is headers["Bcc"] is None


def test_each_mail_carries_its_own_way_out(campaign, outbox, work, client):
    work()
    assert len({message.extra_headers["List-Unsubscribe"] for message in outbox}) == 4
    message = next(message for message in outbox if message.to == ["bea@example.org"])
    assert "https://news.example.org/fr/subscription/unsubscribe/" in message.body
    address = message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("https://news.example.org")
    client.post(address, {"List-Unsubscribe": "One-Click"})
    left = Subscription.objects.filter(state=Subscription.State.UNSUBSCRIBED).values_list(
        "subscriber__email", flat=True
    )
    assert set(left) == {"bea@example.org", "fay@example.org"}


def test_who_leaves_before_their_mail_does_is_not_mailed(campaign, outbox, work):
    sending.step()
    subscriptions.unsubscribe(Subscription.objects.get(subscriber__email="bea@example.org"))
    Subscription.objects.get(subscriber__email="dan@example.org").subscriber.delete()
    work()
    assert {message.to[0] for message in outbox} == {"ada@example.org", "cleo@example.org"}
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.FINISHED
    assert Delivery.objects.filter(state=Delivery.State.SKIPPED).count() == 2


def test_who_joins_after_the_audience_is_fixed_is_not_mailed(campaign, outbox, work, subscribe):
    sending.step()
    subscribe("gus@example.org")
    work()
    assert "gus@example.org" not in states()


def test_nobody_can_be_recorded_twice(campaign, outbox, work):
    work()
    other = Campaign.objects.create(digest_key=campaign.digest_key, newsletter_key=campaign.newsletter_key)
    edition = Edition.objects.create(
        campaign=other, languages="en", subject="x", html="x", text="x", mark="x", sha256="x"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(
            campaign=other,
            digest_key=campaign.digest_key,
            subscriber=Delivery.objects.first().subscriber,
            edition=edition,
            due_at=timezone.now(),
        )
    work()
    assert len(outbox) == 4


# -- What can go wrong on the way
def test_an_address_that_is_refused_does_not_stop_the_others(campaign, server, outbox, work):
    server.answers = [smtplib.SMTPRecipientsRefused({"x": (550, b"5.1.1 no such user")})]
    work()
    assert sorted(states().values()) == ["accepted", "accepted", "accepted", "refused"]
    assert Delivery.objects.get(state="refused").reason == "550 5.1.1 no such user"
    assert len(outbox) == 3


@pytest.mark.parametrize(
    "answer",
    [
        smtplib.SMTPRecipientsRefused({"x": (451, b"4.7.1 greylisted")}),
        smtplib.SMTPDataError(452, b"4.3.1 try later"),
    ],
)
def test_a_passing_refusal_is_tried_again_later(one_reader, server, outbox, work, answer):
    server.answers = [answer]
    work()
    assert states() == {"ada@example.org": Delivery.State.PENDING}
    one_reader.refresh_from_db()
    assert one_reader.state == Campaign.State.SENDING
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        work()
    assert states() == {"ada@example.org": Delivery.State.ACCEPTED}
    assert Delivery.objects.get().attempts == 2


def test_after_six_attempts_it_is_given_up(one_reader, server, work):
    server.answers = [smtplib.SMTPDataError(452, b"full")] * 20
    now = timezone.now()
    for hours in range(0, 60, 5):
        with time_machine.travel(now + timedelta(hours=hours)):
            work()
    assert server.tries == sending.MAX_ATTEMPTS
    assert states() == {"ada@example.org": Delivery.State.REFUSED}


def test_the_pauses_grow_and_end_at_four_hours(monkeypatch):
    monkeypatch.setattr(sending.random, "uniform", lambda least, most: least)
    pauses = [sending.pause_after(attempts) for attempts in range(1, 8)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=30), timedelta(hours=4))


def test_a_pause_is_up_to_a_quarter_longer_so_that_not_all_end_at_once():
    pauses = {sending.pause_after(1) for _ in range(20)}
    assert len(pauses) > 1
    assert all(timedelta(seconds=30) <= pause <= timedelta(seconds=37.5) for pause in pauses)


def test_the_message_id_is_the_same_at_every_attempt(one_reader, server, outbox, work, monkeypatch):
    seen = []
    build = sending.transport.build
    monkeypatch.setattr(sending.transport, "build", lambda **kw: seen.append(kw["key"]) or build(**kw))
    server.answers = [smtplib.SMTPDataError(452, b"full")]
    work()
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        work()
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_an_answer_that_never_came_is_unknown_and_not_sent_again(one_reader, server, outbox, work):
    server.answers = [ConnectionResetError("gone")]
    work()
    assert states() == {"ada@example.org": Delivery.State.UNKNOWN}
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        work()
    assert server.tries == 1
    one_reader.refresh_from_db()
    assert one_reader.state == Campaign.State.FINISHED


def test_a_worker_killed_while_handing_over_leaves_unknown_not_a_second_mail(one_reader, server, work):
    server.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        work()
    assert states() == {"ada@example.org": Delivery.State.SENDING}
    assert not sending.step(), "another worker leaves it alone while the lease runs"
    with time_machine.travel(timezone.now() + sending.LEASE + timedelta(minutes=1)):
        work()
    assert states() == {"ada@example.org": Delivery.State.UNKNOWN}
    assert server.tries == 1


def test_a_worker_killed_before_handing_over_loses_nothing(one_reader, outbox, work, monkeypatch):
    sending.step()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sending, "_mark_sending", lambda delivery: (_ for _ in ()).throw(KeyboardInterrupt()))
        sending.step()
    assert states() == {"ada@example.org": Delivery.State.CLAIMED}
    with time_machine.travel(timezone.now() + sending.LEASE + timedelta(minutes=1)):
        work()
    assert states() == {"ada@example.org": Delivery.State.ACCEPTED}
    assert len(outbox) == 1


def test_the_ledger_says_sending_before_the_mail_leaves(one_reader, monkeypatch, outbox, work):
    seen = []
    monkeypatch.setattr(BACKEND, lambda backend, messages: seen.append(states()) or 1)
    work()
    assert seen == [{"ada@example.org": Delivery.State.SENDING}]


def test_the_audience_is_one_statement_an_edition(campaign, subscribe, django_assert_max_num_queries):
    for number in range(20):
        subscribe(f"reader{number}@example.org")
    with django_assert_max_num_queries(14):
        sending.step()
    assert Delivery.objects.count() == 24


def test_a_mail_that_cannot_be_built_is_refused_once_with_the_reason(one_reader, monkeypatch, outbox, work):
    def build(**fields):
        raise ValueError("not like this")

    monkeypatch.setattr(sending.transport, "build", build)
    work()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.reason) == (Delivery.State.REFUSED, "ValueError: not like this")
    assert Campaign.objects.get().state == Campaign.State.FINISHED
    assert not outbox
