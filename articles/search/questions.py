"""What a reader typed, as something that can be looked up."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from articles.search import analysis
from newsroom.text import one_line

LONGEST_QUESTION = 200
# Nobody remembers more; each word costs a look-up.
MOST_WORDS = 16
# A beginning shorter than this is the beginning of anything.
SHORTEST_BEGINNING = 3

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]+)[\"”“»]")


@dataclass(frozen=True)
class Word:
    """A word to be found: any of its forms will do, or any term that starts with `beginning`, if one is given."""

    forms: frozenset[str]
    beginning: str = ""

    def is_among(self, terms: Collection[str]) -> bool:
        """Whether one of these terms stands for the word."""
        if not self.forms.isdisjoint(terms):
            return True
        return bool(self.beginning) and any(term.startswith(self.beginning) for term in terms)


@dataclass(frozen=True)
class Question:
    """Words that all must be found, and phrases: words that must also stand in this order, spelt so but for accents.

    `text` is what the reader typed, in one line and cut to 200 characters. A question without words finds nothing.
    """

    text: str
    language: str
    words: tuple[Word, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def read(cls, text: str, language: str) -> Question:
        """Understand what a reader of a language typed. Everything is a word but quotation marks: there are no
        operators, so no question is wrong. Stop words count only if there is nothing else."""
        text = one_line(text[:LONGEST_QUESTION])
        phrases = [tuple(analysis.spelling_of(part)) for part in _QUOTED.findall(text)]
        spoken = analysis.words_of(text)
        telling = [word for word in spoken if not analysis.is_stop_word(word, language)] or spoken
        found = dict.fromkeys(forms for word in telling if (forms := analysis.forms(word, language)))
        words = tuple(Word(forms) for forms in list(found)[:MOST_WORDS])
        return cls(text, language, words, tuple(filter(None, phrases)))

    def __bool__(self) -> bool:
        return bool(self.words)

    def with_beginning(self) -> Question | None:
        """The same question with its last word taken for the beginning of one; None where that makes no sense."""
        beginning = max(self.words[-1].forms, key=len) if self.words else ""
        if len(beginning) < SHORTEST_BEGINNING or self.phrases:
            return None
        return replace(self, words=(*self.words[:-1], replace(self.words[-1], beginning=beginning)))

    def fts5(self) -> str:
        """The question in the language of SQLite's FTS5: ("clinic" OR "clinics") AND ("kis" *)."""
        return self._written('"{}"', '"{}" *', " OR ", " AND ")

    def tsquery(self) -> str:
        """The question in the language of PostgreSQL's tsquery: ('clinic' | 'clinics') & ('kis':*)."""
        return self._written("'{}'", "'{}':*", " | ", " & ")

    def _written(self, term: str, beginning: str, either: str, both: str) -> str:
        # Terms hold letters and digits alone: there is nothing to escape.
        groups = []
        for word in self.words:
            alternatives = [term.format(form) for form in sorted(word.forms)]
            if word.beginning:
                alternatives.append(beginning.format(word.beginning))
            groups.append(f"({either.join(alternatives)})")
        return both.join(groups)
