"""Which words stand where which stood before. The words are numbered by their paths; no database."""

import random

import pytest

from newsroom.localization import matching
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


class TestWhatItCosts:
    """Every source that is published is compared, by the clock too: a long text may not keep it busy."""

    @pytest.fixture
    def comparisons(self, monkeypatch):
        made = []
        for name in ("_contained", "_likeness"):
            compare = getattr(matching, name)
            monkeypatch.setattr(matching, name, lambda *two, compare=compare: made.append(two) or compare(*two))
        return made

    @pytest.fixture
    def rewritten(self):
        """Many paragraphs of forty words each, before and after; no two are alike."""
        chance = random.Random(1)

        def make(count):
            texts = [" ".join(f"w{chance.randrange(200)}" for _word in range(40)) for _paragraph in range(2 * count)]
            return page(body=texts[:count]), page(body=texts[count:])

        return make

    def test_sixty_rewritten_paragraphs_are_compared_a_few_times_each(self, comparisons, rewritten):
        assert len(matches(*rewritten(60))) == 60
        assert len(comparisons) <= 4 * 60 * 60

    def test_so_are_those_that_all_say_nearly_the_same(self, comparisons):
        before, after = ([f"{A} Part {number} of {word}." for number in range(60)] for word in ("60", "sixty"))
        assert found(page(body=before), page(body=after)) == {
            new: [old] for old, new in zip(before, after, strict=True)
        }
        assert len(comparisons) <= 5 * 60 * 60

    def test_a_page_however_long_costs_no_more_than_its_length(self, comparisons, rewritten):
        matches(*rewritten(300))
        assert len(comparisons) <= 4 * matching.MOST

    def test_and_a_comma_in_each_of_its_paragraphs_is_found_all_the_same(self, rewritten):
        before, _after = rewritten(300)
        after = [Words(words.path, words.text.replace(" ", ", ", 1)) for words in before]
        assert [match.old for match in matches(before, after)] == [(words,) for words in before]


def test_a_paragraph_split_into_many():
    sentences = [f"{A} {number} {number}." for number in range(6)]
    assert set(found(page(body=[" ".join(sentences), C]), page(body=[*sentences, C]))) == set(sentences)
