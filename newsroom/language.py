"""Which language a page speaks, and what people call a language."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_language_from_path, get_language_info
from wagtail.models import Locale

# Languages that write names of languages with a capital inside a sentence; Django gives all names with one.
CAPITALISING = ("en", "de")


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


def language_label(code: str) -> str:
    """The name of a language in the language of the admin, with a capital: "French", "Français"."""
    name = str(get_language_info(code)["name_translated"])
    return name[:1].upper() + name[1:]


def language_choices(locales: Iterable[Locale]) -> list[tuple[str, str]]:
    """Languages for a form to choose from."""
    return [(locale.language_code, language_label(locale.language_code)) for locale in locales]


def name_in_a_sentence(language: str) -> str:
    """The name of a language inside a sentence of the language that is being read: "French", « anglais »."""
    name = str(get_language_info(language)["name_translated"])
    return name if (get_language() or "").startswith(CAPITALISING) else name.lower()
