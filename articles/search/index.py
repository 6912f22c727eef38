"""Keeping the index right, whoever saves a page: in the same transaction, so that search and page never disagree."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save
from django.utils import timezone
from wagtail.models import Page

from articles.models import ArticlePage, Author, CategoryPage, SearchEntry
from articles.search import analysis
from newsroom.pages import SitePage
from newsroom.text import one_line

# What saving a draft writes. The page in memory then holds words that are not published.
DRAFT_FIELDS = frozenset(
    ["draft_title", "has_unpublished_changes", "latest_revision", "latest_revision_created_at", "locked", "locked_at"]
)
# A text longer than this is found by its beginning. (A tsvector ends at a megabyte.)
LONGEST_TEXT = 100_000
BATCH = 100


def connect() -> None:
    """Listen to pages and to what they name, once."""
    post_save.connect(_on_saved, dispatch_uid="search.saved")
    post_delete.connect(_on_deleted, dispatch_uid="search.deleted")


def _on_saved(sender: type, instance: Any, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    if raw:
        return
    if isinstance(instance, Author):
        _mark_stale(ArticlePage.objects.filter(bylines__author__translation_key=instance.translation_key))
    elif isinstance(instance, Page) and not (update_fields and DRAFT_FIELDS.issuperset(update_fields)):
        # Memory is what was saved only if a page was saved whole and as what it is.
        whole = isinstance(instance, SitePage) and update_fields is None
        page = instance if whole else Page.objects.get(pk=instance.pk).specific
        if isinstance(page, CategoryPage):
            _write_category(page)
        elif isinstance(page, SitePage):
            write([page])


def _on_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, CategoryPage):
        _mark_stale(_naming(instance))


def _write_category(category: CategoryPage) -> None:
    """A category that was renamed, opened or closed changes how its articles are found, be they thousands."""
    title = SearchEntry.objects.filter(pk=category.pk).values_list("title_terms", flat=True)
    before = title.first()
    write([category])
    if title.first() != before:
        _mark_stale(_naming(category))


def _naming(category: CategoryPage) -> QuerySet[ArticlePage]:
    """The articles that show this page's title as their category."""
    return ArticlePage.objects.in_language(category.locale.language_code).in_category(category.translation_key)


def _mark_stale(articles: QuerySet[ArticlePage]) -> None:
    SearchEntry.objects.filter(stale=False, pk__in=articles.values("pk")).update(stale=True)


@transaction.atomic
def write(pages: Iterable[SitePage]) -> None:
    """Write the entries of these pages as the pages are in memory, and take away those of pages that readers may not
    see or search leaves out."""
    pages = list(pages)
    entries = [entry for entry in map(entry_of, pages) if entry]
    SearchEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["page"],
        update_fields=[field.name for field in SearchEntry._meta.fields if not field.primary_key],
    )
    written = {entry.page_id for entry in entries}
    SearchEntry.objects.filter(pk__in=[page.pk for page in pages if page.pk not in written]).delete()


def entry_of(page: SitePage) -> SearchEntry | None:
    """What the index should hold of a page; None for a page that no search may find."""
    text = page.search_text() if page.live and page.alias_of_id is None else None
    if text is None:
        return None
    language = page.locale.language_code
    title, lead = one_line(page.title), one_line(text.lead)
    paragraphs = [line for line in map(one_line, [lead, *text.body]) if line]
    shown = "\n".join(paragraphs)[:LONGEST_TEXT]
    everything = "\n".join([title, *map(one_line, text.names), shown])
    return SearchEntry(
        page_id=page.pk,
        language=language,
        date=text.date,
        year=timezone.localtime(text.date).year if text.date else None,
        category_key=text.category_key,
        title_terms=" ".join(analysis.terms_of(title, language)),
        lead_terms=" ".join(analysis.terms_of(lead, language)),
        terms=" ".join(analysis.terms_of(everything, language)),
        spelling="\n".join(f" {' '.join(analysis.spelling_of(line))} " for line in everything.split("\n")),
        text=shown,
    )


def refresh_stale() -> None:
    """Write anew what names something that has changed. The clock calls this."""
    while SearchEntry.objects.filter(stale=True).exists():
        _refresh_batch()


@transaction.atomic
def _refresh_batch() -> None:
    # Locked before the pages are read: whoever marks an entry meanwhile waits, and marks what is written here.
    stale = SearchEntry.objects.select_for_update().filter(stale=True).order_by("pk")
    write_keys(list(stale.values_list("pk", flat=True)[:BATCH]))


def rebuild() -> int:
    """Write the whole index anew while readers use it; entries of pages that are gone disappear. Returns the number of
    entries."""
    keys = Page.objects.live().order_by("pk").values_list("pk", flat=True).iterator()
    for batch in _batches(keys):
        write_keys(batch)
    SearchEntry.objects.exclude(pk__in=Page.objects.live().values("pk")).delete()
    return SearchEntry.objects.count()


def write_keys(keys: list[int]) -> None:
    """Write the entries of the pages with these ids, as the database has them."""
    if keys:
        pages = Page.objects.filter(pk__in=keys).specific()
        write(page for page in pages if isinstance(page, SitePage))


def _batches(keys: Iterator[int]) -> Iterator[list[int]]:
    while batch := list(islice(keys, BATCH)):
        yield batch
