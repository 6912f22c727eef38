"""An edition as its readers will see it."""

import re

import pytest
from django.urls import reverse

from newsletter import previews, sending
from newsletter.rendering import NO_LINKS, personalise, personalise_html


@pytest.fixture
def shown(bilingual_digest):
    """What the preview of the page editor shows of a digest, as one of the views."""
    return lambda view: bilingual_digest.make_preview_request(preview_mode=view).content.decode()


class TestTheViews:
    """Of the editor, of the translation and before sending."""

    def test_mail_and_text_are_what_is_sent_but_for_the_personal_links(self, shown, bilingual_digest, subscribe):
        subscribe("ada@example.org")
        sent = sending.freeze(bilingual_digest, None).editions.get(languages="en")
        assert shown("html") == personalise_html(sent.html, sent.mark, NO_LINKS)
        assert shown("text") == personalise(sent.text, sent.mark, NO_LINKS)

    def test_dark_is_the_mail_with_its_dark_colours(self, shown):
        dark = shown("dark")
        assert "prefers-color-scheme: dark" in shown("html").replace(":dark", ": dark")
        assert "@media all" in dark
        assert not re.search(r"@media[^{]*prefers-color-scheme", dark)

    def test_without_pictures_their_words_are_left(self, make_article, make_digest, photo):
        article = make_article("A well", lead_image=photo, lead_image_alt="A woman at a well")
        digest = make_digest(article)
        page = digest.make_preview_request(preview_mode="no-pictures").content.decode()
        assert re.search(r'<img[^>]*alt="A woman at a well"', page)
        assert set(re.findall(r'<img[^>]*\ssrc="([^"]*)"', page)) == {""}

    def test_the_line_in_the_inbox_has_sender_subject_and_preheader(self, shown, bilingual_digest):
        page = shown("inbox")
        for words in (bilingual_digest.title, bilingual_digest.preheader, "On a phone"):
            assert words in page

    def test_the_edition_for_every_language_begins_with_that_of_the_page(self, shown):
        page = shown("every-language")
        assert page.index("A well for Kisumu") < page.index("Un puits pour Kisumu")

    def test_the_editor_and_the_translation_offer_all_of_them(self, bilingual_digest, login):
        french = bilingual_digest.get_translations().get()
        client = login(language="fr")
        for page in (bilingual_digest, french):
            editor = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
            for label in ("Message, fond sombre", "Message sans les images", "Ligne dans la boîte de réception"):
                assert label in editor

    def test_before_sending_each_edition_has_all_of_them(self, bilingual_digest, login):
        client = login("Digest senders")
        address = reverse("newsletter_edition_preview", args=[bilingual_digest.pk, "fr"])
        page = client.get(reverse("newsletter_send_digest", args=[bilingual_digest.pk])).content.decode()
        for view in previews.VIEWS:
            assert f"{address}?as={view}" in page
            assert client.get(f"{address}?as={view}").status_code == 200
        assert client.get(f"{address}?as=nothing").status_code == 404
