"""What the floor adds to the admin: translations."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Locale, Page, TranslatableMixin

from newsroom.localization import cascade, drafts, editor, guards, permissions
from newsroom.localization.listing import SitePageViewSet
from newsroom.localization.panels import TranslationsHomePanel
from newsroom.localization.sending import SendForTranslation


@hooks.register("register_admin_urls", order=-100)
def register_guards() -> list[Any]:
    return guards.patterns()


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
    return editor.respond(request, page)


# -- Snippets: by language -------------------------------------------------------------------------------------------


@hooks.register("before_edit_snippet", order=-100)
def guard_snippet(request: HttpRequest, instance: Model) -> None:
    _only_in_own_languages(request, [instance])


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


# -- Where translations stand ------------------------------------------------------------------------------------------


@hooks.register("register_admin_viewset")
def register_page_viewset() -> SitePageViewSet:
    return SitePageViewSet()


hooks.register("register_bulk_action", SendForTranslation)


@hooks.register("construct_homepage_panels")
def add_translations_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(TranslationsHomePanel())
