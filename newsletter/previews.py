"""An edition as its readers will see it: in a light and a dark mail program, with the pictures turned off, as text, and
as a line in their inbox. What is shown as `html` and `text` is byte for byte what is sent, but for the personal links.
"""

import re
from collections.abc import Callable, Sequence

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsletter.contents import EditionContent
from newsletter.rendering import NO_LINKS, RenderedEdition, personalise, personalise_html, render_edition
from newsroom.mail_rendering import RenderingError

HTML, DARK, NO_PICTURES, TEXT, INBOX = "html", "dark", "no-pictures", "text", "inbox"
VIEWS: dict[str, str | Promise] = {
    HTML: _("Mail"),
    DARK: _("Mail, dark"),
    NO_PICTURES: _("Mail without pictures"),
    TEXT: _("Mail as text"),
    INBOX: _("Line in the inbox"),
}

_DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)")
_PICTURE = re.compile(r"""(<img\b[^>]*?\s)src=("[^"]*"|'[^']*')""")


def response(contents: Sequence[EditionContent], view: str) -> HttpResponse:
    """One of VIEWS of the edition that these contents make; or why it cannot be rendered."""
    try:
        edition = render_edition(contents)
    except RenderingError as error:
        return _plain(error.message)
    if view == TEXT:
        return _plain(personalise(edition.text, edition.mark, NO_LINKS))
    if view == INBOX:
        return HttpResponse(_inbox(contents[0], edition))
    body = personalise_html(edition.html, edition.mark, NO_LINKS)
    return HttpResponse(_SEEN[view](body))


def _dark(body: str) -> str:
    """As where the reader has chosen dark colours."""
    return _DARK.sub("@media all", body)


def _without_pictures(body: str) -> str:
    """As before the reader allows pictures: their places with their alternative texts."""
    return _PICTURE.sub(r'\1src=""', body)


_SEEN: dict[str, Callable[[str], str]] = {HTML: str, DARK: _dark, NO_PICTURES: _without_pictures}


def _inbox(content: EditionContent, edition: RenderedEdition) -> str:
    return render_to_string("newsletter/admin/inbox.html", {"content": content, "edition": edition})


def _plain(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
