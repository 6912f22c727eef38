"""A file of subscribers on its way in."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SubscriberImportQuerySet(models.QuerySet):
    """Imports, asked for by name."""

    def busy(self) -> Self:
        """Those whose file is being checked or imported."""
        return self.filter(state__in=SubscriberImport.BUSY)

    def claim(self, *states: str, **values: Any) -> bool:
        """Give the imports of this set that are in one of some states others values. Returns whether there were any."""
        return bool(self.filter(state__in=states).update(touched_at=timezone.now(), **values))


class SubscriberImport(models.Model):
    """A file, what was stated for it, and what came of it. The file and the verdicts of its rows lie in a folder of
    their own (`newsletter.import_runs`) and go after a day; this row has no address in it and stays."""

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        REFUSED = "refused", _("cannot be read")
        IMPORTING = "importing", _("being imported")
        STOPPED = "stopped", _("stopped")
        IMPORTED = "imported", _("imported")

    BUSY = (State.CHECKING, State.IMPORTING)
    IMPORTABLE = (State.CHECKED, State.STOPPED)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(_("file"), max_length=255)
    newsletter_key = models.UUIDField(editable=False)
    choice = models.CharField(_("language setting"), max_length=12)
    proof = models.CharField(_("proof"), max_length=500)
    tags = models.JSONField(_("tags"), default=list)
    # As found, or as somebody said; empty with XLSX.
    encoding = models.CharField(max_length=12, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    sheet = models.CharField(max_length=255, blank=True)  # of XLSX; empty for the first
    columns = models.JSONField(default=dict)
    # The language of whoever reads the verdicts.
    language = models.CharField(max_length=12)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CHECKING)
    problem = models.TextField(blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    counts = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(_("made on"), auto_now_add=True)
    touched_at = models.DateTimeField(default=timezone.now)

    objects = SubscriberImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of subscribers")
        verbose_name_plural = _("imports of subscribers")
        default_permissions = ()
        permissions = [("import_subscribers", "Can import subscribers")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def rows(self) -> int:
        """How many rows have a verdict."""
        return sum(self.counts.values())

    @property
    def is_busy(self) -> bool:
        return self.state in self.BUSY

    @property
    def is_importable(self) -> bool:
        """Whether somebody may confirm it now."""
        return self.state in self.IMPORTABLE
