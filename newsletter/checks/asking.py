"""Asking our own site for an address, without a network: as a reader would, who is not logged in."""

from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.test import RequestFactory
from django.utils import translation

MOST_REDIRECTS = 5


def own_path(address: str) -> str | None:
    """The path and query of an address of our site; None for any other."""
    if address.startswith("/") and not address.startswith("//"):
        return address
    site = urlsplit(settings.SITE_URL)
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or parts.netloc.lower() != site.netloc.lower():
            return None
    except ValueError:
        return None
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def answers(path: str) -> bool:
    """Whether a reader who follows a path of ours comes to something, over redirects if need be."""
    for _redirect in range(MOST_REDIRECTS):
        response = _ask(path)
        if not 300 <= response.status_code < 400:
            return response.status_code == 200
        target = own_path(urljoin(settings.SITE_URL + path, response["Location"]))
        if target is None:
            return True  # somebody else's: nobody asks them
        path = target
    return False


def _ask(path: str):  # type: ignore[no-untyped-def]
    site = urlsplit(settings.SITE_URL)
    request = RequestFactory().get(path.partition("#")[0], secure=site.scheme == "https", headers={"host": site.netloc})
    # The site answers in the language of the address; whoever asks goes on in theirs.
    with translation.override(translation.get_language()):
        return _handler().get_response(request)


@lru_cache
def _handler() -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler
