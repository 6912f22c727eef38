import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageLogEntry

from newsletter import preflight, rendering, sending
from newsletter.models import Campaign, Delivery, Edition, Subscriber
from newsroom.mail_rendering import RenderingError
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of
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


@pytest.mark.parametrize(("group", "language"), [(EDITORS, "en"), (translators_of("fr"), "fr")])
def test_writing_is_not_sending(login, ready, group, language, site):
    writer = login(group)
    page = ready.get_translation(site.locales[language]) if language != "en" else ready
    assert writer.get(f"/admin/pages/{page.pk}/edit/").status_code == 200
    fingerprint = preflight.run(ready).fingerprint
    for digest in (ready, page):
        assert writer.get(address(digest)).status_code == 302
        assert writer.get(reverse("newsletter_edition_preview", args=[digest.pk, "en"])).status_code == 302
        assert writer.post(address(digest), {"fingerprint": fingerprint}).status_code == 302
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


def test_the_listing_of_campaigns_takes_the_same_number_of_queries_however_many(login, sender, ready):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            html = sender.get(reverse("newsletter_campaigns:index")).content.decode()
        assert "Subject 0" in html
        return len(captured)

    def send(number):
        user = User.objects.create_user(f"sender{number}", f"sender{number}@example.org", "pw")
        campaign = Campaign.objects.create(digest_key=uuid4(), newsletter_key=uuid4(), confirmed_by=user)
        for languages in ("en", "fr"):
            campaign.editions.create(languages=languages, subject=f"Subject {number}", from_name="Us")

    send(0)
    queries()
    few = queries()
    for number in range(1, 5):
        send(number)
    assert queries() == few


def test_the_name_of_a_site_as_long_as_a_title_fits_the_sender(ready):
    assert Edition._meta.get_field("from_name").max_length >= ready._meta.get_field("title").max_length


def test_a_mail_that_cannot_be_rendered_is_a_message_not_a_traceback(sender, ready, monkeypatch):
    def refuse(source):
        raise RenderingError("unexpected token at 12")

    monkeypatch.setattr(rendering, "compile_mjml", refuse)
    html = main_of(sender.get(address(ready)))
    assert "The mail cannot be rendered: unexpected token at 12" in html
    assert "Send to" not in html
    preview = sender.get(reverse("newsletter_edition_preview", args=[ready.pk, "en"]))
    assert preview.content.decode() == "The mail cannot be rendered: unexpected token at 12"
    assert "cannot be rendered" in ready.make_preview_request(preview_mode="html").content.decode()


def test_a_french_screen_begins_its_labels_with_a_capital_and_writes_the_first_of_a_month(login, ready, subscribe):
    french = login(SENDERS, language="fr")
    html = main_of(french.get(address(ready)))
    assert '<th scope="row">Français, anglais</th>' in html
    campaign = sending.freeze(ready, None)
    moment = datetime(2026, 11, 1, 12, tzinfo=UTC)
    Campaign.objects.update(state=Campaign.State.FINISHED, confirmed_at=moment, finished_at=moment)
    html = main_of(french.get(reverse("newsletter_campaign", args=[campaign.pk])))
    assert html.count("1er novembre 2026") == 2
    assert '<th scope="row">Français, anglais</th>' in html


def test_a_digest_is_sent_for_translation_with_the_sources_of_its_stories(make_digest, make_article, translate, login):
    wells, roads = make_article("Wells", body=[]), make_article("Roads", body=[])
    digest = make_digest(translate(wells, "fr", title="Puits"), roads, roads)
    html = login(EDITORS).get(reverse("wagtailadmin_pages:edit", args=[digest.pk])).content.decode()
    assert f"send_for_translation/?id={digest.pk}&amp;id={wells.pk}&amp;id={roads.pk}&amp;next=" in html
