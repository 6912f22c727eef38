"""What the floor adds to the admin: translations."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Locale, Page, TranslatableMixin

from newsroom.localization import (
    bulk,
    cascade,
    drafts,
    editor,
    editor_page,
    editor_views,
    guards,
    importing,
    job_views,
    jobs,
    machine_views,
    pairing,
    pairing_views,
    permissions,
    po_views,
    question_views,
    small_changes,
    translating,
)
from newsroom.localization.listing import SitePageViewSet
from newsroom.localization.panels import TranslationsHomePanel
from newsroom.localization.sending import SendForTranslation


@hooks.register("insert_global_admin_css")
def style_admin() -> str:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("localization/admin.css"))


@hooks.register("register_admin_urls", order=-100)
def register_guards() -> list[Any]:
    return [*guards.patterns(), *editor_views.patterns()]


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action(
        drafts.INCOMPLETE,
        _("Accept missing translations"),
        _("Confirmed that it may be public with missing translations"),
    )
    actions.register_action(
        drafts.BEFORE_SOURCE,
        _("Let a translation go first"),
        _("Confirmed that it may be public before its source"),
    )


@hooks.register("before_edit_page", order=-100)
def answer_translation_editor(request: HttpRequest, page: Page) -> HttpResponse | None:
    return editor.respond(request, page) or editor_page.show(request, page.specific)


# -- Texts written by hand ---------------------------------------------------------------------------------------------


@hooks.register("register_admin_urls")
def register_pairing() -> list[Any]:
    return pairing_views.patterns()


@hooks.register("register_log_actions")
def register_pairing_actions(actions: LogActionRegistry) -> None:
    actions.register_action(pairing.PAIRED, _("Pair with a translation"), _("Paired with a page in another language"))
    actions.register_action(pairing.UNPAIRED, _("Undo pairing"), _("Made a text of its own again"))
    actions.register_action(pairing.BY_HAND, _("Write by hand"), _("Written by hand from now on"))
    actions.register_action(pairing.IN_STEP, _("Say the same"), _("Confirmed that it says what its source says"))


@hooks.register("construct_page_action_menu")
def name_ways_back(items: list[Any], request: HttpRequest, context: Any) -> None:
    """What wagtail-localize calls "synced translation" and "alias" is called here as on the screens it leads to."""
    names = {
        pairing_views.RESTART: _("Translate segment by segment"),
        "localize-convert-to-alias": _("Show the source’s text instead"),
    }
    for item in items:
        item.label = names.get(item.name, item.label)


@hooks.register("before_edit_page", order=-110)
def ask_before_restarting(request: HttpRequest, page: Page) -> HttpResponse | None:
    return pairing_views.restart(request, page)


@hooks.register("before_publish_page")
def ask_before_publishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    return pairing_views.ask_before_publishing(request, page)


@hooks.register("register_page_header_buttons")
def offer_pairing(page: Page, user: Any, view_name: str | None = None, next_url: str | None = None) -> Iterator[Button]:
    if pairing.may_pair(user, page):
        url = reverse("localization_pair", args=[page.pk])
        yield Button(_("Pair with a translation"), url, priority=61, icon_name="link")


# -- PO files and machine translation ----------------------------------------------------------------------------------


@hooks.register("register_admin_urls")
def register_files_and_machines() -> list[Any]:
    return [*po_views.patterns(), *machine_views.patterns()]


@hooks.register("register_log_actions")
def register_import(actions: LogActionRegistry) -> None:
    actions.register_action(importing.IMPORTED, _("Take over a PO file"), _("Took over translations from a PO file"))


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def offer_files_with_parts(
    page: Page, user: Any, view_name: str | None = None, next_url: str | None = None
) -> Iterator[Button]:
    yield from po_views.buttons(page, user)


hooks.register("register_bulk_action", po_views.DownloadFiles)


# -- Small changes of a source -----------------------------------------------------------------------------------------


@hooks.register("register_log_actions")
def register_small_change(actions: LogActionRegistry) -> None:
    actions.register_action(
        small_changes.PUBLISHED, _("Publish a small change"), _("Said that the change was small: translations stay")
    )


@hooks.register("register_page_action_menu_item")
def offer_small_change() -> small_changes.PublishSmallChange:
    return small_changes.PublishSmallChange(order=25)


@hooks.register("before_publish_page", order=100)
def prepare_small_change(request: HttpRequest, page: Page) -> None:
    small_changes.before(request, page)


@hooks.register("after_publish_page")
def finish_small_change(request: HttpRequest, page: Page) -> None:
    small_changes.after(request, page)


# -- Snippets: by language -------------------------------------------------------------------------------------------


@hooks.register("before_edit_snippet", order=-100)
def guard_snippet(request: HttpRequest, instance: Model) -> HttpResponse | None:
    _only_in_own_languages(request, [instance])
    return editor_page.show(request, instance)


@hooks.register("before_delete_snippet", order=-100)
def guard_snippets(request: HttpRequest, instances: Iterable[Model]) -> None:
    _only_in_own_languages(request, instances)


@hooks.register("before_create_snippet", order=-100)
def guard_new_snippet(request: HttpRequest, model: type[Model]) -> None:
    if issubclass(model, TranslatableMixin):
        code = request.GET.get("locale")
        locale = get_object_or_404(Locale, language_code=code) if code else Locale.get_default()
        if not permissions.works_in(request.user, locale):
            raise PermissionDenied


def _only_in_own_languages(request: HttpRequest, instances: Iterable[Model]) -> None:
    for instance in instances:
        if isinstance(instance, TranslatableMixin) and not permissions.works_in(request.user, instance.locale):
            raise PermissionDenied


# -- Translations follow their source, as the editor ticked ------------------------------------------------------------


def _chosen(request: HttpRequest, page: Page, action: str, destination: Page | None = None) -> list[Page]:
    ticked = request.POST.getlist("translations")
    pages = cascade.candidates(page, request.user, action, destination) if ticked else []
    return [translation for translation in pages if str(translation.pk) in ticked]


@hooks.register("after_unpublish_page")
def unpublish_translations(request: HttpRequest, page: Page) -> None:
    chosen = _chosen(request, page, cascade.UNPUBLISH)
    cascade.unpublish(chosen, request.user, include_descendants=bool(request.POST.get("include_descendants")))


@hooks.register("after_move_page")
def move_translations(request: HttpRequest, page: Page) -> None:
    destination = Page.objects.get(pk=page.pk).get_parent()
    cascade.move(_chosen(request, page, cascade.MOVE, destination), request.user, destination)


@hooks.register("after_delete_page")
def delete_translations(request: HttpRequest, page: Page) -> None:
    cascade.delete(_chosen(request, page, cascade.DELETE), request.user)


@hooks.register("construct_translated_pages_to_cascade_actions")
def delete_aliases(pages: Iterable[Page], action: str) -> dict[Page, Any]:
    """Aliases in other languages say nothing of their own: they go with their source, instead of outliving it as
    pages that nobody wrote."""
    if action != cascade.DELETE:
        return {}
    return {page: page.aliases.exclude(locale=page.locale_id) for page in pages}


hooks.register("before_bulk_action", bulk.before)
hooks.register("after_bulk_action", bulk.after)


# -- Where translations stand ------------------------------------------------------------------------------------------


@hooks.register("register_admin_viewset")
def register_page_viewset() -> SitePageViewSet:
    return SitePageViewSet()


hooks.register("register_bulk_action", SendForTranslation)


@hooks.register("construct_homepage_panels")
def add_translations_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(TranslationsHomePanel())


# -- Jobs and questions ----------------------------------------------------------------------------------------------


@hooks.register("register_admin_urls")
def register_jobs() -> list[Any]:
    return [*job_views.patterns(), *question_views.patterns()]


@hooks.register("register_log_actions")
def register_job_actions(actions: LogActionRegistry) -> None:
    actions.register_action(jobs.ASKED, _("Ask for a translation"), _("Asked for a translation"))


@hooks.register("register_page_header_buttons")
def offer_job(page: Page, user: Any, view_name: str | None = None, next_url: str | None = None) -> Iterator[Button]:
    """Asking somebody to translate a page, or to bring its translations up to date."""
    if not page.is_root() and jobs.may_ask(user, page) and translating.made_from(page) is None:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", SendForTranslation.action_type])
        query = urlencode({"id": page.pk, "next": next_url or reverse("wagtailadmin_pages:edit", args=[page.pk])})
        yield Button(_("Send for translation"), f"{url}?{query}", priority=59, icon_name="wagtail-localize-language")


class JobsMenuItem(MenuItem):
    """An entry of the menu of reports, for those whom jobs concern."""

    def is_shown(self, request: HttpRequest) -> bool:
        return job_views.has_jobs(request.user)


@hooks.register("register_reports_menu_item")
def register_jobs_report() -> JobsMenuItem:
    url = reverse("translation_jobs")
    return JobsMenuItem(_("Translation jobs"), url, icon_name="wagtail-localize-language", order=9010)


@hooks.register("register_reports_menu_item")
def register_words_report() -> JobsMenuItem:
    url = reverse("translation_words")
    return JobsMenuItem(_("Words delivered"), url, icon_name="wagtail-localize-language", order=9020)


@hooks.register("construct_homepage_panels")
def add_questions_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(question_views.QuestionsPanel())
