import html
import io
import json
import re
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from PIL import Image
from wagtail.rich_text import RichText
from wagtail_localize.models import OverridableSegment, StringSegment

from articles.models import Download, Photo
from home.models import SiteSettings, StandardPage
from newsletter import digest, rendering
from newsletter.models import DigestPage
from newsroom.localization import overrides, translating
from newsroom.text import plain

pytestmark = pytest.mark.django_db


def stories(content):
    return [section.title for section in content.sections if section.kind == "story"]


def jpeg(width, height):
    data = io.BytesIO()
    Image.new("RGB", (width, height)).save(data, "JPEG")
    return data.getvalue()


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


def test_a_translator_is_not_offered_another_story(make_digest, make_article, make_category, translate):
    article = make_article()
    listed = {"heading": "Also new", "length": 2, "category": make_category(), "stories": [make_article("Three")]}
    sections = [
        ("story", {"article": make_article("Two"), "teaser": "Look here"}),
        ("lead_story", {"article": make_article("One"), "teaser": ""}),
        ("latest", listed),
    ]
    page = make_digest(article, sections=sections)
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


# -- Stories that are not translated ----------------------------------------------------------------------------------
def not_translated(article, decision="leave_out"):
    return "story", {"article": article, "teaser": "", "where_missing": decision}


def test_a_story_that_is_to_be_shown_anyway_is_shown_as_it_was_written_and_says_its_language(
    make_digest, make_article, translate
):
    article = make_article("Only in English", standfirst="Its own words")
    page = make_digest(sections=[("story", {"article": article, "teaser": "Ours", "where_missing": "show"})])
    translate(page, "fr", publish=False, title="Le titre")
    content = digest.edition_content(french(page))
    [story] = content.sections
    assert (story.title, story.teaser, story.language) == ("Only in English", "Its own words", "en")
    assert "/en/" in story.url
    assert (content.foreign, content.untranslated) == (("Only in English",), ())
    [own] = digest.edition_content(digest.as_it_stands(page)).sections
    assert (own.teaser, own.language) == ("Ours", "")


def test_a_story_that_readers_may_not_see_is_not_shown_anyway(make_digest, make_article):
    article = make_article("Secret", live=False)
    page = make_digest(sections=[not_translated(article, "show")])
    assert digest.edition_content(page).sections == ()


def test_an_edition_names_what_it_leaves_out_if_it_is_to(make_digest, make_article, translate):
    stories_in_english = [make_article("One"), make_article("Two")]
    page = make_digest(sections=[not_translated(article) for article in stories_in_english], name_left_out=True)
    translate(page, "fr", publish=False, title="Le titre")
    [left_out] = digest.edition_content(french(page)).left_out
    assert left_out.language == "en"
    assert [(story.title, story.language) for story in left_out.stories] == [("One", "en"), ("Two", "en")]
    assert digest.edition_content(digest.as_it_stands(page)).left_out == ()
    page.name_left_out = False
    assert digest.edition_content(page).left_out == ()


def test_each_story_knows_where_it_can_be_read_in_another_language(bilingual_digest):
    pages = digest.languages_of(bilingual_digest)
    [twin] = digest.edition_content(pages["en"]).sections[0].twins
    assert twin.language == "fr"
    assert twin.url.startswith("https://news.example.org/fr/")
    [twin] = digest.edition_content(pages["fr"]).sections[0].twins
    assert twin.language == "en"


def test_the_lead_story_is_the_one_an_editor_made_it_or_else_the_first(make_digest, make_article, translate):
    first, chosen = make_article("First"), make_article("Chosen")
    translate(first, "fr", title="Premier")
    page = make_digest(first, sections=[("lead_story", {"article": chosen, "teaser": ""})])
    translate(page, "fr", publish=False, title="Le titre")

    def leads(page):
        return [(story.title, story.lead) for story in digest.edition_content(page).sections]

    assert leads(digest.as_it_stands(page)) == [("First", False), ("Chosen", True)]
    assert leads(french(page)) == [("Premier", True)]


