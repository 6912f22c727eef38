import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield
from wagtail_localize.models import Translation

from newsletter import rendering, sending
from newsletter.models import Campaign, Erratum

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(bilingual_digest, subscribe, outbox):
    """A digest whose mails are leaving."""
    subscribe("ada@example.org")
    sending.freeze(bilingual_digest, None)
    sending.step()
    return bilingual_digest


def words(response):
    """What is read: the text, not what stands in tags."""
    return re.sub("<[^>]*>", "", response.content.decode())


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
    assert "A well for Kisumu" in words(english)
    assert "Un puits pour Kisumu" in words(french)
    assert "A well for Kisumu" not in words(french)


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


@pytest.mark.parametrize(("mode", "mark"), [("html", "<h1"), ("text", "Un puits et son prix\n-----")])
def test_the_preview_of_a_translation_is_what_would_be_sent(bilingual_digest, site, login, mode, mark):
    task = Translation.objects.get(source__object_id=bilingual_digest.translation_key)
    response = login().get(f"/admin/localize/translate/{task.pk}/preview/{mode}/")
    assert response.status_code == 200
    assert mark in response.content.decode()
    assert "Un puits pour Kisumu" in words(response)
    assert "A well for Kisumu" not in words(response)
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


class TestWhatStandsAroundIt:
    """Above the frozen bytes, and not part of them."""

    def test_the_way_to_its_twin_and_to_all_issues(self, sent, site, client):
        english, french = addresses(sent, site)
        assert f'href="{french}" hreflang="fr" lang="fr"' in client.get(english).content.decode()
        assert "Lire en français" in client.get(english).content.decode()
        assert "Read in English" in client.get(french).content.decode()
        assert f'href="{site.fr.newsletter.url}"' in client.get(french).content.decode()
        assert "Tous les numéros" in client.get(french).content.decode()

    def test_the_frozen_bytes_stay_whole(self, sent, client):
        edition = sent.sent_edition()
        frozen = rendering.without_personal_links(edition.html, edition.mark)
        before, body, after = re.split("(<body[^>]*>)", frozen)
        shown = client.get(sent.url).content.decode()
        assert shown.startswith(before + body)
        assert shown.endswith(after)

    def test_a_correction_stands_above_the_digest_in_its_language(self, sent, site, client, login):
        campaign = Campaign.objects.get()
        page = reverse("newsletter_correction", args=[campaign.pk])
        response = login("Digest senders").post(page, {"en": "Not two years: three.", "fr": "Trois ans, non deux."})
        assert response.url == reverse("newsletter_campaign", args=[campaign.pk])
        english, french = (client.get(url).content.decode() for url in addresses(sent, site))
        assert english.index("Not two years: three.") < english.index("A well for Kisumu")
        assert "Trois ans, non deux." in french
        assert "Not two years" not in french
        assert "Not two years: three." in login().get(response.url).content.decode()

    def test_a_correction_is_made_in_all_languages_or_not_at_all(self, sent, login):
        page = reverse("newsletter_correction", args=[Campaign.objects.get().pk])
        response = login("Digest senders").post(page, {"en": "Not two years: three.", "fr": ""})
        assert "This field is required." in response.content.decode()
        assert not Erratum.objects.exists()

    def test_a_correction_is_text_and_never_markup(self, sent, client):
        Erratum.objects.create(digest_key=sent.translation_key, language="en", text="<script>alert(1)</script>")
        assert "&lt;script&gt;" in client.get(sent.url).content.decode()

    def test_only_who_may_send_corrects(self, sent, login):
        page = reverse("newsletter_correction", args=[Campaign.objects.get().pk])
        for answer in (login("Editors").get(page), login("Translators (fr)").post(page, {"en": "x", "fr": "y"})):
            assert (answer.status_code, answer.url) == (302, reverse("wagtailadmin_home"))
        assert not Erratum.objects.exists()


class TestTheIndex:
    """The newsletter's page, by year, and its feed."""

    @pytest.fixture
    def two_years(self, sent, make_digest):
        """The digest that was sent, and another of two years before."""
        old = make_digest(title="An old one")
        campaign = Campaign.objects.create(
            digest_key=old.translation_key, newsletter_key=sent.get_parent().translation_key
        )
        campaign.editions.create(languages="en", subject="An old one")
        at = timezone.now() - timedelta(days=730)
        Campaign.objects.filter(pk=campaign.pk).update(confirmed_at=at, state="finished")
        return sent, old, at.year

    def test_it_shows_the_last_year_and_leads_to_the_others(self, two_years, site, client):
        new, old, year = two_years
        page = client.get(site.en.newsletter.url).content.decode()
        assert new.url in page
        assert old.url not in page
        assert f'{site.en.newsletter.url}{year}/"' in page
        assert old.url in client.get(f"{site.en.newsletter.url}{year}/").content.decode()

    def test_a_year_without_digests_is_none(self, two_years, site, client):
        assert client.get(f"{site.en.newsletter.url}1999/").status_code == 404

    def test_a_year_that_the_other_language_lacks_leads_to_all_of_it(self, two_years, site, client):
        page = client.get(f"{site.en.newsletter.url}{two_years[2]}/").content.decode()
        assert f'href="{site.fr.newsletter.url}"' in page
        assert f"{site.fr.newsletter.url}{two_years[2]}/" not in page

    def test_the_feed_lists_what_was_sent_and_names_the_twins(self, sent, site, client):
        english, french = addresses(sent, site)
        rss = client.get(f"{site.en.newsletter.url}feed/")
        assert rss["Content-Type"].startswith("application/rss+xml")
        assert f"<link>{sent.full_url}</link>" in rss.content.decode()
        twin = f"{sent.full_url.removesuffix(english)}{french}"
        assert re.search(f'<atom:link [^>]*href="{re.escape(twin)}"', rss.content.decode())
        [item] = client.get(f"{site.fr.newsletter.url}feed.json").json()["items"]
        assert item["title"] == "Un puits et son prix"
        assert list(item["_translations"]) == ["en"]

    def test_before_anything_was_sent_the_feed_is_empty(self, bilingual_digest, site, client):
        assert client.get(f"{site.en.newsletter.url}feed.json").json()["items"] == []
