"""From reads to counts, and from counts to ranks."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import Case, DateField, F, FloatField, Sum, UUIDField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from articles.models import ArticlePage, CampaignReads, DailyReads, Rank
from articles.models.readership import ALL_CATEGORIES, RANK_WINDOWS, TRENDING

# Nobody scrolls a list of favourites further than this.
LONGEST_RANK = 50
# 25 months (CNIL, guidelines on audience measurement), counted with the shortest of them.
KEPT_FOR = timedelta(days=758)
# Reads that weigh less than a thousandth do not change an order.
HALF_LIVES = 10

# The wider a window, the less a minute changes in it, and the longer its scan. In seconds, the widest window first: it
# fills up the others.
REWRITTEN_EVERY = {365: 300, 90: 300, 30: 60, 7: 60, TRENDING: 60}

# What is listed: all reads together or not, a language, a category.
List = tuple[bool, str, uuid.UUID]
# Articles with their scores, in order.
Ranking = list[tuple[int, float]]


def count_read(page_id: int, day: date | None = None, campaign: str = "") -> None:
    """Count one read of the article with this number, today (UTC) unless told otherwise; nothing for a page that is no
    published article. One statement, and one more for a reader whom a campaign has brought."""
    today = Cast(Value(day or timezone.now().date()), DateField())
    article = ArticlePage.objects.published().filter(page_ptr__id=page_id)
    read = article.annotate(campaign=Value(campaign), day=today, reads=Value(1))
    for model in (DailyReads, CampaignReads) if campaign else (DailyReads,):
        _add(model, read.values_list(*(_OF_ARTICLES.get(name, name) for name in _columns(model))))


def move_reads(old_key: uuid.UUID, key: uuid.UUID, language: str) -> None:
    """Let the reads that a story had in one language under its old key count under another one, beside those that stand
    there."""
    with transaction.atomic():
        for model in (DailyReads, CampaignReads):
            old = model.objects.filter(translation_key=old_key, language=language)
            moved = Value(key, output_field=UUIDField())
            _add(model, old.values_list(*(moved if name == "translation_key" else name for name in _columns(model))))
            old.delete()


_OF_ARTICLES = {"translation_key": "story_key"}


def _columns(model: type[models.Model]) -> list[str]:
    """What names a row of counts, and the number at last."""
    return [field.name for field in model._meta.concrete_fields if field.name != "pk"]


def _add(model: type[models.Model], rows: models.QuerySet) -> None:
    """Add what a query finds to the counts, in one statement: rows that are not there are made."""
    try:
        select, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # a number that no page can have
        return
    table = connection.ops.quote_name(model._meta.db_table)
    *names, number = _columns(model)
    key = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({key}, {number}) {select} "
            f"ON CONFLICT ({key}) DO UPDATE SET {number} = {table}.{number} + excluded.{number}",
            parameters,
        )


def forget_old_days(today: date | None = None) -> int:
    """Delete the counts of days longer ago than the French data protection authority allows for measuring an audience
    without consent. Returns how many rows went."""
    first = (today or timezone.now().date()) - KEPT_FOR
    return sum(model.objects.filter(day__lt=first).delete()[0] for model in (DailyReads, CampaignReads))


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
    ranks = [
        Rank(
            window=window,
            together=together,
            language=language,
            category_key=category,
            position=position,
            article_id=article,
            score=score,
        )
        for (together, language, category), ranking in lists.items()
        for position, (article, score) in enumerate(ranking, 1)
    ]
    written = {_content(rank): rank.pk for rank in Rank.objects.filter(window=window)}
    new = [rank for rank in ranks if written.pop(_content(rank), None) is None]
    if new or written:
        with transaction.atomic():
            Rank.objects.filter(pk__in=written.values()).delete()
            Rank.objects.bulk_create(new)


def _content(rank: Rank) -> tuple[Any, ...]:
    return rank.together, rank.language, rank.category_key, rank.position, rank.article_id, rank.score


def _most_read(window: int, today: date) -> defaultdict[List, Ranking]:
    """The articles read in a window, the first 50 of each list. One query; the scan of the window's counts is most of
    its work."""
    counted, values = _counted(window, today).query.sql_with_params()
    columns = ("pk", "story_key", "language", "category_key", "date")
    listed, more_values = ArticlePage.objects.rankable().values_list(*columns).query.sql_with_params()
    lists: defaultdict[List, Ranking] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_RANKED.format(counted=counted, listed=listed), [*values, *more_values])
        for together, language, category, article, score, _place in cursor.fetchall():
            key = uuid.UUID(str(category)) if category else ALL_CATEGORIES
            lists[bool(together), language, key].append((article, float(score)))
    return lists


def _counted(window: int, today: date) -> models.QuerySet[Any, Any]:
    """Story, language and score of what was read in a window."""
    days = window or settings.TRENDING_HALF_LIFE * HALF_LIVES
    reads = DailyReads.objects.filter(day__gt=today - timedelta(days=days), day__lte=today)
    score = Sum("reads") if window else Sum(F("reads") * _weight(today, days), output_field=FloatField())
    counted = reads.values("translation_key", "language").annotate(score=score)
    return counted.values_list("translation_key", "language", "score")


def _weight(today: date, days: int) -> Case:
    """What a read of a day weighs: 1 today, half of it a half-life ago."""
    weights = {today - timedelta(days=age): 0.5 ** (age / settings.TRENDING_HALF_LIFE) for age in range(days)}
    # Cast, or PostgreSQL would reckon in decimals, ten times slower.
    return Case(*(When(day=day, then=Cast(weight, FloatField())) for day, weight in weights.items()))


# Four places of each article: among all and in its category, by its own reads and by those of its story.
_RANKED = f"""
WITH counted (story, language, score) AS ({{counted}}),
told (story, score) AS (SELECT story, SUM(score) FROM counted GROUP BY story),
listed (article, story, language, category, date) AS ({{listed}}),
scored AS (
    SELECT listed.*, COALESCE(counted.score, 0) AS own, told.score AS shared
    FROM told
    JOIN listed ON listed.story = told.story
    LEFT JOIN counted ON counted.story = listed.story AND counted.language = listed.language
),
placed AS (
    SELECT scored.*,
        ROW_NUMBER() OVER (PARTITION BY language ORDER BY own DESC, date DESC, story) AS own_place,
        ROW_NUMBER() OVER (PARTITION BY language, category ORDER BY own DESC, date DESC, story) AS own_place_in,
        ROW_NUMBER() OVER (PARTITION BY language ORDER BY shared DESC, date DESC, story) AS shared_place,
        ROW_NUMBER() OVER (PARTITION BY language, category ORDER BY shared DESC, date DESC, story) AS shared_place_in
    FROM scored
)
SELECT 0 AS together, language, NULL AS category, article, own AS score, own_place AS place
FROM placed WHERE own_place <= {LONGEST_RANK} AND own > 0
UNION ALL SELECT 0, language, category, article, own, own_place_in
FROM placed WHERE own_place_in <= {LONGEST_RANK} AND own > 0 AND category IS NOT NULL
UNION ALL SELECT 1, language, NULL, article, shared, shared_place
FROM placed WHERE shared_place <= {LONGEST_RANK}
UNION ALL SELECT 1, language, category, article, shared, shared_place_in
FROM placed WHERE shared_place_in <= {LONGEST_RANK} AND category IS NOT NULL
ORDER BY place
"""


def _ranked(window: int) -> dict[List, list[int]]:
    """The articles of each list of a window as they were ranked last."""
    ranks = Rank.objects.filter(window=window, article__in=ArticlePage.objects.rankable()).order_by("position")
    lists: defaultdict[List, list[int]] = defaultdict(list)
    for rank in ranks:
        lists[rank.together, rank.language, rank.category_key].append(rank.article_id)
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
