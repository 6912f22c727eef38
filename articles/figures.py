"""How figures are written for people: with separators, in the plural, as shares and differences."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# With less than so many to compare with, a percentage says more than there is to say.
TOO_FEW = 20
# Where there is nothing to have a share of.
NOTHING = "–"


def number(value: int) -> str:
    """A whole number with its separators: "1,234", « 1 234 »."""
    return number_format(value, force_grouping=True)


def reads(count: int) -> str:
    """ "1,234 reads"."""
    return ngettext("%(number)s read", "%(number)s reads", count) % {"number": number(count)}


def days(count: int) -> str:
    """ "30 days"."""
    return ngettext("%(number)s day", "%(number)s days", count) % {"number": number(count)}


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent; a dash where there is no whole. One decimal below ten, where it matters."""
    if not whole:
        return NOTHING
    per_cent = 100 * part / whole
    decimals = 1 if 0 < per_cent < 10 else 0
    return _("%(number)s%%") % {"number": number_format(round(per_cent, decimals), decimals)}


def difference(now: int, before: int) -> str:
    """How a figure has changed, in words: "12% more", "3 fewer", "as many"."""
    if now == before:
        return _("as many")
    if not before:
        return _("none before")
    size = _size(now, before)
    if not size:
        return _("about as many")
    return (_("%(number)s more") if now > before else _("%(number)s fewer")) % {"number": size}


def compared(now: int, before: int) -> str:
    """The same with the figure that is compared with, for where no heading says what "before" is."""
    if not before:
        return _("none in the period before")
    if now == before:
        return _("as many as in the period before")
    words = {"difference": _size(now, before), "before": number(before)}
    if not words["difference"]:
        return _("about as many as in the period before (%(before)s)") % words
    if now > before:
        return _("%(difference)s more than in the period before (%(before)s)") % words
    return _("%(difference)s fewer than in the period before (%(before)s)") % words


def _size(now: int, before: int) -> str:
    """How much two figures differ, in per cent where that says something; nothing where it rounds to none."""
    if before < TOO_FEW:
        return number(abs(now - before))
    per_cent = round(100 * abs(now - before) / before)
    return _("%(number)s%%") % {"number": number(per_cent)} if per_cent else ""
