"""Mail that is shown instead of sent: a folder of .eml files and the pages that list them.

Only where settings.MAILBOX is on: in development and in the demo.
"""

import email.policy
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage as ParsedMessage
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe


def folder() -> Path:
    """Where the .eml files are kept."""
    return settings.DATA_DIR / "mailbox"


class EmailBackend(BaseEmailBackend):
    """Keeps every message as one .eml file, complete or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
            unfinished = folder() / f"{name}.part"
            unfinished.write_bytes(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
            unfinished.rename(folder() / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """One message of the mailbox, parsed."""

    key: str
    message: ParsedMessage

    @property
    def received_at(self) -> datetime:
        """When it was sent, in local time: its key begins with the moment in nanoseconds."""
        return datetime.fromtimestamp(int(self.key.partition("-")[0]) / 1e9).astimezone()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers in their order, decoded."""
        return self.message.items()

    @property
    def html(self) -> str:
        """The HTML part; empty without one."""
        part = self.message.get_body(("html",))
        return part.get_content() if part else ""

    @property
    def text(self) -> str:
        """The plain text part; empty without one."""
        part = self.message.get_body(("plain",))
        return part.get_content() if part else ""

    @property
    def files(self) -> list[str]:
        """The names of the files that came with it."""
        return [part.get_filename() or "" for part in self.message.iter_attachments()]


def read(key: str) -> Mail:
    """The message kept under `key`. Raises Http404 when there is none."""
    path = folder() / f"{key}.eml"
    if path.parent != folder() or not path.is_file():
        raise Http404
    return Mail(key, BytesParser(policy=email.policy.default).parsebytes(path.read_bytes()))


def mailbox(request: HttpRequest) -> HttpResponse:
    """List what was sent, newest first."""
    keys = sorted((path.stem for path in folder().glob("*.eml")), reverse=True)
    page = Paginator(keys, 50).get_page(request.GET.get("page"))
    mails = [read(key) for key in page.object_list]
    return render(request, "mailbox/mailbox.html", {"mails": mails, "page": page})


def mail(request: HttpRequest, key: str) -> HttpResponse:
    """Show one message: HTML, text and headers."""
    response = render(request, "mailbox/mail.html", {"mail": read(key)})
    response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]
    return response


def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part alone, for the frame of `mail`, under the policy that mail programs come closest to."""
    # Links leave the frame, as they leave a mail program.
    html = read(key).html.replace("<head>", '<head><base target="_blank">', 1)
    response = HttpResponse(mark_safe(html))
    response._csp_replace = {  # type: ignore[attr-defined]
        "default-src": ["'none'"],
        "script-src": None,
        "frame-src": None,
        "img-src": ["'self'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
    }
    return response
