"""What templates ask about languages, places in the tree and the reader's conventions."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode, urlsplit

from django import template
from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.http import HttpRequest
from django.template import Context
from django.template.defaultfilters import stringfilter
from django.urls import reverse, translate_url
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_info, override
from wagtail.blocks import StreamValue
from wagtail.models import Page

from newsroom import text
from newsroom.language import name_in_a_sentence
from newsroom.pages import SitePage, in_language

register = template.Library()
register.filter(name_in_a_sentence)


@dataclass(frozen=True)
class LanguageLink:
    """Where a reader who prefers another language is sent from here.

    `same` tells whether the page there says the same as the one that is being read or is only the nearest page above it
    that exists in that language.
    """

    code: str
    name: str  # in the language itself: "Français"
    name_here: str  # in the language that is being read: "French"
    url: str
    same: bool
    current: bool


@register.simple_tag(takes_context=True)
def page_language(context: Context) -> str:
    """The language of the page that is being read, outside the page tree that of the address: "fr"."""
    page = _page(context)
    return page.locale.language_code if page else get_language() or settings.LANGUAGE_CODE


@register.simple_tag
def text_direction(language: str) -> str:
    """For the `dir` attribute: "rtl" for the languages written from right to left, else "ltr"."""
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[LanguageLink]:
    """One link for each language that can be reached from here, in the order of settings.LANGUAGES."""
    current = page_language(context)
    links = (_language_link(context, code, name, current) for code, name in settings.LANGUAGES)
    return [link for link in links if link]


def _language_link(context: Context, code: str, name: str, current: str) -> LanguageLink | None:
    request: HttpRequest | None = context.get("request")
    page = _page(context)
    name_here = name_in_a_sentence(code)
    if page is None:
        url = _same_view(request, code)
        return LanguageLink(code, name, name_here, url, same=True, current=code == current)
    nearest = page if code == current else in_language(_relatives(page), code)
    if nearest is None:
        return None
    same = nearest.translation_key == page.translation_key
    url = page.same_view(nearest, request) if same and isinstance(page, SitePage) else nearest.get_url(request) or ""
    return LanguageLink(code, name, name_here, url, same, code == current)


def _same_view(request: HttpRequest | None, language: str) -> str:
    """The address of the current view in another language, or that language's home page if no view of ours is
    behind the current address."""
    match = getattr(request, "resolver_match", None)
    if request is None or match is None or match.view_name == "wagtail_serve":
        with override(language):
            return reverse("wagtail_serve", args=[""])
    address = translate_url(request.path, language)
    question = request.GET.get("q")  # a search is the same in another language if it asks the same
    return f"{address}?{urlencode({'q': question})}" if question else address


@register.simple_tag(takes_context=True)
def breadcrumb(context: Context) -> list[Page]:
    """The live pages above the page that is being read, from the home page down."""
    page = _page(context)
    if page is None:
        return []
    above = [other for other in _relatives(page) if page.path.startswith(other.path) and other.pk != page.pk]
    return above[::-1]


def _relatives(page: Page) -> list[Page]:
    """The page, those above it and the translations of all of them, nearest first; live pages only, no
    aliases, for an alias is no translation. One query, however often a page is asked."""
    if not hasattr(page, "_relatives"):
        steps = range(2 * Page.steplen, len(page.path) + 1, Page.steplen)
        line = Page.objects.filter(path__in=[page.path[:length] for length in steps])
        page._relatives = list(
            Page.objects.live()
            .filter(translation_key__in=line.values("translation_key"), alias_of__isnull=True)
            .select_related("locale")
            .order_by("-depth")
        )
    return page._relatives


def _page(context: Context) -> Page | None:
    """The page of the context, if `page` is one of the tree."""
    page = context.get("page")
    return page if isinstance(page, Page) else None


@register.simple_tag
def page_numbers(pages: PaginatorPage) -> list[int | str]:
    """The numbers to offer under a list, with an ellipsis where some are left out."""
    return list(pages.paginator.get_elided_page_range(pages.number, on_each_side=2, on_ends=1))


@register.simple_tag(takes_context=True)
def page_address(context: Context, number: int) -> str:
    """The address of a numbered page of the list that is being read, with its filters; the first has no number, so that
    one list has one address."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    query.pop("page", None)
    if number > 1:
        query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@register.filter(expects_localtime=True)
def long_date(value: date | None) -> str:
    """A date as it stands in running text: "1 March 2026", « 1er mars 2026 ». Django's French format lacks
    the ordinal that French writes for the first of a month, and for that day only."""
    if not value:
        return ""
    text = date_format(value, "DATE_FORMAT")
    return f"1er{text[1:]}" if value.day == 1 and (get_language() or "").startswith("fr") else text


@register.filter(expects_localtime=True)
def machine_date(value: datetime | None) -> str:
    """A moment for the `datetime` attribute, to the second: HTML allows no more than three digits after it."""
    return value.isoformat(timespec="seconds") if value else ""


@register.filter(is_safe=True)
@stringfilter
def one_line(value: str) -> str:
    """Text that editors may break into lines, on one: for places that have no room for more."""
    return text.one_line(value)


@register.filter
def host(url: str) -> str:
    """The name of the site behind an address, as people say it: "youtube.com"."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter
def has_block(stream: StreamValue, block_type: str) -> bool:
    """Whether a block of this type stands in a body."""
    return any(block.block_type == block_type for block in stream)
