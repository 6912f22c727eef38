"""The links in our mails carry what they are for and whom they are for, signed: nothing is stored, nothing to clean up.

A token of one purpose is worth nothing for another.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, dumps, loads


class BadToken(ValueError):
    """Not a token of ours, or not of this purpose, or damaged on the way."""


class ExpiredToken(BadToken):
    """A token of ours that is too old."""


@dataclass(frozen=True)
class Purpose:
    """What a link is for, and for how long; for ever without `valid`."""

    name: str
    valid: timedelta | None = None

    def token(self, *values: int | str) -> str:
        """A token that stands for some values: letters, digits, and `-_:`."""
        return dumps(values, salt=f"newsletter.{self.name}")

    def read(self, token: str) -> list[int | str]:
        """The values of a token. Raises ExpiredToken or BadToken."""
        try:
            values: list[int | str] = loads(token, salt=f"newsletter.{self.name}", max_age=self.valid)
        except SignatureExpired as error:
            raise ExpiredToken from error
        except (BadSignature, ValueError) as error:
            raise BadToken from error
        return values


# The request to confirm.
CONFIRMATION = Purpose("confirm", timedelta(days=7))
# The subscription to end. Old mails must keep their way out.
UNSUBSCRIPTION = Purpose("unsubscribe")
# The subscription that was ended by mistake, or by somebody else.
UNDO = Purpose("undo", timedelta(days=7))
# The subscriber whose language, newsletters and pauses are to be seen and changed: nothing that harms.
PREFERENCES = Purpose("preferences")
# The subscriber who says that we should go on writing.
KEEP = Purpose("keep")
# The subscriber, asked for by themselves a moment ago: what reveals or destroys.
PERSONAL = Purpose("personal", timedelta(hours=2))
# The subscriber and their new address, which this link has reached.
NEW_ADDRESS = Purpose("new-address", timedelta(days=1))
# The minimum time of a form: when it was shown.
FORM = Purpose("form")
