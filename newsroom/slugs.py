"""Addresses made from titles."""

import re

from anyascii import anyascii
from django.utils.text import slugify

MAX_LENGTH = 80


def slug_from(title: str) -> str:
    """An ASCII slug for a title in any script: accents and ligatures transliterated (œ → oe), an elided article kept
    apart (« l’été » → "l-ete"), at most MAX_LENGTH characters, cut at a word. Empty when nothing is left."""
    separated = re.sub(r"['’ʼ]", " ", title)
    slug = slugify(anyascii(separated))
    if len(slug) > MAX_LENGTH:
        slug = slug[: MAX_LENGTH + 1].rpartition("-")[0] or slug[:MAX_LENGTH]
    return slug
