"""The forms that readers fill in."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from newsletter import tokens
from newsletter.addresses import normalise
from newsletter.models import NewsletterPage
from newsletter.models.subscriber import ALL_LANGUAGES

# Nobody types an address and chooses a language in less.
FASTEST = timedelta(seconds=2)
# What fits behind the site's address into the proof of a consent.
LONGEST_PATH = 400


class AddressField(forms.CharField):
    """An e-mail address, as it is stored. Not Django's EmailField: its idea of an address is another one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=254, error_messages={"required": _("Please enter your e-mail address.")}, strip=True, **kwargs
        )

    def clean(self, value: Any) -> str:
        return normalise(super().clean(value))


class SignUpForm(forms.Form):
    """An address, for which newsletters, and in which language to write to it. `page` is where the form stood, for the
    proof of consent. Two traps: only robots fill `website` in, and only they are done within two seconds of `shown`."""

    email = AddressField()
    newsletters = forms.MultipleChoiceField(required=False)
    language = forms.ChoiceField(error_messages={"required": _("Please choose a language.")})
    page = forms.CharField(required=False)
    website = forms.CharField(required=False)
    shown = forms.CharField(required=False)

    def __init__(self, *args: Any, language: str, newsletters: Sequence[NewsletterPage] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = language
        self.language_choices = language_choices(language)
        self.fields["language"].choices = self.language_choices  # type: ignore[attr-defined]
        self.offered = {str(newsletter.translation_key): newsletter for newsletter in newsletters}
        self.fields["newsletters"].choices = [  # type: ignore[attr-defined]
            (key, newsletter.title) for key, newsletter in self.offered.items()
        ]
        self.fields["newsletters"].initial = list(self.offered)[:1]

    def clean_newsletters(self) -> list[str]:
        """The keys of what was ticked; of a single newsletter without having to."""
        chosen = self.cleaned_data["newsletters"] or (list(self.offered) if len(self.offered) == 1 else [])
        if not chosen:
            raise forms.ValidationError(_("Please choose a newsletter."))
        return list(dict.fromkeys(chosen))

    def clean_page(self) -> str:
        """A path of this site, or nothing: the reader's browser sent it, so anything may stand here that no reader can
        mend."""
        page = self.cleaned_data["page"]
        ours = page.startswith("/") and not page.startswith("//") and page.isprintable()
        return page if ours and len(page) <= LONGEST_PATH else ""

    @property
    def chosen(self) -> list[NewsletterPage]:
        """The newsletters asked for."""
        return [self.offered[key] for key in self.cleaned_data["newsletters"]]

    @property
    def ticked(self) -> list[str]:
        """The keys of the newsletters that are ticked when the form is shown."""
        return list(self["newsletters"].value() or [])

    @property
    def is_from_a_robot(self) -> bool:
        """Whether the trap was filled in."""
        return bool(self.cleaned_data.get("website"))

    @property
    def is_too_fast(self) -> bool:
        """Whether nobody could have filled it in since it was shown, or nobody was shown it."""
        try:
            [shown] = tokens.FORM.read(self.cleaned_data.get("shown", ""))
        except tokens.BadToken:
            return True
        return timezone.now().timestamp() - float(shown) < FASTEST.total_seconds()

    @staticmethod
    def now() -> str:
        """What stands in `shown`."""
        return tokens.FORM.token(int(timezone.now().timestamp()))

    def wording_of(self, choice: str) -> str:
        """The label of a language setting, as the form shows it."""
        return str(dict(self.language_choices)[choice])


class NewAddressForm(forms.Form):
    """Where to write to from now on."""

    email = AddressField()


def language_choices(language: str) -> list[tuple[str, Any]]:
    """The language settings a reader may choose: their own language first, each under its own name, then
    all."""
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != language)
    choices: list[tuple[str, Any]] = [(code, get_language_info(code)["name_local"].capitalize()) for code in codes]
    return [*choices, (ALL_LANGUAGES, _("Both languages") if len(codes) == 2 else _("All languages"))]
