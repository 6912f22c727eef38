"""What is remembered of a translation, so that its state can be told without reading texts."""

from django.db import models


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
