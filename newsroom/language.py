"""Which language a page speaks."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_path


class AddressLanguageMiddleware(LocaleMiddleware):
    """The language of the address; where that names none, the browser's.

    Unlike Django's, it never redirects: an address without a language that does not exist answers 404 and does not lead
    to the same address under the language of the browser. (The admin's scripts, too, take a 404 for what it is.)
    Only pages have a language: pictures, documents and sitemaps are the same for all.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        if not get_language_from_path(request.path_info):
            patch_vary_headers(response, ["Accept-Language"])
        response.headers.setdefault("Content-Language", get_language())
        return response
