"""Machine translation in the admin: asking for it, and accepting what came."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail_localize.models import Translation

from newsroom.localization import machine, permissions, translating


def patterns() -> list[Any]:
    """The addresses that wagtail-localize does not have."""
    return [
        path("localization/translations/<int:translation_id>/accept/", accept, name="localization_machine_accept"),
    ]


@require_POST
def translate(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Have a machine translate what is not translated yet. The guard has asked for the page's permissions."""
    translation = _translation(translation_id)
    if machine.service_for(translation) is None:
        raise Http404
    try:
        outcome = machine.translate(translation, request.user)
    except machine.Failed as error:
        messages.error(request, str(error))
    else:
        say(request, outcome)
    return _back(request, translation)


@require_POST
def accept(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Say that all the words of a machine are right."""
    translation = _translation(translation_id)
    if not permissions.may_edit(request.user, translation.get_target_instance()):
        raise PermissionDenied
    count = machine.accept(translation, request.user)
    if count:
        done = ngettext("%(count)d text was accepted.", "%(count)d texts were accepted.", count)
        messages.success(request, done % {"count": count})
    if machine.unaccepted(translation).exists():
        messages.warning(request, _("Some texts cannot stand in the page as they are: write them anew."))
    return _back(request, translation)


def say(request: HttpRequest, outcome: machine.Outcome) -> None:
    """Tell the user what a machine did."""
    if outcome.stored:
        done = ngettext(
            "A machine translated %(count)d text. It counts once you have accepted it.",
            "A machine translated %(count)d texts. They count once you have accepted them.",
            outcome.stored,
        )
        messages.success(request, done % {"count": outcome.stored})
    if outcome.damaged:
        left = ngettext(
            "%(count)d text came back damaged, or too long, and was left for you.",
            "%(count)d texts came back damaged, or too long, and were left for you.",
            outcome.damaged,
        )
        messages.warning(request, left % {"count": outcome.damaged})
    if not outcome.stored and not outcome.damaged:
        messages.info(request, _("Nothing was left to translate."))


def _translation(pk: int) -> Translation:
    return get_object_or_404(translating.open_translations(), pk=pk)


def _back(request: HttpRequest, translation: Translation) -> HttpResponse:
    return redirect(get_valid_next_url_from_request(request) or translation.get_target_instance_edit_url())
