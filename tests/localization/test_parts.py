"""Where the parts of a page stand: its fields and blocks."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail_localize.models import StringTranslation

from newsroom.localization import pairing, translating
from newsroom.localization.parts import states_of_parts
from newsroom.localization.state import Status, states

pytestmark = pytest.mark.django_db

FIRST, SECOND = str(uuid4()), str(uuid4())


@pytest.fixture
def article(make_article):
    """A draft with two fields and two blocks, the first with two paragraphs."""
    page = make_article("Wells", standfirst="Open.", body=[], live=False)
    return write(page, "<p>One.</p><p>Two.</p>", "<p>Three.</p>")


def write(page, *texts):
    """Save a draft with these blocks."""
    keys = (FIRST, SECOND)
    page.body = [{"type": "paragraph", "id": key, "value": text} for key, text in zip(keys, texts, strict=False)]
    page.save_revision()
    page.save()
    return page


def found(page):
    """The status of each part in French."""
    parts = states_of_parts(page.get_latest_revision_as_object(), states([page])[page.translation_key])
    assert all(list(languages) == ["fr"] for languages in parts.values())
    return {part: languages["fr"].status for part, languages in parts.items()}


def in_french(translate, article, **texts):
    return translate(article, "fr", publish=False, title="Puits", standfirst="Ouvert.", **texts)


def test_everything_is_missing_before_there_is_a_translation(article):
    statuses = found(article)
    assert list(statuses) == ["title", "standfirst", f"body.{FIRST}", f"body.{SECOND}"]
    assert set(statuses.values()) == {Status.MISSING}


def test_each_part_is_complete_when_its_own_texts_are(article, translate):
    in_french(translate, article, **{f"body.{SECOND}": "Trois."})
    assert found(article) == {
        "title": Status.COMPLETE,
        "standfirst": Status.COMPLETE,
        f"body.{FIRST}": Status.MISSING,
        f"body.{SECOND}": Status.COMPLETE,
    }


def test_a_part_that_has_changed_since_it_was_sent_is_outdated_alone(article, translate):
    in_french(translate, article, **{f"body.{SECOND}": "Trois."})
    write(article, "<p>One.</p><p>Two.</p>", "<p>Four.</p>")
    assert (found(article)["title"], found(article)[f"body.{SECOND}"]) == (Status.COMPLETE, Status.OUTDATED)


def test_a_part_that_has_come_since_is_missing_and_one_that_went_is_not_named(article, translate):
    write(article, "<p>One.</p>")
    in_french(translate, article, **{f"body.{FIRST}": "Un."})
    write(article, "<p>One.</p>", "<p>New.</p>")
    assert found(article)[f"body.{SECOND}"] == Status.MISSING
    write(article)
    assert list(found(article)) == ["title", "standfirst"]


def test_what_nobody_has_accepted_is_outdated(article, translate):
    in_french(translate, article, **{f"body.{SECOND}": "Trois."})
    stored = StringTranslation.objects.filter(data="Trois.")
    stored.update(translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE)
    assert found(article)[f"body.{SECOND}"] == Status.OUTDATED
    stored.update(has_error=True)
    assert found(article)[f"body.{SECOND}"] == Status.MISSING


def test_a_translation_written_by_hand_is_told_as_a_whole(article, translate, site):
    in_french(translate, article)
    pairing.write_by_hand(translating.send_for_translation(article, site.locales["fr"]))
    assert set(found(article).values()) == {Status.COMPLETE}
    write(article, "<p>Four.</p>")
    assert set(found(article).values()) == {Status.OUTDATED}


def test_a_page_costs_the_same_however_many_parts_it_has(article, translate):
    in_french(translate, article)

    def queries():
        languages = states([article])[article.translation_key]
        draft = article.get_latest_revision_as_object()
        with CaptureQueriesContext(connection) as captured:
            states_of_parts(draft, languages)
        return len(captured)

    assert queries() == 2
    write(article)
    assert queries() == 2
