"""Who is written to, in which language, and by what right."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from newsletter.models.delivery import Delivery

# The language setting of a reader who wants every edition: one mail, their interface language first.
ALL_LANGUAGES = "all"


class SubscriberTag(TagBase):
    """A word by which staff find subscribers again."""

    free_tagging = True

    class Meta:
        verbose_name = _("tag of subscribers")
        verbose_name_plural = _("tags of subscribers")


class TaggedSubscriber(ItemBase):
    """A subscriber's tag."""

    tag = models.ForeignKey(SubscriberTag, on_delete=models.CASCADE, related_name="items")
    content_object = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="tagged_items")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Subscribers, asked for by name."""

    def lock(self, **who: Any) -> Subscriber | None:
        """The one that is meant, whom no other transaction changes before this one ends; None when they are gone. Every
        verb that begins or ends a subscription starts here, so that none acts on what another has just changed.
        (SQLite has one writer anyway.)"""
        return self.select_for_update().filter(**who).first()

    def silent(self, now: datetime) -> Self:
        """Those who receive something and have given no sign of life for SILENT_AFTER months."""
        before = silent_before(now)
        receiving = Subscription.objects.filter(subscriber=models.OuterRef("pk"), state=Subscription.State.ACTIVE)
        return self.filter(
            models.Exists(receiving),
            models.Q(seen_at__lt=before) | models.Q(seen_at=None, created_at__lt=before),
        )

    def with_questions(self) -> Self:
        """With `questions`: how many digests they were sent since they have been asked whether to go on."""
        heard_of = Coalesce(models.OuterRef("seen_at"), models.OuterRef("created_at"))
        asked_since = models.ExpressionWrapper(heard_of + models.Value(silence()), models.DateTimeField())
        asked = Delivery.objects.filter(subscriber=models.OuterRef("pk"), state=Delivery.State.ACCEPTED)
        asked = asked.filter(accepted_at__gt=asked_since)
        counted = asked.order_by().values("subscriber").annotate(number=models.Count("pk")).values("number")
        return self.annotate(questions=Coalesce(models.Subquery(counted), 0))


def silent_before(now: datetime) -> datetime:
    """Who was last heard of before this moment is asked whether to go on (CNIL: three years after the last contact that
    came from the person at most)."""
    return now - silence()


def silence() -> timedelta:
    """How long somebody must have been silent to be asked whether to go on."""
    return timedelta(days=settings.SILENT_AFTER * 365 / 12)


class Subscriber(models.Model):  # type: ignore[django-manager-missing]
    """A mail address, normalised (`newsletter.addresses`), and what staff noted about the person behind it."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    outlet = models.CharField(
        _("outlet"), max_length=120, blank=True, help_text=_("The paper, station or organisation they work for.")
    )
    tags = TaggableManager(_("tags"), through=TaggedSubscriber, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("Seen by staff, and by the person if they ask for it."))
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    # The last thing the person did themselves: asked, confirmed, changed a setting, said to keep them. Not an opened
    # mail, which nobody here knows of.
    seen_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        permissions = [
            ("export_subscriber", "Can export subscribers"),
            ("suppress_subscriber", "Can suppress addresses, and lift that"),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="subscribers_by_age"),
            models.Index(fields=["seen_at"], name="subscribers_by_sign_of_life"),
        ]

    def __str__(self) -> str:
        return self.email

    def is_silent(self, now: datetime) -> bool:
        """Whether the person has given no sign of life for SILENT_AFTER months."""
        return (self.seen_at or self.created_at) < silent_before(now)


