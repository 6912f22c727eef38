"""Where does a page lead, and what does it fetch?"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.judges.answers import Answer

# Attributes that make a browser fetch something without being asked.
FETCHING = {
    "img": "src",
    "source": "src",
    "script": "src",
    "iframe": "src",
    "video": "src",
    "audio": "src",
    "track": "src",
    "embed": "src",
    "object": "data",
}
# Kinds of <link> that fetch; the others only name an address.
FETCHING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest", "apple-touch-icon"}
FETCHING_LINKS |= {"preconnect", "dns-prefetch"}
# Addresses that a program of the reader's own opens.
OTHER_SCHEMES = ("mailto", "tel", "sms")


def anchors_of(answer: Answer) -> Iterator[str]:
    """The addresses a reader can go to from here: links and what forms ask by GET."""
    for link in answer.elements("a", "area"):
        if link.get("href") is not None:
            yield answer.absolute(link.get("href", ""))
    for form in answer.elements("form"):
        if form.get("method", "get").lower() == "get":
            yield answer.absolute(form.get("action", ""))


def named_addresses_of(answer: Answer) -> Iterator[str]:
    """The addresses that the head tells machines: canonical, translations, feeds, the picture to share."""
    for link in answer.elements("link"):
        if link.get("href") and not FETCHING_LINKS & set(link.get("rel", "").split()):
            yield answer.absolute(link.get("href", ""))
    for name in ("og:url", "og:image"):
        if address := answer.metadata(name):
            yield answer.absolute(address)


def fetched_by(answer: Answer) -> Iterator[str]:
    """The addresses a browser fetches with this page."""
    for name, attribute in FETCHING.items():
        for element in answer.elements(name):
            if element.get(attribute):
                yield answer.absolute(element.get(attribute, ""))
    for element in answer.elements("img", "source"):
        for candidate in element.get("srcset", "").split(","):
            if candidate.strip():
                yield answer.absolute(candidate.split()[0])
    for link in answer.elements("link"):
        if FETCHING_LINKS & set(link.get("rel", "").split()):
            yield answer.absolute(link.get("href", ""))


def foreign_complaints(answer: Answer, site: str) -> list[str]:
    """What reaches for another site otherwise than as a link that a reader follows."""
    fetched = [f"fetches {url}" for url in fetched_by(answer) if not is_inside(url, site) and url[:5] != "data:"]
    posted = [
        f"sends a form to {action}"
        for form in answer.elements("form")
        if not is_inside(action := answer.absolute(form.get("action", "")), site)
    ]
    pinged = [f"pings {link.get('ping')}" for link in answer.elements("a") if link.get("ping")]
    strange = [
        f"links to {url}" for url in anchors_of(answer) if urlsplit(url).scheme not in ("http", "https", *OTHER_SCHEMES)
    ]
    return [*fetched, *posted, *pinged, *strange]


def is_inside(url: str, site: str) -> bool:
    """Whether an address belongs to the site, which is given as `http://127.0.0.1:8000`."""
    return urlsplit(url)[:2] == urlsplit(site)[:2]
