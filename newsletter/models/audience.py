"""A selection of subscribers that staff gave a name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.subscriber import Subscription, SubscriptionQuerySet


class Audience(models.Model):
    """Filters of the listing of subscribers, kept under a name. Who is meant is found anew each time."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    filters = models.JSONField(_("filters"), default=dict, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_at = models.DateTimeField(_("made on"), auto_now_add=True)

    class Meta:
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def subscriptions(self) -> SubscriptionQuerySet:
        """The subscriptions meant, in whatever state the filters ask for: who may be written to is `active()` among
        them. None at all when the filters cannot be read any more."""
        from newsletter.selection import Selection, Unreadable

        try:
            return Selection.read(self.filters).subscriptions()
        except Unreadable:
            return Subscription.objects.none()
