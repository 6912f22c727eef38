import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail_localize.models import OverridableSegment, StringSegment

from home.models import SiteSettings, StandardPage
from newsletter import digest, rendering
from newsletter.models import DigestPage

pytestmark = pytest.mark.django_db


def stories(content):
    return [section.title for section in content.sections if section.kind == "story"]


def french(page):
    return digest.languages_of(page)["fr"]


def test_each_language_shows_the_articles_own_translation(bilingual_digest):
    pages = digest.languages_of(bilingual_digest)
    assert list(pages) == ["en", "fr"]
    english, in_french = (digest.edition_content(page) for page in pages.values())
    assert (english.subject, stories(english)) == ("A well, and what it costs", ["A well for Kisumu"])
    assert (in_french.subject, stories(in_french)) == ("Un puits et son prix", ["Un puits pour Kisumu"])
    assert in_french.sections[0].teaser == "Il a fallu deux ans."
    assert "/fr/" in in_french.sections[0].url
    assert in_french.intro == "<p>Chers tous.</p>"


def test_the_language_of_the_reader_of_the_admin_does_not_matter(bilingual_digest):
    with translation.override("en"):
        one = digest.edition_content(french(bilingual_digest))
    with translation.override("fr"):
        assert digest.edition_content(french(bilingual_digest)) == one


def test_an_untranslated_story_is_left_out_and_named(make_digest, make_article, translate):
    known, unknown = make_article("Known"), make_article("Known to\nthe English")
    translate(known, "fr", title="Connu")
    page = make_digest(unknown, known)
    translate(page, "fr", publish=False, title="Le titre")
    content = digest.edition_content(french(page))
    assert stories(content) == ["Connu"]
    assert content.untranslated == ("Known to the English",)
    assert content.sections[0].lead


def test_a_translation_that_is_still_a_draft_is_not_shown(make_digest, make_article, translate):
    article = make_article("Known")
    translate(article, "fr", publish=False, title="Secret")
    page = make_digest(article)
    translate(page, "fr", publish=False, title="Le titre")
    assert stories(digest.edition_content(french(page))) == []


def test_an_unpublished_a_withdrawn_and_a_deleted_story_are_left_out(make_digest, make_article):
    articles = [make_article(title) for title in ("Unpublished", "Withdrawn", "Deleted", "Here")]
    page = make_digest(*articles)
    articles[0].unpublish()
    articles[1].withdrawn_at = timezone.now()
    articles[1].save()
    articles[2].delete()
    content = digest.edition_content(digest.as_it_stands(DigestPage.objects.get(pk=page.pk)))
    assert stories(content) == ["Here"]
    assert content.unpublished == ("Unpublished", "Withdrawn")
    assert content.deleted == 1


def test_a_story_born_in_french_can_be_chosen(make_digest, make_article, translate):
    born_french = make_article("Né en français", language="fr")
    page = make_digest(born_french)
    translate(page, "fr", publish=False, title="Le titre")
    assert stories(digest.edition_content(french(page))) == ["Né en français"]
    assert digest.edition_content(digest.as_it_stands(page)).untranslated == ("Né en français",)


def test_the_newest_draft_counts_published_or_not(make_digest, make_article):
    page = make_digest(make_article())
    page.title = "A better subject"
    page.save_revision()
    assert digest.edition_content(digest.languages_of(page)["en"]).subject == "A better subject"


def test_a_translator_is_not_offered_another_story(make_digest, make_article, translate):
    article = make_article()
    page = make_digest(article, sections=[("story", {"article": make_article("Two"), "teaser": "Look here"})])
    translate(page, "fr", publish=False, title="Le titre")
    assert not OverridableSegment.objects.filter(
        source__object_id=page.translation_key, context__path__startswith="sections"
    ).exists()
    assert StringSegment.objects.filter(source__object_id=page.translation_key, string__data="Look here").exists()


def test_an_overriding_teaser_is_shown_in_its_translation(make_digest, make_article, translate):
    article = make_article(standfirst="Its own")
    translate(article, "fr", title="Le puits")
    block = str(uuid4())
    page = make_digest()
    page.sections = [{"type": "story", "id": block, "value": {"article": article.pk, "teaser": "Made to fit"}}]
    page.save_revision()
    page.save()
    translate(page, "fr", publish=False, **{f"sections.{block}.teaser": "Sur mesure"})
    assert digest.edition_content(digest.as_it_stands(page)).sections[0].teaser == "Made to fit"
    assert digest.edition_content(french(page)).sections[0].teaser == "Sur mesure"


def test_links_are_absolute_and_name_the_campaign_never_a_person(make_digest, make_article, photo):
    article = make_article(lead_image=photo)
    link = f'<p><a linktype="page" id="{article.pk}">here</a> <a href="https://other.example/?a=1">there</a></p>'
    content = digest.edition_content(make_digest(article, intro=link))
    story = content.sections[0]
    assert story.url.startswith("https://news.example.org/en/")
    assert "utm_campaign=digest-" in story.url
    assert f'href="{story.url.replace("&", "&amp;")}"' in content.intro
    assert 'href="https://other.example/?a=1"' in content.intro
    assert story.picture.url.startswith("https://news.example.org/media/")
    assert story.picture.url.endswith(".jpg")
    assert story.picture.alt


def test_the_number_of_queries_does_not_depend_on_the_number_of_stories(make_digest, make_article, photo):
    articles = [make_article(f"Story {number}", lead_image=photo) for number in range(12)]

    def queries(number):
        page = make_digest(*articles[:number], title=f"With {number}")
        digest.edition_content(DigestPage.objects.get(pk=page.pk))  # makes the pictures
        page = DigestPage.objects.select_related("locale").get(pk=page.pk)
        with CaptureQueriesContext(connection) as captured:
            digest.edition_content(page)
        return len(captured)

    assert queries(2) == queries(12)


def test_the_privacy_page_is_linked_in_the_readers_language(site, bilingual_digest, translate):
    page = StandardPage(title="Privacy", locale=site.locales["en"])
    site.en.home.refresh_from_db()
    site.en.home.add_child(instance=page)
    page.save_revision().publish()
    translate(page, "fr", title="Confidentialité")
    for newsletter in (site.en.newsletter, site.fr.newsletter):
        newsletter.refresh_from_db()
        newsletter.privacy_page = page
        newsletter.save_revision().publish()
    content = digest.edition_content(french(bilingual_digest))
    assert content.privacy_url == "https://news.example.org/fr/confidentialite/"


def test_control_characters_from_word_processors_do_not_break_the_mail(make_digest, make_article, photo):
    dirty = "A\x0bB\x07"
    article = make_article(lead_image=photo, lead_image_alt=dirty, standfirst=dirty)
    page = make_digest(article, title=dirty, preheader=dirty, greeting=dirty, sections=[("heading", dirty)])
    SiteSettings.objects.update_or_create(site=page.get_site(), defaults={"postal_address": "1 rue Neuve\x0bBrussels"})
    content = digest.edition_content(page)
    assert (content.subject, content.preheader, content.greeting) == ("A B", "A B", "A B")
    assert (content.sections[0].picture.alt, content.sections[1].text) == ("A B", "A B")
    edition = rendering.render_edition([content])
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", edition.html + edition.text)
