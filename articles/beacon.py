"""Which calls of the beacon are reads: a person, on a page of this site, not again and again.

Of a reader nothing is kept but two keyed hashes, for half an hour, in the cache. Their key lives in the cache, too, and
is gone at midnight (UTC): after that nobody can tell whose they were.
"""

import re
import secrets
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from crawleruseragents import is_crawler
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from newsroom.clients import network_of

# The same reader opening an article again within this many seconds is not counted again.
ONE_READ = 30 * 60
_KEY = "reads-key"
_CAMPAIGN = re.compile(r"[a-z0-9-]{1,40}")


def is_readers(request: HttpRequest) -> bool:
    """Whether a call can come from a reader of this site: not from somebody logged in, a robot, a browser that loads
    pages ahead, another site, or a person who asks not to be counted (Global Privacy Control, Do Not Track)."""
    headers = request.headers
    return (
        settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "prefetch" not in headers.get("Sec-Purpose", "")
        and headers.get("Sec-GPC") != "1"
        and headers.get("DNT") != "1"
        and _from_this_site(request)
        and not _is_robot(headers.get("User-Agent", ""))
    )


def is_first(request: HttpRequest, page_id: int) -> bool:
    """Whether this reader has not been counted for the page within half an hour, nor their network for more reads than
    people make (`settings.READS_PER_NETWORK`). Remembers that now they have."""
    network = network_of(request)
    known = _hashed(f"{network} {request.headers.get('User-Agent', '')} {page_id}")
    if not cache.add(known, True, ONE_READ):
        return False
    reads = _hashed(network)
    cache.add(reads, 0, ONE_READ)
    return cache.incr(reads) <= settings.READS_PER_NETWORK


def campaign_of(request: HttpRequest) -> str:
    """The campaign that brought the reader, as the links of its mails name it ("digest-1a2b3c4d"); empty without one,
    or for what cannot be its name."""
    name = request.GET.get("utm_campaign", "")
    return name if _CAMPAIGN.fullmatch(name) else ""


def _from_this_site(request: HttpRequest) -> bool:
    """What every browser of today says; of an older one, the origin that it sends with a POST."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()


@lru_cache(maxsize=1024)
def _is_robot(user_agent: str) -> bool:
    return not user_agent or is_crawler(user_agent)


def _hashed(text: str) -> str:
    return f"read:{salted_hmac(_key(), text, algorithm='sha256').hexdigest()}"


def _key() -> str:
    """Today's key, made up by whoever needs it first."""
    now = timezone.now()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    key = cache.get_or_set(f"{_KEY}:{now.date()}", lambda: secrets.token_hex(16), (midnight - now).total_seconds())
    return str(key)
