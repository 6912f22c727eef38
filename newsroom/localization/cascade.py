"""What happens to translations when their source is unpublished, moved or deleted: what the editor ticked."""

from collections.abc import Iterable
from typing import Any

from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page
from wagtail_localize.models import Translation

UNPUBLISH, MOVE, DELETE = "unpublish", "move", "delete"


def candidates(page: Page, user: Any, action: str, destination: Page | None = None) -> list[Page]:
    """The translations of `page` to which the user may do the same; none for a page that is itself a translation, since
    a source does not follow its translations. A move leads to the page that says in their language what `destination`
    says, where there is one."""
    if Translation.objects.filter(source__object_id=page.translation_key, target_locale=page.locale_id).exists():
        return []
    others = Page.objects.filter(translation_key=page.translation_key, alias_of=None).exclude(pk=page.pk)
    pages = others.select_related("locale").order_by("locale__language_code").specific()
    return [other for other in pages if _allowed(other, user, action, destination)]


def unpublish(pages: Iterable[Page], user: Any, *, include_descendants: bool = False) -> None:
    """Unpublish translations. Raises PermissionDenied."""
    for page in pages:
        UnpublishPageAction(page, user=user, include_descendants=include_descendants).execute()


def move(pages: Iterable[Page], user: Any, destination: Page) -> None:
    """Move translations below what says `destination` in their language. Raises PermissionDenied."""
    for page in pages:
        counterpart = _counterpart(destination, page)
        if counterpart is not None:
            MovePageAction(page, counterpart, pos="last-child", user=user).execute()


def delete(pages: Iterable[Page], user: Any) -> None:
    """Delete translations. Raises PermissionDenied."""
    for page in pages:
        DeletePageAction(page, user=user).execute()


def _allowed(page: Page, user: Any, action: str, destination: Page | None) -> bool:
    permissions = page.permissions_for_user(user)
    if action == UNPUBLISH:
        return permissions.can_unpublish()
    if action == DELETE:
        return permissions.can_delete() and not permissions.page_locked()
    counterpart = _counterpart(destination, page) if destination else None
    return counterpart is not None and permissions.can_move_to(counterpart)


def _counterpart(destination: Page, page: Page) -> Page | None:
    return destination.get_translations().filter(locale=page.locale_id, alias_of=None).first()
