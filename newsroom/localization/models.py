"""What is remembered of a translation, so that its state can be told without reading texts; and what people ask of each
other about it: jobs, questions, and the mails about them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Standing(models.Model):
    """How far a source has moved away from the words that were sent for one translation.

    Kept by `newsroom.localization.watching`.
    """

    translation = models.OneToOneField(
        "wagtail_localize.Translation", on_delete=models.CASCADE, related_name="standing", primary_key=True
    )
    moved = models.PositiveIntegerField(default=0, help_text="How many texts of the source differ from those sent.")
    moved_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.translation_id}: {self.moved} moved"


class PublishedText(models.Model):
    """One text of a translation as it stood when the translation was last published."""

    translation = models.ForeignKey(
        "wagtail_localize.Translation", on_delete=models.CASCADE, related_name="published_texts", db_index=False
    )
    context = models.ForeignKey("wagtail_localize.TranslationContext", on_delete=models.CASCADE, related_name="+")
    text = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["translation", "context"], name="published_texts")]

    def __str__(self) -> str:
        return self.text


class TranslationJob(models.Model):
    """Pages that somebody asked to have translated into one language: by whom, until when. Asked of one translator, of
    a group, or of whoever takes it. Closed by what happens to its pages (`newsroom.localization.jobs`)."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    language = models.CharField(max_length=12)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="jobs_asked"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    translator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="jobs"
    )
    group = models.ForeignKey("auth.Group", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("translation job")
        verbose_name_plural = _("translation jobs")
        indexes = [models.Index(fields=["language", "state"], name="jobs_of_language")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at__isnull=True)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
                name="job_closed_with_its_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.language})"


class JobPage(models.Model):
    """One page of a job: its words as they were when it was asked for, and when it was delivered, by whom."""

    job = models.ForeignKey(TranslationJob, on_delete=models.CASCADE, related_name="pages")
    # What was delivered stays on record when the pages are gone.
    translation = models.ForeignKey(
        "wagtail_localize.Translation", on_delete=models.SET_NULL, null=True, related_name="job_pages"
    )
    title = models.TextField()
    words_new = models.PositiveIntegerField(default=0)
    words_changed = models.PositiveIntegerField(default=0)
    words_repeated = models.PositiveIntegerField(default=0)
    # What has come since, by changes of the source.
    words_moved = models.PositiveIntegerField(default=0)
    moved_at = models.DateTimeField(null=True, blank=True)
    told = models.JSONField(
        default=list, help_text="The texts that the translator knows: numbers of context and string."
    )
    told_at = models.DateTimeField(help_text="When the source had these texts.")
    state = models.CharField(max_length=10, choices=TranslationJob.State, default=TranslationJob.State.OPEN)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["delivered_at"], name="job_pages_delivered")]
        constraints = [
            models.UniqueConstraint(
                fields=["translation"], condition=models.Q(state="open"), name="one_open_job_a_translation"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> int:
        """All the words that were asked for, and what has come since."""
        return self.words_new + self.words_changed + self.words_repeated + self.words_moved


class SegmentQuestion(models.Model):
    """What a translator asks, or finds wrong, about one text of a source; and the answer."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        ERROR = "error", _("Error in the source")

    translation = models.ForeignKey(
        "wagtail_localize.Translation", on_delete=models.CASCADE, related_name="segment_questions"
    )
    context = models.ForeignKey("wagtail_localize.TranslationContext", on_delete=models.CASCADE, related_name="+")
    source_text = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.QUESTION)
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["translation", "context"], name="questions_of_segment")]

    def __str__(self) -> str:
        return self.text


class Notice(models.Model):
    """A mail to somebody who works here, about a job or a question: due, sent, or given up. The clock sends it
    (`newsroom.localization.notices`); until then, and after a failure, it stands here."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("New job")
        MOVED = "moved", _("The source has changed")
        CANCELLED = "cancelled", _("Job cancelled")
        DELIVERED = "delivered", _("Job delivered")
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("No longer needed")
        FAILED = "failed", _("Not sent")

    kind = models.CharField(max_length=10, choices=Kind)
    job = models.ForeignKey(TranslationJob, on_delete=models.CASCADE, null=True, related_name="notices")
    question = models.ForeignKey(SegmentQuestion, on_delete=models.CASCADE, null=True, related_name="notices")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="notices_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(job__isnull=True, question__isnull=False)
                | models.Q(job__isnull=False, question__isnull=True),
                name="notice_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to_id}"


class Pairing(models.Model):
    """A translation whose text is written in the ordinary editor instead of being made from segments.

    wagtail-localize's Translation is kept closed, so that nothing of it overwrites the page. Kept by
    `newsroom.localization.pairing`.
    """

    translation = models.OneToOneField(
        "wagtail_localize.Translation", on_delete=models.CASCADE, related_name="pairing", primary_key=True
    )
    words = models.JSONField(help_text="Path and text of all that the source said when both last said the same.")
    independent = models.BooleanField(default=False, help_text="Written on its own and paired later.")

    def __str__(self) -> str:
        return f"{self.translation_id}: by hand"


class CarriedText(models.Model):
    """A text that was carried over to other words of its source, and waits until somebody has looked at it.

    Readers go on seeing it; it does not count as translated. Kept by `newsroom.localization.carrying`.
    """

    text = models.OneToOneField(
        "wagtail_localize.StringTranslation", on_delete=models.CASCADE, related_name="carried", primary_key=True
    )
    made_for = models.TextField(help_text="The words of the source that the text was made for.")

    def __str__(self) -> str:
        return self.made_for


class Waiver(models.Model):
    """Somebody's word that a translation is right although a number, a date or a link in it is not that of its source.

    Holds for these two texts: when one of them changes, the question comes again.
    """

    translation = models.ForeignKey("wagtail_localize.Translation", on_delete=models.CASCADE, related_name="waivers")
    context = models.ForeignKey("wagtail_localize.TranslationContext", on_delete=models.CASCADE, related_name="+")
    source_text = models.TextField()
    text = models.TextField()
    waived_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    waived_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.text
