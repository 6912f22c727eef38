"""New digests: from nothing, and from an article; and what the form refuses."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from newsletter import transport
from newsletter.models import DigestPage
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of

pytestmark = pytest.mark.django_db


def add_address(newsletter):
    return reverse("wagtailadmin_pages:add", args=["newsletter", "digestpage", newsletter.pk])


def send_address(article):
    return reverse("newsletter_send_article", args=[article.pk])


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def form(**fields):
    return nested_form_data(
        {
            "title": "A well",
            "slug": "",
            "preheader": "",
            "number": "",
            "date": "",
            "greeting": "",
            "intro": rich_text(""),
            "sections": streamfield([]),
            "closing": rich_text(""),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 0},
            **fields,
        }
    )


def test_an_article_offers_to_be_sent_to_those_who_may_add_digests(login, make_article):
    article = make_article("A well")
    assert send_address(article) in login(EDITORS).get(edit(article)).content.decode()
    french = make_article("Un puits", language="fr")
    assert send_address(french) not in login(translators_of("fr")).get(edit(french)).content.decode()


def test_other_pages_do_not(login, site):
    assert "Send this article" not in login(EDITORS).get(edit(site.en.index)).content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_leads_to_a_new_digest_of_its_language_with_the_article_as_lead_story(login, site, make_article, language):
    article = make_article("A well\nof\x0btruth", language=language)
    response = login(EDITORS).get(send_address(article), follow=True)
    newsletter = getattr(site, language).newsletter
    assert response.redirect_chain[-1][0] == f"{add_address(newsletter)}?article={article.pk}"
    page = response.context["form"].instance
    assert page.title == "A well of truth"
    [section] = page.sections
    assert (section.block_type, section.value["article"]) == ("lead_story", article)
    assert section.value["where_missing"] == "leave_out"  # the form's script fails without it
    assert not DigestPage.objects.exists()  # looking stores nothing


def test_with_several_newsletters_one_chooses(login, make_article, make_newsletter, site):
    make_newsletter("Monday Brief")
    article = make_article("A well")
    html = login(EDITORS).get(send_address(article)).content.decode()
    assert "Monday Brief" in html and f"{add_address(site.en.newsletter)}?article={article.pk}" in html
    html = login(EDITORS, SENDERS, language="fr").get(send_address(article)).content.decode()
    assert "Dans quelle lettre d’information" in html


def test_who_may_not_add_digests_is_sent_away(login, client, make_article):
    article = make_article("A well")
    assert login(translators_of("fr")).get(send_address(article)).status_code == 302
    assert "/login/" in client.get(send_address(article)).url


@pytest.mark.parametrize("article", ["", "x", "0", "99999999999999999999"])
def test_an_article_that_does_not_exist_gives_an_empty_form(login, site, article):
    response = login(EDITORS).get(f"{add_address(site.en.newsletter)}?article={article}")
    assert (response.status_code, len(response.context["form"].instance.sections)) == (200, 0)


def test_a_draft_of_somebody_elses_language_is_not_given_away(login, site, make_article):
    secret = make_article("Secret", live=False)
    response = login(SENDERS).get(f"{add_address(site.en.newsletter)}?article={secret.pk}")
    assert "Secret" not in response.content.decode()


def test_a_new_digest_has_the_next_number_where_digests_have_numbers(login, site, make_digest):
    def number():
        return login_client.get(add_address(site.en.newsletter)).context["form"].instance.number

    login_client = login(EDITORS)
    assert number() is None
    make_digest(number=11)
    assert number() == 12


def test_a_message_is_saved_without_stories(login, site):
    client = login(EDITORS)
    response = client.post(add_address(site.en.newsletter), form(intro=rich_text("<p>We are sorry.</p>")))
    page = DigestPage.objects.get()
    assert response.status_code == 302
    assert "A digest without stories is a message." in client.get(edit(page)).content.decode()


@pytest.mark.parametrize(
    ("language", "message"),
    [("en", "at most 255 characters (it has 300)"), ("fr", "au plus 255 caractères (actuellement 300)")],
)
def test_a_title_of_300_characters_is_refused_and_nothing_is_lost(login, site, language, message):
    data = form(title="x" * 300, greeting="Dear all,", intro=rich_text("<p>We are sorry.</p>"))
    response = login(EDITORS, language=language).post(add_address(site.en.newsletter), data)
    html = response.content.decode().replace("\xa0", " ")
    assert not DigestPage.objects.exists()
    assert message in html
    assert "x" * 300 in html and "Dear all," in html and "We are sorry." in html


@pytest.mark.parametrize(("language", "message"), [("en", "This field is required."), ("fr", "Champ requis.")])
def test_a_picture_without_words_is_refused(login, site, photo, language, message):
    picture = {"image": photo.pk, "alt_text": "", "caption": "Noon"}
    data = form(sections=streamfield([("image", picture)]), **{"action-publish": "1"})
    html = login(EDITORS, language=language).post(add_address(site.en.newsletter), data).content.decode()
    assert not DigestPage.objects.exists()
    assert message in html
    assert "Noon" in html


def test_a_mail_comes_from_the_address_of_its_newsletter_else_from_that_of_the_site(settings):
    settings.DEFAULT_FROM_EMAIL = "Site <site@news.example.org>"
    parts = {"to": "ada@example.org", "subject": "x", "text": "x", "html": "x", "reply_to": "", "language": "en"}
    own = transport.build(**parts, from_name="Letter", from_address="letter@news.example.org", key="1")
    assert own.from_email == "Letter <letter@news.example.org>"
    assert own.extra_headers["Message-ID"] == "<1@news.example.org>"
    assert transport.build(**parts, from_name="Letter", key="1").from_email == "Letter <site@news.example.org>"
