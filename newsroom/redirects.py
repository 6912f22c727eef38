"""Addresses that have changed."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import get_language_from_path
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

# Browsers keep a permanent redirect for good, unless they are told: a page that gets an old address back would lead
# them round in a circle.
KEPT = "public, max-age=300"


class RedirectMiddleware(MiddlewareMixin):
    """Leads from addresses that pages have had to those they have now, with the query string; never from an address
    that answers, nor to a page that does not.

    Wagtail notes the change of a page's own address and of all those below it. Each redirect names the page and not its
    address, so that a page that has moved several times is one step away.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code != 404:
            return response
        redirect = _redirect_of(request)
        address = _address(redirect) if redirect else _address_below(request)
        if not address or urlsplit(address).path == request.path:
            return response
        query = request.META.get("QUERY_STRING", "")
        if query and "?" not in address:
            address += f"?{query}"
        permanent = redirect is None or redirect.is_permanent
        answer = HttpResponsePermanentRedirect(address) if permanent else HttpResponseRedirect(address)
        answer["Cache-Control"] = KEPT
        return answer


def _redirect_of(request: HttpRequest) -> Redirect | None:
    """The redirect for an address with its query string, else without."""
    path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    return get_redirect(request, path) or (get_redirect(request, urlsplit(path).path) if "?" in path else None)


def _address(redirect: Redirect) -> str | None:
    page = redirect.redirect_page
    return redirect.link if page is None or page.live else None


def _address_below(request: HttpRequest) -> str | None:
    """Where a view of a page (the feed of a category, a year of it) has gone with its page."""
    steps = [step for step in request.path.split("/") if step]
    if "\0" in request.path or not get_language_from_path(request.path):
        return None
    above = ["/" + "/".join(steps[:length]) for length in range(1, len(steps))]
    redirects = Redirect.get_for_site(Site.find_for_request(request)).filter(old_path__in=above)
    for redirect in sorted(redirects, key=lambda redirect: -len(redirect.old_path)):
        page = redirect.redirect_page
        rest = request.path.removeprefix(redirect.old_path)
        if page and page.live and _has_view(page.specific, rest):
            return f"{page.url.rstrip('/')}{rest}"
    return None


def _has_view(page: object, path: str) -> bool:
    try:
        page.resolve_subpage(path)  # type: ignore[attr-defined]
    except (AttributeError, Resolver404):  # it is no page with views of its own, or has no such view
        return False
    return True
