"""Which days a report is about. Days are UTC, as reads are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.counting import KEPT_FOR
from articles.querysets import EARLIEST_YEAR
from newsroom.templatetags.site_tags import long_date

A_DAY = timedelta(days=1)
# Up to so many days a chart shows each of them, then weeks, and months beyond two years.
DAYS_SHOWN = 13 * 7
WEEKS_SHOWN = 2 * 366


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        """The days as they stand in a sentence: "from 1 July 2026 to 30 September 2026", "on 1 July 2026"."""
        if self.first == self.last:
            return _("on %(day)s") % {"day": long_date(self.first)}
        return _("from %(first)s to %(last)s") % {"first": long_date(self.first), "last": long_date(self.last)}

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.first, time.min, UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + A_DAY, time.min, UTC)

    @property
    def before(self) -> Period:
        """The period that ends where this one begins and is as long: whole months for whole months, else as many
        days."""
        last = self.first - A_DAY
        if self.first.day == 1 and (self.last + A_DAY).day == 1:
            months = _month_number(self.last) - _month_number(self.first) + 1
            return Period(_month(_month_number(self.first) - months), last)
        return Period(self.first - timedelta(days=self.days), last)

    def kept(self) -> Period:
        """The part that reads can be known of: older counts are deleted. Of what is all too old, its last day."""
        oldest = today() - KEPT_FOR
        return Period(max(self.first, min(oldest, self.last)), self.last)

    def steps(self) -> list[Period]:
        """The period cut into what a chart shows side by side. A week ends on the weekday that the period ends on, so
        that only the first may be short; months are those of the calendar."""
        if self.days <= DAYS_SHOWN:
            return [Period(day, day) for day in (self.first + A_DAY * n for n in range(self.days))]
        if self.days <= WEEKS_SHOWN:
            lasts = [self.last - 7 * A_DAY * n for n in range((self.days + 6) // 7)]
            return [Period(max(self.first, last - 6 * A_DAY), last) for last in reversed(lasts)]
        months = range(_month_number(self.first), _month_number(self.last) + 1)
        return [Period(max(self.first, _month(n)), min(self.last, _month(n + 1) - A_DAY)) for n in months]


def today() -> date:
    """The day that reads are counted for now."""
    return timezone.now().date()


def day_of(moment: datetime) -> date:
    """The day that a moment belongs to."""
    return moment.astimezone(UTC).date()


def between(first: date | None, last: date | None) -> Period:
    """The days from one to another, without those to come; one that is missing is the oldest that reads are kept of, or
    today. Raises ValidationError, in words for the form that asked, when there are no such days."""
    if first and last and first > last:
        raise ValidationError(_("The first day is after the last. Exchange them."))
    if first and first > today():
        raise ValidationError(_("This period lies in the future."))
    period = Period(first or today() - KEPT_FOR, min(last or today(), today()))
    if period.first.year < EARLIEST_YEAR:
        raise ValidationError(_("The year of the date cannot be before %(year)s.") % {"year": EARLIEST_YEAR})
    if period.first > period.last:
        raise ValidationError(_("Reads are kept for 25 months. This period is older: say when it begins."))
    return period


def last_days(count: int) -> Period:
    """So many days, of which today is the last."""
    return Period(today() - A_DAY * (count - 1), today())


def this_month() -> Period:
    """The month up to today."""
    return Period(today().replace(day=1), today())


def last_month() -> Period:
    """The last month that is over."""
    return _months(_month_number(today()) - 1, 1)


def last_quarter() -> Period:
    """The last quarter of a year that is over."""
    return _months(_month_number(today()) // 3 * 3 - 3, 3)


def this_year() -> Period:
    """The year up to today."""
    return Period(today().replace(month=1, day=1), today())


def last_year() -> Period:
    """The last year that is over."""
    return _months(_month_number(today()) // 12 * 12 - 12, 12)


def _month_number(day: date) -> int:
    """Months counted without a break, so that one can reckon with them."""
    return day.year * 12 + day.month - 1


def _month(number: int) -> date:
    """The first day of a month."""
    return date(number // 12, number % 12 + 1, 1)


def _months(number: int, count: int) -> Period:
    return Period(_month(number), _month(number + count) - A_DAY)
