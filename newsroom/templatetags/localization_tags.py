"""What the admin's templates say about translations."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from wagtail.admin.ui.menus.pages import get_page_header_buttons
from wagtail.admin.widgets.button import ButtonWithDropdown
from wagtail.models import Page
from wagtail_localize.models import Translation

from newsroom.localization import cascade, editor, permissions

register = template.Library()


@register.simple_tag
def translation_actions(translation: Translation, page: Page, user: Any) -> list[editor.Action]:
    """The buttons that the user gets for a translation, the most likely first."""
    return editor.actions(translation, page, user)


@register.simple_tag
def may_publish(page: Page, user: Any) -> bool:
    """Whether the user may make public what stands in a page."""
    return permissions.may_publish(user, page)


@register.simple_tag
def header_actions(page: Page, user: Any, next_url: str) -> list[ButtonWithDropdown]:
    """The menu beside a page's title (move, copy, history …), as Wagtail's own editor has it."""
    buttons = sorted(get_page_header_buttons(page=page, user=user, next_url=next_url, view_name="edit"))
    if not buttons:
        return []
    label = {"aria-label": _("Actions")}
    return [ButtonWithDropdown(buttons=buttons, icon_name="dots-horizontal", attrs=label, classname="w-h-slim-header")]


@register.simple_tag
def translations_to(action: str, page: Page, user: Any, destination: Page | None = None) -> list[Page]:
    """The translations of a page to which the user may do the same: "unpublish", "move" or "delete"."""
    return cascade.candidates(page, user, action, destination)