class SubscriptionQuerySet(models.QuerySet):
    """Subscriptions, asked for by name."""

    def active(self) -> Self:
        """Those that may be written to: confirmed, not left, not paused."""
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
        PAUSED = "paused", _("paused")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        EXPIRED = "expired", _("expired")  # no sign of life for years, ended by staff

    # Found by the indexes below, of which one begins with it.
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    newsletter_key = models.UUIDField(editable=False)
    language = models.CharField(
        _("language"), max_length=12, help_text=_("A language code, or “all” for every edition in one mail.")
    )
    interface_language = models.CharField(
        _("language of the pages"), max_length=12, help_text=_("In which language this person signed up.")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    changed_at = models.DateTimeField(_("changed on"), default=timezone.now)
    paused_until = models.DateField(_("paused until"), null=True, blank=True)
    # One mail each, and never a second: when it was decided to write it, before it is handed over.
    reminded_at = models.DateTimeField(null=True, editable=False)
    farewell_due = models.BooleanField(default=False, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "newsletter_key"], name="one_subscription_a_newsletter"),
            models.CheckConstraint(
                condition=models.Q(state="paused", paused_until__isnull=False)
                | models.Q(~models.Q(state="paused"), paused_until__isnull=True),
                name="paused_until_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "active", "paused", "unsubscribed", "expired"]),
                name="subscription_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(farewell_due=False) | models.Q(state="unsubscribed"), name="farewell_of_who_left"
            ),
        ]
        indexes = [
            models.Index(fields=["newsletter_key", "state", "language"], name="audience"),
            models.Index(fields=["state", "language", "subscriber"], name="subscribers_by_state"),
            # Whether one person has a subscription in a state. Without it SQLite looks through all of that state.
            models.Index(fields=["subscriber", "state"], name="states_of_subscriber"),
            models.Index(fields=["farewell_due"], condition=models.Q(farewell_due=True), name="farewells"),
            models.Index(fields=["paused_until"], condition=models.Q(state="paused"), name="pauses"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} ({self.language})"


class LegalBasis(models.TextChoices):
    """Why we may write (GDPR, art. 6(1)(a) and (f))."""

    CONSENT = "consent", _("consent")
    LEGITIMATE_INTEREST = "legitimate_interest", _("legitimate interest")


class ConsentQuerySet(models.QuerySet):
    """Consents, asked for by name. Append-only: only the dates of confirmation and withdrawal can be set later, and
    rows go only with their subscription, or when nobody has confirmed them."""

    def open(self) -> Self:
        """Those that were asked for and are neither confirmed nor withdrawn."""
        return self.filter(confirmed_at=None, withdrawn_at=None)

    def in_force(self) -> Self:
        """Those that allow us to write."""
        return self.filter(confirmed_at__isnull=False, withdrawn_at=None)

    def confirm(self, now: datetime) -> int:
        """Note the confirmation of what is open. Returns how many were."""
        return super(ConsentQuerySet, self.open()).update(confirmed_at=now)

    def withdraw(self, now: datetime) -> int:
        """Note the withdrawal of what is not withdrawn yet. Returns how many were."""
        return super(ConsentQuerySet, self.filter(withdrawn_at=None)).update(withdrawn_at=now)

    def forget_unconfirmed(self) -> int:
        """Delete those that nobody ever confirmed: they prove nothing. Returns how many."""
        return super(ConsentQuerySet, self.filter(confirmed_at=None)).delete()[0]

    def update(self, **values: Any) -> int:
        raise TypeError("Consents are append-only: confirm() and withdraw() are all that can happen to them.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Consents are append-only: they go with their subscription.")


class Consent(models.Model):
    """The proof that we may write (GDPR art. 7(1)): what was shown, when it was asked for, confirmed and withdrawn. No
    address of a computer is kept.

    `language` is the one the wording was shown in, `choice` the language setting that was asked for: it becomes the
    subscription's when the request is confirmed, not before, since anybody can type an address. What one mail confirms
    has the same `request`.
    """

    class Method(models.TextChoices):
        FORM = "form", _("sign-up form")
        PREFERENCES = "preferences", _("own settings")
        UNDONE = "undone", _("unsubscription taken back")
        STAFF = "staff", _("added by staff")
        IMPORT = "import", _("import")

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="consents")
    request = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    purpose = models.CharField(_("purpose"), max_length=255)
    legal_basis = models.CharField(_("legal basis"), max_length=24, choices=LegalBasis, default=LegalBasis.CONSENT)
    method = models.CharField(_("how"), max_length=12, choices=Method, default=Method.FORM)
    language = models.CharField(_("language"), max_length=12)
    choice = models.CharField(_("language setting"), max_length=12)
    wording = models.TextField(_("wording"))
    wording_hash = models.CharField(max_length=64, editable=False)
    page_url = models.URLField(_("page"), max_length=500, blank=True)
    proof = models.CharField(
        _("proof"), max_length=500, blank=True, help_text=_("Where and how the person asked for it, if not here.")
    )
    requested_at = models.DateTimeField(_("asked for on"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(confirmed_at__gte=models.F("requested_at")),
                name="consent_confirmed_after_request",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(withdrawn_at__gte=models.F("requested_at")),
                name="consent_withdrawn_after_request",
            ),
            models.CheckConstraint(condition=~models.Q(wording_hash=""), name="consent_wording_has_a_version"),
            models.CheckConstraint(
                condition=~models.Q(method__in=["staff", "import"], proof=""), name="consent_from_elsewhere_is_proved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.requested_at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Writes a new consent; raises TypeError for one that is written already."""
        if not self._state.adding:
            raise TypeError("Consents are append-only.")
        self.wording_hash = version_of(self.wording)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("Consents are append-only: they go with their subscription.")


def version_of(wording: str) -> str:
    """The version of a wording: its SHA-256, in hexadecimal."""
    return hashlib.sha256(wording.encode()).hexdigest()


class Bounce(models.Model):
    """A mail that came back. What the provider said is kept in one line."""

    class Kind(models.TextChoices):
        HARD = "hard", _("permanent")
        SOFT = "soft", _("temporary")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="bounces")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("on"), default=timezone.now)

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        indexes = [models.Index(fields=["subscriber", "at"], name="bounces_of_subscriber")]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.kind} {self.at:%Y-%m-%d}"


class SuppressionQuerySet(models.QuerySet):
    """Suppressions, asked for by address."""

    def of(self, emails: Iterable[str]) -> Self:
        """Those of some normalised addresses."""
        from newsletter.addresses import keyed_hash

        return self.filter(keyed_hash__in=[keyed_hash(email) for email in emails])


class Suppression(models.Model):
    """An address that is not to be written to, known by a keyed hash alone, so that it outlives the erasure of the
    person without naming them (CNIL, "liste repoussoir"; SAN-2020-003: a plain hash does not anonymise)."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("address does not exist")
        SOFT_BOUNCES = "soft_bounces", _("mails kept coming back")
        COMPLAINT = "complaint", _("complained of spam")
        ERASED = "erased", _("asked to be erased")
        STAFF = "staff", _("by staff")

    keyed_hash = models.CharField(max_length=64, primary_key=True, editable=False)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    at = models.DateTimeField(_("on"), default=timezone.now)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")

    def __str__(self) -> str:
        return f"{self.short_hash}: {self.get_reason_display()}"

    @property
    def short_hash(self) -> str:
        """Enough of the hash to tell one from another on a screen."""
        return f"{self.keyed_hash[:8]}…"

    @property
    def is_by_staff(self) -> bool:
        """Whether staff decided it, and may take it back."""
        return self.reason == self.Reason.STAFF
