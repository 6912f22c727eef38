import re

import pytest
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield
from wagtail_localize.models import Translation

from newsletter import sending

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(bilingual_digest, subscribe, outbox):
    """A digest whose mails are leaving."""
    subscribe("ada@example.org")
    sending.freeze(bilingual_digest, None)
    sending.step()
    return bilingual_digest


def addresses(page, site):
    return page.url, page.get_translation(site.locales["fr"]).url


def test_a_digest_is_404_until_it_is_sent_even_when_published(bilingual_digest, site, client, subscribe):
    bilingual_digest.save_revision().publish()
    assert client.get(bilingual_digest.url).status_code == 404
    subscribe("ada@example.org")
    sending.freeze(bilingual_digest, None)
    assert client.get(bilingual_digest.url).status_code == 404
    assert "What we have sent" not in client.get(site.en.newsletter.url).content.decode()
    assert client.get("/sitemap-en-digestpage-1.xml").status_code == 404


def test_once_sent_each_language_has_its_own_public_page_published_or_not(sent, site, client):
    assert not sent.live
    english, french = (client.get(url) for url in addresses(sent, site))
    assert english.status_code == french.status_code == 200
    assert "A well for Kisumu" in english.content.decode()
    assert "Un puits pour Kisumu" in french.content.decode()
    assert "A well for Kisumu" not in french.content.decode()


def test_the_sitemap_lists_what_was_sent_published_or_not(sent, site, client):
    for language, address in zip(("en", "fr"), addresses(sent, site), strict=True):
        assert f"{address}</loc>" in client.get(f"/sitemap-{language}-digestpage-1.xml").content.decode()


def test_the_archive_has_no_personal_link_no_cookie_and_its_own_policy(sent, client):
    response = client.get(sent.url)
    assert "nsubscribe" not in response.content.decode()
    assert not response.cookies
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "form-action 'none'" in policy
    assert "script-src" not in policy


def test_what_happens_to_the_digest_later_does_not_change_the_archive(sent, client):
    sent.title = "Something else"
    sent.save_revision().publish()
    sent.refresh_from_db()
    assert "A well, and what it costs" in client.get(sent.url).content.decode()
    assert "Something else" not in client.get(sent.url).content.decode()


def test_the_address_stays_once_the_mails_have_left(sent, site):
    in_french = sent.get_translation(site.locales["fr"])
    before = in_french.slug
    in_french.title = "Un autre titre"
    in_french.save()
    assert in_french.slug == before


def test_the_newsletter_page_lists_what_was_sent_in_its_language_as_it_was(sent, site, client):
    sent.title = "Something else"
    sent.save()
    english = client.get(site.en.newsletter.url).content.decode()
    french = client.get(site.fr.newsletter.url).content.decode()
    assert "A well, and what it costs" in english
    assert f'href="{sent.url}"' in english
    assert "Un puits et son prix" in french
    assert "A well, and what it costs" not in french


def test_nothing_lies_below_a_digest(sent, client):
    assert client.get(sent.url + "more/").status_code == 404


@pytest.mark.parametrize(("mode", "words"), [("html", "<h1"), ("text", "Un puits et son prix\n-----")])
def test_the_preview_of_a_translation_is_what_would_be_sent(bilingual_digest, site, login, mode, words):
    task = Translation.objects.get(source__object_id=bilingual_digest.translation_key)
    response = login().get(f"/admin/localize/translate/{task.pk}/preview/{mode}/")
    body = response.content.decode()
    assert response.status_code == 200
    assert words in body
    assert "Un puits pour Kisumu" in body
    assert "A well for Kisumu" not in body
    assert "style-src 'self' 'unsafe-inline'" in response["Content-Security-Policy"]


def test_the_preview_of_the_page_editor_shows_the_words_being_written(bilingual_digest):
    bilingual_digest.greeting = "Not saved yet"
    response = bilingual_digest.make_preview_request(preview_mode="html")
    assert "Not saved yet" in response.content.decode()
    assert "Content-Security-Policy" not in response


def test_a_digest_that_was_never_saved_can_be_previewed(site, make_article, login):
    story = ("story", {"article": make_article("A well for Kisumu").pk, "teaser": ""})
    form = {
        "title": "Brand new",
        "preheader": "",
        "greeting": "",
        "intro": rich_text("<p>Hello.</p>"),
        "sections": streamfield([story]),
        "closing": rich_text(""),
        "slug": "brand-new",
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
    }
    editor = login()
    address = f"/admin/pages/add/newsletter/digestpage/{site.en.newsletter.pk}/preview/"
    assert editor.post(address, nested_form_data(form)).json()["is_valid"]
    body = editor.get(address + "?mode=html").content.decode()
    assert "Brand new" in body
    assert "A well for Kisumu" in body


def test_the_address_in_the_mail_is_that_of_the_archive_whatever_a_draft_says(
    bilingual_digest, subscribe, outbox, work, client
):
    subscribe("ada@example.org")
    bilingual_digest.slug = "another-address"
    bilingual_digest.save_revision()
    sending.freeze(bilingual_digest, None)
    work()
    address = re.search(r"in the browser: https://news\.example\.org(\S+)", outbox[0].body)[1]
    assert client.get(address).status_code == 200


def test_publishing_another_address_later_does_not_break_the_one_in_the_mails(sent, client):
    before = sent.url
    draft = sent.get_latest_revision_as_object()
    draft.slug = "another-address"
    draft.save_revision().publish()
    sent.refresh_from_db()
    assert (sent.slug, sent.url) == (before.rstrip("/").rpartition("/")[2], before)
    assert client.get(before).status_code == 200


def test_the_address_stays_from_the_moment_of_confirming(bilingual_digest, subscribe):
    subscribe("ada@example.org")
    before = bilingual_digest.slug
    sending.freeze(bilingual_digest, None)
    bilingual_digest.slug = "another-address"
    bilingual_digest.save()
    assert bilingual_digest.slug == before
    assert bilingual_digest.url_path.endswith(f"/{before}/")
