"""How a language sets its spaces, quotation marks and apostrophes: the part that a keyboard gets wrong.

For French after the Imprimerie nationale: a narrow no-break space before ; ! ?, a no-break space before : and inside
« ». Addresses, times (10:30) and code stay as they are.
"""

import html
import re
from collections.abc import Callable, Iterator

from newsroom.localization.figures import ADDRESS

NO_BREAK, NARROW = "\u00a0", "\u202f"
SPACES = f"[ {NO_BREAK}{NARROW}\u2009]"

# Each tag stands in the text as one character of the private use area, so that rules look through it.
TAG = "\ue000"
T = f"{TAG}*"
_TAGS = re.compile(r"<code\b[^>]*>.*?</code>|</?[a-zA-Z][^>]*>", re.DOTALL)

# What is no prose: addresses of the web and of mail, and two numbers with a colon between them.
_KEPT = re.compile(rf"{ADDRESS.pattern}|\d+(?::\d+)+")
KEPT = "\ue001"


def set_right(fragment: str, language: str) -> str:
    """An HTML fragment with the spaces, quotation marks and apostrophes of a language; as it is for a language without
    rules here. Doing it twice changes nothing more."""
    rules = RULES.get(language.partition("-")[0])
    if rules is None:
        return fragment
    tags = [match[0] for match in _TAGS.finditer(fragment)]
    text = TAG.join(re.sub(f"[{TAG}{KEPT}]", "", html.unescape(part)) for part in _TAGS.split(fragment))
    text = _outside_of_addresses(text, rules)
    return _put_back(html.escape(text, quote=False), TAG, tags)


def _outside_of_addresses(text: str, rules: Callable[[str], str]) -> str:
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        # What ends the sentence is no part of the address.
        address = match[0].rstrip(".,;:!?)")
        kept.append(address)
        return KEPT + match[0][len(address) :]

    return _put_back(rules(_KEPT.sub(keep, text)), KEPT, kept)


def _put_back(text: str, mark: str, originals: list[str]) -> str:
    parts: Iterator[str] = iter(originals)
    return re.sub(mark, lambda _match: next(parts), text)


def french(text: str) -> str:
    """Prose as French sets it; tags and addresses are single characters here."""
    text = _quotation_marks(text)
    text = re.sub(rf"(?<=[^\W\d_])({T})'(?={T}[\w«“{KEPT}])", r"\1’", text)
    text = re.sub(rf"«{SPACES}*({T}){SPACES}*", rf"«{NO_BREAK}\1", text)
    text = re.sub(rf"{SPACES}*({T}){SPACES}*»", rf"\1{NO_BREAK}»", text)
    # A run such as ?! or !!! has one space, before its first mark. A mark inside a word (a;b, ?page=2) or a smiley has
    # none.
    before = rf"(?<=[^\s(\[«“;:!?{TAG}])({T}){SPACES}*({T})"
    text = re.sub(rf"{before}([!?]+)(?={T}(?:[\s»”)\]]|$))", rf"\1\2{NARROW}\3", text)
    text = re.sub(rf"{before};(?={T}(?:[\s»”]|$))", rf"\1\2{NARROW};", text)
    return re.sub(rf"{before}:(?={T}(?:[\s»”]|$))", rf"\1\2{NO_BREAK}:", text)


def _quotation_marks(text: str) -> str:
    """Straight quotation marks made French ones, or “ ” inside of French ones. Left alone if they are no pairs, or one
    that would open follows a digit: then it is an inch."""
    if text.count('"') % 2:
        return text
    found, depth, is_open, last = [], 0, False, ""
    for character in text:
        if character == '"':
            if last.isdigit() and not is_open:
                return text
            is_open = not is_open
            character = ("“" if is_open else "”") if depth else ("«" if is_open else "»")
        elif character in "«»":
            depth = max(0, depth + (1 if character == "«" else -1))
        last = last if character == TAG else character
        found.append(character)
    return "".join(found)


RULES: dict[str, Callable[[str], str]] = {"fr": french}
