"""Addresses outside the page tree: the neutral root, the icon, the health check, uploads; and what stands where a page
cannot: missing, refused, broken."""

import base64
import hashlib

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.static import serve

from newsroom import missing

# Names of renditions tell their content (articles/models/images.py), those of originals do not.
FOR_GOOD, FOR_AN_HOUR = "public, max-age=31536000, immutable", "public, max-age=3600"


def choose_language(request: HttpRequest) -> HttpResponse:
    """`/` leads to the home page of the language that the browser asks for. No other address negotiates."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def favicon(request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`, which browsers ask for where a page names no icon: mails shown as web pages, for example."""
    return HttpResponseRedirect(static("icons/icon.svg"))


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the process answers and reaches its database; 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # any failure here means: not healthy
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture or another file that was uploaded, where no web server in front serves them."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = FOR_GOOD if path.startswith("images/") else FOR_AN_HOUR
    return response


# -- Where a page cannot be shown -----------------------------------------------------------------------------------


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with what the reader may have been looking for. One line for files: no person reads it."""
    if request.path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
        return HttpResponseNotFound(_("This page does not exist") + "\n", content_type="text/plain; charset=utf-8")
    hints = missing.hints(request.path_info, get_language())
    return render(request, "404.html", {"hints": hints}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: nothing in such a request can be relied on, not even the name of the site."""
    return _plain_page(400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _plain_page(403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that does not come from this site, or whose cookie the browser has lost."""
    return _plain_page(403, of_a_form=True)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: something is broken, so nothing is asked of anything: no database, no static file, no other template."""
    return _plain_page(500)


def _plain_page(status: int, of_a_form: bool = False) -> HttpResponse:
    """A page that stands by itself, in all languages one under the other, that of the address first."""
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != get_language())
    texts = []
    for code in codes:
        with override(code):
            texts.append({"language": code, **_words(status, of_a_form)})
    style = mark_safe(loader.render_to_string("error.css"))
    response = HttpResponse(loader.render_to_string("error.html", {"texts": texts, "style": style}), status=status)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    response._csp_update = {"style-src": [f"'sha256-{digest}'"]}  # type: ignore[attr-defined]
    response["Cache-Control"] = "no-store"
    return response


def _words(status: int, of_a_form: bool) -> dict[str, str]:
    if of_a_form:
        title, text = _("This form could not be accepted"), _("Please go back, load the page again, and resend it.")
    elif status == 400:
        title, text = _("We do not understand this request"), _("The address or the form holds something unexpected.")
    elif status == 403:
        title, text = _("You may not see this page"), _("Log in with another account, or ask those who publish here.")
    else:
        title = _("Something went wrong")
        text = _("The fault is ours, and it has been noted. Please try again in a few minutes.")
    return {"title": title, "text": text, "home": _("Go to the front page")}
