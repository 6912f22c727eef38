"""Words that wait: new, changed, repeated."""

import pytest
from wagtail.rich_text import RichText
from wagtail_localize.models import StringTranslation

from newsroom.localization import translating
from newsroom.localization.words import Words, count, words_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("The well is open.", 4),
        ("Un puits : l’eau coule !", 4),
        ('<b>Open</b> <a id="a1">now</a>', 2),
        ("Tom &amp; Ada – 3 wells", 4),
        ("water<br/>pump", 2),
    ],
)
def test_counts_what_stands_between_spaces(text, words):
    assert count(text) == words


@pytest.fixture
def french(site):
    return lambda page: translating.send_for_translation(page, site.locales["fr"])


def test_all_is_new_at_first(make_article, french):
    assert words_of([french(make_article("Deep wells", text="<p>They are open.</p>"))]) == [Words(new=5)]


def test_what_is_translated_does_not_wait(make_article, french):
    task = french(make_article("Deep wells", body=[]))
    translating.fill(task, {"title": "Puits profonds"})
    assert words_of([task]) == [Words()]


def test_what_a_machine_translated_waits(make_article, french):
    task = french(make_article("Deep wells", body=[]))
    translating.fill(task, {"title": "Puits profonds"})
    StringTranslation.objects.update(translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE)
    assert words_of([task]) == [Words(new=2)]


def test_a_text_that_was_translated_before_has_changed(make_article, french):
    article = make_article("Deep wells", body=[])
    task = french(article)
    translating.fill(task, {"title": "Puits profonds"})
    article.title = "Very deep wells"
    article.save_revision().publish()
    assert words_of([french(article)]) == [Words(changed=3)]


def test_a_paragraph_more_in_a_block_that_is_translated_is_new(make_article, french):
    article = make_article("Wells", text="<p>The first well is open.</p>")
    task = french(article)
    translating.fill(task, {"title": "Puits", f"body.{article.body[0].id}": "Le premier puits est ouvert."})
    article.body[0].value = RichText("<p>The first well is open.</p><p>Give now.</p>")
    article.save_revision().publish()
    assert words_of([french(article)]) == [Words(new=2)]


def test_a_text_whose_translation_is_wrong_has_changed(make_article, french):
    task = french(make_article("Deep wells", body=[]))
    translating.fill(task, {"title": "Puits profonds"})
    StringTranslation.objects.update(has_error=True)
    assert words_of([task]) == [Words(changed=2)]


def test_a_text_that_stands_elsewhere_is_repeated(make_article, french):
    known, again = french(make_article("Deep wells", body=[])), french(make_article("Deep wells", body=[]))
    assert words_of([known, again]) == [Words(new=2), Words(repeated=2)]
    translating.fill(known, {"title": "Puits profonds"})
    assert words_of([again]) == [Words(repeated=2)]


def test_nothing_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert words_of([]) == []
