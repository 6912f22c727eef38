"""The board of twin editions beside a digest."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.board import Board
from newsletter.models import DigestPage
from newsroom.localization.state import Status
from newsroom.management.commands.set_up_site import EDITORS, translators_of
from newsroom.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(login):
    """An editor's browser, and the user."""
    client = login(EDITORS)
    client.user = User.objects.get(username=EDITORS)
    return client


def cells(rows):
    """Of each row the label, and of each language its status and note."""
    return {row.label: {cell.state.language: (cell.state.status, cell.note) for cell in row.cells} for row in rows}


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def test_each_story_says_where_it_stands_in_each_language(make_digest, make_article, translate, editor):
    known, half, unknown = make_article("Known", body=[]), make_article("Half"), make_article("Unknown")
    translate(known, "fr", title="Connu")
    translate(half, "fr", publish=False, title="À moitié")
    anyway = ("story", {"article": make_article("Anyway"), "teaser": "", "where_missing": "show"})
    board = Board(make_digest(known, half, unknown, sections=[anyway]), editor.user)
    complete = (Status.COMPLETE, "")
    assert cells(board.stories) == {
        "Known": {"en": complete, "fr": complete},
        "Half": {"en": complete, "fr": (Status.DRAFT, "left out")},
        "Unknown": {"en": complete, "fr": (Status.MISSING, "left out")},
        "Anyway": {"en": complete, "fr": (Status.MISSING, "shown in its own language: English")},
    }


def test_an_outdated_story_says_so(make_digest, make_article, translate, editor):
    article = make_article("Known")
    translate(article, "fr", title="Connu")
    article.title = "Better known"
    article.save_revision().publish()
    [row] = Board(make_digest(article), editor.user).stories
    assert row.cells[1].state.status == Status.OUTDATED


def test_the_stories_of_lists_stand_on_the_board(make_digest, make_article, editor):
    make_article("Newest")
    latest = ("latest", {"heading": "", "length": 2, "category": None, "stories": []})
    assert list(cells(Board(make_digest(sections=[latest]), editor.user).stories)) == ["Newest"]


def test_each_text_says_where_it_stands(make_digest, translate, editor):
    page = make_digest(greeting="Dear all,")
    block = str(uuid4())
    page.sections = [{"type": "quote", "id": block, "value": {"text": "Water for all!", "attribution": ""}}]
    page.save_revision()
    page.save()
    board = Board(page, editor.user)
    assert {label: languages["fr"][0] for label, languages in cells(board.texts).items()} == {
        "Title": Status.MISSING,
        "Preheader": Status.MISSING,
        "Greeting": Status.MISSING,
        "Quotation: Water for all!": Status.MISSING,
    }
    translate(page, "fr", publish=False, title="Le titre", **{f"sections.{block}.text": "De l’eau pour tous !"})
    page.greeting = "Hello,"
    page.save_revision()
    found = {label: languages["fr"][0] for label, languages in cells(Board(page, editor.user).texts).items()}
    assert found == {
        "Title": Status.COMPLETE,
        "Preheader": Status.MISSING,
        "Greeting": Status.MISSING,
        "Quotation: Water for all!": Status.COMPLETE,
    }


def test_links_lead_straight_to_the_translation(make_digest, make_article, translate, editor):
    known, unknown = make_article("Known"), make_article("Unknown")
    in_french = translate(known, "fr", title="Connu")
    page = make_digest(known, unknown)
    french = translate(page, "fr", publish=False, title="Le titre")
    board = Board(page, editor.user)
    first, second = board.stories
    assert [cell.url for cell in first.cells] == [edit(known), edit(in_french)]
    send = reverse("wagtail_localize:submit_page_translation", args=[unknown.pk])
    assert second.cells[1].url == f"{send}?select_locale=fr"
    assert {cell.url for row in board.texts for cell in row.cells} == {edit(french)}
    for url in (*(cell.url for row in (first, second) for cell in row.cells), edit(french)):
        assert editor.get(url).status_code == 200


def test_who_may_not_open_a_page_gets_no_link(make_digest, make_article, login):
    page = make_digest(make_article("Known"))
    user = User.objects.create_user("guest", "guest@example.org", "pw")
    board = Board(page, user)
    assert {cell.url for row in (*board.stories, *board.texts) for cell in row.cells} == {""}


def test_a_translation_that_lacks_stories_or_decisions_is_named_with_the_way_to_give_them(
    bilingual_digest, make_article, editor, site
):
    assert Board(bilingual_digest, editor.user).behind == []
    bilingual_digest.sections = [
        *bilingual_digest.sections.raw_data,
        {"type": "story", "value": {"article": make_article("More").pk, "teaser": ""}},
    ]
    bilingual_digest.save_revision()
    [behind] = Board(bilingual_digest, editor.user).behind
    assert behind.language == "fr"
    html = editor.get(edit(bilingual_digest)).content.decode()
    assert "The French translation does not have these stories and decisions yet." in html
    assert editor.get(behind.url).status_code == 200
    editor.post(behind.url)
    assert Board(DigestPage.objects.get(pk=bilingual_digest.pk), editor.user).behind == []


def test_the_board_stands_beside_the_source_and_names_the_place_in_the_form(bilingual_digest, editor, site):
    html = editor.get(edit(bilingual_digest)).content.decode()
    board = html.partition('data-side-panel="twin-editions"')[2]
    section = bilingual_digest.sections[0]
    assert f'href="#block-{section.id}-section"' in board
    assert "A well for Kisumu" in board
    assert 'aria-label="Toggle twin editions"' in html
    french = bilingual_digest.get_translation(site.locales["fr"])
    assert "twin-editions" not in editor.get(edit(french)).content.decode()


def test_the_board_speaks_french(bilingual_digest, login):
    html = login(EDITORS, language="fr").get(edit(bilingual_digest)).content.decode()
    assert "Éditions jumelles" in html
    assert "État du numéro à son dernier enregistrement." in html


def test_translators_see_the_digest_without_the_board(bilingual_digest, login):
    assert login(translators_of("fr")).get(edit(bilingual_digest), follow=True).status_code == 200


def test_the_board_costs_the_same_however_many_stories(make_digest, make_article, editor):
    articles = [make_article(f"Story {number}") for number in range(8)]

    def queries(number):
        page = DigestPage.objects.get(pk=make_digest(*articles[:number], title=f"With {number}").pk)
        user = User.objects.get(pk=editor.user.pk)
        with CaptureQueriesContext(connection) as captured:
            board = Board(page, user)
            assert (len(board.stories), bool(board.texts), board.behind) == (number, True, [])
        return len(captured)

    assert queries(2) == queries(8)
