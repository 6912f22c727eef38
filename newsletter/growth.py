"""How many people have received the newsletters, month after month."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from django.db.models import Case, Count, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from articles import figures
from newsletter.models import Consent, Subscriber
from newsletter.models.subscriber import ConsentQuerySet
from newsletter.subscriber_admin import setting_choices

SPANS = (12, 24)
# The drawing, in units of its own.
WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 140, 12, 28
DASHES = ("", "8 4", "2 4", "12 4 2 4")


@dataclass(frozen=True)
class Growth:
    """How many subscriptions were in force at the end of each month, by language setting."""

    months: list[datetime]
    lines: dict[str, list[int]]


def growth(now: datetime, count: int) -> Growth:
    """The last `count` months, this one included (up to now). Two queries, of which the second reads only the consents
    of subscriptions that have several: where those overlap, the subscription counts once."""
    months = _months(now, count)
    ends = [*months[1:], now]
    spells = Consent.objects.filter(confirmed_at__isnull=False).order_by()
    spells = spells.annotate(begun=_month_of("confirmed_at", ends), ended=_month_of("withdrawn_at", ends))
    counted = spells.values("subscription__language", "begun", "ended").annotate(number=Count("pk"))
    lines: dict[str, list[int]] = {}
    for language, begun, ended, number in counted.values_list("subscription__language", "begun", "ended", "number"):
        line = lines.setdefault(language, [0] * count)
        for index in range(begun, ended):
            line[index] += number
    for (language, index), number in _counted_too_often(spells).items():
        lines[language][index] -= number
    return Growth(months, dict(sorted(lines.items())))


def _months(now: datetime, count: int) -> list[datetime]:
    """The beginnings of the last months, where this site is."""
    this = timezone.localtime(now)
    numbers = range(this.year * 12 + this.month - count, this.year * 12 + this.month)
    return [timezone.make_aware(datetime(number // 12, number % 12 + 1, 1)) for number in numbers]


def _month_of(field: str, ends: list[datetime], first: int = 0) -> Case | Value:
    """The first month at whose end a moment is over: its place among `ends`, counted from `first`, or after them all,
    as for what never happened. Found by halves: with a million rows, five comparisons instead of twenty-four count."""
    if not ends:
        return Value(first)
    half = len(ends) // 2
    earlier, later = _month_of(field, ends[:half], first), _month_of(field, ends[half + 1 :], first + half + 1)
    return Case(When(**{f"{field}__lt": ends[half]}, then=earlier), default=later)


def _counted_too_often(spells: ConsentQuerySet) -> Counter[tuple[str, int]]:
    """How many consents in force stand beside another one of the same subscription, by language and month."""
    several = spells.values("subscription").annotate(number=Count("pk")).filter(number__gt=1)
    rows = spells.filter(subscription__in=several.values("subscription")).order_by("subscription", "begun")
    fields = ("subscription", "subscription__language", "begun", "ended")
    surplus: Counter[tuple[str, int]] = Counter()
    for (_key, language), found in groupby(rows.values_list(*fields).iterator(), key=lambda row: row[:2]):
        covered = 0  # up to this month by those that began before
        for _subscription, _language, begun, ended in found:
            surplus.update((language, index) for index in range(begun, min(ended, covered)))
            covered = max(covered, ended)
    return surplus


# -- The page -------------------------------------------------------------------------------------------------
class GrowthView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The growth as a drawing, and as a table."""

    model = Subscriber
    permission_required = "view"
    header_icon = "view"
    page_title = gettext_lazy("Growth")
    template_name = "newsletter/admin/growth.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse("newsletter_subscribers:index"), "label": _("Subscribers")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        span = SPANS[1] if self.request.GET.get("months") == str(SPANS[1]) else SPANS[0]
        found = growth(timezone.now(), span)
        settings = dict(setting_choices())
        names = {language: str(settings.get(language, language)) for language in found.lines}
        return super().get_context_data(**kwargs) | {
            "span": span,
            "other_span": SPANS[0] if span == SPANS[1] else SPANS[1],
            "names": list(names.values()),
            "chart": chart(found, names),
            "summary": [
                {"name": names[language], "first": figures.number(line[0]), "last": figures.number(line[-1])}
                for language, line in found.lines.items()
            ],
            "rows": [
                {"month": month, "numbers": [figures.number(line[index]) for line in found.lines.values()]}
                for index, month in enumerate(found.months)
            ],
        }


def chart(found: Growth, names: dict[str, str]) -> dict[str, Any]:
    """Where everything stands in the drawing. Coordinates are texts, for no language may put a comma into them."""
    top = _round_number(max((max(line) for line in found.lines.values()), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(found.months) - 1, 1)

    def x(index: int) -> str:
        return f"{LEFT + index * step:.1f}"

    def y(number: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * number / top

    labels = _apart([y(line[-1]) for line in found.lines.values()])
    lines = [
        {
            "name": names[language],
            "points": " ".join(f"{x(index)},{y(number):.1f}" for index, number in enumerate(line)),
            "dash": DASHES[index % len(DASHES)],
            "label_y": f"{label:.1f}",
        }
        for index, ((language, line), label) in enumerate(zip(found.lines.items(), labels, strict=True))
    ]
    every = len(found.months) // 6 or 1
    return {
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "left": str(LEFT),
        "right": str(WIDTH - RIGHT),
        "label_x": str(WIDTH - RIGHT + 8),
        "month_y": str(HEIGHT - 8),
        "grid": [{"y": f"{y(number):.1f}", "number": figures.number(number)} for number in (0, top // 2, top)],
        "months": [{"x": x(index), "month": found.months[index]} for index in range(0, len(found.months), every)],
        "lines": lines,
    }


def _round_number(number: int) -> int:
    """The next round number that is not smaller, and even: 2, 10, 20, 50, 100…"""
    top = 2
    factors: Iterable[int] = (1, 2, 5)
    for power in range(1, 12):
        for factor in factors:
            if top >= number:
                return top
            top = factor * 10**power
    return top


def _apart(heights: list[float], least: float = 16) -> list[float]:
    """Heights of labels, moved so that none covers another."""
    order = sorted(range(len(heights)), key=lambda index: heights[index], reverse=True)
    placed = list(heights)
    for below, above in pairwise(order):
        placed[above] = min(placed[above], placed[below] - least)
    return placed
