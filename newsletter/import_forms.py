"""The forms of an import: the file with what is stated for it, and how it is written."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from newsletter.forms import language_choices
from newsletter.import_columns import MOST_TAGS, TAG_LENGTH, Columns, Meaning, split_tags
from newsletter.import_files import DELIMITERS, ENCODINGS
from newsletter.importing import Statement
from newsletter.models import NewsletterPage


def newsletter_choices() -> list[tuple[str, str]]:
    """Every live newsletter, also those by invitation, under its title in the user's language."""
    titles = NewsletterPage.objects.live().titles(get_language() or "")
    return [(str(key), title) for key, title in titles.items()]


class UploadForm(forms.Form):
    """A file, and what somebody states for everybody in it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, as Mailchimp, Brevo, MailPoet or a spreadsheet saves it."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        error_messages={"empty": _("The file is empty.")},
    )
    newsletter = forms.ChoiceField(label=_("Newsletter"), choices=newsletter_choices)
    language = forms.ChoiceField(label=_("Language"), help_text=_("For those whose row names none."))
    proof = forms.CharField(
        label=_("Proof of consent"),
        max_length=500,
        help_text=_(
            "Where and how these people asked for this newsletter, and when: for example “Form at the 2025 conference, "
            "paper lists in the archive”. It is kept with each of them as the proof."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=500,
        help_text=_("Given to everybody who is imported, separated by commas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices(get_language() or settings.LANGUAGE_CODE)  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile:
        """The file, of which nothing has been read yet."""
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_MEGABYTES * 1024 * 1024:
            limit = settings.IMPORT_MAX_MEGABYTES
            message = ngettext(
                "The file is larger than %(count)d megabyte. Split it, or have it imported on the command line.",
                "The file is larger than %(count)d megabytes. Split it, or have it imported on the command line.",
                limit,
            )
            raise forms.ValidationError(message % {"count": limit})
        return file

    def clean_tags(self) -> list[str]:
        tags = split_tags([self.cleaned_data["tags"]])
        if len(tags) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in tags):
            raise forms.ValidationError(_("Please give fewer or shorter tags."))
        return tags

    @property
    def statement(self) -> Statement:
        """What was stated."""
        data = self.cleaned_data
        key = uuid.UUID(data["newsletter"])
        return Statement(key, data["language"], data["proof"], tuple(data["tags"]))


class ColumnsForm(forms.Form):
    """How a file is written: encoding and delimiter, or which of the sheets of an XLSX file is read, whether its first
    row has headings, and what each column means."""

    sheet = forms.ChoiceField(label=_("Sheet"))
    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Delimiter"), choices=list(DELIMITERS.items()))
    header = forms.BooleanField(label=_("The first row has headings"), required=False)

    def __init__(self, *args: Any, columns: Columns, is_xlsx: bool, sheets: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        if is_xlsx:
            del self.fields["encoding"], self.fields["delimiter"]
        if len(sheets) > 1:
            self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
        choices = [("", _("not used")), *Meaning.choices]
        for number, name in enumerate(columns.names):
            self.fields[f"column_{number}"] = forms.ChoiceField(label=name or "–", choices=choices, required=False)

    @property
    def meanings(self) -> list[forms.BoundField]:
        """The fields of the columns."""
        return [self[f"column_{number}"] for number in range(len(self.columns.names))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.is_cut_anew and (problem := self.said.problem()):
            raise forms.ValidationError(problem)
        return cleaned

    @property
    def is_cut_anew(self) -> bool:
        """Whether the file has other columns than those shown: another encoding, delimiter or sheet makes others."""
        return bool({"encoding", "delimiter", "sheet"} & set(self.changed_data))

    @property
    def said(self) -> Columns:
        """The columns as somebody says they are."""
        data = self.cleaned_data
        meanings = tuple(data.get(f"column_{number}", "") for number in range(len(self.columns.names)))
        return Columns(self.columns.names, meanings, data["header"])
