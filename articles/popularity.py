"""From counts to ranks."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery, Sum, UUIDField, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from articles.models import ArticlePage, DailyReads, Rank
from articles.models.readership import ALL_CATEGORIES, RANK_WINDOW
from articles.querysets import ArticleQuerySet

# Nobody scrolls a list of favourites further than this.
LONGEST_RANK = 50


def count_read(article: ArticlePage, day: date | None = None) -> None:
    """Count one read of an article, today (UTC) unless told otherwise: one statement, nothing read first."""
    table = connection.ops.quote_name(DailyReads._meta.db_table)
    field = DailyReads._meta.get_field("translation_key")
    key = field.get_db_prep_value(article.translation_key, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (translation_key, language, day, reads) VALUES (%s, %s, %s, 1) "
            f"ON CONFLICT (translation_key, language, day) DO UPDATE SET reads = {table}.reads + 1",
            [key, article.language, day or timezone.now().date()],
        )


def rewrite_ranks(today: date | None = None) -> None:
    """Rank the published articles of each language by their reads in the window that ends today, in all categories and
    in each. What was read equally often, or not at all, follows newest first, so that a rail is never empty."""
    since = (today or timezone.now().date()) - timedelta(days=RANK_WINDOW)
    reads = (
        DailyReads.objects.filter(translation_key=OuterRef("story_key"), language=OuterRef("language"), day__gt=since)
        .values("language")
        .annotate(total=Sum("reads"))
        .values("total")
    )
    readable = ArticlePage.objects.published().annotate(reads=Coalesce(Subquery(reads), 0))
    overall = readable.annotate(rank_key=Value(ALL_CATEGORIES, output_field=UUIDField()))
    by_category = readable.filter(category_key__isnull=False).annotate(rank_key=F("category_key"))
    ranks = [*_ranked(overall, ["language"]), *_ranked(by_category, ["language", "category_key"])]
    with transaction.atomic():
        Rank.objects.filter(window=RANK_WINDOW).delete()
        Rank.objects.bulk_create(ranks)


def _ranked(articles: ArticleQuerySet, partition: Sequence[str]) -> list[Rank]:
    position = Window(
        RowNumber(),
        partition_by=list(partition),
        order_by=[F("reads").desc(), F("date").desc(), F("story_key").asc()],
    )
    rows = (
        articles.annotate(position=position)
        .filter(position__lte=LONGEST_RANK)
        .order_by()
        .values_list("pk", "language", "rank_key", "position", "reads")
    )
    return [
        Rank(
            window=RANK_WINDOW,
            language=language,
            category_key=key,
            position=position,
            article_id=article,
            reads=reads,
        )
        for article, language, key, position, reads in rows
    ]
