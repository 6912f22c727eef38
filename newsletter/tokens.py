"""The links in our mails carry what they are for and whom they are for, signed: nothing is stored, nothing to
clean up.

A token of one purpose is worth nothing for another.
"""

from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, Signer, TimestampSigner

CONFIRMATION = "newsletter.confirm"
UNSUBSCRIPTION = "newsletter.unsubscribe"
CONFIRMATION_VALID = timedelta(days=7)


class BadToken(ValueError):
    """Not a token of ours, or not of this purpose, or damaged on the way."""


class ExpiredToken(BadToken):
    """A token of ours that is too old."""


def for_confirmation(consent_id: int) -> str:
    """A token that confirms one request, for seven days."""
    return TimestampSigner(salt=CONFIRMATION, sep=".").sign(str(consent_id))


def read_confirmation(token: str) -> int:
    """The consent to confirm. Raises ExpiredToken or BadToken."""
    try:
        value = TimestampSigner(salt=CONFIRMATION, sep=".").unsign(token, max_age=CONFIRMATION_VALID)
    except SignatureExpired as error:
        raise ExpiredToken from error
    except (BadSignature, ValueError) as error:
        raise BadToken from error
    return int(value)


def for_unsubscription(subscription_id: int) -> str:
    """A token that ends one subscription. It never expires: old mails must keep their way out."""
    return Signer(salt=UNSUBSCRIPTION, sep=".").sign(str(subscription_id))


def read_unsubscription(token: str) -> int:
    """The subscription to end. Raises BadToken."""
    try:
        return int(Signer(salt=UNSUBSCRIPTION, sep=".").unsign(token))
    except BadSignature as error:
        raise BadToken from error
