"""The numbers, dates, times and written addresses of a text, in a form in which languages can be compared."""

import html
import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3

from newsroom.text import plain

ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>«»“”\"]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# 3 p.m., 3.30 pm, 10:30 a.m.; 15 h, 15h30, 15 h 30
_HALF_DAY = re.compile(r"\b(\d{1,2})(?:[.:](\d\d))?\s?([ap])\.?m\b\.?", re.IGNORECASE)
_HOUR = re.compile(r"\b(\d{1,2})\s?h(?:\s?(\d\d))?\b")
# Round the clock: 24/7, 24 hours a day, 7 days a week; 24 heures sur 24, 7 j/7; 24 horas al día, 7 días a la semana.
_ROUND_THE_CLOCK = re.compile(
    r"\b24(?:\s?/\s?7"
    r"|\s?h(?:eures|ours|oras)?\s?(?:/|sur|a|al)\s?(?:24|day|día)"
    r"(?:,?\s(?:et |and |y )?(?:7|seven|sept|siete)\s?(?:j|jours|days|días)"
    r"\s?(?:/|sur|a|a la)\s?(?:7|sept|week|semana))?)\b",
    re.IGNORECASE,
)
# 21st century, 21st-century; XXIe siècle; siglo XXI
_CENTURY = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)[\s-]centur|\b([IVX]+)(?:er?|ᵉʳ?)\ssi[eè]cle"
    r"|\bsiglo\s([IVX]+)\b",
    re.IGNORECASE,
)
_ROMAN = {"I": 1, "V": 5, "X": 10}
# By language: what groups the thousands, what stands before decimals.
_SEPARATORS = {"en": (", \u00a0\u202f", "."), "fr": (" \u00a0\u202f\u2009.", ","), "es": (" \u00a0\u202f.", ",")}
_OTHER = (" \u00a0\u202f\u2009", ".,")
# What one language writes in figures the other may write in words.
_WORDS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    "fr": ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"],
}
_NOON = {"en": {"noon", "midday"}, "fr": {"midi"}, "es": {"mediodía"}}
_CENTURIES = {"century", "centuries", "siècle", "siècles", "siglo", "siglos"}
_MIDNIGHT = {"en": {"midnight"}, "fr": {"minuit"}, "es": {"medianoche"}}


def differing(source: str, source_language: str, text: str, language: str) -> tuple[Counter[str], Counter[str]]:
    """What a source says in figures and its translation does not, and the other way round. A small number may be a
    word in one of them."""
    theirs, ours = figures(source, source_language), figures(text, language)
    return _not_in_words(theirs - ours, text, language), _not_in_words(ours - theirs, source, source_language)


def figures(text: str, language: str) -> Counter[str]:
    """What an HTML fragment says in figures: numbers without their separators ("1200.5"), months beside a number
    ("month 3"), centuries ("century 21"), times of day ("15:30"), "24/7", addresses; each as often as it is said."""
    language = language.partition("-")[0]
    prose = plain(html.unescape(text))
    addresses = [match.rstrip(".,;:!?)") for match in ADDRESS.findall(prose)]
    found = Counter(addresses)
    for address in addresses:
        prose = prose.replace(address, " ", 1)
    prose, centuries = _without_centuries(prose)
    prose, times = _without_times(prose)
    return found + centuries + times + _months(prose, language) + _numbers(prose, language)


def _without_centuries(prose: str) -> tuple[str, Counter[str]]:
    centuries = [match[1] or _arabic(match[2] or match[3]) for match in _CENTURY.finditer(prose)]
    return _CENTURY.sub(" ", prose), Counter(f"century {number}" for number in centuries)


def _arabic(roman: str) -> int:
    """The value of a small Roman numeral: a lesser letter before a greater one is taken away."""
    values = [_ROMAN[letter] for letter in roman.upper()]
    following = [*values[1:], 0]
    return sum(-one if one < after else one for one, after in zip(values, following, strict=True))


def _without_times(prose: str) -> tuple[str, Counter[str]]:
    prose, always = _ROUND_THE_CLOCK.subn(" ", prose)
    times: Counter[str] = Counter({"24/7": always} if always else {})

    def half_day(match: re.Match[str]) -> str:
        hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
        times[f"{hour}:{match[2] or '00'}"] += 1
        return " "

    def hour(match: re.Match[str]) -> str:
        times[f"{int(match[1])}:{match[2] or '00'}"] += 1
        return " "

    prose = _HOUR.sub(hour, _HALF_DAY.sub(half_day, prose))
    prose = re.sub(r"\b(\d{1,2}):(\d\d)\b", hour, prose)
    return prose, times


def _months(prose: str, language: str) -> Counter[str]:
    names = _names_of_months(language)
    either = "|".join(re.escape(name) for name in names)
    beside_number = rf"(?:\d(?:st|nd|rd|th|er|º)?\s(?:de )?({either})\b|\b({either})\.?\s\d)"
    matches = re.findall(beside_number, prose, re.IGNORECASE)
    return Counter(f"month {names[(before or after).lower()]}" for before, after in matches)


@lru_cache
def _names_of_months(language: str) -> dict[str, int]:
    """Names and short names, the long ones first."""
    with translation.override(language):
        names = {
            str(name).rstrip(".").lower(): number for months in (MONTHS, MONTHS_3) for number, name in months.items()
        }
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))


def _numbers(prose: str, language: str) -> Counter[str]:
    group, decimal = _SEPARATORS.get(language, _OTHER)
    decimals = rf"(?:[{re.escape(decimal)}]\d+)?"
    pattern = rf"\d{{1,3}}(?:[{re.escape(group)}]\d{{3}})+{decimals}(?!\d)|\d+{decimals}"
    return Counter(_value(match, group) for match in re.findall(pattern, prose))


def _value(number: str, group: str) -> str:
    bare = re.sub(f"[{re.escape(group)}](?=\\d{{3}})", "", number) if len(re.findall(r"\d+", number)) > 1 else number
    try:
        return f"{Decimal(bare.replace(',', '.')).normalize():f}"
    except InvalidOperation:
        return bare


def _not_in_words(found: Counter[str], text: str, language: str) -> Counter[str]:
    language = language.partition("-")[0]
    names = _WORDS.get(language, [])
    said = set(re.findall(r"\w+", plain(text).lower()))
    in_words = {str(number) for number, name in enumerate(names) if name in said}
    if said & _NOON.get(language, set()):
        in_words |= {"12:00", "12"}
    if said & _MIDNIGHT.get(language, set()):
        in_words |= {"0:00", "24:00", "12"}
    if said & _CENTURIES and not _CENTURY.search(plain(text)):
        in_words |= {figure for figure in found if figure.startswith("century ")}
    return Counter({figure: count for figure, count in found.items() if figure not in in_words})
