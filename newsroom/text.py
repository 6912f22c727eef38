"""Plain text out of rich text."""

import html
import re

from django.utils.html import strip_tags

ELLIPSIS = "…"


def plain(rich_text: str) -> str:
    """The words of an HTML fragment on one line: tags gone, entities resolved, block ends become spaces."""
    spaced = re.sub(r"</(p|li|h\d|td|th|blockquote)>|<br\s*/?>", " ", rich_text)
    return re.sub(r"[ \t\r\n]+", " ", html.unescape(strip_tags(spaced))).strip()


def cut_at_word(text: str, length: int) -> str:
    """`text`, or as many of its words as fit into `length` characters with an ellipsis; never half a word, unless the
    first word alone is longer."""
    text = re.sub(r"[ \t\r\n]+", " ", text).strip()
    if len(text) <= length:
        return text
    cut = text[:length]
    head = cut.rpartition(" ")[0] or cut[:-1]
    return head.rstrip(" ,;:–—-\u00a0\u202f") + ELLIPSIS
