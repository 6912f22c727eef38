"""Which words of a source stand where which stood before it was changed: what a comma, a split paragraph, a list item
more or a moved block did to the segments. Words and paths only; nothing is stored here."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from newsroom.text import plain

# How much two texts must have in common (0 to 1) to be taken for one text that was changed: in the same field or block,
# in the same table or group of fields, anywhere in the page.
ALIKE_HERE, ALIKE_NEAR, ALIKE_FAR = 0.4, 0.5, 0.75
# How much of a part must stand in the whole that was split or put together.
PART_OF = 0.8


@dataclass(frozen=True)
class Words:
    """The words of one segment: where it stands, its HTML fragment, and what was taken out of its tags."""

    path: str
    text: str
    context_id: int = 0
    string_id: int = 0
    attrs: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)

    @property
    def place(self) -> str:
        """The field or block. (A table's cells are named by their words, which is of no use once they change.)"""
        return ".".join(self.path.split(".")[:2])


@dataclass(frozen=True)
class Match:
    """`new` stands where `old` stood: one text, or several that were put together. If one was split, `parts` are all
    that became of it."""

    new: Words
    old: tuple[Words, ...]
    parts: tuple[Words, ...] = ()

    @property
    def is_moved(self) -> bool:
        """Whether the same words stand in another place now."""
        return len(self.old) == 1 and self.old[0].text == self.new.text


def matches(before: Iterable[Words], after: Iterable[Words]) -> list[Match]:
    """What became of the words `before`, both in the order of the page. Words that stayed are not mentioned, nor are
    those that are quite new."""
    before, after = list(before), list(after)
    stayed = {(words.path, words.text) for words in before} & {(words.path, words.text) for words in after}
    search = _Search(
        gone=[words for words in before if (words.path, words.text) not in stayed],
        come=[words for words in after if (words.path, words.text) not in stayed],
    )
    search.moved()
    for path in dict.fromkeys(words.path for words in search.come):
        old = [words for words in before if words.path == path]
        new = [words for words in after if words.path == path]
        for olds, news in _replaced(old, new):
            search.inside(olds, news)
    for key, alike in ((lambda words: words.path, ALIKE_HERE), (lambda words: words.place, ALIKE_NEAR)):
        for olds, news in search.grouped(key):
            search.pairs(olds, news, alike)
    search.pairs(search.gone, search.come, ALIKE_FAR)
    return search.found


class _Search:
    """What has gone and what has come, less what was found to be the same."""

    def __init__(self, gone: list[Words], come: list[Words]) -> None:
        self.gone, self.come = gone, come
        self.found: list[Match] = []

    def moved(self) -> None:
        """The same words in another place."""
        for new in list(self.come):
            old = next((words for words in self.gone if words.text == new.text), None)
            if old:
                self._note([old], [new])

    def inside(self, olds: list[Words], news: list[Words]) -> None:
        """What stands between the same neighbours in one field or block."""
        olds = [words for words in olds if words in self.gone]
        news = [words for words in news if words in self.come]
        for new in list(news):
            run = next((run for run in _runs(olds) if _is_whole(new, run)), None)
            if run:
                self._note(run, [new])
                olds = [words for words in olds if words not in run]
                news.remove(new)
        for old in list(olds):
            run = next((run for run in _runs(news) if _is_whole(old, run)), None)
            if run:
                self._note([old], run)
                news = [words for words in news if words not in run]
                olds.remove(old)
        self.pairs(olds, news, ALIKE_HERE)
        olds = [words for words in olds if words in self.gone]
        news = [words for words in news if words in self.come]
        if len(olds) == len(news):
            for old, new in zip(olds, news, strict=True):
                self._note([old], [new])

    def pairs(self, olds: list[Words], news: list[Words], alike: float) -> None:
        """One to one, the most alike first."""
        likeness = [(_likeness(old, new), i, j) for i, old in enumerate(olds) for j, new in enumerate(news)]
        for ratio, i, j in sorted(likeness, key=lambda row: -row[0]):
            if ratio >= alike and olds[i] in self.gone and news[j] in self.come:
                self._note([olds[i]], [news[j]], keep=(olds, news))

    def grouped(self, key: Any) -> Iterator[tuple[list[Words], list[Words]]]:
        """What is left, by where it stands."""
        groups: dict[str, tuple[list[Words], list[Words]]] = defaultdict(lambda: ([], []))
        for which, words in ((0, self.gone), (1, self.come)):
            for one in words:
                groups[key(one)][which].append(one)
        return iter(list(groups.values()))

    def _note(self, olds: list[Words], news: list[Words], keep: Any = None) -> None:
        parts = tuple(news) if len(news) > 1 else ()
        self.found += [Match(new, tuple(olds), parts) for new in news]
        self.gone = [words for words in self.gone if words not in olds]
        self.come = [words for words in self.come if words not in news]


def _replaced(old: list[Words], new: list[Words]) -> Iterator[tuple[list[Words], list[Words]]]:
    """The runs of one field or block that stand between words that stayed."""
    texts = SequenceMatcher(None, [words.text for words in old], [words.text for words in new], autojunk=False)
    for kind, i1, i2, j1, j2 in texts.get_opcodes():
        if kind == "replace":
            yield old[i1:i2], new[j1:j2]


def _runs(words: list[Words]) -> Iterator[list[Words]]:
    """Neighbours, two or more, the longest runs first."""
    for length in range(len(words), 1, -1):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]


def _is_whole(whole: Words, parts: list[Words]) -> bool:
    """Whether `whole` says what `parts` say together."""
    of_whole = Counter(_tokens(whole))
    together = Counter(token for part in parts for token in _tokens(part))
    return _contained(of_whole, together) >= PART_OF and all(
        _contained(Counter(_tokens(part)), of_whole) >= PART_OF for part in parts
    )


def _contained(part: Counter[str], whole: Counter[str]) -> float:
    return (part & whole).total() / max(part.total(), 1)


def _likeness(old: Words, new: Words) -> float:
    return SequenceMatcher(None, _tokens(old), _tokens(new), autojunk=False).ratio()


def _tokens(words: Words) -> list[str]:
    return re.findall(r"\w+", plain(words.text).lower())
