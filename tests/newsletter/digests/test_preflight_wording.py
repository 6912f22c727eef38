"""What the preflight says about the words of a digest, its pictures and its figures."""

import dataclasses
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Locale

from home.models import SiteSettings
from newsletter import digest, preflight, rendering
from newsletter.checks import markup, wording
from newsletter.checks.wording import seems
from newsroom.localization import translating
from newsroom.localization.doubts import doubts, waive
from newsroom.localization.translating import translation_into
from tests.newsletter.conftest import site_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(subscribe):
    subscribe("ada@example.org", "en")
    subscribe("bea@example.org", "fr")


@pytest.fixture
def letter(make_digest, make_article, subscribe):
    """Make a digest of one story in English, with nothing to mend but what the test is about."""
    subscribe("ada@example.org", "en")

    def make(**fields):
        page = make_digest(make_article("A well for Kisumu"), **fields)
        address = {"legal_name": "Wayfield AISBL", "postal_address": "1 rue Neuve, Brussels"}
        SiteSettings.objects.update_or_create(site=site_of(page), defaults=address)
        return page

    return make


def found(page, code):
    return [problem for problem in preflight.run(page).problems if problem.code == code]


def codes(page):
    return [problem.code for problem in preflight.run(page).problems]


def test_a_long_subject_is_a_warning(letter):
    assert codes(letter(title="x" * 60)) == []
    (problem,) = found(letter(title="x" * 61), "subject-long")
    assert not problem.blocks
    assert "61 characters" in problem.message


@pytest.mark.parametrize(
    ("preheader", "expected"),
    [
        ("x" * 34, ["preheader-short"]),
        ("x" * 35, []),
        ("x" * 140, []),
        ("x" * 141, ["preheader-long"]),
        ("A well, and what it costs", ["preheader-same"]),
        ("", ["no-preheader"]),
    ],
)
def test_a_preheader_has_a_length_that_mail_programs_show_and_says_something_else(letter, preheader, expected):
    assert codes(letter(preheader=preheader)) == expected


def test_a_subject_that_was_copied_from_the_other_language_blocks(make_digest, make_article, translate, readers):
    article = make_article("Wells")
    translate(article, "fr", title="Puits")
    page = make_digest(article, title="Kisumu: a well at last")
    translate(
        page,
        "fr",
        publish=False,
        title="KISUMU: A WELL AT LAST",
        preheader="Trois histoires du Réseau, et ce qu’elles coûtent",
    )
    (problem,) = found(page, "subject-same")
    assert problem.blocks
    assert problem.language == "fr"
    assert problem.message == "The French subject is the same as the English one."


def test_words_in_the_other_language_are_noticed(make_digest, make_article, translate, readers):
    article = make_article("Wells")
    translate(article, "fr", title="Puits")
    page = make_digest(article, intro="<p>Dear all.</p>")
    english = "We have been to see what the well has changed for the people of the valley."
    translate(
        page,
        "fr",
        publish=False,
        title="What it costs and who pays for the well",
        preheader="Trois histoires du Réseau, et ce qu’elles coûtent",
        intro=english,
    )
    assert [problem.message for problem in found(page, "subject-language")] == [
        "The French subject seems to be in English."
    ]
    (problem,) = found(page, "text-language")
    assert english in problem.message
    assert not problem.blocks


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A well, and what it costs", "en"),
        ("Un puits et son prix, vus par ceux qui le paient", "fr"),
        ("Kisumu 2026", ""),
        ("El pozo y lo que cuesta a los del pueblo", "es"),
        ("", ""),
    ],
)
def test_a_language_is_guessed_only_when_its_words_tell(text, language):
    assert seems(text) == language


def test_nothing_is_guessed_about_a_language_whose_words_we_do_not_know():
    content = SimpleNamespace(
        language="de",
        subject="x",
        preheader="",
        greeting="",
        intro="",
        sections=(),
        closing="the and of to in is are was",
    )
    assert list(wording._other_language(content)) == []


@pytest.mark.parametrize("leftover", ["TK", "TODO", "Lorem", "{{", "[[", "XXX"])
def test_what_was_meant_to_be_replaced_blocks_wherever_it_stands(letter, leftover):
    page = letter(intro=f"<p>We have dug {leftover} wells in the valley.</p>")
    (problem,) = found(page, "leftover")
    assert problem.blocks
    assert problem.message.startswith(f"“{leftover}” has been left in the English edition: ")
    assert "We have dug" in problem.message


@pytest.mark.parametrize("harmless", ["todo el mundo", "Tkachenko", "lorry", "[1]", "stock"])
def test_words_that_only_look_like_leftovers_do_not(letter, harmless):
    assert found(letter(closing=f"<p>{harmless}</p>"), "leftover") == []


def test_a_leftover_in_an_article_is_found_too(make_digest, make_article, subscribe):
    subscribe("ada@example.org", "en")
    page = make_digest(make_article("Wells", standfirst="It cost TK euros."))
    assert [problem.about for problem in found(page, "leftover")] != []


