"""Whether the domain that we send from says who may send for it: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 9989).
Without them the large mailbox providers refuse newsletters."""

from collections.abc import Iterable, Iterator
from email.utils import parseaddr

import dns.exception
import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _

from newsletter.checks.problems import Problem, Record

# Somebody waits for the page.
TIMEOUT = 3


class LookupFailed(Exception):
    """The domain name system did not answer in time, or not sensibly."""


def problems(addresses: Iterable[str]) -> Iterator[Problem]:
    """What is wrong with the domains of the addresses we send from."""
    domains = dict.fromkeys(parseaddr(address)[1].rpartition("@")[2].lower() for address in addresses)
    for domain in domains:
        try:
            yield from _of(domain)
        except LookupFailed:
            message = _("The domain %(domain)s could not be looked up: nobody knows whether mails from it arrive.")
            yield Problem(message % {"domain": domain}, blocks=False, code="domain-unknown", about=domain)


def txt_records(name: str) -> list[str]:
    """The TXT records of a name. Raises LookupFailed."""
    try:
        found = dns.resolver.resolve(name, "TXT", lifetime=TIMEOUT)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise LookupFailed(str(error)) from error
    return [b"".join(record.strings).decode(errors="replace") for record in found]


def _of(domain: str) -> Iterator[Problem]:
    # Asked before anything is said: what is known of half a domain helps nobody.
    found = [*_spf(domain), *_dkim(domain), *_dmarc(domain)]
    yield from found


def _spf(domain: str) -> Iterator[Problem]:
    found = [record for record in txt_records(domain) if record.lower().split(" ")[0] == "v=spf1"]
    values = {"domain": domain}
    if not found:
        message = _("%(domain)s has no SPF record: it does not say which servers send its mail.")
        record = Record(domain, _("v=spf1 include:<the domain your mail provider names> -all"))
        yield Problem(message % values, blocks=False, code="spf", about=domain, records=(record,))
    elif len(found) > 1:
        message = _("%(domain)s has several SPF records: receivers then heed none. Make one of them.")
        records = tuple(Record(domain, record) for record in found)
        yield Problem(message % values, blocks=False, code="spf", about=domain, records=records)


def _dkim(domain: str) -> Iterator[Problem]:
    selector = settings.DKIM_SELECTOR
    values = {"domain": domain}
    if not selector:
        message = _(
            "Whether mails from %(domain)s are signed (DKIM) is not known: the setting DKIM_SELECTOR names no key."
        )
        yield Problem(message % values, blocks=False, code="dkim", about=domain)
        return
    name = f"{selector}._domainkey.{domain}"
    keys = [_tags(record) for record in txt_records(name)]
    if not any(tags.get("p") for tags in keys):
        message = _("%(domain)s has no key for the signature of its mails (DKIM).")
        record = Record(name, _("v=DKIM1; k=rsa; p=<the public key your mail provider gives>"))
        yield Problem(message % values, blocks=False, code="dkim", about=domain, records=(record,))


def _dmarc(domain: str) -> Iterator[Problem]:
    values = {"domain": domain}
    for name in _upwards(domain):
        found = [_tags(record) for record in txt_records(f"_dmarc.{name}") if record.startswith("v=DMARC1")]
        if found:
            if not found[0].get("p"):
                message = _("The DMARC record of %(domain)s does not say what receivers shall do (p=).")
                yield Problem(message % values, blocks=False, code="dmarc", about=domain)
            return
    message = _("%(domain)s has no DMARC record: receivers are not told what to do with mails in its name.")
    record = Record(f"_dmarc.{domain}", f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}")
    yield Problem(message % values, blocks=False, code="dmarc", about=domain, records=(record,))


def _upwards(domain: str) -> Iterator[str]:
    """A domain and those above it, down to two labels: RFC 9989, "DNS tree walk"."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        yield ".".join(labels[start:])


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _sign, value in pairs}
