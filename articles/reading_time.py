"""How long a text takes to read."""

from collections.abc import Iterable

# Words a minute, silently and for understanding (Brysbaert, "How many words do we read per minute?", 2019); the figures
# that Wagtail shows editors.
WORDS_A_MINUTE = {
    "ar": 181,
    "de": 260,
    "en": 238,
    "es": 278,
    "fi": 195,
    "fr": 214,
    "he": 224,
    "it": 285,
    "nl": 228,
    "sv": 218,
}


def minutes_to_read(lines: Iterable[str], language: str) -> int:
    """Whole minutes, at least one; 0 for a text without words. A language that is not in the table reads as English."""
    words = sum(len(line.split()) for line in lines)
    speed = WORDS_A_MINUTE.get(language.split("-")[0], WORDS_A_MINUTE["en"])
    return max(1, round(words / speed)) if words else 0
