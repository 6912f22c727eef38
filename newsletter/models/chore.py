"""What the clock did about subscribers by itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Chore(models.Model):
    """How often the clock did one thing on one day. It names nobody, and stays."""

    class Task(models.TextChoices):
        FAREWELLS = "farewells", _("mails sent to those who left")
        REMINDERS = "reminders", _("reminders sent to those who have not confirmed")
        FORGOTTEN = "forgotten", _("requests forgotten that nobody confirmed")
        RESUMED = "resumed", _("pauses ended")
        TAKEN_UP = "taken_up", _("imports taken up again")
        FILES = "files", _("imports whose files were removed")

    day = models.DateField(_("day"))
    task = models.CharField(_("what was done"), max_length=12, choices=Task)
    number = models.PositiveIntegerField(_("how often"))

    class Meta:
        verbose_name = _("housekeeping")
        verbose_name_plural = _("housekeeping")
        default_permissions = ()
        ordering = ["-day", "task"]
        constraints = [models.UniqueConstraint(fields=["day", "task"], name="one_chore_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.task} {self.number}"
