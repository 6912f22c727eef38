"""Which words count as the same."""

import pytest

from articles.search import analysis
from articles.search.questions import Question


def same(asked, written, language):
    return not analysis.forms(asked, language).isdisjoint(analysis.forms(written, language))


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("education", "éducation"),
        ("EDUCATION", "Éducations"),
        ("reunion", "réunions"),
        ("réunions", "reunion"),
        ("coeur", "cœur"),
        ("coeur", "cœurs"),
        ("infirmiere", "infirmières"),
        ("oeuvre", "Œuvres"),
        ("medicaments", "médicament"),
        ("e\u0301cole", "écoles"),  # the accent as a character of its own
        ("libérées", "libéré"),  # which end in different letters once the accents are gone
        ("cop30", "COP30"),
    ],
)
def test_accents_case_ligatures_and_endings_do_not_matter_in_french(asked, written):
    assert same(asked, written, "fr")


@pytest.mark.parametrize(
    ("asked", "written"),
    [("clinic", "clinics"), ("clinics", "Clinic"), ("teaching", "teach"), ("Segou", "Ségou"), ("naïve", "naive")],
)
def test_accents_case_and_endings_do_not_matter_in_english(asked, written):
    assert same(asked, written, "en")


def test_different_words_stay_different():
    assert not same("water", "war", "en")
    assert not same("maire", "mer", "fr")


def test_other_languages_have_their_stems_where_snowball_knows_them_and_none_else():
    assert same("Brunnen", "Brunnens", "de")
    assert analysis.forms("maji", "sw") == {"maji"}


def test_other_scripts_are_found_as_they_are_written_and_as_we_would_write_them():
    assert same("王小明", "王小明", "en")
    assert same("wangxiaoming", "王小明", "en")
    assert same("вода", "Вода", "fr")


@pytest.mark.parametrize("text", ["l’eau", "l'eau", "de l´eau", "qu’eau"])
def test_elided_articles_are_no_part_of_a_word(text):
    assert "eau" in analysis.words_of(text)


def test_compounds_count_in_one_piece_too():
    assert {"e", "mail", "email"} <= set(analysis.terms_of("an e-mail", "en"))


def test_terms_are_plain_letters_and_digits_whatever_the_text():
    text = "Zoë’s “naïve” café—½ €5 №7 ﬁn 王小明 مياه हिन्दी \u0000 \ud7ff ' \" ; -- * ( ) | & ! : <->"
    terms = analysis.terms_of(text, "en")
    assert terms
    assert all(term.isascii() and term.isalnum() for term in terms)


def test_no_term_is_longer_than_a_word_can_be():
    assert max(map(len, analysis.terms_of("a" * 5000, "en"))) <= analysis.LONGEST_TERM


def test_a_question_does_without_stop_words_unless_there_is_nothing_else():
    assert len(Question.read("l’eau de la ville", "fr").words) == 2
    assert len(Question.read("to be or not to be", "en").words) == 4
    assert not Question.read("¿ ? *** --", "en")


def test_a_question_is_cut_to_what_people_type():
    question = Question.read(" ".join(f"word{n}" for n in range(2000)), "en")
    assert len(question.text) <= 200
    assert len(question.words) <= 16


def test_quoted_words_are_a_phrase():
    assert Question.read("the « prix de l’eau » today", "fr").phrases == (("prix", "de", "l", "eau"),)
    assert Question.read('an open "quote', "en").phrases == ()
