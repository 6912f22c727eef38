"""Reading and rewriting the ranks, in a site of one's own: `python -m tests.bench.most_read STORIES DAYS RUNS` prints
its figures as JSON. `python -m tests.bench` starts it."""

import json
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from time import perf_counter
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F, Max, Sum  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from articles import popularity, rails  # noqa: E402
from articles.models import ArticlePage, DailyReads, MostReadPage, Rank  # noqa: E402
from articles.models.readership import RANK_WINDOWS  # noqa: E402
from tests.bench import corpus  # noqa: E402
from tests.bench.figures import Figure, medians, ms, seconds  # noqa: E402

DATABASE = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
FEW_STORIES, FEW_DAYS = 500, 10
READINGS = 200
LONGEST_READING = 0.001
MOST_OF_A_SCAN = 1.5
LONGEST_LOCK = 0.2


@dataclass(frozen=True)
class Reading:
    """What it costs to read a rail: the queries of all of it, the plan of the one that reads the ranks, the medians of
    that one and of all of it."""

    queries: int
    plan: str
    statement: float
    rail: float


def main(stories: int, days: int, runs: int) -> list[Figure]:
    """Every figure, few counts first."""
    corpus.make(FEW_STORIES, FEW_DAYS)
    few = reading()
    corpus.make(stories, days)
    return [*rail(few, reading()), *(figure for window in RANK_WINDOWS for figure in rewriting(window, runs))]


def reading() -> Reading:
    """Rank what is there, and read a rail of it."""
    popularity.rewrite_ranks(corpus.today())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    page = MostReadPage.objects.live_in("en").get()
    ranked = page.ranked(ArticlePage.objects.in_language("en"))[: rails.MOST_READ_LENGTH].for_listing()
    statement, parameters = ranked.query.sql_with_params()

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            cursor.fetchall()

    with CaptureQueriesContext(connection) as queries:
        rails.most_read("en")
    plan = ranked.explain(**({"costs": False} if connection.vendor == "postgresql" else {}))
    by_statement, by_rail = medians(READINGS, lambda: seconds(read), lambda: seconds(lambda: rails.most_read("en")))
    return Reading(len(queries), plan, by_statement, by_rail)


def rail(few: Reading, many: Reading) -> list[Figure]:
    """A rail with many counts behind it, beside one with few."""
    if few.plan != many.plan:
        print(f"The plan was\n{few.plan}\nand is now\n{many.plan}", file=sys.stderr)
    return [
        Figure(
            "statement that reads the ranks of a rail",
            DATABASE,
            ms(many.statement),
            ms(few.statement),
            ratio_of(many.statement, few.statement),
            "same plan, under 1 ms",
            few.plan == many.plan and many.statement < LONGEST_READING,
        ),
        Figure(
            "the whole rail, with its cards",
            DATABASE,
            f"{ms(many.rail)}, {many.queries} queries",
            f"{ms(few.rail)}, {few.queries} queries",
            ratio_of(many.rail, few.rail),
            "same number of queries",
            few.queries == many.queries,
        ),
    ]


def rewriting(window: int, runs: int) -> list[Figure]:
    """All ranks of a window rewritten, beside one scan of its counts. Every row is written, as once a day; in between
    only those that have changed are."""
    locks: list[float] = []

    def rewrite() -> float:
        change_all(window)
        with lock_times(locks):
            return seconds(lambda: popularity.rewrite_window(window, corpus.today()))

    scanned, rewritten = medians(runs, lambda: seconds(lambda: scan(window)), rewrite)
    longest = max(locks, default=0.0)
    name = f"{window} days" if window else "trending"
    return [
        Figure(
            f"rewriting the ranks of {name}",
            DATABASE,
            ms(rewritten),
            f"{ms(scanned)} (scan)",
            ratio_of(rewritten, scanned),
            f"at most {MOST_OF_A_SCAN} scans",
            rewritten <= MOST_OF_A_SCAN * scanned,
        ),
        Figure(
            f"write lock of that, longest of {runs}",
            DATABASE,
            ms(longest),
            "–",
            "–",
            f"under {ms(LONGEST_LOCK)}",
            len(locks) == runs and longest < LONGEST_LOCK,
        ),
    ]


def scan(window: int) -> None:
    """SUM … GROUP BY over the counts of a window."""
    days = window or settings.TRENDING_HALF_LIFE * popularity.HALF_LIVES
    today = corpus.today()
    reads = DailyReads.objects.filter(day__gt=today - timedelta(days=days), day__lte=today)
    reads.values("translation_key", "language").annotate(sum=Sum("reads")).aggregate(Max("sum"))


def change_all(window: int) -> None:
    """Make every rank another than what will be written, as it is on the first minute of a day."""
    Rank.objects.filter(window=window).update(score=F("score") + 0.5)


@contextmanager
def lock_times(found: list[float]) -> Any:
    """Notes how long the transaction took, from its first statement to its end."""
    begun: list[float] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not begun and sql.startswith(("BEGIN", "DELETE", "INSERT")):
            begun.append(perf_counter())
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    if begun:
        found.append(perf_counter() - begun[0])


def ratio_of(measured: float, reference: float) -> str:
    return f"{measured / reference:.2f}"


if __name__ == "__main__":
    json.dump([asdict(figure) for figure in main(*map(int, sys.argv[1:]))], sys.stdout)
