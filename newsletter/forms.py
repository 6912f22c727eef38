"""The sign-up form."""

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

from newsletter.models.subscriber import ALL_LANGUAGES


def normalise_address(address: str) -> str:
    """An address as it is stored: domain in IDNA 2008 A-labels, all in lower case. Raises ValidationError.

    Django's mail backend would encode the domain by IDNA 2003, which turns straße.de into strasse.de,
    somebody else's.
    """
    mailbox = unicodedata.normalize("NFC", address).strip().rpartition("@")[0]
    if not mailbox.isascii():
        # RFC 6531 (SMTPUTF8) allows them; too few servers on the way do.
        raise forms.ValidationError(
            _(
                "We cannot write to addresses with accents or other special letters before the @ yet. "
                "Please use another address, if you have one."
            ),
            code="mailbox_not_ascii",
        )
    try:
        valid = validate_email(address.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise forms.ValidationError(
            _("This does not look like an e-mail address. It should read like name@example.org."),
            code="invalid",
        ) from error
    return f"{valid.local_part}@{valid.ascii_domain}".lower()


class SignUpForm(forms.Form):
    """An address, and in which language to write to it. `page` is where the form stood, for the proof of
    consent; `website` is a trap: only robots fill it in."""

    # Not an EmailField: its own idea of an address is another one.
    email = forms.CharField(
        max_length=254, error_messages={"required": _("Please enter your e-mail address.")}, strip=True
    )
    language = forms.ChoiceField(error_messages={"required": _("Please choose a language.")})
    page = forms.CharField(required=False, max_length=400)
    website = forms.CharField(required=False)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = language
        self.language_choices = language_choices(language)
        self.fields["language"].choices = self.language_choices  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        return normalise_address(self.cleaned_data["email"])

    def clean_page(self) -> str:
        """A path of this site, or nothing: the reader's browser sent it, so anything may stand here."""
        page = self.cleaned_data["page"]
        return page if page.startswith("/") and not page.startswith("//") and page.isprintable() else ""

    @property
    def is_from_a_robot(self) -> bool:
        """Whether the trap was filled in."""
        return bool(self.cleaned_data.get("website"))

    def wording_of(self, choice: str) -> str:
        """The label of a language setting, as the form shows it."""
        return str(dict(self.language_choices)[choice])


def language_choices(language: str) -> list[tuple[str, Any]]:
    """The language settings a reader may choose: their own language first, each under its own name, then
    all."""
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != language)
    choices: list[tuple[str, Any]] = [(code, get_language_info(code)["name_local"].capitalize()) for code in codes]
    return [*choices, (ALL_LANGUAGES, _("Both languages") if len(codes) == 2 else _("All languages"))]
