"""What the admin shows beside a page, and on its first page, about translations."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.models import Locale, Page
from wagtail_localize.models import TranslationSource

from newsroom.localization import jobs, pairing, permissions
from newsroom.localization.models import JobPage, TranslationJob
from newsroom.localization.state import States, Status, sources, states, with_status
from newsroom.localization.translating import translation_into
from newsroom.localization.watching import Difference, differences

PRESSING = (Status.MISSING, Status.OUTDATED, Status.IN_REVIEW)
ROWS = 5


def beside(page: Page, request: Any) -> list[BaseSidePanel]:
    """What the site shows beside a page, in every editor of it: its translations, and what functions registered with
    the hook `show_beside_page` give for this page and request (a list of panels)."""
    others = [panel for show in hooks.get_hooks("show_beside_page") for panel in show(page, request)]
    return [TranslationsSidePanel(page, request), *others]


class TranslationsSidePanel(BaseSidePanel):
    """Where the page stands in each language; beside a translation also what has changed in its source."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle translations")
        icon_name = "wagtail-localize-language"

        def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["count"] = sum(
                state.status in (Status.MISSING, Status.OUTDATED) for state in self.panel.states.values()
            )
            return context

    name = "translations"
    title = _("Translations")
    template_name = "localization/side_panel.html"
    order = 150

    def __init__(self, page: Page, request: Any) -> None:
        super().__init__(page, request)
        self.states: States = states([page])[page.translation_key] if page.translation_key else {}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        context["states"] = [self._with_links(state) for state in self.states.values()]
        context["differences"] = self._differences()
        context["questions_url"] = self._questions_url()
        context["jobs"] = self._jobs()
        own = self.states.get(self.object.locale.language_code)
        if own and own.by_hand:
            context["compare_url"] = reverse("localization_compare", args=[self.object.pk])
        else:
            context["sync_url"] = self._sync_url() if context["differences"] else None
        return context

    def _with_links(self, state: Any) -> dict[str, Any]:
        """The state, and where its page is edited or ordered, for those who may."""
        if state.page_id == self.object.pk:
            return {"state": state, "current": True}
        if state.page_id:
            page = Page.objects.get(pk=state.page_id)
            opens = permissions.may_open(self.request.user, page)
            return {"state": state, "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]) if opens else None}
        source = self._source_page()
        locale = Locale.objects.get(language_code=state.language)
        sends = source is not None and permissions.may_send(self.request.user, source, locale)
        send_url = reverse("wagtail_localize:submit_page_translation", args=[source.pk]) if source and sends else None
        return {"state": state, "send_url": send_url and f"{send_url}?select_locale={state.language}"}

    def _source_page(self) -> Page | None:
        pk = next((state.page_id for state in self.states.values() if state.is_source), None)
        return Page.objects.filter(pk=pk).first()

    def _differences(self) -> list[Difference]:
        own = self.states.get(self.object.locale.language_code)
        if own is None or not own.moved:
            return []
        paired = pairing.pairing_of(self.object) if own.by_hand else None
        if paired is not None:
            return pairing.changes(paired)
        translation = translation_into(self.object)
        return differences(translation.source) if translation else []

    def _questions_url(self) -> str | None:
        """Where one asks about the words of the source, beside a translation."""
        translation = translation_into(self.object)
        if translation is None or not permissions.may_open(self.request.user, self.object):
            return None
        return reverse("translation_questions", args=[translation.pk])

    def _jobs(self) -> QuerySet[TranslationJob]:
        """The open jobs that this story is part of."""
        rows = JobPage.objects.filter(
            state=TranslationJob.State.OPEN, translation__source__object_id=self.object.translation_key
        )
        return jobs.visible_to(self.request.user).filter(pages__in=rows).distinct().order_by("language")

    def _sync_url(self) -> str | None:
        source = TranslationSource.objects.get(pk=translation_into(self.object).source_id)  # type: ignore[union-attr]
        if not permissions.may_sync(self.request.user, source):
            return None
        return reverse("wagtail_localize:update_translations", args=[source.pk])


class TranslationsHomePanel(Component):
    """What waits in the languages the user works in: to translate, outdated, in review; the newest few of each."""

    name = "translations"
    order = 205
    template_name = "localization/home_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        lists = [
            found
            for locale in Locale.objects.all()
            if permissions.works_in(user, locale)
            for status in PRESSING
            if (found := self._list(user, locale, status))["rows"]
        ]
        return {"lists": lists}

    @staticmethod
    def _list(user: Any, locale: Locale, status: Status) -> dict[str, Any]:
        pages = sources().exclude(locale=locale).filter(pk__in=permissions.visible_pages(user).values("pk"))
        pages = with_status(pages, locale, status).select_related("locale")
        rows = list(pages.order_by("-latest_revision_created_at")[:ROWS])
        found = states(rows)
        for page in rows:
            page.state = found[page.translation_key][locale.language_code]
        report = reverse("wagtail_localize:translations_report")
        return {
            "status": status,
            "locale": locale,
            "rows": rows,
            "report_url": f"{report}?language={locale.language_code}&status={status}",
        }
