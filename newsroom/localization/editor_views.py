"""What the translation editor stores: a text, the word that a text is right, something of the translation's own. Each
answers the script of the editor with JSON, and a plain form with the editor."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail_localize.models import (
    OverridableSegment,
    SegmentOverride,
    StringSegment,
    Translation,
)

from newsroom.localization import overrides, permissions, translating
from newsroom.localization.doubts import waive
from newsroom.localization.editor_page import Editor
from newsroom.text import plain


def patterns() -> list[Any]:
    """The addresses that wagtail-localize does not have."""
    translation = "localization/translations/<int:translation_id>/"
    return [
        path(f"{translation}texts/<int:segment_id>/", store_text, name="localization_store_text"),
        path(f"{translation}texts/<int:segment_id>/right/", waive_doubt, name="localization_waive"),
        path(f"{translation}overrides/<int:segment_id>/", store_override, name="localization_store_override"),
    ]


@require_POST
def store_text(request: HttpRequest, translation_id: int, segment_id: int) -> HttpResponse:
    """Store the translation of a text; take it back if nothing was written. Storing says that it is right."""
    translation = _translation(request, translation_id)
    segment = _segment(translation, segment_id)
    user: Any = request.user
    try:
        _only_what_was_seen(request, translation, segment)
        if request.POST.get("value", "").strip():
            translating.store(translation, segment, request.POST["value"], user)
        else:
            _take_back(translation, segment)
    except ValidationError as error:
        return _refused(request, translation, segment, error.messages)
    return _stored(request, translation, segment)


@require_POST
def waive_doubt(request: HttpRequest, translation_id: int, segment_id: int) -> HttpResponse:
    """Say that a text is right although a number, a date or an address differs."""
    translation = _translation(request, translation_id)
    segment = _segment(translation, segment_id)
    doubt = Editor(translation).row(segment).doubt
    if doubt:
        user: Any = request.user
        waive(translation, [doubt], user)
    return _stored(request, translation, segment)


@require_POST
def store_override(request: HttpRequest, translation_id: int, segment_id: int) -> HttpResponse:
    """Give the translation a picture, page, document or address of its own; without one it has that of its source."""
    translation = _translation(request, translation_id)
    segment = get_object_or_404(OverridableSegment, pk=segment_id, source=translation.source_id)
    place = {"locale_id": translation.target_locale_id, "context_id": segment.context_id}
    value = request.POST.get(f"override-{segment.pk}-value", "").strip()
    if value:
        _store_own(request, translation, segment, value)
    else:
        SegmentOverride.objects.filter(**place).delete()
        messages.success(request, _("The translation has what its source has."))
    return redirect(f"{translation.get_target_instance_edit_url()}#override-{segment.pk}")


def _store_own(request: HttpRequest, translation: Translation, segment: OverridableSegment, value: str) -> None:
    try:
        overrides.store(translation, segment, value, request.user)
    except ValidationError as error:
        for problem in error.messages:
            messages.error(request, _("Nothing was saved: %(problem)s") % {"problem": problem})
    else:
        messages.success(request, _("The translation has its own now."))


def _only_what_was_seen(request: HttpRequest, translation: Translation, segment: StringSegment) -> None:
    """Raises ValidationError if somebody has stored another text since the editor was loaded: nobody overwrites what
    they have not seen."""
    now = translating.stored(translation, segment).values_list("data", flat=True).first() or ""
    if request.POST.get("before", now).replace("\r\n", "\n") != now:
        raise ValidationError(
            _("Somebody has changed this text since you opened it. It says now: “%(text)s”. Load the page again.")
            % {"text": plain(now)}
        )


def _take_back(translation: Translation, segment: StringSegment) -> None:
    for text in translating.stored(translation, segment):
        text.delete()  # one by one: wagtail-localize listens


def _translation(request: HttpRequest, pk: int) -> Translation:
    translation = get_object_or_404(translating.open_translations(), pk=pk)
    if not permissions.may_edit(request.user, translation.get_target_instance()):
        raise PermissionDenied
    return translation


def _segment(translation: Translation, pk: int) -> StringSegment:
    segments = StringSegment.objects.select_related("context", "string")
    return get_object_or_404(segments, pk=pk, source=translation.source_id)


def _asked_by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _stored(request: HttpRequest, translation: Translation, segment: StringSegment) -> HttpResponse:
    if not _asked_by_script(request):
        return redirect(f"{translation.get_target_instance_edit_url()}#text-{segment.pk}")
    editor = Editor(translation)
    row = next(row for row in editor.rows if row.segment.pk == segment.pk)
    context = {"row": row, "translation": translation, "may_edit": True}
    return JsonResponse(
        {
            "value": row.value,
            "state": row.state,
            "notes": render_to_string("localization/editor_notes.html", context, request),
            "progress": editor.progress,
        }
    )


def _refused(
    request: HttpRequest, translation: Translation, segment: StringSegment, problems: list[str]
) -> HttpResponse:
    if _asked_by_script(request):
        return JsonResponse({"problems": problems})
    for problem in problems:
        messages.error(request, _("Nothing was saved: %(problem)s") % {"problem": problem})
    return redirect(f"{translation.get_target_instance_edit_url()}#text-{segment.pk}")
