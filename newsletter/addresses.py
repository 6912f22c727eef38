"""Mail addresses: how they are stored, shown, and remembered when they may not be stored."""

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

# What nearly every address has before the @: needs no closer look (RFC 5322, 3.2.3, "dot-atom").
PLAIN = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)


def normalise(address: str) -> str:
    """An address as it is stored: domain in IDNA 2008 A-labels, all in lower case. Raises ValidationError.

    Django's mail backend would encode the domain by IDNA 2003, which turns straße.de into strasse.de,
    somebody else's.
    """
    # A dot at the end of a domain says that it is whole (RFC 1034, 3.1); in mail it has no place (RFC 5321, 4.1.2).
    address = unicodedata.normalize("NFC", address).strip().removesuffix(".")
    if not address.rpartition("@")[0].isascii():
        # RFC 6531 (SMTPUTF8) allows them; too few servers on the way do.
        raise ValidationError(
            _(
                "We cannot write to addresses with accents or other special letters before the @ yet. "
                "Please use another address, if you have one."
            ),
            code="mailbox_not_ascii",
        )
    try:
        local_part, domain = _parts(address)
    except EmailNotValidError as error:
        raise ValidationError(
            _("This does not look like an e-mail address. It should read like name@example.org."),
            code="invalid",
        ) from error
    if any(domain == listed or domain.endswith(f".{listed}") for listed in settings.DISPOSABLE_DOMAINS):
        raise ValidationError(
            _("Addresses of {domain} live for minutes only. Please use one that you keep.").format(domain=domain),
            code="disposable",
        )
    return f"{local_part}@{domain}".lower()


def _parts(address: str) -> tuple[str, str]:
    """What stands before and after the @ of a valid address. Raises EmailNotValidError."""
    local_part, _at, domain = address.rpartition("@")
    if len(local_part) <= 64 and PLAIN.fullmatch(local_part):
        ascii_domain = _ascii_domain(domain)
        if len(local_part) + 1 + len(ascii_domain) <= 254:
            return local_part, ascii_domain
    valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    return valid.local_part, valid.ascii_domain.lower()


@lru_cache(maxsize=10_000)
def _ascii_domain(domain: str) -> str:
    """A domain in A-labels. A file with thousands of addresses has hundreds of domains, and looking at one is slow.
    Raises EmailNotValidError."""
    return validate_email(f"a@{domain}", check_deliverability=False, allow_smtputf8=False).ascii_domain.lower()


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else learns: forwarded mails get opened, too."""
    mailbox, _at, domain = email.rpartition("@")
    return f"{mailbox[:1]}…@{domain}"


def keyed_hash(email: str) -> str:
    """HMAC-SHA-256 of a normalised address with SUPPRESSION_KEY, in hexadecimal: says that an address is known to
    whoever has both, and nothing to anybody else."""
    return hmac.new(settings.SUPPRESSION_KEY.encode(), email.encode(), hashlib.sha256).hexdigest()
