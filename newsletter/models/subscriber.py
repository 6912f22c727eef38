"""Who is written to, in which language, and by what right."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.delivery import Delivery

# The language setting of a reader who wants every edition: one mail, their interface language first.
ALL_LANGUAGES = "all"


class Subscriber(models.Model):
    """A mail address, normalised: the domain in IDNA 2008 A-labels and lower case, the mailbox name in lower
    case."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")

    def __str__(self) -> str:
        return self.email


class SubscriptionQuerySet(models.QuerySet):
    """Subscriptions, asked for by name."""

    def active(self) -> Self:
        """Those that may be written to: confirmed, not left."""
        return self.filter(state=Subscription.State.ACTIVE)

    def of(self, newsletter_key: uuid.UUID) -> Self:
        """Those of one newsletter, named by its translation key."""
        return self.filter(newsletter_key=newsletter_key)

    def wanting(self, language: str) -> Self:
        """Those that are owed the edition of a language, alone or among all."""
        return self.filter(language__in=[language, ALL_LANGUAGES])

    def reading(self, languages: str) -> Self:
        """Those for whom the edition `languages` is made: "fr" for who wants French alone, "fr,en" for who
        wants every language and reads our pages in French."""
        leading, *others = languages.split(",")
        if others:
            return self.filter(language=ALL_LANGUAGES, interface_language=leading)
        return self.filter(language=leading)

    def without(self, digest_key: uuid.UUID) -> Self:
        """Those who have not been sent a digest, and of whom it is not uncertain."""
        had = Delivery.objects.binding().filter(digest_key=digest_key, subscriber=models.OuterRef("subscriber"))
        return self.filter(~models.Exists(had))


class Subscription(models.Model):
    """A subscriber's wish to receive one newsletter, named by the translation key of its NewsletterPage."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for confirmation")
        ACTIVE = "active", _("active")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    newsletter_key = models.UUIDField(editable=False)
    language = models.CharField(
        _("language"), max_length=12, help_text=_("A language code, or “all” for every edition in one mail.")
    )
    interface_language = models.CharField(
        _("language of the pages"), max_length=12, help_text=_("In which language this person signed up.")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    changed_at = models.DateTimeField(_("changed on"), auto_now=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "newsletter_key"], name="one_subscription_a_newsletter")
        ]
        indexes = [models.Index(fields=["newsletter_key", "state", "language"], name="audience")]

    def __str__(self) -> str:
        return f"{self.subscriber} ({self.language})"


class ConsentQuerySet(models.QuerySet):
    """Consents, asked for by name."""

    def open(self) -> Self:
        """Those that were asked for and are neither confirmed nor withdrawn."""
        return self.filter(confirmed_at=None, withdrawn_at=None)


class Consent(models.Model):
    """The proof that we may write (GDPR art. 7(1)): what was shown, when it was asked for, confirmed and
    withdrawn. No address of a computer is kept. Once confirmed, nothing changes but the date of withdrawal.

    `language` is the one the wording was shown in, `choice` the language setting that was asked for: it
    becomes the subscription's when the request is confirmed, not before, since anybody can type an address.
    """

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="consents")
    language = models.CharField(max_length=12)
    choice = models.CharField(max_length=12)
    wording = models.TextField()
    page_url = models.URLField(max_length=500)
    requested_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(confirmed_at__gte=models.F("requested_at")),
                name="consent_confirmed_after_request",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.requested_at:%Y-%m-%d}"
