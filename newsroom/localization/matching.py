"""Which words of a source stand where which stood before it was changed: what a comma, a split paragraph, a list item
more or a moved block did to the segments. Words and paths only; nothing is stored here."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from newsroom.text import plain

# How much two texts must have in common (0 to 1) to be taken for one text that was changed: in the same field or block,
# in the same table or group of fields, anywhere in the page.
ALIKE_HERE, ALIKE_NEAR, ALIKE_FAR = 0.4, 0.5, 0.75
# How much of a part must stand in the whole that was split or put together.
PART_OF = 0.8
# How many pairs of texts are compared at most. Of more, only those that stand at about the same height.
MOST = 5000
# How many neighbours are looked at together: a paragraph that was split, or put together of others.
LONGEST_RUN = 8


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

    @cached_property
    def tokens(self) -> list[str]:
        """The words one by one, without tags, marks and capitals."""
        return re.findall(r"\w+", plain(self.text).lower())

    @cached_property
    def counted(self) -> Counter[str]:
        """How often each word stands in it."""
        return Counter(self.tokens)


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
        self.gone, self.come = dict.fromkeys(gone), dict.fromkeys(come)  # sets that keep their order
        self.found: list[Match] = []
        self._alike: dict[tuple[str, str], float] = {}

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
        if len(olds) * len(news) <= MOST:
            olds, news = self._put_together(olds, news)
            olds, news = self._split(olds, news)
        self.pairs(olds, news, ALIKE_HERE)
        olds = [words for words in olds if words in self.gone]
        news = [words for words in news if words in self.come]
        if len(olds) == len(news):
            for old, new in zip(olds, news, strict=True):
                self._note([old], [new])

    def _put_together(self, olds: list[Words], news: list[Words]) -> tuple[list[Words], list[Words]]:
        """Several texts that became one. Returns what is left."""
        for new in list(news):
            run = _run_of(new, olds)
            if run:
                self._note(run, [new])
                olds = [words for words in olds if words not in run]
                news.remove(new)
        return olds, news

    def _split(self, olds: list[Words], news: list[Words]) -> tuple[list[Words], list[Words]]:
        """One text that became several. Returns what is left."""
        for old in list(olds):
            run = _run_of(old, news)
            if run:
                self._note([old], run)
                news = [words for words in news if words not in run]
                olds.remove(old)
        return olds, news

    def pairs(self, olds: Iterable[Words], news: Iterable[Words], alike: float) -> None:
        """One to one, the most alike first."""
        likeness = [(self._likeness(old, new, alike), old, new) for old, new in _abreast(list(olds), list(news))]
        for ratio, old, new in sorted(likeness, key=lambda row: -row[0]):
            if ratio >= alike and old in self.gone and new in self.come:
                self._note([old], [new])

    def _likeness(self, old: Words, new: Words, alike: float) -> float:
        """What two texts have in common; 0 if that cannot be as much as `alike`. Each two are compared once."""
        if not _may_be_alike(old, new, alike):
            return 0
        key = (old.text, new.text)
        if key not in self._alike:
            self._alike[key] = _likeness(old, new)
        return self._alike[key]

    def grouped(self, key: Any) -> Iterator[tuple[list[Words], list[Words]]]:
        """What is left, by where it stands."""
        groups: dict[str, tuple[list[Words], list[Words]]] = defaultdict(lambda: ([], []))
        for which, words in ((0, self.gone), (1, self.come)):
            for one in words:
                groups[key(one)][which].append(one)
        return iter(list(groups.values()))

    def _note(self, olds: list[Words], news: list[Words]) -> None:
        parts = tuple(news) if len(news) > 1 else ()
        self.found += [Match(new, tuple(olds), parts) for new in news]
        for words in olds:
            self.gone.pop(words, None)
        for words in news:
            self.come.pop(words, None)


def _replaced(old: list[Words], new: list[Words]) -> Iterator[tuple[list[Words], list[Words]]]:
    """The runs of one field or block that stand between words that stayed."""
    texts = SequenceMatcher(None, [words.text for words in old], [words.text for words in new], autojunk=False)
    for kind, i1, i2, j1, j2 in texts.get_opcodes():
        if kind == "replace":
            yield old[i1:i2], new[j1:j2]


def _abreast(olds: list[Words], news: list[Words]) -> Iterator[tuple[Words, Words]]:
    """Each two that are worth comparing: all, or those at about the same height of long lists."""
    around = max(MOST // max(len(olds), 1) // 2, 1)
    step = len(news) / max(len(olds), 1)
    for i, old in enumerate(olds):
        middle = round(i * step)
        near = news if len(olds) * len(news) <= MOST else news[max(middle - around, 0) : middle + around]
        for new in near:
            yield old, new


def _run_of(whole: Words, words: list[Words]) -> list[Words] | None:
    """The longest run of neighbours, two or more, that say together what `whole` says."""
    parts = [_contained(one.counted, whole.counted) >= PART_OF for one in words]
    for length in range(min(len(words), LONGEST_RUN), 1, -1):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            if all(parts[start : start + length]) and _is_said_by(whole, run):
                return run
    return None


def _is_said_by(whole: Words, parts: list[Words]) -> bool:
    """Whether some texts say together what `whole` says, and each another part of it."""
    if sum(len(part.tokens) for part in parts) * PART_OF > len(whole.tokens):  # the rest is slow
        return False
    together = sum((part.counted for part in parts), Counter[str]())
    return _contained(whole.counted, together) >= PART_OF and _contained(together, whole.counted) >= PART_OF


def _contained(part: Counter[str], whole: Counter[str]) -> float:
    return (part & whole).total() / max(part.total(), 1)


def _likeness(old: Words, new: Words) -> float:
    return SequenceMatcher(None, old.tokens, new.tokens, autojunk=False).ratio()


def _may_be_alike(old: Words, new: Words, alike: float) -> bool:
    """Whether their likeness can be as much: told from their lengths and, in whichever order, their words, because
    `_likeness` is slow."""
    lengths = len(old.tokens), len(new.tokens)
    enough = alike * sum(lengths) / 2
    return min(lengths) >= enough and (old.counted & new.counted).total() >= enough
