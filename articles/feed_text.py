"""The text of an article as a feed carries it: HTML without anything that acts, every address absolute."""

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, Tag
from django.http import HttpRequest
from django.template.loader import render_to_string

from newsroom.text import without_control_characters

if TYPE_CHECKING:
    from articles.models.pages import ArticlePage

# Elements that keep their place, with the attributes they keep. Others leave their contents behind…
KEPT: dict[str, set[str]] = {
    **{name: set() for name in ("p", "br", "hr", "h2", "h3", "h4", "ul", "li", "dl", "dt", "dd")},
    **{name: set() for name in ("blockquote", "figure", "figcaption", "b", "strong", "i", "em", "cite", "sub", "sup")},
    **{name: set() for name in ("table", "caption", "thead", "tbody", "tr")},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "a": {"href", "hreflang"},
    "img": {"src", "alt", "width", "height"},
    "time": {"datetime"},
    "bdi": set(),
    "span": set(),
}
EVERYWHERE = {"lang", "dir"}
# … except these, which go with all that is in them.
DROPPED = ["script", "style", "form", "button", "input", "template", "noscript", "iframe", "object", "svg", "dialog"]
SCHEMES = ("http", "https", "mailto", "tel")


def feed_text(article: "ArticlePage", request: HttpRequest) -> str:
    """The lead picture and the text of an article as HTML for feeds."""
    html = render_to_string("articles/feed_text.html", {"page": article}, request)
    return reduced(html, base=article.get_full_url(request))


def reduced(html: str, base: str) -> str:
    """`html` with the elements, attributes and schemes above and no others; addresses joined to `base`."""
    soup = BeautifulSoup(html, "html.parser")
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for element in soup(DROPPED):
        element.decompose()
    for element in soup.find_all(True):
        _reduce(element, base)
    return without_control_characters(str(soup)).strip()


def _reduce(element: Tag, base: str) -> None:
    if element.name not in KEPT:
        element.unwrap()
        return
    allowed = KEPT[element.name] | EVERYWHERE
    element.attrs = {name: value for name, value in element.attrs.items() if name in allowed}
    for name in {"href", "src"} & set(element.attrs):
        if address := _absolute(str(element[name]).strip(), base):
            element[name] = address
        else:
            del element[name]
    if element.name == "img" and "src" not in element.attrs:
        element.decompose()
    elif element.name == "span" and not element.attrs:
        element.unwrap()


def _absolute(address: str, base: str) -> str | None:
    """An address as one that stands for itself; None for what is none, or runs a script."""
    try:
        address = urljoin(base, address)
        return address if urlsplit(address).scheme in SCHEMES else None
    except ValueError:
        return None
