"""What every page of the site shares."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.coreutils import find_available_slug
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail_localize.fields import BaseTranslatableField, SynchronizedField

from newsroom.slugs import slug_from
from newsroom.text import without_control_characters


@dataclass(frozen=True)
class SearchText:
    """What readers find a page by, besides its title: `lead` weighs more than the rest. `body` is a line a paragraph;
    `names` are found but not shown. Date and category are what results are sorted and filtered by."""

    lead: str = ""
    body: Sequence[str] = ()
    names: Sequence[str] = ()
    date: datetime | None = None
    category_key: uuid.UUID | None = None


def answering(pages: Iterable[Page]) -> list[Page]:
    """Those of `pages` that readers can open. What is live does not always answer: page types say so with a queryset
    whose `indexable` is their own. One query for each of these."""
    by_type: dict[type[Page], list[Page]] = {}
    for page in pages:
        if page.live and issubclass(page.specific_class, SitePage):
            by_type.setdefault(page.specific_class, []).append(page)
    return [page for model, some in by_type.items() for page in _answering(model, some)]


def _answering(model: type[Page], pages: list[Page]) -> list[Page]:
    found = model.objects.all()
    if type(found).indexable is SitePageQuerySet.indexable:
        return pages
    keys = set(found.indexable().filter(pk__in=[page.pk for page in pages]).values_list("pk", flat=True))
    return [page for page in pages if page.pk in keys]


class OwnField(BaseTranslatableField):
    """A field that each language keeps for itself: wagtail-localize neither translates nor synchronises it."""


class SitePageForm(WagtailAdminPageForm):
    """The editor's form. An empty address is no mistake: it is made from the title."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False


class SitePageQuerySet(PageQuerySet):
    """Pages of the site, asked for by name."""

    def originals(self) -> Self:
        """Pages that are texts of their own. (An alias is the same text under another address.)"""
        return self.filter(alias_of__isnull=True)

    def live_in(self, language: str) -> Self:
        """What readers of a language can open: live originals."""
        return self.live().originals().filter(locale__language_code=language)

    def indexable(self) -> Self:
        """What search engines may list. Page types with more to say about what is public override it."""
        return self.live().originals()


class SitePage(Page):
    """A page of the public site, with a translation of its own in each language.

    `override_translatable_fields` tells wagtail-localize what to do with a field that it would treat otherwise;
    `followed_fields` are those whose published value in the source every translation takes over at once.
    """

    private_page_options: list[str] = []  # live means public: no page can be half hidden
    override_translatable_fields: list[BaseTranslatableField] = [
        OwnField("slug"),
        SynchronizedField("show_in_menus", overridable=False),
        SynchronizedField("go_live_at", overridable=False),
        SynchronizedField("expire_at", overridable=False),
    ]
    followed_fields: tuple[str, ...] = ("go_live_at", "expire_at")
    # Whether one that was written on its own can be paired with one in another language later. Not what every language
    # has one of, nor what is sent to people under its key.
    pairable = False
    # Whether publishing shows it to readers. What is sent to them instead has no button that speaks of publishing.
    publishable = True

    base_form_class = SitePageForm
    objects = PageManager.from_queryset(SitePageQuerySet)()

    class Meta:
        abstract = True

    def search_text(self) -> SearchText | None:
        """What readers find this page by; None for a page that the search leaves out."""
        return None

    def parts(self) -> list[Page]:
        """The pages that stand in this page and are translated with it, in their order."""
        return []

    def same_view(self, translation: Page, request: HttpRequest | None) -> str:
        """Where `translation` shows what `request` shows of this page: its own address, unless the page has more views
        than one."""
        return translation.get_url(request) or ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.title = without_control_characters(self.title)  # type: ignore[has-type]
        self._take_slug_from_title()
        super().save(*args, **kwargs)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug and self.title:  # type: ignore[has-type]
            self.slug = self._available_slug()
        super().full_clean(*args, **kwargs)

    def _take_slug_from_title(self) -> None:
        """A translation is born with its source's slug and title. Once its own title has been translated, its address
        is made from that title, and stays from the first publication on."""
        if not self.slug and self.title:
            self.slug = self._available_slug()
            return
        if self.pk is None or self.first_published_at is not None or self.alias_of_id or not self.depth:
            return
        twins = Page.objects.filter(translation_key=self.translation_key).exclude(pk=self.pk)
        for twin in twins.only("slug", "title", "draft_title"):
            inherited = self.slug in (twin.slug, f"{twin.slug}-{self.locale.language_code}")
            if inherited and self.title not in (twin.title, twin.draft_title):
                self.slug = self._available_slug()

    def _available_slug(self) -> str:
        wanted = slug_from(self.title) or f"page-{str(self.translation_key)[:8]}"
        parent = self.get_parent() if self.path else None
        return find_available_slug(parent, wanted, ignore_page_id=self.pk) if parent else wanted


def translations_of(page: Page) -> models.QuerySet[Page]:
    """The live pages, one a language, that say what `page` says; itself included, aliases never (they are not
    translations but the same text under another address)."""
    return (
        Page.objects.filter(translation_key=page.translation_key, alias_of__isnull=True)
        .live()
        .select_related("locale")
        .order_by("locale__language_code")
    )


def name_of_site(language: str) -> str:
    """What the site calls itself in a language: the title of its home page, or the name in the settings without one."""
    homes = Page.objects.live().filter(depth=2, alias_of__isnull=True, locale__language_code=language)
    return homes.order_by("path").values_list("title", flat=True).first() or settings.WAGTAIL_SITE_NAME


def in_language(pages: Iterable[Page], language: str) -> Page | None:
    """The first of `pages` in a language, or None."""
    return next((page for page in pages if page.locale.language_code == language), None)
