"""How often forms may be used, counted in the cache, where Redis shares it among processes and machines. Networks and
addresses are known by a keyed hash, for an hour."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from newsroom.clients import network_of

WINDOW = 3600
# So many mails an hour that one address gets by what stands in a page of settings or of own data: enough for somebody
# who looks in the wrong mailbox first. (What sign-ups send is counted in the database: `subscriptions.MAILS_A_DAY`.)
MAILS_TO_ADDRESS = 3


class TooMany(Exception):
    """The limit is reached; in an hour it will not be."""


def count_form(request: HttpRequest) -> None:
    """Count one form that makes us write to somebody. Raises TooMany for the network it comes from, or for all."""
    _count(f"newsletter-forms:{_hashed(network_of(request))}", settings.FORMS_PER_NETWORK)
    _count("newsletter-forms:all", settings.FORMS_PER_HOUR)


def count_mail(email: str) -> None:
    """Count one mail to an address that somebody else may have typed, or asked it for. Raises TooMany."""
    _count(f"newsletter-mails:{_hashed(email)}", MAILS_TO_ADDRESS)


def _hashed(value: str) -> str:
    return salted_hmac("newsletter.limits", value, algorithm="sha256").hexdigest()


def _count(name: str, limit: int) -> None:
    cache.add(name, 0, WINDOW)
    if cache.incr(name) > limit:
        raise TooMany
