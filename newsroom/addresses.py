"""Which address stands for what is being read, and where the same stands in other languages: what search engines are
told, by the pages themselves and by the sitemap, in the same words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from wagtail.models import Page

from newsroom.pages import SitePage

# What an address needs of a page.
ADDRESS_FIELDS = ("title", "path", "depth", "url_path", "translation_key", "locale")


@dataclass(frozen=True)
class Alternate:
    """A page that says the same in a language, given as `hreflang`: "fr", or "x-default" for all other languages."""

    hreflang: str
    url: str
    page: Page


def alternates(pages: Iterable[Page], address_of: Callable[[Page], str | None]) -> list[Alternate]:
    """The alternates of a story, from its indexable pages in all languages (one without an address is left out). They
    are in the order of settings.LANGUAGES and the same for each of the pages, so that every alternate points back.

    x-default is for readers whose language is not among those offered (Google, "Tell Google about localized versions of
    your page"). It names the site's default language where the story has it. A story without it names its first other
    language all the same: those readers are better off with the story than with a page that does not tell it.
    """
    by_language = {page.locale.language_code: page for page in pages}
    offered = [(code, by_language[code]) for code, _ in settings.LANGUAGES if code in by_language]
    found = [Alternate(code, address, page) for code, page in offered if (address := address_of(page))]
    return [*found, replace(found[0], hreflang="x-default")] if found else []


def alternates_of(page: SitePage, request: HttpRequest, number: int = 1) -> list[Alternate]:
    """The alternates of what is being read: the page, itself included; a view below it where another language has the
    same; of a list from its second page on only this one, for lists grow at different speeds. One query."""
    own, here = page.get_full_url(request), canonical(page, request, number)

    def address_of(other: Page) -> str | None:
        address = other.get_full_url(request)
        if other.pk == page.pk:
            return here
        if here == own:
            return address
        view = urljoin(address, page.same_view(other, request))
        return view if number == 1 and view != address else None

    return alternates(indexable_twins(page), address_of)


def indexable_twins(page: SitePage) -> QuerySet[Page]:
    """The pages that search engines may offer of what is being read, in all languages, with what addresses need."""
    found = type(page).objects.indexable().filter(translation_key=page.translation_key)
    return found.only(*ADDRESS_FIELDS).select_related("locale")


def canonical(page: Page, request: HttpRequest, number: int = 1) -> str:
    """The address that stands for what is being read, without the parameters people and trackers add: that of the page;
    of a view below it (a year of a category), that of the view; of a list, with the number of its page from 2 on."""
    address = page.get_full_url(request) or ""
    below = request.path.removeprefix(urlsplit(address).path)
    if below != request.path:
        address += escape_uri_path(below)
    return f"{address}?page={number}" if number > 1 else address
