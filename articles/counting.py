"""From reads to counts: by story, language and day."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db import connection, models, transaction
from django.db.models import UUIDField, Value
from django.utils import timezone

from articles.models import ArticlePage, CampaignReads, DailyReads
from articles.together import Together

# 25 months (CNIL, guidelines on audience measurement), counted with the shortest of them.
KEPT_FOR = timedelta(days=758)


@dataclass(frozen=True)
class Read:
    """One read of the page with this number."""

    page_id: int
    day: date
    campaign: str


def count_read(page_id: int, day: date | None = None, campaign: str = "") -> None:
    """Count one read of the article with this number, today (UTC) unless told otherwise; nothing for a page that is no
    published article. Returns when it is counted: in one statement, and one more for a reader whom a campaign has
    brought. Reads that come at the same time share these."""
    if page_id <= models.BigIntegerField.MAX_BIGINT:  # beyond, no page can be
        _counting.do(Read(page_id, day or timezone.now().date(), campaign))


def _count(reads: list[Read]) -> None:
    """Count reads in one statement for all and one for those by campaigns."""
    _add_reads(DailyReads, Counter((read.page_id, read.day, "") for read in reads))
    by_campaign = Counter((read.page_id, read.day, read.campaign) for read in reads if read.campaign)
    if by_campaign:
        _add_reads(CampaignReads, by_campaign)


_counting = Together(_count)


def _add_reads(model: type[models.Model], reads: Counter[tuple[int, date, str]]) -> None:
    rows = ", ".join(["(%s, CAST(%s AS TEXT), %s, %s)"] * len(reads))
    values = [
        value for (page_id, day, campaign), number in reads.items() for value in (page_id, str(day), campaign, number)
    ]
    _execute(_counting_statement(model).replace("ROWS", rows), values)


@cache
def _counting_statement(model: type[models.Model]) -> str:
    """The statement that counts reads, but for their ROWS: made once, for making it takes longer than the database
    takes for it."""
    article = ArticlePage.objects.published().order_by().values_list("pk", "story_key", "language")
    day = "CAST(day AS date)" if connection.vendor == "postgresql" else "day"
    columns = {"translation_key": "story", "day": day}
    selected = ", ".join(columns.get(name, name) for name in _columns(model))
    # In the order of the key, so that two processes that count the same articles wait for each other only one way.
    return (
        f"WITH article (page, story, language) AS ({article.query}), "
        "read (page, day, campaign, reads) AS (VALUES ROWS) "
        f"{_insert(model)} SELECT {selected} FROM read JOIN article ON article.page = read.page "
        f"WHERE true ORDER BY story, language, day {_adding(model)}"
    )


def move_reads(old_key: uuid.UUID, key: uuid.UUID, language: str) -> None:
    """Let the reads that a story had in one language under its old key count under another one, beside those that stand
    there."""
    with transaction.atomic():
        for model in (DailyReads, CampaignReads):
            old = model.objects.filter(translation_key=old_key, language=language)
            moved = Value(key, output_field=UUIDField())
            _add(model, old.values_list(*(moved if name == "translation_key" else name for name in _columns(model))))
            old.delete()


def _columns(model: type[models.Model]) -> list[str]:
    """What names a row of counts, and the number at last."""
    return [field.name for field in model._meta.concrete_fields if field.name != "pk"]


def _add(model: type[models.Model], rows: models.QuerySet) -> None:
    """Add what a query finds to the counts, in one statement: rows that are not there are made."""
    select, parameters = rows.query.sql_with_params()
    _execute(f"{_insert(model)} {select} {_adding(model)}", parameters)


def _insert(model: type[models.Model]) -> str:
    return f"INSERT INTO {model._meta.db_table} ({', '.join(_columns(model))})"


def _adding(model: type[models.Model]) -> str:
    *key, number = _columns(model)
    table = model._meta.db_table
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {number} = {table}.{number} + excluded.{number}"


def _execute(statement: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def forget_old_days(today: date | None = None) -> int:
    """Delete the counts of days longer ago than the French data protection authority allows for measuring an audience
    without consent. Returns how many rows went."""
    first = (today or timezone.now().date()) - KEPT_FOR
    return sum(model.objects.filter(day__lt=first).delete()[0] for model in (DailyReads, CampaignReads))
