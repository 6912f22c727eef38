"""How often forms may be used, counted in the cache, where Redis shares it among processes and machines. Networks are
known by a keyed hash, for an hour."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from newsroom.clients import network_of

WINDOW = 3600


class TooMany(Exception):
    """The limit is reached; in an hour it will not be."""


def count_form(request: HttpRequest) -> None:
    """Count one form that makes us write to somebody. Raises TooMany for the network it comes from, or for all."""
    network = salted_hmac("newsletter.limits", network_of(request), algorithm="sha256").hexdigest()
    for key, limit in ((network, settings.FORMS_PER_NETWORK), ("all", settings.FORMS_PER_HOUR)):
        name = f"newsletter-forms:{key}"
        cache.add(name, 0, WINDOW)
        if cache.incr(name) > limit:
            raise TooMany
