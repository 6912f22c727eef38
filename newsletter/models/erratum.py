"""What was corrected after a digest was sent."""

from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ErratumQuerySet(models.QuerySet):
    """Corrections, asked for by name."""

    def of(self, digest_key: uuid.UUID, language: str) -> Self:
        """Those of a digest in a language, the latest first."""
        return self.filter(digest_key=digest_key, language=language).order_by("-created_at", "-pk")


class Erratum(models.Model):
    """A correction of a digest that was sent, in one of its languages: shown above its public page. What was sent stays
    as it was."""

    digest_key = models.UUIDField(editable=False)
    language = models.CharField(_("language"), max_length=12, editable=False)
    text = models.TextField(_("correction"), max_length=1000)
    created_at = models.DateTimeField(_("date"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    objects = ErratumQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        indexes = [models.Index(fields=["digest_key", "language"], name="errata_of_digest")]

    def __str__(self) -> str:
        return self.text
