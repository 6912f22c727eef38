"""One sending of one digest: frozen when it is confirmed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class CampaignQuerySet(models.QuerySet):
    """Campaigns, asked for by name."""

    def of(self, digest_key: uuid.UUID) -> Self:
        """Those of one digest, named by its translation key."""
        return self.filter(digest_key=digest_key)

    def sent(self) -> Self:
        """Those whose mails are leaving or have left: their editions are public."""
        return self.filter(state__in=[Campaign.State.SENDING, Campaign.State.FINISHED])

    def before(self, digest: Page) -> Self:
        """Those of the other digests of the same newsletter."""
        newsletter_key = digest.get_parent().translation_key
        return self.filter(newsletter_key=newsletter_key).exclude(digest_key=digest.translation_key)

    def with_subject(self) -> Self:
        """With `subject`, that of the first edition, by which people know a campaign."""
        editions = Edition.objects.filter(campaign=models.OuterRef("pk")).order_by("pk")
        return self.annotate(subject=models.Subquery(editions.values("subject")[:1]))


class Campaign(models.Model):
    """One sending of one digest. `digest_key` is the translation key of the DigestPage: all its languages at
    once."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("preparing")
        SENDING = "sending", _("sending")
        FINISHED = "finished", _("finished")

    digest_key = models.UUIDField(editable=False, db_index=True)
    newsletter_key = models.UUIDField(editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PREPARING)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    confirmed_at = models.DateTimeField(_("confirmed on"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished on"), null=True)
    subject: str  # given by `CampaignQuerySet.with_subject`

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = [("send_digest", "Can send a digest to its subscribers")]
        constraints = [
            # A second press of the button finds this campaign instead of making another.
            models.UniqueConstraint(
                fields=["digest_key"],
                condition=~models.Q(state="finished"),
                name="one_open_campaign_a_digest",
            )
        ]

    def __str__(self) -> str:
        return f"{self.digest_key} ({self.state})"


class Edition(models.Model):
    """What the readers of one language setting get, frozen. `languages` lists what is in it, the leading
    language first: "fr", or "fr,en" for a reader who wants both and reads our pages in French.

    The bodies hold marks where each reader's own links go, which rendering.py knows by `mark`; nothing else
    varies.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="editions")
    languages = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    from_name = models.CharField(max_length=255)  # the title of a page may be as long
    from_address = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True)
    mark = models.CharField(max_length=40)
    html = models.TextField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("edition")
        constraints = [models.UniqueConstraint(fields=["campaign", "languages"], name="one_edition_a_language_setting")]

    def __str__(self) -> str:
        return f"{self.campaign_id} ({self.languages})"

    @property
    def language(self) -> str:
        """The leading language."""
        return self.languages.partition(",")[0]


class CampaignStoryQuerySet(models.QuerySet["CampaignStory"]):
    """What was shown, asked for by name."""

    def shown_before(self, digest: Page, stories: Collection[uuid.UUID]) -> dict[uuid.UUID, CampaignStory]:
        """Of these stories, those that other digests of the same newsletter have shown, each with the last that did:
        its `campaign`, and `subject`. One query."""
        editions = Edition.objects.filter(campaign=models.OuterRef("campaign")).order_by("pk")
        shown = (
            self.filter(story_key__in=stories, campaign__in=Campaign.objects.before(digest))
            .annotate(subject=models.Subquery(editions.values("subject")[:1]))
            .select_related("campaign")
            .order_by("campaign__confirmed_at", "pk")
        )
        return {story.story_key: story for story in shown}


class CampaignStory(models.Model):
    """A story that a campaign has shown, in whichever language."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="stories")
    story_key = models.UUIDField(db_index=True)
    subject: str  # given by `CampaignStoryQuerySet.shown_before`

    objects = CampaignStoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story sent")
        verbose_name_plural = _("stories sent")
        constraints = [models.UniqueConstraint(fields=["campaign", "story_key"], name="one_row_a_story_sent")]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.story_key}"
