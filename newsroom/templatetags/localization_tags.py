"""What the admin's templates say about translations."""

from typing import Any

from django import template
from django.db.models import Model
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.menus.pages import get_page_header_buttons
from wagtail.admin.widgets.button import ButtonWithDropdown
from wagtail.models import Page
from wagtail_localize.models import StringSegment, Translation

from newsroom.localization import cascade, editor, machine, permissions, questions
from newsroom.localization.models import SegmentQuestion, Standing

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
def changed_source(translation: Translation, user: Any) -> dict[str, Any]:
    """How many texts of a source differ from those sent for translation, and where to take them over, for those who
    may."""
    count = Standing.objects.filter(translation=translation).values_list("moved", flat=True).first() or 0
    may_sync = count and permissions.may_sync(user, translation.source)
    url = reverse("wagtail_localize:update_translations", args=[translation.source_id]) if may_sync else None
    return {"count": count, "url": url}


@register.inclusion_tag("localization/machine.html", takes_context=True)
def machine_translation(context: Context, translation: Translation, page: Model) -> dict[str, Any]:
    """What a machine did for a translation, and what it can do: the way to accept, the way to ask."""
    request = context["request"]
    may_edit = permissions.may_edit(request.user, page)
    asks = may_edit and machine.untranslated(translation).exists()
    return {
        "translation": translation,
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "unaccepted": machine.unaccepted(translation).count(),
        "service": machine.service_for(translation) if asks else None,
        "may_edit": may_edit,
    }


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


@register.simple_tag
def questions_about(translation: Translation) -> dict[int, list[SegmentQuestion]]:
    """What was asked about the texts of a translation, by the number of their context. One query for the page."""
    return questions.of_translation(translation)


@register.inclusion_tag("localization/segment_questions.html")
def segment_questions(found: dict[int, list[SegmentQuestion]], segment: StringSegment, translation: Translation) -> Any:
    """What was asked about one segment, of what `questions_about` found, and the way to ask."""
    return {"questions": found.get(segment.context_id, []), "segment": segment, "translation": translation}
