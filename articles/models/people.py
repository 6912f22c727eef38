"""The people who write."""

import uuid
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index
from wagtail.snippets.models import register_snippet


class AuthorQuerySet(models.QuerySet["Author"]):
    """Authors, asked for by name."""

    def by_key(self, keys: Iterable[uuid.UUID], locale_id: int) -> dict[uuid.UUID, "Author"]:
        """The authors with these translation keys, by key: each in a language, or as entered where that is missing."""
        in_language_last = models.Case(models.When(locale=locale_id, then=1), default=0)
        entries = self.filter(translation_key__in=keys).select_related("locale").order_by(in_language_last)
        return {author.translation_key: author for author in entries}


@register_snippet
class Author(TranslatableMixin, index.Indexed, models.Model):
    """Someone who signs articles. One entry a language, so that the role can be translated."""

    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(
        _("role"),
        max_length=160,
        blank=True,
        help_text=_("What readers should know, for example “Correspondent in Dakar”."),
    )

    objects = AuthorQuerySet.as_manager()

    panels = [FieldPanel("name"), FieldPanel("role")]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("locale_id"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
