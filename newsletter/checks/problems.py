"""Something that is wrong with a digest: what, in which language, where to mend it, and what it takes to send all the
same."""

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from wagtail.models import Page
from wagtail.snippets.permissions import get_permission_name

from newsroom.localization import permissions

# What cannot be sent whatever anybody says: there is no mail, or nobody to get it, or no way out of it.
FINAL = frozenset({"unrenderable", "empty", "no-subject", "nobody", "no-unsubscribe", "not-approved"})


@dataclass(frozen=True)
class Record:
    """An entry of the domain name system to copy: its name, and what it says."""

    name: str
    value: str


@dataclass(frozen=True)
class Problem:
    """Something to mend before sending, or, unless it `blocks`, to know about.

    `code` names the kind for ever: the audit trail keeps it. `language` is that of the edition, "" for all of them;
    `about` tells problems of one kind apart; `url` is where it is mended, "" where no page of the admin does.
    """

    message: str
    blocks: bool
    code: str
    language: str = ""
    about: str = ""
    url: str = ""
    records: tuple[Record, ...] = ()

    @property
    def final(self) -> bool:
        """Whether it blocks and no reason helps."""
        return self.blocks and self.code in FINAL

    @property
    def key(self) -> str:
        """Names this very problem in a form; another link or another text is another problem."""
        digest = hashlib.sha256("\0".join([self.code, self.language, self.about]).encode())
        return f"{self.code}-{digest.hexdigest()[:12]}"


def where_to_edit(page: Page) -> str:
    """The address of a page's editor."""
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def for_reader(problems: Iterable[Problem], user: Any, page: Page) -> list[Problem]:
    """Problems of a digest without the ways that lead this user to a closed door. Two queries."""
    twins = list(Page.objects.filter(translation_key=page.translation_key, alias_of__isnull=True))
    may_open = permissions.openable(user, twins)
    closed = {where_to_edit(twin) for twin in twins if twin.pk not in may_open}
    if not user.has_perm(get_permission_name("change", apps.get_model(settings.SITE_SETTINGS_MODEL))):
        closed.add(where_settings_are())
    return [dataclasses.replace(problem, url="") if problem.url in closed else problem for problem in problems]


def where_settings_are() -> str:
    """The address of the settings of the organisation."""
    meta = apps.get_model(settings.SITE_SETTINGS_MODEL)._meta
    return reverse("wagtailsettings:edit", args=[meta.app_label, meta.model_name])
