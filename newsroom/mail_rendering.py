"""From what a template gave to a mail: MJML to HTML, tidy plain text, and the form in which a mail leaves."""

import email.policy
import re
from email.message import Message
from typing import Any

import mjml
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import utf8_charset_qp
from django.utils import translation


class Mail(EmailMultiAlternatives):
    """A mail whose parts are quoted-printable, since a server on the way may rewrite 8-bit ones and break
    their signature (RFC 6376, 5.3), and whose headers are not folded right after the colon, which filters
    count against us."""

    encoding = utf8_charset_qp

    def message(self) -> Message:  # type: ignore[override]  # the stubs know Django 6
        message: Any = super().message()
        message.policy = email.policy.compat32.clone(max_line_length=None)
        return message


class RenderingError(ValueError):
    """A template gave something that MJML does not take."""

    @property
    def message(self) -> str:
        """What an editor is told."""
        return translation.gettext("The mail cannot be rendered: %(reason)s") % {"reason": self}


def compile_mjml(source: str) -> str:
    """MJML as HTML, with no font or icon from elsewhere. Raises RenderingError."""
    try:
        # The comments are Outlook's conditions: they are part of the mail.
        compiled = mjml.mjml2html(_plain_attributes(source), fonts={}, disable_comments=False)
    except ValueError as error:
        raise RenderingError(str(error)) from error
    if "<mj-" in compiled:
        raise RenderingError("An MJML element was not compiled.")
    return compiled.replace(' height="auto"', "")


def tidy_text(text: str) -> str:
    """The text a template gave, with at most one empty line in a row and no spaces at the end of lines."""
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _plain_attributes(source: str) -> str:
    """Attribute values, and the title, in plain ASCII with numeric references for the rest.

    The MJML engine prints attributes in Rust's debug notation, which turns a French narrow space into
    \\u{202f} and doubles backslashes; what it does not know it leaves alone. It makes an attribute of the
    title, too.
    """
    source = re.sub(r"<mj-title>.*?</mj-title>", lambda title: _ascii(title[0]), source, flags=re.DOTALL)
    return re.sub(r"<[a-zA-Z][^<>]*>", lambda tag: re.sub(r'="[^"]*"', lambda value: _ascii(value[0]), tag[0]), source)


def _ascii(text: str) -> str:
    return re.sub(r"[^\x20-\x7e]|\\", lambda character: f"&#{ord(character[0])};", text)
