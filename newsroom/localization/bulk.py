"""What is done to many pages at once in the admin: it asks no question, so nothing that needs one is done there."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.models import Page
from wagtail_localize.models import Translation

from newsroom.language import language_label
from newsroom.localization import cascade, doubts, drafts, pairing
from newsroom.localization.readiness import readiness
from newsroom.localization.translating import made_from

PUBLISH = "publish"
# Where a bulk action keeps, until it is done, what to say about translations that do not go along.
_STAYING = "translations_staying"


def before(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    """For Wagtail's hook `before_bulk_action`. Publishing is refused as a whole when a translation among the pages
    needs somebody's word; the answer leads back. Before the rest, the translations that will stay are noted."""
    if not issubclass(action.model, Page):
        return None
    if action_type == PUBLISH:
        return _refuse(request, objects, action)
    setattr(action, _STAYING, _named(_staying(request, action_type, objects, action)))
    return None


def after(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> None:
    """For Wagtail's hook `after_bulk_action`: say which translations did not go along."""
    staying = getattr(action, _STAYING, "")
    said = {
        cascade.UNPUBLISH: _("Still public in other languages: %(pages)s."),
        cascade.MOVE: _("Not moved along in other languages: %(pages)s."),
        cascade.DELETE: _("Still there in other languages: %(pages)s."),
    }
    if staying and action_type in said:
        messages.warning(request, said[action_type] % {"pages": staying})


def needs_a_word(page: Page) -> bool:
    """Whether the latest draft of a page is a translation that somebody has to look at, or to answer for, before it is
    public."""
    translation = made_from(page)
    if translation is None:
        return False
    if not page.latest_revision or not drafts.may_go_live(page, page.latest_revision):
        return True
    if translation.enabled:
        return _unfinished(translation, page)
    return bool(pairing.doubts(page.get_latest_revision_as_object()))


def _unfinished(translation: Translation, page: Page) -> bool:
    """Whether a text is missing or doubtful, or was stored after the draft that would be published."""
    state = readiness(translation)
    texts = state.incomplete or state.title_missing
    return texts or bool(doubts.doubts(translation)) or pairing.differs_from_draft(translation, page.specific)


def _refuse(request: HttpRequest, objects: list[Page], action: Any) -> HttpResponse | None:
    below = action.cleaned_form.cleaned_data.get("include_descendants")
    refused = [page for page in _to_publish(objects, request.user, below=below) if needs_a_word(page)]
    if not refused:
        return None
    messages.error(
        request,
        _(
            "Nothing was published. These translations are not complete, or would be public before their source: "
            "publish them from their own editor, which shows what is missing. %(pages)s."
        )
        % {"pages": _named(refused)},
    )
    return redirect(action.next_url)


def _to_publish(objects: Iterable[Page], user: Any, *, below: bool) -> Iterator[Page]:
    """What Wagtail's action publishes: the pages chosen and, when asked to, the drafts `below` them."""
    for page in objects:
        yield page
        for draft in page.get_descendants().not_live() if below else ():
            if draft.permissions_for_user(user).can_publish():
                yield draft


def _staying(request: HttpRequest, action_type: str, objects: list[Page], action: Any) -> list[Page]:
    """The translations to which the user could have done the same, page by page."""
    if action_type not in (cascade.UNPUBLISH, cascade.MOVE, cascade.DELETE):
        return []
    destination = action.cleaned_form.cleaned_data.get("chooser")
    chosen = {page.pk for page in objects}
    found = [one for page in objects for one in cascade.candidates(page, request.user, action_type, destination)]
    return [page for page in found if page.pk not in chosen]


def _named(pages: Iterable[Page]) -> str:
    by_key = {page.pk: page.specific for page in pages}
    names = [
        _("“%(title)s” (%(language)s)")
        % {"title": page.get_admin_display_title(), "language": language_label(page.locale.language_code)}
        for page in by_key.values()
    ]
    return ", ".join(names)