def test_a_number_that_differs_between_the_editions_is_a_warning_until_it_is_called_right(bilingual_digest, readers):
    bilingual_digest.intro = "<p>We need 1,200 euros by 3 May.</p>"
    bilingual_digest.save_revision()
    french = _translated(bilingual_digest, "Il nous faut 1 300 euros d’ici au 3 mai.")
    (problem,) = found(bilingual_digest, "figures")
    assert (problem.language, problem.blocks) == ("fr", False)
    assert "The source says 1200, the translation 1300." in problem.message
    waive(french, doubts(french), None)
    assert found(bilingual_digest, "figures") == []


def _translated(page, intro):
    fr = page.get_translation(_french())
    task = translating.send_for_translation(page, _french())
    translating.fill(task, {"intro": intro})
    return translation_into(fr)


def _french():
    return Locale.objects.get(language_code="fr")


def test_a_number_in_the_title_of_a_story_is_compared_too(make_digest, make_article, translate, readers):
    article = make_article("12 wells for Kisumu")
    translate(article, "fr", title="13 puits pour Kisumu")
    page = make_digest(article)
    translate(
        page,
        "fr",
        publish=False,
        title="Un puits et son prix",
        preheader="Trois histoires du Réseau, et ce qu’elles coûtent",
    )
    (problem,) = found(page, "figures")
    assert "The source says 12, the translation 13." in problem.message


def test_a_picture_without_alternative_text_of_its_own_is_a_warning(make_digest, make_article, photo, subscribe):
    subscribe("ada@example.org", "en")
    said = make_article("Said", lead_image=photo, lead_image_alt="Two women at a well")
    page = make_digest(said, make_article("Unsaid", lead_image=photo))
    assert [problem.about for problem in found(page, "alt-is-title")] == ["Unsaid"]


def test_a_picture_that_says_nothing_in_a_link_blocks(bilingual_digest):
    edition = rendering.render_edition([digest.edition_content(bilingual_digest)])

    def of(html):
        changed = dataclasses.replace(edition, html=edition.html.replace("</body>", f"{html}</body>"))
        return [(problem.code, problem.about) for problem in markup.problems(changed, "")]

    assert of('<img src="/a/logo.png" alt="">') == []
    assert of('<a href="/"><img src="/a/well.jpg" alt="A well"></a>') == []
    assert of('<img src="/a/well.jpg">') == [("no-alt", "/a/well.jpg")]
    assert of('<a href="/"><img src="/a/well.jpg" alt=" "></a>') == [("no-alt", "/a/well.jpg")]


def test_a_mail_that_nobody_can_leave_blocks_and_no_reason_helps(bilingual_digest):
    edition = rendering.render_edition([digest.edition_content(bilingual_digest)])
    without = edition.text.replace(rendering.Marks(edition.mark).unsubscribe, "")
    (problem,) = markup.problems(dataclasses.replace(edition, text=without), "")
    assert problem.code == "no-unsubscribe"
    assert problem.final


def test_the_size_is_that_on_the_wire(bilingual_digest):
    """French costs more than its letters: é is three signs in quoted-printable, and = is three of them, too."""
    edition = rendering.render_edition([digest.edition_content(bilingual_digest)])
    more = dataclasses.replace(edition, html=edition.html + "é" * 1000)
    grown = markup.size_as_sent(more) - markup.size_as_sent(edition)
    assert 6000 <= grown <= 6300  # six signs a letter, and the soft line breaks


def test_an_accent_colour_that_cannot_be_read_is_a_warning_that_leads_to_the_settings(bilingual_digest, readers):
    SiteSettings.objects.update(accent="#ffcc00")
    (problem,) = found(bilingual_digest, "contrast")
    assert not problem.blocks
    assert "#ffcc00" in problem.message
    assert problem.url == "/admin/settings/home/sitesettings/"
    SiteSettings.objects.update(accent="#8a1c1c")
    assert found(bilingual_digest, "contrast") == []


def test_every_problem_says_where_it_is_mended_in_its_language(bilingual_digest, readers, site):
    french = bilingual_digest.get_translation(site.locales["fr"])
    bilingual_digest.preheader = "Short"
    bilingual_digest.save_revision()
    problems = {problem.code: problem for problem in preflight.run(bilingual_digest).problems}
    assert problems["preheader-short"].url == f"/admin/pages/{bilingual_digest.pk}/edit/"
    assert problems["outdated"].url == f"/admin/pages/{french.pk}/edit/"
    with translation.override("fr"):
        again = {problem.code: problem for problem in preflight.run(bilingual_digest).problems}
    assert again["outdated"].message != problems["outdated"].message
    assert again["outdated"].key == problems["outdated"].key, "a tick does not depend on who reads it"


def test_what_the_panel_asks_of_the_database_does_not_grow_with_the_stories(make_digest, make_article, subscribe):
    subscribe("ada@example.org", "en")

    def queries(page):
        with CaptureQueriesContext(connection) as captured:
            preflight.run(page, thorough=False)
        return len(captured)

    few = make_digest(make_article("One"), make_article("Two"))
    many = make_digest(*[make_article(f"Story {number}") for number in range(12)])
    queries(few)
    assert queries(many) == queries(few)
