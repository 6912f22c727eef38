"""Plain text out of rich text, and sizes of files in words."""

import html
import re

from django.utils.formats import number_format
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

ELLIPSIS = "…"


def without_control_characters(text: str) -> str:
    """`text` without the characters that XML, and so a feed and MJML, cannot hold; Word's own line break (VT), which
    people paste without seeing it, becomes an ordinary one."""
    return re.sub(r"[\x00-\x08\x0e-\x1f\ufffe\uffff]", "", re.sub(r"[\x0b\x0c]", "\n", text))


def one_line(text: str) -> str:
    """`text` with each run of spaces, tabs and line ends made one space, and no control characters. No-break spaces
    stay: French needs them."""
    return re.sub(r"[ \t\r\n]+", " ", without_control_characters(text)).strip()


def plain(rich_text: str) -> str:
    """The words of an HTML fragment on one line: tags gone, entities resolved, block ends become spaces."""
    spaced = re.sub(r"</(p|li|h\d|td|th|blockquote)>|<br\s*/?>", " ", rich_text)
    return one_line(html.unescape(strip_tags(spaced)))


def cut_at_word(text: str, length: int) -> str:
    """`text`, or as many of its words as fit into `length` characters with an ellipsis; never half a word, unless the
    first word alone is longer."""
    text = one_line(text)
    if len(text) <= length:
        return text
    cut = text[:length]
    head = cut.rpartition(" ")[0] or cut[:-1]
    return left_off(head)


def left_off(beginning: str) -> str:
    """Text that goes on elsewhere, with an ellipsis after its last word instead of what stands there."""
    return beginning.rstrip(" ,;:–—-\u00a0\u202f") + ELLIPSIS


def file_size(size: int | None) -> str:
    """The size of a file in decimal units, as the reader's language writes it: "1.2 MB", « 1,2 Mo »."""
    if not size:
        return ""
    if size < 1_000_000:
        return _("%(size)s kB") % {"size": number_format(max(1, round(size / 1000)))}
    return _("%(size)s MB") % {"size": number_format(size / 1_000_000, 1)}
