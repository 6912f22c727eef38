"""Who may do what to which translation.

wagtail-localize asks for one global permission, or for none. Here the permissions on pages decide, language by
language, because every language has a tree of its own; snippets follow the languages of the pages. Locks hold.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from wagtail.models import Locale, Page, TranslatableMixin
from wagtail.permissions import page_permission_policy
from wagtail.snippets.permissions import get_permission_name
from wagtail_localize.models import TranslationSource

from newsroom.localization.state import FOLLOWING

SUBMIT = "wagtail_localize.submit_translation"


def may_see(user: Any, instance: models.Model) -> bool:
    """Whether the user finds this page or snippet in the admin at all."""
    if isinstance(instance, Page):
        return user.is_superuser or bool(instance.permissions_for_user(user).permissions)
    return sees_snippets(user, type(instance))


def visible_pages(user: Any) -> models.QuerySet[Page]:
    """The pages that the user finds in the admin: those for which `may_see` is true."""
    actions = {"add", "change", "publish", "bulk_delete", "lock", "unlock"}
    return page_permission_policy.instances_user_has_any_permission_for(user, actions)


def may_open(user: Any, instance: models.Model) -> bool:
    """Whether the user may read the drafts of this page or snippet: previews, files for translators."""
    if isinstance(instance, Page):
        return instance.permissions_for_user(user).can_edit()
    return user.has_perm(get_permission_name("change", type(instance))) and _works_on(user, instance)


def openable(user: Any, pages: Iterable[Page]) -> set[int]:
    """The ids of those of `pages` that the user may open: `may_open` for many. One query."""
    found = page_permission_policy.instances_user_has_permission_for(user, "change")
    return set(found.filter(pk__in=[page.pk for page in pages]).values_list("pk", flat=True))


def may_edit(user: Any, instance: models.Model) -> bool:
    """Whether the user may change this page or snippet now: nobody does while it is locked for them, by a person or
    because others review it."""
    return may_open(user, instance) and not _locked(user, instance)


def may_publish(user: Any, instance: models.Model) -> bool:
    """Whether the user may make public what stands in this page or snippet. A snippet without drafts is public as soon
    as it is saved."""
    if isinstance(instance, Page):
        return instance.permissions_for_user(user).can_publish() and not _locked(user, instance)
    return may_edit(user, instance)


def may_send(user: Any, source: models.Model, locale: Locale) -> bool:
    """Whether the user may have a page or snippet translated into a language: who edits the source, or who sees a
    public one and edits the pages that the translation will stand under. Drafts are for their editors to send."""
    if not user.has_perm(SUBMIT) or source.locale_id == locale.pk:  # type: ignore[attr-defined]
        return False
    if may_open(user, source):
        return True
    if not isinstance(source, Page):
        return may_see(user, source) and works_in(user, locale)
    return source.live and may_see(user, source) and _edits_above(user, source, locale)


def may_sync(user: Any, source: TranslationSource) -> bool:
    """Whether the user may give the translations of a source its words of today: who edits the source, or who sees a
    public one and edits one of its translations."""
    if not user.has_perm(SUBMIT):
        return False
    instance = _existing(source.get_source_instance)
    if instance is None:
        return False
    if may_open(user, instance):
        return True
    if not getattr(instance, "live", True) or not may_see(user, instance):
        return False
    kept = source.translations.filter(FOLLOWING)
    targets = [_existing(translation.get_target_instance) for translation in kept]
    return any(target is not None and may_open(user, target) for target in targets)


def sees_snippets(user: Any, model: type[models.Model]) -> bool:
    """Whether the user has anything to do with a type of snippet."""
    return any(user.has_perm(get_permission_name(action, model)) for action in ("add", "change", "delete", "view"))


def works_in(user: Any, locale: Locale) -> bool:
    """Whether the user writes pages of a language. That decides about what has a language and no place in the tree."""
    if user.is_superuser:
        return True
    pages = page_permission_policy.instances_user_has_any_permission_for(user, ["add", "change", "publish"])
    return pages.filter(locale=locale, depth__gt=1).exists()


def all_locales() -> list[Locale]:
    """Every language, first those to translate into rather than the site's first."""
    first = Locale.get_default()
    return sorted(Locale.objects.all(), key=lambda locale: (locale == first, locale.pk))


def own_locales(user: Any) -> list[Locale]:
    """Those of all languages, in their order, that the user writes in. Looked up once for a user, as Django does with
    permissions: every entry of the menu asks."""
    if not hasattr(user, "_own_locales"):
        user._own_locales = [locale for locale in all_locales() if works_in(user, locale)]
    return user._own_locales


def locales_to_send(user: Any, source: models.Model, locales: Iterable[Locale]) -> list[Locale]:
    """Those of `locales` that the user may have a page or snippet translated into."""
    return [locale for locale in locales if may_send(user, source, locale)]


def _existing(instance: Callable[[], models.Model]) -> models.Model | None:
    """A page or snippet, or None: wagtail-localize keeps what it knows of those that were deleted."""
    try:
        return instance()
    except ObjectDoesNotExist:
        return None


def _works_on(user: Any, instance: models.Model) -> bool:
    return not isinstance(instance, TranslatableMixin) or works_in(user, instance.locale)


def _locked(user: Any, instance: models.Model) -> bool:
    return isinstance(instance, Page) and bool(instance.permissions_for_user(user).page_locked())


def _edits_above(user: Any, source: Page, locale: Locale) -> bool:
    """Whether the user edits, in `locale`, the nearest page above `source` that exists there."""
    for ancestor in source.get_ancestors().filter(depth__gt=1).order_by("-depth"):
        above = ancestor.get_translations().filter(locale=locale).first()
        if above is not None:
            return above.permissions_for_user(user).can_edit()
    return False
