"""Small drawings of reads, made on the server: SVG, and words for those who do not see it (ADR 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from articles import figures
from articles.readership import Step

# The room of a drawing, in units of its own; the page decides how large it is shown.
SPARKLINE = (100, 24)
CHART = (1000, 100)
# What lies round a line, so that its ends are not cut off.
MARGIN = 2
# How much of its place a bar takes.
BAR = 0.8


@dataclass(frozen=True)
class Sparkline:
    """A line as small as a word. `name` is unique on the page; `points` are SVG's."""

    name: str
    points: str
    text: str


@dataclass(frozen=True)
class Bar:
    """One bar, with what it says when pointed at. The numbers are SVG's, the same in every language."""

    x: str
    y: str
    width: str
    height: str
    text: str


@dataclass(frozen=True)
class Chart:
    """Bars side by side. `top` is the number at the upper end of the scale."""

    name: str
    bars: list[Bar]
    steps: Sequence[Step]
    top: int
    text: str

    @property
    def scale(self) -> list[str]:
        """The numbers beside the bars, from the top."""
        return [figures.number(value) for value in (self.top, self.top // 2, 0)]


def sparkline(steps: Sequence[Step], name: str) -> Sparkline:
    """A line through the reads of each step."""
    width, height = SPARKLINE
    counts = [step.reads for step in steps]
    counts = counts * 2 if len(counts) == 1 else counts
    highest = max(*counts, 1)
    across, up = (width - 2 * MARGIN) / (len(counts) - 1), (height - 2 * MARGIN) / highest
    points = [f"{MARGIN + n * across:.1f},{height - MARGIN - reads * up:.1f}" for n, reads in enumerate(counts)]
    return Sparkline(name, " ".join(points), in_words(steps))


def chart(steps: Sequence[Step], name: str) -> Chart:
    """A bar for each step."""
    width, height = CHART
    top = _round_number(max(step.reads for step in steps))
    place = width / len(steps)
    bars = [
        Bar(
            x=f"{(n + (1 - BAR) / 2) * place:.2f}",
            y=f"{height - height * step.reads / top:.2f}",
            width=f"{place * BAR:.2f}",
            height=f"{height * step.reads / top:.2f}",
            text=_("%(days)s: %(reads)s") % {"days": capfirst(str(step.period)), "reads": figures.reads(step.reads)},
        )
        for n, step in enumerate(steps)
    ]
    return Chart(name, bars, steps, top, in_words(steps))


def in_words(steps: Sequence[Step]) -> str:
    """What a drawing shows: "312 reads in 30 days; most on 12 November 2026: 45"."""
    total, most = sum(step.reads for step in steps), max(steps, key=lambda step: step.reads)
    words = {
        "reads": figures.reads(total),
        "days": figures.days(sum(step.period.days for step in steps)),
        "when": most.period,
        "most": figures.number(most.reads),
    }
    if not total:
        return _("No reads in %(days)s") % words
    if total == most.reads:
        return _("%(reads)s in %(days)s, %(when)s") % words
    return _("%(reads)s in %(days)s; most %(when)s: %(most)s") % words


def _round_number(highest: int) -> int:
    """The end of a scale that holds a number and leaves little room above it. Its half is a whole number."""
    tops = (digit * 10**power for power in count() for digit in (2, 3, 4, 5, 6, 8, 10, 12, 15))
    return next(top for top in tops if top >= highest and top % 2 == 0)
