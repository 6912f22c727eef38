"""For a question without an answer: the words it may have meant, and the languages that answer it."""

import difflib
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import override

from articles.models import SearchEntry
from articles.search import analysis, results
from articles.search.questions import Question
from newsroom.text import one_line

# Titles hold the words that matter; those of the newest are looked through, so that it takes the same time for ever.
TITLES = 2000
REMEMBERED_SECONDS = 300
# Of 0 to 1 (difflib): one wrong letter in a short word, two in a long one.
LIKENESS = 0.75
MOST_CORRECTIONS = 3


@dataclass(frozen=True)
class OtherLanguage:
    """A language in which the same question finds something."""

    code: str
    url: str
    count: int


def better_spelling(question: Question) -> str | None:
    """The question with each word that no title knows replaced by the title word most like it, the first few that is,
    for looking takes long; None if that finds nothing either."""
    vocabulary = _vocabulary(question.language)
    looked_up = 0

    def corrected(match: re.Match[str]) -> str:
        nonlocal looked_up
        word = match.group()
        if analysis.is_stop_word(word, question.language) or analysis.fold(word) in vocabulary:
            return word
        looked_up += 1
        if looked_up > MOST_CORRECTIONS:
            return word
        like = difflib.get_close_matches(analysis.fold(word), vocabulary, n=1, cutoff=LIKENESS)
        return vocabulary[like[0]] if like else word

    better = analysis.WORD.sub(corrected, question.text)
    if better == question.text:
        return None
    return better if results.count(Question.read(better, question.language)) else None


def other_languages(question: Question) -> list[OtherLanguage]:
    """The other languages of the site that have an answer, in the order of settings.LANGUAGES; one query for each."""
    others = []
    for code, _ in settings.LANGUAGES:
        if code != question.language and (count := results.count(Question.read(question.text, code))):
            with override(code):
                url = f"{reverse('search')}?{urlencode({'q': question.text})}"
            others.append(OtherLanguage(code, url, count))
    return others


def _vocabulary(language: str) -> dict[str, str]:
    """The words of the newest titles as they are written, by their spelling without accents. Remembered for minutes."""
    key = f"search:vocabulary:{language}"
    vocabulary = cache.get(key)
    if vocabulary is None:
        titles = SearchEntry.objects.filter(language=language).newest().values_list("page__title", flat=True)[:TITLES]
        words = (word for title in titles for word in analysis.words_of(one_line(title)))
        vocabulary = {analysis.fold(word): word.lower() for word in words if len(word) > 3}
        cache.set(key, vocabulary, REMEMBERED_SECONDS)
    return vocabulary
