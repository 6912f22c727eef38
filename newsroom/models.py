"""The people who work here, and what the clock and the localisation remember."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from newsroom.localization.models import (
    CarriedText,
    JobPage,
    Notice,
    Pairing,
    PublishedText,
    SegmentQuestion,
    Standing,
    TranslationJob,
    Waiver,
)

__all__ = [
    "CarriedText",
    "ClockEntry",
    "JobPage",
    "Notice",
    "Pairing",
    "PublishedText",
    "SegmentQuestion",
    "Standing",
    "TranslationJob",
    "User",
    "Waiver",
]


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """Someone who logs in to the admin. Ours from the start, so that it can grow without a painful migration."""


class ClockEntry(models.Model):
    """When a periodic job is due next. Whoever moves `due_at` forward does the work: of several clocks one acts."""

    job = models.CharField(max_length=100, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.job} at {self.due_at:%Y-%m-%d %H:%M:%S}"
