"""What somebody fills in who sends pages for translation: to whom, until when, with which note."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.models import Locale

from newsroom.language import name_in_a_sentence
from newsroom.localization.jobs import Request
from newsroom.localization.translators import group_of, groups_of, people_of

GROUP, PERSON = "group", "user"
# The fields of translators are called by the codes of their languages.
_PREFIX = "to_"


def add_job_fields(form: forms.Form, locales: Iterable[Locale]) -> None:
    """Add to a form what a job needs: a translator for each of some languages, a due date, a note."""
    for locale in locales:
        form.fields[_field_of(locale)] = _translator_field(locale)
    # The browser's own calendar: Wagtail's needs scripts that wagtail-localize's form does not bring.
    calendar = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    form.fields["due_on"] = forms.DateField(
        label=gettext_lazy("Due on"), required=False, widget=calendar, validators=[_not_past]
    )
    form.fields["note"] = forms.CharField(
        label=gettext_lazy("Note to the translator"),
        required=False,
        max_length=2000,
        widget=AdminAutoHeightTextInput,
    )


def remove_translator(form: forms.Form, locale: Locale) -> None:
    """Take the translator for one language away from a form; with the last one the rest."""
    del form.fields[_field_of(locale)]
    if not any(name.startswith(_PREFIX) for name in form.fields):
        del form.fields["due_on"], form.fields["note"]


def request_for(locale: Locale, data: dict[str, Any]) -> Request:
    """What was filled in for one language, from the cleaned data of a form with these fields."""
    kind, _colon, key = data.get(_field_of(locale), "").partition(":")
    model: Any = {GROUP: Group, PERSON: get_user_model()}.get(kind)
    to = model.objects.get(pk=key) if model else None
    return Request(to=to, due_on=data.get("due_on"), note=data.get("note", ""))


def _field_of(locale: Locale) -> str:
    return f"{_PREFIX}{locale.language_code}"


def _translator_field(locale: Locale) -> forms.ChoiceField:
    groups = [(f"{GROUP}:{group.pk}", group.name) for group in groups_of(locale)]
    people = [(f"{PERSON}:{user.pk}", user_display_name(user)) for user in people_of(locale)]
    nobody = ("", _("Whoever takes it: no mail is sent"))
    choices = [nobody, *((label, found) for label, found in ((_("Groups"), groups), (_("People"), people)) if found)]
    own = group_of(locale)
    return forms.ChoiceField(
        label=_("Translation into %(language)s by") % {"language": name_in_a_sentence(locale.language_code)},
        choices=choices,
        required=False,
        initial=f"{GROUP}:{own.pk}" if own else "",
    )


def _not_past(value: Any) -> None:
    if value < timezone.localdate():
        raise ValidationError(_("This day is over."))
