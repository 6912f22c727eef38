"""What a result shows: the title, and the place in the text that answers the question, both with the words marked."""

import re
from collections.abc import Iterator

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from articles.search import analysis
from articles.search.questions import Question
from newsroom.text import ELLIPSIS, left_off

EXTRACT_LENGTH = 260
# How far before the first word that was found an extract starts, if no sentence starts nearer.
LEAD_IN = 80

_SENTENCE_END = re.compile(r"[.!?…][»”\"’)]*\s+(?=\S)")


class Marker(dict[str, frozenset[int]]):
    """Marks the words of one question. As a mapping: which of the question's words a written word stands for, by their
    position; worked out once for each written word, for texts repeat them."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def __missing__(self, written: str) -> frozenset[int]:
        forms = analysis.forms(written, self.question.language)
        met = frozenset(n for n, word in enumerate(self.question.words) if word.is_among(forms))
        self[written] = met
        return met

    def highlight(self, text: str) -> SafeString:
        """`text` as HTML, each word that the question asks for inside <mark>, whatever its form or accents."""
        parts, end = [], 0
        for found in self._found(text):
            parts += [escape(text[end : found.start()]), format_html("<mark>{}</mark>", found.group())]
            end = found.end()
        return mark_safe("".join([*parts, escape(text[end:])]))  # every part is escaped above

    def extract(self, text: str) -> SafeString:
        """The line that holds most of the question's words, and another one for words that it lacks, each cut to the
        first word found, with the words marked. A text that holds none gives its beginning."""
        lines = [(line, self._words_of(line)) for line in text.split("\n")]
        first, met = max(lines, key=lambda line: len(line[1]))
        second, added = max(lines, key=lambda line: len(line[1] - met))
        chosen = [first, second] if added - met else [first]
        return self.highlight(" ".join(self._cut(line, EXTRACT_LENGTH // len(chosen)) for line in chosen))

    def _found(self, text: str) -> Iterator[re.Match[str]]:
        return (match for match in analysis.WORD.finditer(text) if self[match.group()])

    def _words_of(self, line: str) -> frozenset[int]:
        return frozenset().union(*(self[word] for word in analysis.words_of(line)))

    def _cut(self, line: str, length: int) -> str:
        if len(line) <= length:
            return line
        return _cut_at(line, next((match.start() for match in self._found(line)), 0), length)


def _cut_at(paragraph: str, first: int, length: int) -> str:
    """About `length` characters of a paragraph, so that the word at `first` is among them."""
    start = _start_before(paragraph, first)
    end = start + length
    cut = paragraph[start:end]
    if end < len(paragraph):
        cut = left_off(cut.rpartition(" ")[0] or cut)
    return cut if start == 0 or _starts_sentence(paragraph, start) else ELLIPSIS + cut


def _start_before(paragraph: str, first: int) -> int:
    """Where to begin so that the word at `first` is seen: its sentence, or some words before it."""
    earliest = max(first - LEAD_IN, 0)
    if earliest == 0:
        return 0
    sentences = [match.end() for match in _SENTENCE_END.finditer(paragraph, 0, first + 1)]
    if sentences and sentences[-1] >= earliest:
        return sentences[-1]
    space = paragraph.find(" ", earliest, first)
    return space + 1 if space >= 0 else first


def _starts_sentence(paragraph: str, start: int) -> bool:
    return any(match.end() == start for match in _SENTENCE_END.finditer(paragraph, 0, start + 1))
