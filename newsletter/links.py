"""Where the links of a digest lead: absolute addresses under SITE_URL, in the reader's language."""

import re
from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db.models import Q
from wagtail.models import Page

_TO_PAGE = re.compile(r'<a\b[^>]*\blinktype="page"[^>]*>')
_ID = re.compile(r'\bid="(\d+)"')


class Addresses:
    """Absolute addresses. Those of the site name the campaign, never the reader."""

    def __init__(self, campaign: str) -> None:
        self._query = urlencode({"utm_source": "newsletter", "utm_campaign": campaign})

    def plain(self, page: Page) -> str:
        """The address of a page."""
        _, _, path = page.get_url_parts()
        return settings.SITE_URL + path

    def of(self, page: Page) -> str:
        """The address of a page, naming the campaign."""
        return self.absolute(self.plain(page))

    def absolute(self, url: str) -> str:
        """`url` made absolute, naming the campaign if it leads to a page of the site."""
        if url.startswith("/") and not url.startswith("//"):
            url = settings.SITE_URL + url
        if not url.startswith(settings.SITE_URL + "/") or urlsplit(url).query:
            return url
        address, hash_sign, fragment = url.partition("#")
        return f"{address}?{self._query}{hash_sign}{fragment}"


class Targets:
    """The pages that links lead to, which editors chose in any language: each in the reader's language where that has a
    public one, else as it was chosen. One query, however many; none without links."""

    def __init__(self, keys: Iterable[int], language: str) -> None:
        wanted = set(keys)
        chosen = Page.objects.filter(pk__in=wanted).values("translation_key")
        related = Q(pk__in=wanted) | Q(translation_key__in=chosen, alias_of__isnull=True, live=True)
        found = list(Page.objects.filter(related).select_related("locale")) if wanted else []
        own = {page.translation_key: page for page in found if page.live and page.locale.language_code == language}
        self._pages = {page.pk: own.get(page.translation_key, page) for page in found if page.pk in wanted}

    def page(self, key: int) -> Page | None:
        """Where a link to the page with this id leads; None for one that was deleted."""
        return self._pages.get(key)


def linked_pages(rich_text: str) -> set[int]:
    """The ids of the pages that a rich text, as it is stored, links to."""
    links = (_ID.search(link) for link in _TO_PAGE.findall(rich_text))
    return {int(found[1]) for found in links if found}
