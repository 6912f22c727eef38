"""What a reader may have been looking for at an address that has no page."""

import re
from dataclasses import dataclass

from wagtail.models import Page
from wagtail.query import PageQuerySet

from newsroom.pages import answering

# What addresses of pages are made of; anything else was never one.
SLUG = re.compile(r"[A-Za-z0-9_-]{1,255}\Z")
# Pages that bear the same slug in different places; more would be a list and no answer.
MOST = 3
# No page of this site stands deeper; robots ask for all sorts of things.
DEEPEST = 8


@dataclass(frozen=True)
class Hints:
    """`pages`: what has that address in another language, with its translations, the reader's language first.
    `section`: the deepest page that the address goes through, as far as it exists. `words`: what the address says."""

    pages: list[Page]
    section: Page | None
    words: str


def hints(path: str, language: str) -> Hints:
    """What is known about an address, given as the path of a request, for a reader of a language. A handful of
    queries, whatever is asked."""
    steps = [step for step in path.split("/") if step]
    steps = steps[1:] if steps[:1] == [language] else steps
    if not steps or len(steps) > DEEPEST or not all(map(SLUG.match, steps)):
        return Hints([], None, "")
    return Hints(_pages_called(steps[-1], language), _section(steps[:-1], language), steps[-1].replace("-", " "))


def _live() -> PageQuerySet:
    return Page.objects.live().filter(alias_of__isnull=True)


def _pages_called(slug: str, language: str) -> list[Page]:
    keys = _live().filter(slug=slug, depth__gt=2).order_by("path").values_list("translation_key", flat=True)[:MOST]
    found = answering(_live().filter(translation_key__in=list(keys)).select_related("locale"))
    return sorted(found, key=lambda page: (page.locale.language_code != language, page.locale.language_code, page.path))


def _section(steps: list[str], language: str) -> Page | None:
    home = _live().filter(depth=2, locale__language_code=language).order_by("path").first()
    if home is None or not steps:
        return None
    paths = [f"{home.url_path}{'/'.join(steps[:length])}/" for length in range(1, len(steps) + 1)]
    # The slug has an index, the whole path has none.
    found = answering(_live().filter(slug__in=steps, url_path__in=paths))
    return max(found, key=lambda page: page.depth, default=None)
