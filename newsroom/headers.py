"""What browsers are told about a response: what it may load and who may show it, how long it may be kept."""

import hashlib
import re
from http import HTTPStatus

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import get_language_from_path

# Wagtail's editor has inline scripts and styles and frames its previews.
ADMIN_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
}
# What people have uploaded can do nothing, whatever it is and however a browser takes it.
UPLOAD_POLICY = {"default-src": [NONE], "sandbox": True}
# A PDF in a sandbox stays blank in Safari and Chromium, whose viewers also bring styles of their own. It is no document
# that could do anything here, and "nosniff" keeps it one.
PDF_POLICY = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "object-src": [SELF], "frame-ancestors": [SELF]}
UPLOAD_VIEWS = ("media", "wagtaildocs_serve")
# When a form was shown stands in it, and says nothing about the page.
MOMENT = re.compile(rb'name="shown" value="[^"]*"')


class UnchangedPageMiddleware(ConditionalGetMiddleware):
    """Answers 304 to browsers that have a page as it is. The moment at which a form was shown does not count: a reader
    may as well fill in the one they have. Hence a weak tag (RFC 9110, 8.8.1)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, HttpResponse) and response.content and request.method == "GET":
            self._tag(response)
        return super().process_response(request, response)

    def _tag(self, response: HttpResponse) -> None:
        if self.needs_etag(response) and not response.has_header("ETag"):
            digest = hashlib.md5(MOMENT.sub(b"", response.content), usedforsecurity=False).hexdigest()
            response.headers["ETag"] = f'W/"{digest}"'


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Adds the policy of settings.CONTENT_SECURITY_POLICY to public pages, ADMIN_POLICY to the admin, and UPLOAD_POLICY
    or PDF_POLICY to pictures and documents; and says which responses other sites may embed (Fetch standard,
    "Cross-Origin-Resource-Policy"): pictures only, for mails and feeds show them.

    A preview passes through here twice: once as the page's own address with `request.is_dummy`, whose response carries
    no policy, and once as the admin's response round it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # What "not modified" says would replace what was said with the page (RFC 9111, 3.2), which may have had more to
        # say: a page with a video, or a mail in its frame.
        if getattr(request, "is_dummy", False) or response.status_code == HTTPStatus.NOT_MODIFIED:
            return response
        view = getattr(request.resolver_match, "view_name", None)
        upload = view in UPLOAD_VIEWS and response.status_code < 400
        if upload:
            pdf = response.headers.get("Content-Type") == "application/pdf"
            response._csp_config = PDF_POLICY if pdf else UPLOAD_POLICY  # type: ignore[attr-defined]
        elif request.path.startswith(reverse("wagtailadmin_home")):
            response._csp_config = ADMIN_POLICY  # type: ignore[attr-defined]
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if upload else "same-origin")
        return super().process_response(request, response)


class CacheControlMiddleware(MiddlewareMixin):
    """Says that the pages of the tree are the same for everybody: a cache in front may keep them for a minute and goes
    on with an old one while it fetches the new; browsers ask each time, and mostly hear that nothing has changed. A
    view that knows better has said so; forms that were sent are kept by nobody."""

    KEPT = "public, max-age=0, s-maxage=60, stale-while-revalidate=600"

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        own = not getattr(request, "is_dummy", False) and get_language_from_path(request.path_info)
        if own and "Cache-Control" not in response and "Set-Cookie" not in response.headers:
            asked = request.method in ("GET", "HEAD") and response.status_code == 200
            response["Cache-Control"] = self.KEPT if asked and not response.cookies else "no-store"
        return response