def test_a_story_that_moved_is_found_where_it_is_now(make_digest, make_article, client):
    article = make_article("A well")
    page = make_digest(article)
    before = digest.edition_content(DigestPage.objects.get(pk=page.pk)).sections[0].url
    article.slug = "another-address"
    with TestCase.captureOnCommitCallbacks(execute=True):
        article.save_revision().publish()
    after = digest.edition_content(DigestPage.objects.get(pk=page.pk)).sections[0].url
    assert "/a-well/" in before and "/another-address/" in after
    # The mails that left with the old address still lead there.
    response = client.get(before.removeprefix("https://news.example.org"))
    assert response.status_code == 301
    assert "/another-address/" in response["Location"]


# -- Sections ---------------------------------------------------------------------------------------------------------
def only(page):
    """The one section of a digest."""
    [section] = digest.edition_content(page).sections
    return section


def test_a_picture_has_the_words_that_belong_to_this_use_of_it(make_digest, photo):
    value = {"image": photo, "alt_text": "A well at noon", "caption": "Noon"}
    image = only(make_digest(sections=[("image", value)]))
    assert (image.picture.alt, image.caption, image.credit) == ("A well at noon", "Noon", "Ada Lens")
    assert image.picture.url.startswith("https://news.example.org/media/")
    assert image.picture.url.endswith(".jpg")
    assert image.picture.width == 552


def test_a_picture_without_alternative_text_cannot_be_saved(photo):
    block = DigestPage._meta.get_field("sections").stream_block
    value = block.to_python([{"type": "image", "value": {"image": photo.pk, "alt_text": "", "caption": ""}}])
    with pytest.raises(ValidationError):
        block.clean(value)


def test_a_small_picture_is_not_blown_up(make_digest, photo):  # `photo` puts files aside
    small = Photo.objects.create(title="Small", file=ContentFile(jpeg(300, 200), name="small.jpg"))
    page = make_digest(sections=[("image", {"image": small, "alt_text": "A well", "caption": ""})])
    assert only(page).picture.width == 300


@pytest.mark.parametrize("lost", ["row", "file"])
def test_a_picture_that_is_lost_is_left_out_and_counted(make_digest, make_article, photo, lost):
    page = make_digest(
        make_article("A well", lead_image=photo),
        sections=[("image", {"image": photo, "alt_text": "A well", "caption": ""})],
    )
    if lost == "row":
        photo.delete()
    else:
        Path(photo.file.path).unlink()
    content = digest.edition_content(DigestPage.objects.get(pk=page.pk))
    [story] = content.sections
    assert (story.kind, story.picture, content.lost) == ("story", None, 1)


@pytest.mark.parametrize("kind", ["image", "document", "page"])
def test_what_a_translation_had_of_its_own_gives_way_to_the_source_when_it_is_deleted(
    make_digest, make_article, photo, site, kind
):
    def picture(name):
        width = 300 if name == "ours" else 600
        return Photo.objects.create(title=name, file=ContentFile(jpeg(width, 200), name=f"{name}.jpg"))

    def document(name):
        return Download.objects.create(title=name, file=ContentFile(b"%PDF", name=f"{name}.pdf"))

    theirs, ours = {
        "image": lambda: (picture("theirs"), picture("ours")),
        "document": lambda: (document("theirs"), document("ours")),
        "page": lambda: (make_article("theirs"), make_article("ours", language="fr")),
    }[kind]()
    values = {
        "image": ("image", {"image": theirs, "alt_text": "A well", "caption": ""}),
        "document": ("document", {"document": theirs, "label": "The charter"}),
        "page": ("call_to_action", {"text": "Read", "label": "Read", "page": theirs, "url": ""}),
    }
    page = make_digest(sections=[values[kind]])
    task = translating.send_for_translation(page, site.locales["fr"])
    segment = OverridableSegment.objects.get(source=task.source, context__path__endswith=kind)
    overrides.store(task, segment, str(ours.pk), None)

    def shown():
        [section] = digest.edition_content(french(page)).sections
        if kind == "image":
            return "ours" if section.picture.width == 300 else "theirs"
        return section.url

    assert "ours" in shown()
    ours.delete()
    assert "theirs" in shown()


def test_a_document_says_what_it_is_and_is_counted_when_it_is_lost(make_digest):
    document = Download.objects.create(title="Charter", language="fr", file=ContentFile(b"%PDF", name="charter.pdf"))
    page = make_digest(sections=[("document", {"document": document, "label": "The charter"})])
    found = only(page)
    assert (found.label, found.facts) == ("The charter", "PDF, 1 kB, in French")
    assert found.url.startswith("https://news.example.org/documents/")
    document.delete()
    content = digest.edition_content(DigestPage.objects.get(pk=page.pk))
    assert (content.sections, content.lost) == ((), 1)


