"""The one door out: mails are built here and handed over here, through Django's mail API, to SMTP or to a
provider."""

import contextlib
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime, formataddr, parseaddr
from enum import Enum
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import requests
import urllib3
from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from newsroom.mail_rendering import Mail
from newsroom.text import one_line


class Result(Enum):
    """What became of a mail that was handed over."""

    ACCEPTED = "accepted"  # they took it
    REFUSED = "refused"  # they will never take it
    LATER = "later"  # they did not take it now
    UNKNOWN = "unknown"  # it was on the wire: they may have taken it


@dataclass(frozen=True)
class Outcome:
    """A result with its reason, in the words of the other side."""

    result: Result
    reason: str = ""


def build(
    *,
    to: str,
    subject: str,
    text: str,
    html: str,
    from_name: str,
    reply_to: str,
    language: str,
    key: str,
    from_address: str = "",
    headers: Mapping[str, str] | None = None,
) -> Mail:
    """A mail to one reader. `key` names it for ever: it becomes the Message-ID, the same at every attempt. Without a
    `from_address` it comes from that of the site."""
    sender = from_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    mail = Mail(
        subject=_header(subject),
        body=text,
        from_email=formataddr((_header(from_name), _header(sender))),
        to=[to],
        reply_to=[_header(reply_to)] if reply_to else None,
        headers={
            "Date": format_datetime(timezone.now().astimezone(UTC)),
            "Message-ID": f"<{key}@{domain}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies
            "Content-Language": language,
            **(headers or {}),
        },
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _header(text: str) -> str:
    """`text` as a header can hold it. Python folds headers at each line end it knows, vertical tabs among them: that
    would break the mail."""
    return one_line(" ".join(text.splitlines()))


def list_headers(*, languages: str, unsubscribe_url: str) -> dict[str, str]:
    """The headers of a mail to a list: its name (RFC 2919) and the way out in one click (RFC 8058, 3.1)."""
    list_name = languages.replace(",", "-")
    return {
        "List-Id": f"<newsletter.{list_name}.{urlsplit(settings.SITE_URL).hostname}>",
        "List-Unsubscribe": f"<{unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }


class Connection:
    """A connection to the mail server or provider, opened when first needed and used again until closed."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._on_the_wire = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def hand_over(self, mail: Mail) -> Outcome:
        """Hand over one mail. Raises nothing that has to do with the other side: what it said is the
        outcome."""
        self._on_the_wire = False
        try:
            mail.message().as_bytes()
        except Exception as error:  # it cannot be written down as a mail, now or later
            return Outcome(Result.REFUSED, words_of(error))
        try:
            self._open()
        except Exception as error:  # whatever went wrong, nothing has left
            self.close()
            return Outcome(Result.LATER, words_of(error))
        try:
            taken = self._backend.send_messages([mail])
        except Exception as error:
            outcome = self._outcome(error)
            self.close()
            return outcome
        return Outcome(Result.ACCEPTED) if taken else Outcome(Result.LATER, "not taken")

    def close(self) -> None:
        """Close it. What the other side says to that does not matter any more."""
        backend, self._backend = self._backend, None
        if backend is not None:
            with contextlib.suppress(Exception):
                backend.close()

    def _open(self) -> None:
        if self._backend is None:
            self._backend = get_connection()
            self._backend.open()
            client = getattr(self._backend, "connection", None)
            if isinstance(client, smtplib.SMTP):
                self._watch(client)

    def _watch(self, client: smtplib.SMTP) -> None:
        """Note when the message itself goes out: before DATA nothing can have been taken."""
        send_data = client.data

        def data(message: Any) -> Any:
            self._on_the_wire = True
            return send_data(message)

        client.data = data  # type: ignore[assignment]

    def _outcome(self, error: Exception) -> Outcome:
        words = words_of(error)
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = [code for code, _ in error.recipients.values()]
            return Outcome(Result.REFUSED if all(code >= 500 for code in codes) else Result.LATER, words)
        if isinstance(error, smtplib.SMTPDataError):
            return Outcome(Result.REFUSED if error.smtp_code >= 500 else Result.LATER, words)
        if isinstance(error, smtplib.SMTPException | OSError) and self._smtp:
            return Outcome(Result.UNKNOWN if self._on_the_wire else Result.LATER, words)
        return Outcome(_result_of_provider(error), words)

    @property
    def _smtp(self) -> bool:
        return hasattr(self._backend, "connection_class")


def _result_of_provider(error: Exception) -> Result:
    """What an error of a provider's interface, or of any other backend, tells about the mail."""
    if isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress):
        return Result.REFUSED
    if isinstance(error, AnymailRequestsAPIError):
        status = getattr(error, "status_code", None)  # none without an answer
        if status in (401, 403, 429):  # our key, or too fast: not about this mail
            return Result.LATER
        if status and 400 <= status < 500:
            return Result.REFUSED
        return Result.LATER if _never_connected(error) else Result.UNKNOWN
    if isinstance(error, AnymailError | AnymailConfigurationError):  # our mistake, found before anything was sent
        return Result.LATER
    return Result.UNKNOWN


def _never_connected(error: Exception) -> bool:
    cause = error.__cause__ or error
    if isinstance(error, requests.ConnectTimeout) or isinstance(cause, requests.ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if cause.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def words_of(error: Exception) -> str:
    """The error in one short line, for the ledger."""
    answer: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, answer = error.smtp_code, error.smtp_error
    else:
        return _line(f"{type(error).__name__}: {error}")
    return _line(f"{code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}")


def _line(text: str) -> str:
    return " ".join(text.split())[:300]
