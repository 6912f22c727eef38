"""The beacon: the one address that readers' browsers write to."""

import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles import popularity
from articles.models import ArticlePage

logger = logging.getLogger(__name__)

# The same reader opening an article again within this many seconds is not counted again.
ONE_READ = 30 * 60


@csrf_exempt  # no cookie, nothing to protect: the worst a forged call does is what any visit does
@require_POST
def count_read(request: HttpRequest, page_id: int) -> HttpResponse:
    """Count one read of a published article; 204 whatever happens, for the reader must not notice."""
    try:
        if _counts(request):
            article = ArticlePage.objects.published().filter(pk=page_id).only("translation_key", "language").first()
            if article and _first_time(request, page_id):
                popularity.count_read(article)
    except Exception:
        logger.exception("A read of page %s was not counted", page_id)
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response


def _counts(request: HttpRequest) -> bool:
    """Whether this is a reader: not someone logged in, not a prefetch, and sent by a page of this site."""
    return (
        settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
        and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    )


def _first_time(request: HttpRequest, page_id: int) -> bool:
    """Remember, for half an hour and only in the cache, that somebody read this page: a keyed hash that changes its key
    every day and holds neither address nor browser in a readable form."""
    reader = f"{request.META.get('REMOTE_ADDR', '')} {request.headers.get('User-Agent', '')} {page_id}"
    salt = f"reads {timezone.now().date()}"
    key = salted_hmac(salt, reader, algorithm="sha256").hexdigest()
    return cache.add(f"read:{key}", True, ONE_READ)
