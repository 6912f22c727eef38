"""Addresses outside the page tree: the neutral root, the icon, the health check."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache


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