def test_a_button_leads_to_the_page_in_the_readers_language(make_digest, make_article, translate):
    article = make_article("A well")
    value = {"text": "Read it.", "label": "Here", "page": article, "url": ""}
    page = make_digest(sections=[("call_to_action", value)])
    translate(page, "fr", publish=False, title="Le titre")
    assert "/en/" in only(page).url and "utm_campaign=digest-" in only(page).url
    assert ("/en/" in only(french(page)).url, only(french(page)).language) == (True, "en")
    translate(article, "fr", title="Un puits")
    assert ("/fr/" in only(french(page)).url, only(french(page)).language) == (True, "")


def test_a_button_to_another_site_is_left_as_it_is_and_one_to_nowhere_is_named(make_digest, make_article):
    article = make_article("A well")
    outside = {"text": "Give.", "label": "Give", "page": None, "url": "https://give.example/"}
    inside = {"text": "Read.", "label": "Read", "page": article, "url": ""}
    page = make_digest(sections=[("call_to_action", outside), ("call_to_action", inside)])
    article.delete()
    content = digest.edition_content(DigestPage.objects.get(pk=page.pk))
    assert [section.url for section in content.sections] == ["https://give.example/"]
    assert content.dead_ends == ("Read",)


def test_links_in_texts_lead_to_the_readers_language_and_never_to_what_was_deleted(
    make_digest, make_article, translate
):
    known, gone = make_article("Known"), make_article("Gone")
    translate(known, "fr", title="Connu")
    source = f'<p><a linktype="page" id="{known.pk}">here</a> <a linktype="page" id="{gone.pk}">there</a></p>'
    page = make_digest(sections=[("text", RichText(source))])
    gone.delete()
    translate(page, "fr", publish=False, title="Le titre")
    assert 'href="https://news.example.org/fr/' in only(french(page)).html
    assert only(french(page)).html.count("<a ") == 1
    assert "there</p>" in only(french(page)).html


def test_the_words_of_all_sections_are_translated(make_digest, photo, translate):
    ids = {name: str(uuid4()) for name in ("image", "quote", "call_to_action", "text")}
    values = {
        "image": {"image": photo.pk, "alt_text": "A well", "caption": "Noon"},
        "quote": {"text": "Water!", "attribution": "Ada"},
        "call_to_action": {"text": "Give.", "label": "Give now", "page": None, "url": "https://give.example/"},
        "text": "<p>Words</p>",
    }
    page = make_digest()
    page.sections = [{"type": name, "id": key, "value": values[name]} for name, key in ids.items()]
    page.save_revision()
    page.save()
    texts = {
        f"sections.{ids['image']}.alt_text": "Un puits",
        f"sections.{ids['image']}.caption": "Midi",
        f"sections.{ids['quote']}.text": "De l’eau !",
        f"sections.{ids['quote']}.attribution": "Ada F",
        f"sections.{ids['call_to_action']}.text": "Donnez.",
        f"sections.{ids['call_to_action']}.label": "Donner",
        f"sections.{ids['text']}": "Des mots",
    }
    translate(page, "fr", publish=False, title="Le titre", **texts)
    image, quote, call, text = digest.edition_content(french(page)).sections
    assert (image.picture.alt, image.caption) == ("Un puits", "Midi")
    assert (plain(quote.text), quote.attribution) == ("De l’eau\u202f!", "Ada F")
    assert (call.text, call.label) == ("Donnez.", "Donner")
    assert text.html == "<p>Des mots</p>"


def test_number_and_date_are_those_of_the_source_in_every_language(make_digest, translate):
    page = make_digest(number=12, date=date(2026, 11, 1))
    translate(page, "fr", publish=False, title="Le titre")
    content = digest.edition_content(french(page))
    assert (content.number, content.date) == (12, date(2026, 11, 1))


def test_a_message_has_no_stories_and_is_not_empty(make_digest):
    assert digest.edition_content(make_digest(title="Nothing")).empty
    assert digest.edition_content(make_digest(title="A heading", sections=[("heading", "Stories")])).empty
    assert not digest.edition_content(make_digest(title="An apology", intro="<p>We are sorry.</p>")).empty
    text = [("text", RichText("<p>We are sorry.</p>"))]
    assert not digest.edition_content(make_digest(title="Press release", sections=text)).empty


