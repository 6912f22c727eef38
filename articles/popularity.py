"""From counts to ranks: the most read."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Case, F, FloatField, IntegerField, Q, Sum, When
from django.db.models.functions import Cast
from django.utils import timezone

from articles.models import ArticlePage, DailyReads, Rank
from articles.models.readership import ALL_CATEGORIES, RANK_WINDOWS, TRENDING

# Nobody scrolls a list of favourites further than this.
LONGEST_RANK = 50
# A prime number of parts not much larger, so that no rhythm in the numbers of pages leaves some of them empty.
PARTS = 53
# Reads that weigh less than a thousandth do not change an order.
HALF_LIVES = 10

# The wider a window, the less a minute changes in it, and the longer its scan. In seconds, the widest window first: it
# fills up the others.
REWRITTEN_EVERY = {365: 300, 90: 300, 30: 60, 7: 60, TRENDING: 60}

# What is listed: all reads together or not, a language, a category.
List = tuple[bool, str, uuid.UUID]
# Articles with their scores, in order.
Ranking = list[tuple[int, float]]


def rewrite_ranks(today: date | None = None) -> None:
    """Rank the articles over every window, the widest first: the narrower are filled up from it."""
    for window in reversed(RANK_WINDOWS):
        rewrite_window(window, today)


def rewrite_window(window: int, today: date | None = None) -> None:
    """Rank the published articles of each language by their reads in the window that ends today, in all categories and
    in each, and the same by the reads of their stories in all languages. A list with fewer than 50 goes on with the
    next wider window, the widest with the newest articles, so that no list is empty.

    All the reading is done before the transaction, which writes what has changed, and is left out when nothing has.
    """
    lists = _most_read(window, today or timezone.now().date())
    wider = RANK_WINDOWS[RANK_WINDOWS.index(window) + 1 :]
    _fill(lists, _ranked(wider[0]) if wider else _newest(lists))
    _write(window, lists)


# What names a row of a window's ranks, and what it says.
_PLACE = ("together", "language", "category_key", "position")
_CONTENT = ("article_id", "score")


def _write(window: int, lists: Mapping[List, Ranking]) -> None:
    """Make the ranks of a window what the lists say."""
    ranks = {
        (together, language, category, position): content
        for (together, language, category), ranking in lists.items()
        for position, content in enumerate(ranking, 1)
    }
    written, numbers = {}, {}
    for *place, article, score, number in Rank.objects.filter(window=window).values_list(*_PLACE, *_CONTENT, "pk"):
        written[tuple(place)], numbers[tuple(place)] = (article, score), number
    gone = [numbers[place] for place in numbers.keys() - ranks.keys()]
    changed = [
        Rank(window=window, **dict(zip((*_PLACE, *_CONTENT), (*place, *content), strict=True)))
        for place, content in ranks.items()
        if written.get(place) != content
    ]
    if gone or changed:
        with transaction.atomic():
            Rank.objects.filter(pk__in=gone).delete()
            Rank.objects.bulk_create(
                changed, update_conflicts=True, unique_fields=["window", *_PLACE], update_fields=["article", "score"]
            )


def _most_read(window: int, today: date) -> defaultdict[List, Ranking]:
    """The articles read in a window, the first 50 of each list. One query; the scan of the window's counts is most of
    its work."""
    languages = [code for code, _name in settings.LANGUAGES]
    own = [f"own_{number}" for number in range(len(languages))]
    told, values = _told(window, today, dict(zip(own, languages, strict=True))).query.sql_with_params()
    columns = ("pk", "story_key", "language", "category_key", "date")
    # Not in the order of the page tree, which Wagtail gives to all pages: that would be a join and a sort.
    listed, more_values = ArticlePage.objects.rankable().order_by().values_list(*columns).query.sql_with_params()
    statement = _RANKED.format(
        told=told,
        listed=listed,
        scores=", ".join(own),
        own=" ".join(f"WHEN %s THEN {name}" for name in own),
        shared=" + ".join(own),
    )
    lists: defaultdict[List, Ranking] = defaultdict(list)
    with _room_to_sort(), connection.cursor() as cursor:
        cursor.execute(statement, [*values, *more_values, *languages])
        for together, language, category, article, score, _place in cursor.fetchall():
            key = uuid.UUID(str(category)) if category else ALL_CATEGORIES
            lists[bool(together), language, key].append((article, float(score)))
    return lists


@contextmanager
def _room_to_sort() -> Iterator[None]:
    """PostgreSQL has four megabytes by default; a hundred thousand articles go to the disk with that. (In SQLite a
    transaction would take the lock.)"""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        yield


def _told(window: int, today: date, languages: Mapping[str, str]) -> models.QuerySet[Any, Any]:
    """Each story that was read in a window, with its score in each language, under the name given for it."""
    days = window or settings.TRENDING_HALF_LIFE * HALF_LIVES
    reads = DailyReads.objects.filter(day__gt=today - timedelta(days=days), day__lte=today)
    weighed = F("reads") if window else F("reads") * _weight(today, days)
    kind = IntegerField() if window else FloatField()
    scores = {
        name: Sum(weighed, filter=Q(language=language), default=0, output_field=kind)
        for name, language in languages.items()
    }
    return reads.values("translation_key").annotate(**scores).values_list("translation_key", *scores)


def _weight(today: date, days: int) -> Case:
    """What a read of a day weighs: 1 today, half of it a half-life ago."""
    weights = {today - timedelta(days=age): 0.5 ** (age / settings.TRENDING_HALF_LIFE) for age in range(days)}
    # Cast, or PostgreSQL would reckon in decimals, ten times slower.
    return Case(*(When(day=day, then=Cast(weight, FloatField())) for day, weight in weights.items()))


# Sorting all that was read would take longer than the scan. So each category is dealt into fifty parts; the best of
# every part has at least the score of the least of these fifty, and what has less cannot be among the first fifty. The
# few that are left get four places each: among all and in their category, by their own reads and by those of the story.
_RANKED = f"""
WITH told (story, {{scores}}) AS ({{told}}),
listed (article, story, language, category, date) AS ({{listed}}),
scored AS (
    SELECT listed.*, CASE language {{own}} ELSE 0 END AS own, {{shared}} AS shared
    FROM told JOIN listed ON listed.story = told.story
),
parts AS (
    SELECT language, category, MAX(own) AS own, MAX(shared) AS shared
    FROM scored GROUP BY language, category, article %% {PARTS}
),
least AS (
    SELECT language, category, MIN(own) AS own, MIN(shared) AS shared
    FROM parts GROUP BY language, category HAVING COUNT(*) >= {LONGEST_RANK}
),
placed AS (
    SELECT scored.*,
        ROW_NUMBER() OVER (of_language ORDER BY scored.own DESC, date DESC, story) AS own_place,
        ROW_NUMBER() OVER (of_category ORDER BY scored.own DESC, date DESC, story) AS own_place_in,
        ROW_NUMBER() OVER (of_language ORDER BY scored.shared DESC, date DESC, story) AS shared_place,
        ROW_NUMBER() OVER (of_category ORDER BY scored.shared DESC, date DESC, story) AS shared_place_in
    FROM scored
    LEFT JOIN least ON least.language = scored.language AND least.category = scored.category
    WHERE scored.own >= COALESCE(least.own, 0) OR scored.shared >= COALESCE(least.shared, 0)
    WINDOW
        of_language AS (PARTITION BY scored.language),
        of_category AS (PARTITION BY scored.language, scored.category)
)
SELECT 0 AS together, language, NULL AS category, article, own AS score, own_place AS place
FROM placed WHERE own_place <= {LONGEST_RANK} AND own > 0
UNION ALL SELECT 0, language, category, article, own, own_place_in
FROM placed WHERE own_place_in <= {LONGEST_RANK} AND own > 0 AND category IS NOT NULL
UNION ALL SELECT 1, language, NULL, article, shared, shared_place
FROM placed WHERE shared_place <= {LONGEST_RANK} AND shared > 0
UNION ALL SELECT 1, language, category, article, shared, shared_place_in
FROM placed WHERE shared_place_in <= {LONGEST_RANK} AND shared > 0 AND category IS NOT NULL
ORDER BY place
"""


def _ranked(window: int) -> dict[List, list[int]]:
    """The articles of each list of a window as they were ranked last."""
    ranks = Rank.objects.filter(window=window, article__in=ArticlePage.objects.rankable()).order_by("position")
    lists: defaultdict[List, list[int]] = defaultdict(list)
    for together, language, key, article in ranks.values_list("together", "language", "category_key", "article_id"):
        lists[together, language, key].append(article)
    return lists


def _newest(lists: Mapping[List, Ranking]) -> dict[List, list[int]]:
    """The newest articles of each list that is not full; as many queries as there are such lists."""
    rankable = ArticlePage.objects.rankable()
    categories = set(rankable.order_by().values_list("language", "category_key").distinct())
    found: dict[List, list[int]] = {}
    for language, key in {*categories, *((language, None) for language, _key in categories)}:
        keys = [(together, language, key or ALL_CATEGORIES) for together in (False, True)]
        short = [key for key in keys if len(lists.get(key, ())) < LONGEST_RANK]
        if short:
            articles = rankable.in_language(language).newest()
            articles = articles.in_category(key) if key else articles
            newest = list(articles.values_list("pk", flat=True)[:LONGEST_RANK])
            found |= dict.fromkeys(short, newest)
    return found


def _fill(lists: defaultdict[List, Ranking], more: Mapping[List, Iterable[int]]) -> None:
    """Let each list go on with what `more` has for it."""
    for key, articles in more.items():
        listed = {article for article, _score in lists[key]}
        lists[key] += [(article, 0.0) for article in articles if article not in listed]
        del lists[key][LONGEST_RANK:]
