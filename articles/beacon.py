"""Which calls of the beacon are reads: a person, on a page of this site, not again and again.

Of a reader nothing is kept but two keyed hashes, for half an hour, in the cache. Their key lives in the cache, too, and
is gone at midnight (UTC): after that nobody can tell whose they were.
"""

import hmac
import re
import secrets
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from crawleruseragents import is_crawler
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils import timezone

from newsroom.clients import network_of

# The same reader opening an article again within this many seconds is not counted again.
ONE_READ = 30 * 60
_KEY = "reads-key"
_CAMPAIGN = re.compile(r"[a-z0-9-]{1,40}")


def is_readers(request: HttpRequest) -> bool:
    """Whether a call can come from a reader of this site: not from somebody logged in, a robot, a browser that loads
    pages ahead, another site, or a person who asks not to be counted (Global Privacy Control, Do Not Track)."""
    said = request.META  # not request.headers, which reads all of them
    return (
        settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "prefetch" not in said.get("HTTP_SEC_PURPOSE", "")
        and said.get("HTTP_SEC_GPC") != "1"
        and said.get("HTTP_DNT") != "1"
        and _from_this_site(request)
        and not _is_robot(said.get("HTTP_USER_AGENT", ""))
    )


def is_first(request: HttpRequest, page_id: int) -> bool:
    """Whether this reader has not been counted for the page within half an hour, nor their network for more reads than
    people make (`settings.READS_PER_NETWORK`). Remembers that now they have."""
    if not settings.READS_PER_NETWORK:  # an operator who counts nothing
        return False
    key, network = _key(), network_of(request)
    if not cache.add(_hashed(f"{network} {request.META.get('HTTP_USER_AGENT', '')} {page_id}", key), True, ONE_READ):
        return False
    reads = _hashed(network, key)
    if cache.add(reads, 1, ONE_READ):
        return True
    try:
        return cache.incr(reads) <= settings.READS_PER_NETWORK
    except ValueError:  # their half hour has ended this very moment
        return cache.add(reads, 1, ONE_READ)


def campaign_of(request: HttpRequest) -> str:
    """The campaign that brought the reader, as the links of its mails name it ("digest-1a2b3c4d"); empty without one,
    or for what cannot be its name."""
    name = request.GET.get("utm_campaign", "")
    return name if _CAMPAIGN.fullmatch(name) else ""


def _from_this_site(request: HttpRequest) -> bool:
    """What every browser of today says; of an older one, the origin that it sends with a POST."""
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site == "same-origin"
    try:
        return urlsplit(request.META.get("HTTP_ORIGIN", "")).netloc == request.get_host()
    except DisallowedHost:
        return False


@lru_cache(maxsize=1024)
def _is_robot(user_agent: str) -> bool:
    return not user_agent or is_crawler(user_agent)


def _hashed(text: str, key: str) -> str:
    return f"read:{hmac.digest(f'{settings.SECRET_KEY}{key}'.encode(), text.encode(), 'sha256').hex()}"


def _key() -> str:
    """Today's key, made up by whoever needs it first."""
    now = timezone.now()
    name = f"{_KEY}:{now.date()}"
    if key := cache.get(name):
        return str(key)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return str(cache.get_or_set(name, lambda: secrets.token_hex(16), (midnight - now).total_seconds()))
