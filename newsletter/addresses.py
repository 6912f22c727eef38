"""Mail addresses: how they are stored, shown, and remembered when they may not be stored."""

import hashlib
import hmac
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email


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
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise ValidationError(
            _("This does not look like an e-mail address. It should read like name@example.org."),
            code="invalid",
        ) from error
    domain = valid.ascii_domain.lower()
    if any(domain == listed or domain.endswith(f".{listed}") for listed in settings.DISPOSABLE_DOMAINS):
        raise ValidationError(
            _("Addresses of {domain} live for minutes only. Please use one that you keep.").format(domain=domain),
            code="disposable",
        )
    return f"{valid.local_part}@{domain}".lower()


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else learns: forwarded mails get opened, too."""
    mailbox, _at, domain = email.rpartition("@")
    return f"{mailbox[:1]}…@{domain}"


def keyed_hash(email: str) -> str:
    """HMAC-SHA-256 of a normalised address with SUPPRESSION_KEY, in hexadecimal: says that an address is known to
    whoever has both, and nothing to anybody else."""
    return hmac.new(settings.SUPPRESSION_KEY.encode(), email.encode(), hashlib.sha256).hexdigest()
