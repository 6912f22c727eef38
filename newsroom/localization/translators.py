"""Who can be asked to translate into a language."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, Group
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import GroupPagePermission, Locale
from wagtail.users.models import UserProfile


def groups_of(locale: Locale) -> list[Group]:
    """The groups that may translate and change pages of a language, first those that write in no other."""
    changing = GroupPagePermission.objects.filter(group=OuterRef("pk"), permission__codename="change_page")
    here = changing.filter(Q(page__locale=locale) | Q(page__depth=1))
    elsewhere = changing.exclude(page__locale=locale, page__depth__gt=1)
    translating = Group.objects.filter(permissions__codename="submit_translation").filter(Exists(here))
    groups = translating.annotate(elsewhere=Exists(elsewhere))
    return list(groups.order_by("elsewhere", "name"))


def group_of(locale: Locale) -> Group | None:
    """The group of a language: the first of those that write in it and in no other."""
    return next((group for group in groups_of(locale) if not group.elsewhere), None)  # type: ignore[attr-defined]


def people_of(locale: Locale) -> QuerySet[Any]:
    """The active users who translate into a language through one of their groups, by name."""
    users = get_user_model().objects.filter(is_active=True, groups__in=groups_of(locale)).distinct()
    return users.order_by("last_name", "first_name", "username")


def language_of(user: AbstractBaseUser) -> str:
    """The language in which somebody uses the admin: "fr"."""
    return UserProfile.get_for_user(user).get_preferred_language()
