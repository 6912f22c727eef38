"""French spaces, quotation marks and apostrophes. In the examples _ is a no-break space and ~ a narrow one."""

import pytest

from newsroom.localization.typography import NARROW, NO_BREAK, set_right


def french(text):
    return set_right(text, "fr").replace(NO_BREAK, "_").replace(NARROW, "~")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("Bonjour!", "Bonjour~!"),
        ("Quoi ?!", "Quoi~?!"),
        ("Non: rien; jamais", "Non_: rien~; jamais"),
        ("Voir :", "Voir_:"),
        ("(!) Vraiment?", "(!) Vraiment~?"),
        ('Il dit "oui".', "Il dit «_oui_»."),
        ('Il dit "oui en 2030".', "Il dit «_oui en 2030_»."),
        ('« Il dit "non". »', "«_Il dit “non”._»"),
        ("«Déjà»", "«_Déjà_»"),
        ('l\'"affaire"', "l’«_affaire_»"),
        ("aujourd'hui, l'eau d'<b>Alep</b>", "aujourd’hui, l’eau d’<b>Alep</b>"),
    ],
)
def test_what_a_keyboard_gets_wrong(typed, wanted):
    assert french(typed) == wanted


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ('"<b>oui</b>" !', "«_<b>oui</b>_»~!"),
        ("mot <b>gras </b>!", "mot <b>gras</b>~!"),
        ('<a id="a1">Lire</a>!', '<a id="a1">Lire</a>~!'),
        ("eau &amp; air; 5 &lt; 6!", "eau &amp; air~; 5 &lt; 6~!"),
    ],
)
def test_tags_and_entities_are_looked_through(typed, wanted):
    assert french(typed) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "à 10:30",
        "à l’échelle 1:50000",
        "https://example.org/?q=1;b:c",
        "écrire à ada@example.org",
        "<code>a:b !</code>",
        'un écran de 5" de large',
        'un écran de 5" et un autre de 6"',
        'un écran de <b>5</b>" et un autre de 6"',
        'un "écran" de 5" et un autre de 6"',
        "Un smiley ;)",
    ],
)
def test_what_is_no_prose_stays(text):
    assert french(text) == text


def test_what_ends_a_sentence_is_no_part_of_an_address():
    assert french("Voir www.example.org!") == "Voir www.example.org~!"


@pytest.mark.parametrize("text", ["« Oui ! »", 'Il dit "oui" ; puis : rien ?', "<b>a</b> : b"])
def test_twice_is_the_same_as_once(text):
    assert set_right(set_right(text, "fr"), "fr") == set_right(text, "fr")


def test_other_languages_stay_as_they_are():
    assert set_right('He said: "no"!', "en") == 'He said: "no"!'
