"""Who is at the other end of a request, as far as limits have to know. Nothing of it is ever stored."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies (`settings.PROXIES` of them) was called from; that of the
    caller when there is none. What a caller writes into X-Forwarded-For itself stands further left and is not believed.
    Empty for a server behind a socket without proxies."""
    claimed = [address.strip() for address in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if settings.PROXIES and len(claimed) >= settings.PROXIES:
        return claimed[-settings.PROXIES]
    return request.META.get("REMOTE_ADDR", "")


def network_of(request: HttpRequest) -> str:
    """What one household or office is known by: an IPv4 address, or the /64 of an IPv6 address, in which a single
    computer may choose among 2**64 (RFC 7421, 1)."""
    address = address_of(request)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
