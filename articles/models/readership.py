"""What is read: counts by day, and the ranks made from them. Nothing here knows a person."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

# The category key of the ranks over all categories: a column that is never empty makes the key simple.
ALL_CATEGORIES = uuid.UUID(int=0)
# The windows that articles are ranked over, in days, from the narrowest: a week, a month, a year.
RANK_WINDOWS = (7, 30, 365)
# The one that rails show, and the most-read page unless a reader asks for another.
RANK_WINDOW = 30


class DailyReads(models.Model):
    """How often one story was read in one language on one day (UTC)."""

    pk = models.CompositePrimaryKey("translation_key", "language", "day")
    translation_key = models.UUIDField()
    language = models.CharField(max_length=12)
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("daily reads")
        indexes = [models.Index(fields=["day", "language"], name="daily_reads_window")]

    def __str__(self) -> str:
        return f"{self.translation_key} ({self.language}) {self.day}: {self.reads}"


class Rank(models.Model):
    """The place of an article among the most read of its language, over a window of days, in all categories
    (`category_key` is ALL_CATEGORIES) or in its own. Rewritten by the clock."""

    window = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=12)
    category_key = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    article = models.ForeignKey("articles.ArticlePage", on_delete=models.CASCADE, related_name="ranks")
    reads = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["window", "language", "category_key", "position"], name="one_article_a_rank"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.article_id} ({self.language}, {self.window} days)"
