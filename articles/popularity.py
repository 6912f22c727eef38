"""From counts to ranks."""

import heapq
import uuid
from collections import defaultdict
from datetime import date, timedelta

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import DateField, Q, Sum, Value
from django.db.models.functions import Cast
from django.utils import timezone

from articles.models import ArticlePage, DailyReads, Rank
from articles.models.readership import ALL_CATEGORIES, RANK_WINDOWS

# Nobody scrolls a list of favourites further than this.
LONGEST_RANK = 50
# 25 months (CNIL, guidelines on audience measurement), counted with the shortest of them.
KEPT_FOR = timedelta(days=758)


def count_read(page_id: int, day: date | None = None) -> None:
    """Count one read of the article with this number, today (UTC) unless told otherwise; nothing for a page that is no
    published article. One statement."""
    table = connection.ops.quote_name(DailyReads._meta.db_table)
    today = Cast(Value(day or timezone.now().date()), DateField())
    article = ArticlePage.objects.published().filter(page_ptr__id=page_id).annotate(day=today, one=Value(1))
    try:
        select, values = article.values_list("story_key", "language", "day", "one").query.sql_with_params()
    except EmptyResultSet:  # a number that no page can have
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (translation_key, language, day, reads) {select} "
            f"ON CONFLICT (translation_key, language, day) DO UPDATE SET reads = {table}.reads + 1",
            values,
        )


def forget_old_days(today: date | None = None) -> int:
    """Delete the counts of days longer ago than the French data protection authority allows for measuring an audience
    without consent. Returns how many rows went."""
    deleted, _by_model = DailyReads.objects.filter(day__lt=(today or timezone.now().date()) - KEPT_FOR).delete()
    return deleted


def rewrite_ranks(today: date | None = None) -> None:
    """Rank the published articles of each language by their reads in each window that ends today, in all categories and
    in each. What was read equally often, or not at all, follows in the order of the next wider window and at last
    newest first, so that no list is empty.

    The ranks are made here and not in the database: one pass over the counts serves every window.
    """
    reads = _reads(today or timezone.now().date())
    unread = (0,) * len(RANK_WINDOWS)
    lists: defaultdict[tuple[str, uuid.UUID], list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
    newest = ArticlePage.objects.published().newest()
    for article, language, story, category in newest.values_list("pk", "language", "story_key", "category_key"):
        entry = (article, reads.get((story, language), unread))
        lists[language, ALL_CATEGORIES].append(entry)
        if category:
            lists[language, category].append(entry)
    ranks = [
        Rank(
            window=window,
            language=language,
            category_key=key,
            position=position,
            article_id=article,
            reads=counts[number],
        )
        for (language, key), articles in lists.items()
        for number, window in enumerate(RANK_WINDOWS)
        for position, (article, counts) in enumerate(_first(articles, number), 1)
    ]
    with transaction.atomic():
        Rank.objects.all().delete()
        Rank.objects.bulk_create(ranks)


def _reads(today: date) -> dict[tuple[uuid.UUID, str], tuple[int, ...]]:
    """The reads of each story in each language, a number for each window."""
    since = [today - timedelta(days=window) for window in RANK_WINDOWS]
    rows = (
        DailyReads.objects.filter(day__gt=min(since))
        .values("translation_key", "language")
        .annotate(**{f"reads_{n}": Sum("reads", filter=Q(day__gt=day), default=0) for n, day in enumerate(since)})
        .values_list("translation_key", "language", *(f"reads_{n}" for n in range(len(since))))
    )
    return {(story, language): tuple(counts) for story, language, *counts in rows}


def _first(articles: list[tuple[int, tuple[int, ...]]], number: int) -> list[tuple[int, tuple[int, ...]]]:
    """The most read in one window of articles that come newest first; the wider windows decide between equals."""
    return heapq.nlargest(LONGEST_RANK, articles, key=lambda entry: entry[1][number:])
