"""The ledger: one row for each mail to each subscriber."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.campaign import Campaign

# States in which nothing has reached the person, for certain.
NOT_BINDING = ["skipped", "refused"]


class DeliveryQuerySet(models.QuerySet):
    """Deliveries, asked for by name."""

    def open(self) -> Self:
        """Those that the engine still has to deal with."""
        return self.filter(state__in=[Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.SENDING])

    def binding(self) -> Self:
        """Those that forbid another mail of the same digest to the same person: sent, on the way, or not
        sure."""
        return self.exclude(state__in=NOT_BINDING)

    def due(self, now: datetime) -> Self:
        """Those that wait and may be handed over now, the longest waiting first."""
        return self.filter(
            state=Delivery.State.PENDING, due_at__lte=now, campaign__state=Campaign.State.SENDING
        ).order_by("due_at", "pk")


class Delivery(models.Model):
    """One campaign to one subscriber. The row is marked `sending` and committed before the network is
    touched, so that the ledger never knows less than the wire."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        CLAIMED = "claimed", _("being prepared")
        SENDING = "sending", _("being handed over")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        SKIPPED = "skipped", _("had left")
        UNKNOWN = "unknown", _("not sure")

    campaign = models.ForeignKey("newsletter.Campaign", on_delete=models.PROTECT, related_name="deliveries")
    digest_key = models.UUIDField(editable=False)
    subscriber = models.ForeignKey(
        "newsletter.Subscriber", null=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    edition = models.ForeignKey("newsletter.Edition", on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "subscriber"], name="one_delivery_a_campaign"),
            # Nobody twice, ever: also across campaigns of the same digest.
            models.UniqueConstraint(
                fields=["digest_key", "subscriber"],
                condition=~models.Q(state__in=NOT_BINDING),
                name="one_delivery_a_digest",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state", "due_at"], name="next_delivery")]

    def __str__(self) -> str:
        return f"{self.campaign_id} → {self.subscriber_id} ({self.state})"
