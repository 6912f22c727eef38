"""How much is read: the counts of days, asked for by article, by day and by story. Each function says what it costs; no
cost depends on the number of articles. A story's reads in a language belong to its article in that language."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import NamedTuple, Self

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from wagtail.models import Locale

from articles.models import ArticlePage, DailyReads
from articles.periods import Period, last_days
from articles.querysets import ArticleQuerySet

# An article, or what is left of one that was deleted: the key of its story and its language.
Key = tuple[uuid.UUID | None, str]
# In days.
WEEK, MONTH, YEAR = 7, 30, 365
# What is said of one story.
WINDOWS = (WEEK, MONTH, YEAR)


class Step(NamedTuple):
    """The reads of some days: what one bar of a chart shows."""

    period: Period
    reads: int


class StoryReads(NamedTuple):
    """The reads of a story in one language over each of WINDOWS, and day by day over a month."""

    windows: list[int]
    steps: list[Step]

    @classmethod
    def of(cls, by_day: dict[date, int], month: Period) -> Self:
        firsts = [last_days(window).first for window in WINDOWS]
        windows = [sum(reads for day, reads in by_day.items() if day >= first) for first in firsts]
        return cls(windows, _steps(month, {day: reads for day, reads in by_day.items() if day >= month.first}))


def reads_in(period: Period, **of: OuterRef) -> Coalesce:
    """An annotation: the reads of a period of the story, or of the story in the language, that `of` names."""
    counts = _in(period).filter(**of).values("translation_key").annotate(sum=Sum("reads"))
    return Coalesce(Subquery(counts.values("sum")), 0)


def with_reads(articles: ArticleQuerySet, period: Period) -> ArticleQuerySet:
    """Articles with `reads`: how often each was read in a period."""
    of_article = {"translation_key": OuterRef("story_key"), "language": OuterRef("language")}
    return articles.annotate(reads=reads_in(period, **of_article))


def by_step(period: Period, articles: ArticleQuerySet | None = None) -> list[Step]:
    """The reads of a period, in steps without a gap: of some articles, or of all there ever were. Two queries."""
    counts = _in(period)
    if articles is not None:
        # A list for each language, which is made once: SQLite would look for the article of each count anew.
        languages = Locale.objects.values_list("language_code", flat=True)
        stories = {code: articles.order_by().in_language(code).values("story_key") for code in languages}
        counts = counts.filter(
            reduce(or_, (Q(language=code, translation_key__in=keys) for code, keys in stories.items()))
        )
    by_day = counts.values("day").annotate(sum=Sum("reads")).values_list("day", "sum")
    return _steps(period, dict(by_day))


def by_article(articles: Iterable[ArticlePage], period: Period) -> dict[Key, list[Step]]:
    """The reads of each of some articles, in steps without a gap. One query."""
    keys = [(article.story_key, article.language) for article in articles]
    by_day: defaultdict[Key, dict[date, int]] = defaultdict(dict)
    rows = _in(period).filter(translation_key__in=[story for story, _language in keys])
    for story, language, day, reads in rows.values_list("translation_key", "language", "day", "reads"):
        by_day[story, language][day] = reads
    return {key: _steps(period, by_day[key]) for key in keys}


def totals(period: Period) -> dict[Key, int]:
    """The reads of a period by story and language; of what was deleted, too. One query."""
    rows = _in(period).values("translation_key", "language").annotate(sum=Sum("reads"))
    return {(story, language): sum_ for story, language, sum_ in rows.values_list("translation_key", "language", "sum")}


def of_story(story: uuid.UUID) -> dict[str, StoryReads]:
    """The reads of a story in the last year, by language. One query."""
    year, month = last_days(YEAR), last_days(MONTH)
    by_day: defaultdict[str, dict[date, int]] = defaultdict(dict)
    for language, day, reads in _in(year).filter(translation_key=story).values_list("language", "day", "reads"):
        by_day[language][day] = reads
    return {language: StoryReads.of(days, month) for language, days in by_day.items()}


def counted_since() -> date | None:
    """The first day that there is a count of. One query."""
    return DailyReads.objects.order_by("day").values_list("day", flat=True).first()


def _in(period: Period) -> QuerySet[DailyReads]:
    return DailyReads.objects.filter(day__range=(period.first, period.last))


def _steps(period: Period, by_day: dict[date, int]) -> list[Step]:
    """The sums of the steps of a period. Goes through the days that were counted, not through all there are."""
    steps = period.steps()
    sums = [0] * len(steps)
    place = 0
    for day in sorted(by_day):
        while steps[place].last < day:
            place += 1
        sums[place] += by_day[day]
    return [Step(step, reads) for step, reads in zip(steps, sums, strict=True)]
