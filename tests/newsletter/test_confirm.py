from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsletter import subscriptions, tokens
from newsletter.models import Consent, Subscriber, Subscription
from newsletter.subscriptions import Wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    """A browser that follows a link out of a mail: no cookie, and an origin that it keeps to itself."""
    return Client(enforce_csrf_checks=True, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})


@pytest.fixture
def asked(site, outbox):
    """Ada has asked for French, on an English page."""
    subscriptions.sign_up(
        wishes=[Wish(site.en.newsletter, "…")],
        email="ada@example.org",
        choice="fr",
        language="en",
        page_url="https://news.example.org/en/",
    )
    return Subscription.objects.get()


def link(subscription, language="en"):
    return address_of(subscription.consents.latest("pk"), language)


def address_of(consent, language="en"):
    return f"/{language}/subscription/confirm/{tokens.CONFIRMATION.token(str(consent.request))}/"


def ask_again(subscription, choice="all"):
    return subscription.consents.create(
        purpose="Newsletter", language="en", choice=choice, wording="…", page_url="https://news.example.org/"
    )


def test_following_the_link_confirms_nothing(asked, reader):
    for method in (reader.get, reader.head, reader.options):
        method(link(asked))
    asked.refresh_from_db()
    assert asked.state == Subscription.State.PENDING


def test_the_page_of_the_link_shows_a_button_and_hides_the_address(asked, reader):
    response = reader.get(link(asked, "fr"))
    html = response.content.decode()
    assert response.status_code == 200
    assert '<form method="post">' in html
    assert "a…@example.org" in html
    assert "ada@example.org" not in html
    assert '<html lang="fr"' in html
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_button_confirms_with_what_was_asked_for(asked, reader):
    response = reader.post(link(asked))
    asked.refresh_from_db()
    assert response.status_code == 200
    assert (asked.state, asked.language, asked.interface_language) == (Subscription.State.ACTIVE, "fr", "en")
    assert asked.consents.get().confirmed_at is not None
    assert not response.cookies


def test_a_used_link_says_kindly_that_all_is_done(asked, reader):
    reader.post(link(asked))
    first = Consent.objects.get().confirmed_at
    for method in (reader.get, reader.post):
        response = method(link(asked))
        assert response.status_code == 200
        assert "already confirmed" in response.content.decode()
    assert Consent.objects.get().confirmed_at == first


def test_a_used_link_brings_nobody_back_who_has_left(asked, reader):
    reader.post(link(asked))
    subscriptions.unsubscribe(asked)
    response = reader.post(link(asked))
    asked.refresh_from_db()
    assert response.status_code == 410
    assert asked.state == Subscription.State.UNSUBSCRIBED
    assert 'name="email"' in response.content.decode()


def test_signing_up_again_after_leaving_brings_one_back(asked, reader, site):
    reader.post(link(asked))
    subscriptions.unsubscribe(asked)
    reader.post(address_of(ask_again(asked)))
    asked.refresh_from_db()
    assert (asked.state, asked.language) == (Subscription.State.ACTIVE, "all")


def test_an_expired_link_says_so_and_offers_the_form(asked, reader):
    address = link(asked)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        response = reader.post(address)
    asked.refresh_from_db()
    assert response.status_code == 410
    assert "seven days" in response.content.decode()
    assert 'name="email"' in response.content.decode()
    assert asked.state == Subscription.State.PENDING


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("damage", ["forged", "truncated", "other purpose"])
def test_a_bad_link_changes_nothing_and_offers_the_form(asked, reader, method, damage):
    address = {
        "forged": link(asked)[:-2] + "x/",
        "truncated": link(asked)[:-20] + "/",
        "other purpose": f"/en/subscription/confirm/{tokens.UNSUBSCRIPTION.token(asked.pk)}/",
    }[damage]
    response = getattr(reader, method)(address)
    asked.refresh_from_db()
    assert response.status_code == 400
    assert 'name="email"' in response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
    assert asked.state == Subscription.State.PENDING


def test_confirming_closes_the_other_requests(asked, reader):
    first = link(asked)
    second = ask_again(asked)
    reader.post(link(asked))
    assert asked.consents.exclude(pk=second.pk).get().withdrawn_at is not None
    assert "already confirmed" in reader.post(first).content.decode()
    asked.refresh_from_db()
    assert asked.language == "all"


def test_a_used_link_of_somebody_who_pauses_says_that_all_is_done(asked, reader):
    reader.post(link(asked))
    asked.refresh_from_db()
    subscriptions.pause(asked)
    response = reader.get(link(asked))
    assert response.status_code == 200
    assert "already confirmed" in response.content.decode()


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen after a link was read and before it acts."""

    def make(what):
        lock = type(Subscriber.objects.all()).lock

        def locked(queryset, **who):
            monkeypatch.undo()
            what()
            return lock(queryset, **who)

        monkeypatch.setattr(type(Subscriber.objects), "lock", lambda manager, **who: locked(manager.all(), **who))

    return make


def test_of_two_newsletters_the_one_that_was_ended_meanwhile_stays_ended(
    site, outbox, make_newsletter, reader, meanwhile
):
    brief = make_newsletter()
    subscriptions.sign_up(
        wishes=[Wish(site.en.newsletter, "…"), Wish(brief, "…")],
        email="ada@example.org",
        choice="en",
        language="en",
        page_url="https://news.example.org/en/",
    )
    first, second = Subscription.objects.order_by("pk")
    address = link(first)
    meanwhile(lambda: subscriptions.unsubscribe(second))
    assert reader.post(address).status_code == 200
    assert set(Subscription.objects.values_list("newsletter_key", "state")) == {
        (site.en.newsletter.translation_key, "active"),
        (brief.translation_key, "unsubscribed"),
    }


def test_who_was_erased_meanwhile_does_not_come_back(asked, reader, meanwhile):
    address = link(asked)
    meanwhile(lambda: Subscriber.objects.all().delete())
    assert reader.post(address).status_code == 410
    assert not Subscription.objects.active().exists()
