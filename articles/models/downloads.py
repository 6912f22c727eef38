"""Documents that readers download."""

from django.conf import settings
from django.conf.global_settings import LANGUAGES as KNOWN_LANGUAGES
from django.db import models
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document

from newsroom.language import name_in_a_sentence
from newsroom.text import file_size


def language_choices() -> list[tuple[str, str]]:
    """The languages a document may be in, as (code, name in the language of the editor): those of the site first, then
    all that Django knows."""
    others = sorted(code for code, _name in KNOWN_LANGUAGES if code not in dict(settings.LANGUAGES))
    return [(code, get_language_info(code)["name_translated"]) for code in [*dict(settings.LANGUAGES), *others]]


class Download(AbstractDocument):
    """A document that readers download, and the language it is in, which a reader wants to know before the download."""

    language = models.CharField(
        _("language"),
        max_length=12,
        blank=True,
        choices=language_choices,
        help_text=_("Shown beside the link where it differs from the language of the page."),
    )

    admin_form_fields = (*Document.admin_form_fields, "language")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    @property
    def facts(self) -> str:
        """What a reader wants to know before the download: type, size, and the language where it is not that of the
        page: "PDF, 1.2 MB, in French". What is not known is left out."""
        facts = [self.file_extension.upper(), file_size(self._size())]
        if self.language and self.language != get_language():
            facts.append(translated("in %(language)s") % {"language": name_in_a_sentence(self.language)})
        return ", ".join(fact for fact in facts if fact)

    def _size(self) -> int | None:
        """In bytes, None for a file that is missing. (Wagtail's own method writes to the database.)"""
        try:
            return self.file_size or self.file.size
        except OSError:
            return None
