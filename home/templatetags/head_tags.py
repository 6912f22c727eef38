"""What the head of a page tells machines: addresses, feeds, the picture for sharing, structured data."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from articles import sharing, structured_data
from articles.blocks import lines_of
from articles.feeds import JSON, RSS
from articles.models import ArticlePage, CategoryPage, LatestNewsPage, Photo
from articles.models.pages import ArticleListPage
from home.models import HomePage, StandardPage
from home.structured_data import organisation, website
from newsroom.addresses import Alternate, alternates_of, canonical
from newsroom.pages import SitePage
from newsroom.templatetags.site_tags import breadcrumb
from newsroom.text import cut_at_word, one_line, plain

register = template.Library()

# As much as search results show.
DESCRIPTION_LENGTH = 200
# Open Graph wants a country with the language. Most languages share their code with the country they come from.
OPEN_GRAPH_LOCALES = {"en": "en_GB"}


@dataclass(frozen=True)
class Addresses:
    """The address that stands for what is being read, and its alternates."""

    canonical: str
    alternates: list[Alternate]


@dataclass(frozen=True)
class FeedLink:
    """A feed to announce."""

    type: str
    title: str
    url: str


@register.simple_tag(takes_context=True)
def addresses(context: Context) -> Addresses | None:
    """The addresses of the page that is being read; None for what has none: a draft, a preview, a view outside the
    page tree."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(page, SitePage) or not page.live or request is None or getattr(request, "is_preview", False):
        return None
    shown = context.get("page_of_articles")
    number = shown.number if shown else 1
    return Addresses(canonical(page, request, number), alternates_of(page, request, number))


@register.simple_tag(takes_context=True)
def page_description(context: Context) -> str:
    """What search results and shared links say under the title: what the editor wrote for them, else the beginning of
    the page, else the tagline of the site. Nothing for an article that was withdrawn."""
    if getattr(context.get("page"), "withdrawn_at", None):
        return ""
    return cut_at_word(next(filter(None, _descriptions(context)), ""), DESCRIPTION_LENGTH)


def _descriptions(context: Context) -> Iterator[str]:
    page, home = context.get("page"), context.get("home")
    yield getattr(page, "search_description", "")
    yield getattr(page, "teaser", "")
    yield plain(getattr(page, "intro", ""))
    if isinstance(page, StandardPage):
        yield " ".join(lines_of(page.body))
    yield getattr(home, "tagline", "")


@register.filter
def open_graph_locale(language: str) -> str:
    """A language as Open Graph writes it: "en_GB", "fr_FR"."""
    return OPEN_GRAPH_LOCALES.get(language, f"{language}_{language.upper()}")


@register.simple_tag(takes_context=True)
def feed_links(context: Context, language: str) -> list[FeedLink]:
    """The feeds of the latest news of a language, and before them those of the page that is being read if it lists
    articles."""
    page = context.get("page")
    own = page if isinstance(page, ArticleListPage) and page.live else None
    latest = own if isinstance(own, LatestNewsPage) else LatestNewsPage.objects.live_in(language).first()
    return [link for listing in dict.fromkeys(filter(None, (own, latest))) for link in _links_of(listing, context)]


def _links_of(page: ArticleListPage, context: Context) -> Iterator[FeedLink]:
    url = page.get_full_url(context.get("request"))
    home = context.get("home")
    title = one_line(f"{page.title} – {home.title}" if home else page.title)
    yield FeedLink(RSS, f"{title} (RSS)", url + page.reverse_subpage("feed"))
    yield FeedLink(JSON, f"{title} (JSON Feed)", url + page.reverse_subpage("json_feed"))


@register.simple_tag(takes_context=True)
def share_picture(context: Context) -> sharing.SharePicture | None:
    """The picture for sharing of the page that is being read: its own, else that of its category, else the site's."""
    return sharing.share_picture(_pictures(context))


def _pictures(context: Context) -> Iterator[tuple[Photo | None, str]]:
    page, home, site_settings = context.get("page"), context.get("home"), context.get("organisation")
    yield getattr(page, "lead_image", None), getattr(page, "lead_image_alt", "")
    category = page if isinstance(page, CategoryPage) else context.get("category")
    if isinstance(category, CategoryPage):
        yield category.artwork, category.title
    if site_settings:
        yield site_settings.share_picture, home.title if home else ""


@register.simple_tag(takes_context=True)
def page_data(context: Context, here: Addresses, picture: sharing.SharePicture | None) -> SafeString:
    """The structured data of the page that is being read, given its addresses and its picture for sharing."""
    page, home, category = context["page"], context.get("home"), context.get("category")
    if home is None:
        return structured_data.script([])
    publisher = organisation(context.get("organisation"), home)
    if isinstance(page, HomePage):
        return structured_data.script([publisher, website(home, publisher)])
    way = [*breadcrumb(context), *([category] if isinstance(page, ArticlePage) and category else []), page]
    nodes = [structured_data.breadcrumb(way)]
    if isinstance(page, ArticlePage):
        article = structured_data.news_article(
            page,
            publisher,
            section=category.title if category else "",
            picture=picture,
            alternates=here.alternates,
        )
        nodes.insert(0, article)
    return structured_data.script(nodes)
