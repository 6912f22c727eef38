"""What is read: counts by day, and the ranks made from them. Nothing here knows a person."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

# The category key of the ranks over all categories: a column that is never empty makes the key simple.
ALL_CATEGORIES = uuid.UUID(int=0)
# The window of what is read right now: not days, but reads that weigh less the older they are.
TRENDING = 0
# The windows that articles are ranked over, in days, from the narrowest.
RANK_WINDOWS = (TRENDING, 7, 30, 90, 365)


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


class CampaignReads(models.Model):
    """How many of the reads of a day came by the links of one campaign, which every link of a digest names alike: what
    its report tells. Never who followed them."""

    pk = models.CompositePrimaryKey("campaign", "translation_key", "language", "day")
    campaign = models.CharField(max_length=40)
    translation_key = models.UUIDField()
    language = models.CharField(max_length=12)
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("reads by campaign")
        indexes = [models.Index(fields=["day"], name="campaign_reads_day")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.translation_key} ({self.language}) {self.day}: {self.reads}"


class Rank(models.Model):
    """The place of an article among the most read of its language, over a window of days (or TRENDING), in all
    categories (`category_key` is ALL_CATEGORIES) or in its own; by its own reads, or by those of its story in all
    languages `together`. Rewritten by the clock."""

    window = models.PositiveSmallIntegerField()
    together = models.BooleanField()
    language = models.CharField(max_length=12)
    category_key = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    article = models.ForeignKey("articles.ArticlePage", on_delete=models.CASCADE, related_name="ranks")
    # Reads in the window; of TRENDING, what they weigh. 0 for what only fills the list.
    score = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["window", "language", "category_key", "position", "together"], name="one_article_a_rank"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.article_id} ({self.language}, {self.window} days)"
