"""What the buttons of the translation editor do, and which of them somebody gets."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page
from wagtail_localize.models import Translation

from newsroom.language import name_in_a_sentence
from newsroom.localization import drafts, permissions
from newsroom.localization.translating import translation_into

SAVE, SUBMIT, PUBLISH, APPROVE, REJECT = "save", "submit", "publish", "approve", "reject"


@dataclass(frozen=True)
class Action:
    """A button: what it posts, what stands on it."""

    name: str
    label: str
    icon: str


def actions(translation: Translation, page: Page, user: Any) -> list[Action]:
    """What the user may do with the texts of a translation, the most likely first; nothing while the page is locked
    for them."""
    language = {"language": name_in_a_sentence(translation.target_locale.language_code)}
    source = translation.source.get_source_instance()
    due = source.go_live_at and source.go_live_at > now()
    publish = _("Schedule in %(language)s") if due else _("Publish in %(language)s")
    offered = {
        APPROVE: Action(APPROVE, _("Approve"), "success"),
        PUBLISH: Action(PUBLISH, publish % language, "upload"),
        SUBMIT: Action(SUBMIT, _("Submit for review"), "resubmit"),
        SAVE: Action(SAVE, _("Save draft"), "draft"),
        REJECT: Action(REJECT, _("Request changes"), "edit"),
    }
    return [action for name, action in offered.items() if _allowed(name, page, user)]


def _allowed(name: str, page: Page, user: Any) -> bool:
    if not permissions.may_edit(user, page):
        return False
    if name in (APPROVE, REJECT):
        task = page.current_workflow_task
        return task is not None and name in {action for action, _label, _comment in task.get_actions(page, user)}
    if name == PUBLISH:
        return getattr(page.specific, "publishable", True) and permissions.may_publish(user, page)
    if name == SUBMIT:
        return page.permissions_for_user(user).can_submit_for_moderation()
    return name == SAVE


def respond(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Do what a button of the translation editor asks for; None when no such button was pressed. For Wagtail's hook
    `before_edit_page`, which has checked that the user edits the page. Raises PermissionDenied."""
    name = request.POST.get("action")
    translation = translation_into(page) if request.method == "POST" and name else None
    if translation is None:
        return None
    page = page.specific
    if not _allowed(str(name), page, request.user):
        raise PermissionDenied
    try:
        message = _do(str(name), translation, page, request)
    except drafts.NotReady as error:
        context = {"page": page, "translation": translation, "state": error.readiness, "doubts": error.doubts}
        context |= {"action": name, "comment": request.POST.get("comment", "")}
        return TemplateResponse(request, "localization/not_ready.html", context)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, _("Nothing was saved: %(problem)s") % {"problem": text})
    else:
        messages.success(request, message)
    return redirect("wagtailadmin_pages:edit", page.pk)


def _do(name: str, translation: Translation, page: Page, request: HttpRequest) -> str:
    """Do it, and say so."""
    user: Any = request.user
    confirmed = "confirmed" in request.POST
    comment = request.POST.get("comment", "")
    if name == SAVE:
        drafts.save_draft(translation, user)
        said = _("“%(title)s” was saved as a draft. Readers see no change.")
    elif name == SUBMIT:
        drafts.submit(translation, user, confirmed=confirmed)
        said = _("“%(title)s” was submitted for review.")
    elif name == REJECT:
        page.current_workflow_task.on_action(page.current_workflow_task_state, user, REJECT, comment=comment)
        said = _("Changes to “%(title)s” were requested.")
    elif name == APPROVE:
        page = drafts.approve(translation, user, comment, confirmed=confirmed)
        said = _("“%(title)s” was approved.")
    else:
        due = drafts.publish(translation, user, confirmed=confirmed)
        if due:
            when = date_format(localtime(due), "SHORT_DATETIME_FORMAT")
            return _("“%(title)s” is scheduled for %(when)s, like its source.") % {"title": _title(page), "when": when}
        said = _("“%(title)s” has been published.")
    return said % {"title": _title(page)}


def _title(page: Page) -> str:
    return Page.objects.get(pk=page.pk).get_admin_display_title()
