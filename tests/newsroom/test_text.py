"""Plain text and addresses out of what people write."""

import pytest

from newsroom.slugs import MAX_LENGTH, slug_from
from newsroom.text import cut_at_word, one_line, plain


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("L’été à Québec", "l-ete-a-quebec"),
        ("Sœurs d'Afrique", "soeurs-d-afrique"),
        ("Sharing is caring:\nequal parenting", "sharing-is-caring-equal-parenting"),
        ("Вода", "voda"),
        ("水", "shui"),
        ("…", ""),
    ],
)
def test_slugs_are_transliterated(title, slug):
    assert slug_from(title) == slug


def test_long_slugs_end_with_a_whole_word():
    slug = slug_from("water " * 40)
    assert len(slug) <= MAX_LENGTH
    assert set(slug.split("-")) == {"water"}
    assert len(slug_from("w" * 300)) == MAX_LENGTH


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [
        ("Short", 10, "Short"),
        ("One two three", 9, "One two…"),
        ("One two, three", 9, "One two…"),
        ("Indivisible", 5, "Indi…"),
        ("Two\nlines", 20, "Two lines"),
        ("Qui vient\u00a0?", 11, "Qui vient\u00a0?"),
    ],
)
def test_text_is_cut_between_words(text, length, cut):
    assert cut_at_word(text, length) == cut


def test_one_line_keeps_no_break_spaces_and_drops_what_cannot_be_seen():
    assert one_line("Qui\u00a0vient\u202f?\r\n Demain\x0bpeut-être\x07.") == "Qui\u00a0vient\u202f? Demain peut-être."


def test_plain_text_keeps_words_apart_and_resolves_entities():
    assert plain("<p>Water &amp; bread</p><ul><li>one</li><li>two</li></ul>") == "Water & bread one two"
