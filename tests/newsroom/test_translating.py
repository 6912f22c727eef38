"""Making translations from code, and telling how complete they are."""

import copy

import pytest
from wagtail.rich_text import RichText

from articles.models import ArticlePage
from newsroom.localization import translating

ROWS = [["Place", "2024"], ["Kisumu", "12"], ["Ségou", "7"]]
LIGNES = [["Lieu", "2024"], ["Kisumu", "12"], ["Ségou", "7"]]


@pytest.fixture
def article(make_article):
    return make_article(
        "Wells",
        body=[
            ("paragraph", RichText("<p>One <b>bold</b> word.</p><ul><li>First</li><li>Second</li></ul>")),
            ("quote", {"text": "Water is life.", "attribution": "Grace"}),
            ("table", {"data": ROWS, "table_caption": "Wells by place", "first_row_is_table_header": True}),
        ],
    )


def in_french(article, **changes):
    """An unsaved copy of the article with its texts in French."""
    finished = copy.copy(article)
    finished.title = "Puits"
    texts = {
        "paragraph": RichText("<p>Un mot <b>gras</b>.</p><ul><li>Un</li><li>Deux</li></ul>"),
        "quote": {"text": "L’eau, c’est la vie.", "attribution": "Grace"},
        "table": {"data": LIGNES, "table_caption": "Puits par lieu", "first_row_is_table_header": True},
        **changes,
    }
    stream = ArticlePage._meta.get_field("body").stream_block
    finished.body = stream.to_python(
        [
            {
                "type": block.block_type,
                "id": block.id,
                "value": stream.child_blocks[block.block_type].get_prep_value(value),
            }
            for block, value in zip(article.body, texts.values(), strict=True)
        ]
    )
    return finished


def test_a_finished_text_is_taken_over_segment_by_segment(site, article, django_capture_on_commit_callbacks):
    task = translating.send_for_translation(article, site.locales["fr"])
    translating.take_over(task, in_french(article))
    with django_capture_on_commit_callbacks(execute=True):
        task.save_target(publish=True)

    french = ArticlePage.objects.in_language("fr").get()
    assert french.title == "Puits"
    assert french.body[0].value.source == "<p>Un mot <b>gras</b>.</p><ul><li>Un</li><li>Deux</li></ul>"
    assert french.body[1].value["text"] == "L’eau, c’est la vie."
    assert french.body[2].value["data"] == LIGNES
    assert french.body[2].value["table_caption"] == "Puits par lieu"
    assert ArticlePage.objects.in_language("en").get().body[2].value["data"] == ROWS


def test_a_text_with_a_paragraph_too_few_is_refused_and_nothing_stored(site, article):
    task = translating.send_for_translation(article, site.locales["fr"])
    with pytest.raises(translating.SegmentsDiffer):
        translating.take_over(task, in_french(article, paragraph=RichText("<p>Un mot <b>gras</b>.</p>")))
    assert task.get_progress()[1] == 0


def test_a_path_that_the_source_lacks_is_an_error(site, article):
    task = translating.send_for_translation(article, site.locales["fr"])
    with pytest.raises(KeyError):
        translating.fill(task, {"subtitle": "Sous-titre"})


def test_numbers_in_a_table_are_not_offered_for_translation(site, article):
    task = translating.send_for_translation(article, site.locales["fr"])
    texts = set(task.source.stringsegment_set.values_list("string__data", flat=True))
    assert {"Place", "Kisumu", "Wells by place"} <= texts
    assert not {"2024", "12", "7"} & texts


def test_sending_twice_opens_one_translation(site, article):
    first = translating.send_for_translation(article, site.locales["fr"])
    assert translating.send_for_translation(article, site.locales["fr"]) == first
    assert ArticlePage.objects.filter(translation_key=article.translation_key).count() == 2
