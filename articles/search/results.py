"""From a question to a page of results, in the same order on every database: ranked here, not there."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page as PaginatorPage
from django.db.models import Count
from django.utils import timezone
from django.utils.safestring import SafeString
from wagtail.models import Page

from articles.cards import numbered
from articles.models import CategoryPage, SearchEntry
from articles.search.extracts import Marker
from articles.search.questions import Question
from newsroom.text import one_line

RESULTS_A_PAGE = 12
# So many matches, the newest, are ranked; older ones are reached by naming more words, a category or a year.
RANKED = 500
TITLE_WEIGHT, LEAD_WEIGHT, TEXT_WEIGHT = 8, 3, 1
# An article weighs half as much in the long run; half of that loss comes in its first year. Pages without a date
# do not age.
LASTING_SHARE, HALF_LIFE_DAYS = 0.5, 365


@dataclass(frozen=True)
class Result:
    """One page that was found, as a reader sees it."""

    page: Page
    title: SafeString
    extract: SafeString
    date: datetime | None
    category: CategoryPage | None


@dataclass(frozen=True)
class Choice:
    """A category or a year to narrow the results to, with how many it would leave."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """What was found: the question that found it, how many in all, one numbered page (of ids) and what it shows, and
    what to narrow to."""

    question: Question
    total: int
    page: PaginatorPage
    shown: Sequence[Result]
    categories: Sequence[Choice]
    years: Sequence[Choice]

    @property
    def is_cut(self) -> bool:
        """Whether there are more matches than can be paged through."""
        return self.total > self.page.paginator.count


def find(
    question: Question,
    categories: Sequence[CategoryPage],
    category: CategoryPage | None = None,
    year: int | None = None,
    number: str | None = None,
) -> Results:
    """What answers a question, in one category or year if these are given; `number` is the page as the reader typed it.
    `categories` are those of the question's language. Three queries, however much there is; two more for a
    phrase, one more for a beginning.

    If nothing holds the last word, it counts as the beginning of a word.
    """
    counts = _counts(question)
    if not counts and (beginning := question.with_beginning()):
        counts, question = _counts(beginning), beginning
    key = category.translation_key if category else None
    ranked = _ranked(question, key, year) if counts else []
    page = numbered(ranked, RESULTS_A_PAGE, number)
    return Results(
        question=question,
        total=sum(n for its_key, its_year, n in counts if key in (None, its_key) and year in (None, its_year)),
        page=page,
        shown=_shown(list(page.object_list), question, categories),
        categories=_category_choices(counts, categories, year),
        years=_year_choices(counts, key),
    )


def count(question: Question) -> int:
    """How many pages answer a question."""
    return SearchEntry.objects.matching(question).count() if question else 0


# How many matches there are of each category and year, either of which may be None.
Counts = list[tuple[uuid.UUID | None, int | None, int]]


def _counts(question: Question) -> Counts:
    if not question:
        return []
    matching = SearchEntry.objects.matching(question)
    return list(matching.values_list("category_key", "year").annotate(Count("pk")).order_by())


def _category_choices(counts: Counts, categories: Sequence[CategoryPage], year: int | None) -> list[Choice]:
    totals: Counter[uuid.UUID | None] = Counter()
    for key, its_year, n in counts:
        if year in (None, its_year):
            totals[key] += n
    return [
        Choice(category.slug, one_line(category.title), totals[category.translation_key])
        for category in categories
        if totals[category.translation_key]
    ]


def _year_choices(counts: Counts, category_key: uuid.UUID | None) -> list[Choice]:
    totals: Counter[int] = Counter()
    for key, its_year, n in counts:
        if its_year and category_key in (None, key):
            totals[its_year] += n
    return [Choice(str(its_year), str(its_year), n) for its_year, n in sorted(totals.items(), reverse=True)]


def _ranked(question: Question, category_key: uuid.UUID | None, year: int | None) -> list[int]:
    """The ids of the newest matches, the best first."""
    entries = SearchEntry.objects.matching(question)
    if category_key:
        entries = entries.filter(category_key=category_key)
    if year:
        entries = entries.filter(year=year)
    newest = SearchEntry.objects.filter(pk__in=entries.newest().values("pk")[:RANKED]).newest()
    rows = newest.values_list("pk", "date", "title_terms", "lead_terms")
    now = timezone.now()
    # Sorting is stable: equally good ones stay newest first.
    ranked = sorted(rows, key=lambda row: _weight(question, row[2], row[3]) * _freshness(row[1], now), reverse=True)
    return [row[0] for row in ranked]


def _weight(question: Question, title_terms: str, lead_terms: str) -> int:
    """How well a match answers: each word counts by the best place where it stands."""
    title, lead = set(title_terms.split()), set(lead_terms.split())
    return sum(
        TITLE_WEIGHT if word.is_among(title) else LEAD_WEIGHT if word.is_among(lead) else TEXT_WEIGHT
        for word in question.words
    )


def _freshness(date: datetime | None, now: datetime) -> float:
    if date is None:
        return 1.0
    age = max((now - date).days, 0)
    return LASTING_SHARE + (1 - LASTING_SHARE) * 0.5 ** (age / HALF_LIFE_DAYS)


def _shown(keys: Sequence[int], question: Question, categories: Sequence[CategoryPage]) -> list[Result]:
    """The pages with these ids, in this order, with what a reader sees of them."""
    marker = Marker(question)
    by_category = {category.translation_key: category for category in categories}
    entries = SearchEntry.objects.filter(pk__in=keys, page__live=True).select_related("page__locale")
    by_key = entries.only("date", "category_key", "text", "page").in_bulk()
    return [
        Result(
            page=entry.page,
            title=marker.highlight(one_line(entry.page.title)),
            extract=marker.extract(entry.text),
            date=entry.date,
            category=by_category.get(entry.category_key),
        )
        for entry in (by_key[key] for key in keys if key in by_key)
    ]
