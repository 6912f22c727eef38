"""From text to terms: which words count as the same.

Texts and questions pass through here alike, so that a reader need not know how an article spells its words. A term is
made of a-z and 0-9 alone: what a database takes for a letter no longer matters.
"""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer
from anyascii import anyascii
from django.conf.locale import LANG_INFO

# Marks (accents written on their own, vowel signs) belong to the letter before them; \w does not know them.
_MARKS = "".join(chr(code) for code in range(0x300, 0x3100) if unicodedata.category(chr(code)).startswith("M"))
WORD = re.compile(rf"[^\W_][^\W_{_MARKS}]*(?:[{_MARKS}]+[^\W_{_MARKS}]*)*")
_COMPOUND = re.compile(rf"{WORD.pattern}(?:[-‐‑]{WORD.pattern})+")
# No word is longer; a made-up one must not blow up an index.
LONGEST_TERM = 40

# Words that say nothing about what a text is about. French elisions (l’eau, qu’on) leave their first half here.
_STOP_WORDS = {
    "en": (
        "a about all an and any are as at be been but by can did do does for from had has have he her his how i if in "
        "into is it its me my no not of on or our s she so t than that the their them then there these they this those "
        "to up was we were what when where which who why will with you your"
    ),
    "fr": (
        "a ai as au aux avec c ce ces cet cette d dans de des du elle elles en es est et eu eux fait il ils j je jusqu "
        "l la le les leur leurs lorsqu lui m ma mais me mes mon n ne nos notre nous on ont ou où par pas plus pour "
        "puisqu qu que quel quelle quels quelles qui quoi s sa sans se ses si son sont sur t ta te tes ton tu un une "
        "vos votre vous y à été être"
    ),
}
STOP_WORDS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}


def fold(word: str) -> str:
    """`word` in lower case and plain letters: no accents, ligatures taken apart, other scripts written in ours."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    if not folded.isascii():
        folded = anyascii(folded).lower()
    return "".join(filter(str.isalnum, folded))[:LONGEST_TERM]


@lru_cache(maxsize=50_000)
def forms(word: str, language: str) -> frozenset[str]:
    """The terms that stand for a word: itself, and its stem in the language given.

    Accents change stems, and readers leave accents out: both the stem of the folded word and the folded stem count.
    """
    folded = fold(word)
    if not folded:
        return frozenset()
    algorithm = _algorithm(language)
    if algorithm is None:
        return frozenset([folded])
    stemmer = snowballstemmer.stemmer(algorithm)  # a new one: they keep state, and threads share this module
    spelt = unicodedata.normalize("NFKC", word).casefold()
    return frozenset(filter(None, [folded, stemmer.stemWord(folded), fold(stemmer.stemWord(spelt))]))


@lru_cache
def _algorithm(language: str) -> str | None:
    """Snowball calls its algorithms by the English names of languages, as Django does."""
    name = LANG_INFO.get(language.partition("-")[0], {}).get("name", "").lower()
    return name if name in snowballstemmer.algorithms() else None


def words_of(text: str) -> list[str]:
    """The words of a text, in order, as they are written."""
    return WORD.findall(text)


def spelling_of(text: str) -> list[str]:
    """The words of a text, in order, spelt without accents."""
    return list(filter(None, map(fold, words_of(text))))


def terms_of(text: str, language: str) -> list[str]:
    """All terms by which a text is found, each once. A compound counts in one piece as well: e-mail, email."""
    found = dict.fromkeys(term for word in words_of(text) for term in sorted(forms(word, language)))
    found.update(dict.fromkeys(filter(None, map(fold, _COMPOUND.findall(text)))))
    return list(found)


def is_stop_word(word: str, language: str) -> bool:
    """Whether a question can do without this word."""
    stop_words = STOP_WORDS.get(language.partition("-")[0], frozenset())
    return word.casefold() in stop_words
