"""Sending many pages for translation at once, from the listings of the admin."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Locale, Page

from newsroom.localization import permissions
from newsroom.localization.state import Status, states
from newsroom.localization.translating import AlreadyTranslated, send_for_translation
from newsroom.templatetags.state_tags import language_label


class LanguagesField(forms.ModelMultipleChoiceField):
    """Languages, by their names in the language of the admin."""

    def label_from_instance(self, locale: Locale) -> str:
        return language_label(locale.language_code)


class LanguagesForm(forms.Form):
    """Into which languages the pages are to be translated."""

    languages = LanguagesField(
        label=_("Languages"), queryset=Locale.objects.order_by("pk"), widget=forms.CheckboxSelectMultiple
    )


class SendForTranslation(PageBulkAction):
    """Open translations of the pages ticked, in those languages in which they are missing."""

    display_name = _("Send for translation")
    action_type = "send_for_translation"
    aria_label = _("Send selected pages for translation")
    template_name = "localization/confirm_send.html"
    action_priority = 5
    form_class = LanguagesForm

    def check_perm(self, page: Page) -> bool:
        return not page.is_root() and any(
            permissions.may_send(self.request.user, page, locale) for locale in self._locales
        )

    @property
    def _locales(self) -> list[Locale]:
        if not hasattr(self, "_all_locales"):
            self._all_locales = list(Locale.objects.order_by("pk"))
        return self._all_locales

    def get_initial(self) -> dict[str, Any]:
        return {"languages": [locale for locale in self._locales if permissions.works_in(self.request.user, locale)]}

    def get_execution_context(self) -> dict[str, Any]:
        return {**super().get_execution_context(), "locales": self.cleaned_form.cleaned_data["languages"]}

    @classmethod
    def execute_action(
        cls, objects: Iterable[Page], user: Any = None, locales: Iterable[Locale] = (), **kwargs: Any
    ) -> tuple[int, int]:
        """Returns how many translations were opened. What is translated, or on its way, stays as it is."""
        found = states(objects)
        sent = 0
        for page in objects:
            for locale in locales:
                missing = found[page.translation_key][locale.language_code].status == Status.MISSING
                if missing and permissions.may_send(user, page, locale):
                    sent += cls._send(page, locale, user)
        return sent, 0

    @staticmethod
    def _send(page: Page, locale: Locale, user: Any) -> int:
        try:
            with transaction.atomic():
                send_for_translation(page.specific, locale, user)
        except AlreadyTranslated:
            return 0
        return 1

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return ngettext(
            "%(count)d translation has been started.", "%(count)d translations have been started.", num_parent_objects
        ) % {"count": num_parent_objects}
