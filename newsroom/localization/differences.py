"""What has changed between two states of a text, word by word, to be shown to people."""

import re
from difflib import SequenceMatcher

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from newsroom.text import plain

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def marked(before: str, after: str) -> SafeString:
    """The words of two HTML fragments as one text, what went away in <del>, what came in <ins>."""
    old, new = _WORDS.findall(plain(before)), _WORDS.findall(plain(after))
    parts: list[str] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = escape("".join(old[i1:i2])), escape("".join(new[j1:j2]))
        if kind == "equal":
            parts.append(come)
        else:
            parts += [f"<del>{gone}</del>"] * bool(gone) + [f"<ins>{come}</ins>"] * bool(come)
    return mark_safe("".join(parts))  # each piece is escaped
