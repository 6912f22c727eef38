"""What two languages say in figures, compared."""

import pytest

from newsroom.localization.differences import marked
from newsroom.localization.figures import differing


def compare(english, french):
    missing, extra = differing(english, "en", french, "fr")
    return sorted(missing.elements()), sorted(extra.elements())


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("1,200.50 people", "1\u202f200,50 personnes"),
        ("10,000 and 300", "10 000 et 300"),
        ("5%", "5 %"),
        ("On 12 March 2024", "Le 12 mars 2024"),
        ("On March 12, 2024", "Le 12 mars 2024"),
        ("1st May", "1er mai"),
        ("at 3 p.m.", "à 15 h"),
        ("at 10:30", "à 10 h 30"),
        ("3 wells", "trois puits"),
        ("five wells", "5 puits"),
        ("It may be 2024", "Peut-être 2024"),
        ("<b>12</b> wells &amp; 3 pumps", "<b>12</b> puits et 3 pompes"),
        ("Write to ada@example.org.", "Écrire à ada@example.org !"),
        ("Open 24/7", "Ouvert 24 heures sur 24 et 7 jours sur 7"),
        ("24 hours a day, seven days a week", "24 h/24, 7 j/7"),
        ("24 hours a day", "24\u202fh sur 24"),
        ("At noon", "À 12 h"),
        ("At 12 p.m.", "À midi"),
        ("12 noon", "midi"),
        ("At midnight", "À 0 h"),
        ("The 21st century", "Le XXI<sup>e</sup> siècle"),
        ("The 19th-century well", "Le puits du XIXe siècle"),
        ("The twenty-first century", "Le XXIe siècle"),
    ],
)
def test_the_same_said_as_each_language_says_it(english, french):
    assert compare(english, french) == ([], [])


@pytest.mark.parametrize(
    ("english", "french", "missing", "extra"),
    [
        ("12 wells", "21 puits", ["12"], ["21"]),
        ("12 wells, 12 pumps", "12 puits", ["12"], []),
        ("1,200 people", "1,200 personnes", ["1200"], ["1.2"]),
        ("on 12 March", "le 12 avril", ["month 3"], ["month 4"]),
        ("at 3 p.m.", "à 3 h", ["15:00"], ["3:00"]),
        ("open 24/7", "ouvert le 24", ["24/7"], ["24"]),
        ("in the 20th century", "au XXIe siècle", ["century 20"], ["century 21"]),
        ("at noon", "à 11 h", [], ["11:00"]),
        ("www.example.org/en", "www.example.org/fr", ["www.example.org/en"], ["www.example.org/fr"]),
    ],
)
def test_what_differs(english, french, missing, extra):
    assert compare(english, french) == (missing, extra)


def test_changes_are_shown_word_by_word():
    assert marked("The well is open.", "The <b>new</b> well, is open!") == (
        "The <ins>new </ins>well<ins>,</ins> is open<del>.</del><ins>!</ins>"
    )


def test_words_are_no_markup():
    assert marked("a", "a &lt;script&gt;") == "a<ins> &lt;script&gt;</ins>"
