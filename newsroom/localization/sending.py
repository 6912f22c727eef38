"""Sending many pages for translation at once, from the listings of the admin."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation

from newsroom.language import language_label
from newsroom.localization import jobs, permissions
from newsroom.localization.job_forms import add_job_fields, remove_translator, request_for
from newsroom.localization.state import FOLLOWING, Status, states
from newsroom.localization.translating import AlreadyTranslated, send_for_translation


class LanguagesField(forms.ModelMultipleChoiceField):
    """Languages, by their names in the language of the admin."""

    def label_from_instance(self, locale: Locale) -> str:
        return language_label(locale.language_code)


class SendForm(forms.Form):
    """Into which languages the pages are to be translated, by whom, until when."""

    languages = LanguagesField(
        label=_("Languages"), queryset=Locale.objects.order_by("pk"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_job_fields(self, Locale.objects.order_by("pk"))


class SendForTranslation(PageBulkAction):
    """Open translations of the pages ticked, in those languages in which they are missing, and ask somebody for them
    and for those that are not finished."""

    display_name = _("Send for translation")
    action_type = "send_for_translation"
    aria_label = _("Send selected pages for translation")
    template_name = "localization/confirm_send.html"
    header_icon = "wagtail-localize-language"
    button = display_name
    action_priority = 5
    form_class = SendForm

    def check_perm(self, page: Page) -> bool:
        return not page.is_root() and any(
            permissions.may_send(self.request.user, page, locale) for locale in self._locales
        )

    @cached_property
    def _locales(self) -> list[Locale]:
        return list(Locale.objects.order_by("pk"))

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.getlist("language")
        wanted = [locale for locale in self._locales if locale.language_code in asked]
        return {"languages": wanted or permissions.own_locales(self.request.user)}

    def _spoken_by_all(self, pages: list[Page]) -> set[int]:
        """The language that all the pages are in, if there is one: nobody sends them into that."""
        spoken = {page.locale_id for page in pages}
        return spoken if len(spoken) == 1 else set()

    def get_form(self, form_class: Any = None) -> forms.Form:
        form = super().get_form(form_class)
        pages, _refused = self.get_actionable_objects()
        languages: Any = form.fields["languages"]
        languages.queryset = languages.queryset.exclude(pk__in=self._spoken_by_all(pages))
        for locale in self._locales:
            # Nobody translates into the language in which all of it was written, and who may not ask chooses nobody.
            if not any(page.locale_id != locale.pk and jobs.may_ask(self.request.user, page) for page in pages):
                remove_translator(form, locale)
        return form

    def get_execution_context(self) -> dict[str, Any]:
        data = self.cleaned_form.cleaned_data
        return {**super().get_execution_context(), "locales": data["languages"], "data": data}

    @classmethod
    def execute_action(
        cls,
        objects: Iterable[Page],
        user: Any = None,
        locales: Iterable[Locale] = (),
        data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> tuple[int, int]:
        """Returns how many translations were opened or asked for. What is complete, or asked for already, stays as it
        is."""
        return sum(cls._send(objects, locale, user, request_for(locale, data or {})) for locale in locales), 0

    @staticmethod
    @transaction.atomic
    def _send(pages: Iterable[Page], locale: Locale, user: Any, request: jobs.Request) -> int:
        found = states(pages)
        sent: list[int] = []
        to_ask = []
        for page in pages:
            state = found[page.translation_key][locale.language_code]
            written_here = found[page.translation_key][page.locale.language_code].is_source
            opens = state.status == Status.MISSING and permissions.may_send(user, page, locale)
            waits = state.status != Status.COMPLETE and not state.is_source
            asks = written_here and waits and jobs.may_ask(user, page)
            translation = translation_of(page.specific, locale, user) if opens or asks else None
            if translation is None:
                continue
            if asks:
                to_ask.append(translation)
            if opens:
                sent.append(translation.pk)
        job = jobs.ask(to_ask, user, request)
        asked = job.pages.values_list("translation", flat=True) if job else []
        return len({*sent, *asked})

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext(
            "%(count)d translation has been asked for.",
            "%(count)d translations have been asked for.",
            num_parent_objects,
        ) % {"count": num_parent_objects}


def translation_of(source: Page, locale: Locale, user: Any) -> Translation | None:
    """The translation of a page into a language with the source's words of today, opened if there is none; None where
    the page has a text of its own in that language."""
    try:
        with transaction.atomic():
            return send_for_translation(source, locale, user)
    except AlreadyTranslated:
        following = Translation.objects.filter(FOLLOWING, target_locale=locale)
        return following.filter(source__object_id=source.translation_key, source__locale=source.locale_id).first()
