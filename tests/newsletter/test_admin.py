import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageLogEntry

from newsletter import sending
from newsletter.models import Campaign, Delivery, Subscriber
from newsroom.management.commands.set_up_site import EDITORS, SENDERS
from newsroom.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(login):
    """Somebody who may send digests."""
    return login(SENDERS)


@pytest.fixture
def editor(login):
    """Somebody who may write, and may not send."""
    return login(EDITORS)


@pytest.fixture
def ready(bilingual_digest, subscribe):
    """A digest with nothing to mend and two readers."""
    subscribe("ada@example.org", "en")
    subscribe("bea@example.org", "fr")
    return bilingual_digest


def address(digest):
    return reverse("newsletter_send_digest", args=[digest.pk])


def press(client, digest):
    """Look at the page and press its button."""
    html = client.get(address(digest)).content.decode()
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', html)
    return client.post(address(digest), {"fingerprint": fingerprint[1] if fingerprint else ""}, follow=True)


def main_of(response):
    """What a screen says, without the scripts and templates it carries."""
    html = response.content.decode().partition("<main")[2].partition("</main")[0]
    return re.sub(r"(?s)<script.*?</script>|<template.*?</template>", "", html)


def test_the_page_shows_editions_readers_and_one_clear_button(sender, ready):
    html = main_of(sender.get(address(ready)))
    assert "Send to 2 readers" in html
    for edition in ("English", "French", "French, English"):
        assert edition in html
    assert "publish" not in html.lower()


def test_the_button_confirms_and_the_next_page_shows_the_progress(sender, ready, outbox, work):
    response = press(sender, ready)
    campaign = Campaign.objects.get()
    assert response.redirect_chain[-1][0] == reverse("newsletter_campaign", args=[campaign.pk])
    assert campaign.confirmed_by.username == SENDERS
    assert PageLogEntry.objects.filter(action="newsletter.send", page_id=ready.pk).exists()
    work()
    Delivery.objects.filter(subscriber__email="ada@example.org").update(state=Delivery.State.UNKNOWN)
    html = sender.get(reverse("newsletter_campaign", args=[campaign.pk])).content.decode()
    for label in ("Waiting", "Accepted", "Refused", "Had left", "Not sure", "All"):
        assert f'<th scope="col">{label}</th>' in html
    assert re.sub(r"\s+", "", html.split("Together")[1].split("</tr>")[0]).count("<b>1</b>") == 2


def test_pressing_twice_sends_once_and_says_so(sender, ready):
    press(sender, ready)
    response = sender.post(address(ready), {"fingerprint": "old"}, follow=True)
    assert "already being sent" in response.content.decode()
    assert Campaign.objects.count() == 1


def test_a_digest_that_was_sent_shows_its_campaign(sender, ready, outbox, work):
    campaign = sending.freeze(ready, None)
    work()
    assert sender.get(address(ready)).url == reverse("newsletter_campaign", args=[campaign.pk])
    assert "was sent before" in sender.post(address(ready), follow=True).content.decode()


def test_what_is_wrong_is_said_and_there_is_no_button(sender, make_digest, subscribe):
    subscribe("ada@example.org")
    digest = make_digest()
    html = sender.get(address(digest)).content.decode()
    assert "is empty" in html
    assert "Send to" not in html
    response = sender.post(address(digest), follow=True)
    assert "Nothing was sent" in response.content.decode()
    assert not Campaign.objects.exists()


def test_a_change_since_the_last_look_is_noticed(sender, ready):
    response = sender.post(address(ready), {"fingerprint": "0" * 64}, follow=True)
    assert "has changed since you looked" in response.content.decode()
    assert not Campaign.objects.exists()


def test_writing_is_not_sending(editor, ready):
    assert editor.get(f"/admin/pages/{ready.pk}/edit/").status_code == 200
    for url in (address(ready), reverse("newsletter_edition_preview", args=[ready.pk, "en"])):
        assert editor.get(url).status_code == 302
    editor.post(address(ready))
    assert not Campaign.objects.exists()


def test_the_button_to_send_is_only_on_digests_and_only_for_senders(sender, editor, ready, site):
    assert address(ready) in sender.get(f"/admin/pages/{ready.pk}/edit/").content.decode()
    assert address(ready) not in editor.get(f"/admin/pages/{ready.pk}/edit/").content.decode()
    assert address(site.en.newsletter) not in sender.get(f"/admin/pages/{site.en.newsletter.pk}/edit/").content.decode()


def test_a_reader_of_the_public_site_is_sent_to_the_login(client, ready):
    assert "/login/" in client.get(address(ready)).url


@pytest.mark.parametrize("languages", ["en", "fr", "en,fr", "fr,en"])
def test_every_edition_can_be_looked_at(sender, ready, languages):
    url = reverse("newsletter_edition_preview", args=[ready.pk, languages])
    lead = languages[:2]
    assert f'<html lang="{lead}"' in sender.get(url).content.decode()
    assert sender.get(url + "?as=text")["Content-Type"].startswith("text/plain")


def test_an_edition_that_does_not_exist_is_not_found(sender, ready):
    assert sender.get(reverse("newsletter_edition_preview", args=[ready.pk, "de"]), follow=True).status_code == 404


def test_the_screens_speak_french(login, ready):
    html = login(SENDERS, language="fr").get(address(ready)).content.decode()
    assert "Envoyer à 2 lecteurs" in html


def test_who_confirmed_is_shown_by_full_name_or_else_by_user_name(sender, ready):
    press(sender, ready)
    campaign = Campaign.objects.get()
    screens = (reverse("newsletter_campaigns:index"), reverse("newsletter_campaign", args=[campaign.pk]))
    User.objects.filter(pk=campaign.confirmed_by_id).update(username="jmaes")
    for screen in screens:
        assert "jmaes" in main_of(sender.get(screen))
    User.objects.filter(pk=campaign.confirmed_by_id).update(first_name="Julien", last_name="Maes")
    for screen in screens:
        html = main_of(sender.get(screen))
        assert "Julien Maes" in html
        assert "jmaes" not in html


def test_subscribers_and_campaigns_are_listed_and_cannot_be_changed(sender, ready, outbox, work):
    sending.freeze(ready, None)
    work()
    subscribers = sender.get(reverse("newsletter_subscribers:index")).content.decode()
    assert "ada@example.org" in subscribers
    assert "A well, and what it costs" in sender.get(reverse("newsletter_campaigns:index")).content.decode()
    subscriber, campaign = Subscriber.objects.first(), Campaign.objects.get()
    for name, row in (("newsletter_subscribers", subscriber), ("newsletter_campaigns", campaign)):
        assert sender.post(reverse(f"{name}:add")).status_code == 302
        assert sender.post(reverse(f"{name}:edit", args=[row.pk])).status_code == 302
        assert sender.post(reverse(f"{name}:delete", args=[row.pk])).status_code == 302
    assert Subscriber.objects.count() == 2
    assert Campaign.objects.count() == 1


def test_an_editor_sees_no_addresses(editor, ready):
    assert editor.get(reverse("newsletter_subscribers:index")).status_code == 302


def test_the_listing_of_subscribers_takes_the_same_number_of_queries_however_many(sender, subscribe):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            sender.get(reverse("newsletter_subscribers:index"))
        return len(captured)

    subscribe("ada@example.org")
    queries()
    few = queries()
    for number in range(20):
        subscribe(f"reader{number}@example.org")
    assert queries() == few
