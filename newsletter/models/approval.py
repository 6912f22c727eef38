"""Somebody's word that one language's edition may be sent as it is."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Approval(models.Model):
    """The approval of one edition: of a digest (`digest_key`, its translation key) in one language, as long as it has
    this hash. `words` is what was approved, kept so that a later change can be shown."""

    digest_key = models.UUIDField(editable=False)
    language = models.CharField(_("language"), max_length=10)
    sha256 = models.CharField(max_length=64)
    words = models.TextField(_("what was approved"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("approved by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    approved_at = models.DateTimeField(_("approved on"), auto_now_add=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        # Nobody adds, changes or deletes one by hand: approving is a verb of its own.
        default_permissions = ()  # type: ignore[misc]  # the stubs want an instance variable
        permissions = [("approve_digest", "Can approve the editions of a digest in their own languages")]
        constraints = [
            # A second press of the button approves nothing more.
            models.UniqueConstraint(fields=["digest_key", "language", "sha256"], name="one_approval_an_edition")
        ]

    def __str__(self) -> str:
        return f"{self.digest_key} ({self.language})"