def test_a_digest_of_before_has_its_stories_as_ever(make_digest, make_article):
    article = make_article("Known")
    page = make_digest()
    stored = [{"type": "story", "id": str(uuid4()), "value": {"article": article.pk, "teaser": "Look"}}]
    DigestPage.objects.filter(pk=page.pk).update(sections=json.dumps(stored))
    page = DigestPage.objects.get(pk=page.pk)
    story = only(page)
    assert (story.title, story.teaser, story.lead, story.language) == ("Known", "Look", True, "")
    assert page.sections[0].value["where_missing"] == "leave_out"  # as its form needs it


def test_each_newsletter_and_language_has_its_own_sender(site, bilingual_digest):
    for newsletter, address in (
        (site.en.newsletter, "en@news.example.org"),
        (site.fr.newsletter, "fr@news.example.org"),
    ):
        newsletter.refresh_from_db()
        newsletter.from_address, newsletter.reply_to = address, f"answer-{address}"
        newsletter.save_revision().publish()
    content = digest.edition_content(french(bilingual_digest))
    assert (content.from_address, content.reply_to) == ("fr@news.example.org", "answer-fr@news.example.org")


# -- What it costs ----------------------------------------------------------------------------------------------------
def test_sections_of_every_kind_take_the_same_queries_however_many(make_digest, make_article, photo):
    def sections(number):
        picture = Photo.objects.create(title=f"{number}", file=ContentFile(jpeg(600, 400), name=f"{number}.jpg"))
        article = make_article(f"Story {number}", lead_image=picture)
        document = Download.objects.create(title=f"{number}", file=ContentFile(b"%PDF", name=f"{number}.pdf"))
        return [
            ("image", {"image": picture, "alt_text": "A well", "caption": ""}),
            ("document", {"document": document, "label": "The charter"}),
            ("call_to_action", {"text": "Read", "label": "Read", "page": article, "url": ""}),
            ("text", RichText(f'<p><a linktype="page" id="{article.pk}">here</a></p>')),
            ("story", {"article": article, "teaser": ""}),
        ]

    def queries(times):
        found = [section for number in range(times) for section in sections(number)]
        page = make_digest(sections=found, title=f"{times} times")
        digest.edition_content(DigestPage.objects.get(pk=page.pk))  # makes the pictures
        page = DigestPage.objects.select_related("locale").get(pk=page.pk)
        cache.clear()  # which remembers pictures
        with CaptureQueriesContext(connection) as captured:
            assert len(digest.edition_content(page).sections) == 5 * times
        return len(captured)

    assert queries(1) == queries(4)


# -- Bad input --------------------------------------------------------------------------------------------------------
def test_rich_text_500_deep_is_translated_and_sent_like_any(make_digest, translate):
    deep = "<p>" + "<b>" * 500 + "deep" + "</b>" * 500 + "</p>"
    page = make_digest(intro=deep, sections=[("text", RichText(deep))])
    translate(page, "fr", publish=False, title="Le titre")
    for one in (digest.as_it_stands(page), french(page)):
        edition = rendering.render_edition([digest.edition_content(one)])
        assert edition.html.count("deep") == edition.text.count("deep") == 2


@pytest.mark.parametrize(
    "words", ["«\u202fOui\u202f»", "👩\u200d💻", "e\u0301te\u0301", "C:\\new\\table", "one\ntwo", "نجيب محفوظ"]
)
def test_odd_characters_of_titles_and_alternative_texts_arrive_on_one_line(make_digest, make_article, photo, words):
    article = make_article(words, lead_image=photo, lead_image_alt=words)
    page = make_digest(
        article, title=words, sections=[("image", {"image": photo, "alt_text": words, "caption": words})]
    )
    content = digest.edition_content(page)
    story, image = content.sections
    expected = words.replace("\n", " ")
    assert [content.subject, story.title, story.picture.alt, image.picture.alt, image.caption] == [expected] * 5
    edition = rendering.render_edition([content])
    assert html.unescape(edition.html).count(expected) >= 5
    assert edition.text.count(expected) >= 4
