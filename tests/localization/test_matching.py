"""Which words stand where which stood before. The words are numbered by their paths; no database."""

import pytest

from newsroom.localization.matching import Words, matches

A = "The first well was drilled in March near the school."
B = "The second well will follow next year, says the engineer."
C = "Farmers from three villages have asked for more water."


def page(**blocks):
    return [Words(path, text) for path, texts in blocks.items() for text in texts]


def found(before, after):
    """By new text: the texts that stood there."""
    return {match.new.text: [words.text for words in match.old] for match in matches(before, after)}


def test_a_comma():
    comma = A.replace("March", "March,")
    assert found(page(body=[A, B]), page(body=[comma, B])) == {comma: [A]}


def test_a_paragraph_more_or_less_leaves_the_others_alone():
    assert found(page(body=[A, C]), page(body=[A, B, C])) == {}
    assert found(page(body=[A, B, C]), page(body=[A, C])) == {}


def test_a_new_paragraph_beside_a_changed_one():
    comma = A.replace("March", "March,")
    assert found(page(body=[A, C]), page(body=[comma, B, C])) == {comma: [A]}


def test_a_split_paragraph():
    assert found(page(body=[f"{A} {B}", C]), page(body=[A, B, C])) == {A: [f"{A} {B}"], B: [f"{A} {B}"]}


def test_a_short_paragraph_after_a_changed_one_is_no_split():
    comma = A.replace("March", "March,")
    assert found(page(body=[A]), page(body=[comma, "More soon!"])) == {comma: [A]}


def test_paragraphs_put_together():
    assert found(page(body=[A, B, C]), page(body=[f"{A} {B}", C])) == {f"{A} {B}": [A, B]}


def test_list_items_in_another_order_are_the_same_words():
    assert found(page(body=["one", "two", "three"]), page(body=["three", "one", "two"])) == {}


def test_a_block_moved_or_made_anew():
    assert found(page(old=[A, B]), page(new=[A, B])) == {A: [A], B: [B]}


def test_a_cell_of_a_table_is_found_by_its_words_not_by_its_path():
    before = [Words("body.t.hash1", "Wells drilled by March"), Words("body.t.hash2", "Kisumu")]
    after = [Words("body.t.hash3", "Wells drilled by May"), Words("body.t.hash2", "Kisumu")]
    assert found(before, after) == {"Wells drilled by May": ["Wells drilled by March"]}


def test_a_field_that_says_something_else_altogether_is_still_that_field():
    assert found(page(title=["Wells"]), page(title=["Rain"])) == {"Rain": ["Wells"]}


@pytest.mark.parametrize("after", [["Something quite different, written today."], []])
def test_words_elsewhere_that_have_nothing_in_common_are_new(after):
    assert found(page(standfirst=[A]), page(caption=after)) == {}
