"""Selections of subscribers under a name."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from wagtail.models import ModelLogEntry

from newsletter.models import Audience, Subscriber, SubscriberTag, Subscription
from newsletter.selection import Selection, Unreadable
from newsroom.management.commands.set_up_site import MANAGERS, SENDERS

pytestmark = pytest.mark.django_db

INDEX, ADD = "newsletter_audiences:index", "newsletter_audiences:add"
LISTING = "newsletter_subscribers:index"


@pytest.fixture
def manager(login):
    """Somebody who manages subscribers."""
    return login(MANAGERS)


def test_a_filtered_listing_offers_to_save_the_selection(manager, subscribe):
    subscribe("ada@example.org", "fr")
    assert reverse(ADD) not in manager.get(reverse(LISTING)).content.decode()
    html = manager.get(reverse(LISTING), {"language": "fr", "q": "ada"}).content.decode()
    assert f"{reverse(ADD)}?q=ada&amp;language=fr" in html


def test_saving_keeps_the_filters_who_and_when_and_is_logged(manager, subscribe):
    subscribe("ada@example.org", "fr")
    url = f"{reverse(ADD)}?language=fr&state=active"
    assert "French" in manager.get(url).content.decode()
    assert manager.post(url, {"name": "French readers"}).url == reverse(INDEX)
    audience = Audience.objects.get()
    assert audience.filters == {"language": "fr", "state": "active"}
    assert audience.made_by.username == MANAGERS
    assert ModelLogEntry.objects.filter(action="newsletter.save_audience", label="French readers").exists()


def test_the_list_shows_the_present_number_and_leads_to_the_filtered_listing(manager, subscribe):
    Audience.objects.create(name="French readers", filters={"language": "fr"})
    for name in ("ada", "bea"):
        subscribe(f"{name}@example.org", "fr")
    subscribe("cleo@example.org", "en")
    html = manager.get(reverse(INDEX)).content.decode()
    assert f"{reverse(LISTING)}?language=fr" in html
    assert re.search(r"<td[^>]*>\s*2\s*</td>", html)
    listing = manager.get(f"{reverse(LISTING)}?language=fr").content.decode()
    assert "ada@example.org" in listing
    assert "cleo@example.org" not in listing


def test_two_audiences_of_one_name_are_refused(manager, site):
    Audience.objects.create(name="Press", filters={"tag": "press"})
    html = manager.post(f"{reverse(ADD)}?state=active", {"name": "Press"}).content.decode()
    assert "already exists" in html
    with pytest.raises(IntegrityError), transaction.atomic():
        Audience.objects.create(name="Press")


@pytest.mark.parametrize("query", ["", "?state=happy", "?what=ever", "?newsletter=1"])
def test_without_readable_filters_there_is_nothing_to_save(manager, site, query):
    response = manager.post(reverse(ADD) + query, {"name": "Everybody"}, follow=True)
    assert "Filter the subscribers first" in response.content.decode()
    assert not Audience.objects.exists()


def test_an_audience_is_the_subscriptions_that_its_filters_fit(subscribe, make_newsletter, site):
    other = make_newsletter()
    ada = subscribe("ada@example.org", "fr")
    ada.subscriber.tags.add("Press")
    subscribe("bea@example.org", "fr")
    Subscription.objects.create(
        subscriber=ada.subscriber, newsletter_key=other.translation_key, language="en", interface_language="en"
    )
    both = Audience(filters={"tag": "press"}).subscriptions()
    assert set(both.values_list("subscriber", "language")) == {(ada.subscriber_id, "fr"), (ada.subscriber_id, "en")}
    assert Audience(filters={"tag": "press", "language": "fr"}).subscriptions().get() == ada
    assert Audience(filters={"tag": "press", "q": "bea"}).subscriptions().count() == 0


def test_who_fits_later_belongs_to_it_too(subscribe):
    audience = Audience.objects.create(name="French", filters={"language": "fr"})
    assert not audience.subscriptions().exists()
    added = subscribe("ada@example.org", "fr")
    assert audience.subscriptions().active().get() == added


@pytest.mark.parametrize(
    "filters",
    [
        {"state": "happy"},
        {"language": "de"},
        {"newsletter": "x"},
        {"created_at_from": "yesterday"},
        {"created_at_to": ["2026-01-01"]},
        {"unknown": "1"},
        {"silent": "no"},
        {"source": "theft"},
    ],
)
def test_filters_that_cannot_be_read_mean_nobody_rather_than_everybody(subscribe, filters):
    subscribe("ada@example.org")
    with pytest.raises(Unreadable):
        Selection.read(filters)
    assert not Audience(filters=filters).subscriptions().exists()


def test_when_a_tag_is_gone_its_audience_is_nobody(subscribe):
    subscribe("ada@example.org").subscriber.tags.add("Press")
    audience = Audience(filters={"tag": "press"})
    assert audience.subscriptions().count() == 1
    SubscriberTag.objects.all().delete()
    assert audience.subscriptions().count() == 0


def test_an_audience_is_renamed_and_deleted_without_touching_anybody(manager, subscribe):
    subscribe("ada@example.org")
    audience = Audience.objects.create(name="All", filters={"language": "en"})
    html = manager.get(reverse(INDEX)).content.decode()
    assert all(reverse(f"newsletter_audiences:{view}", args=[audience.pk]) in html for view in ("edit", "delete"))
    assert reverse(ADD) not in html
    manager.post(reverse("newsletter_audiences:edit", args=[audience.pk]), {"name": "English"})
    audience.refresh_from_db()
    assert (audience.name, audience.filters) == ("English", {"language": "en"})
    manager.post(reverse("newsletter_audiences:delete", args=[audience.pk]))
    assert not Audience.objects.exists()
    assert Subscriber.objects.count() == 1


def test_who_may_only_look_saves_nothing(login, subscribe):
    subscribe("ada@example.org", "fr")
    sender = login(SENDERS)
    assert reverse(ADD) not in sender.get(reverse(LISTING), {"language": "fr"}).content.decode()
    assert sender.post(f"{reverse(ADD)}?language=fr", {"name": "Mine"}).status_code == 302
    assert sender.get(reverse(INDEX)).status_code == 302
    assert not Audience.objects.exists()


def test_the_screens_speak_french(login, site):
    client = login(MANAGERS, language="fr")
    Audience.objects.create(name="Presse", filters={"tag": "press"})
    assert "Audiences" in client.get(reverse(INDEX)).content.decode()
    assert "Enregistrer cette sélection" in client.get(f"{reverse(ADD)}?language=fr").content.decode()
