"""Which days a report is about."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from articles import periods
from articles.periods import Period

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), tick=False)  # in Brussels it is the 23rd


def whole(year, month, months=1):
    """So many months from the first day of one."""
    end = year * 12 + month - 1 + months
    return Period(date(year, month, 1), date(end // 12, end % 12 + 1, 1) - timedelta(days=1))


class TestChoices:
    def test_the_last_days_end_today_in_utc(self):
        assert periods.last_days(7) == Period(date(2026, 11, 16), TODAY)

    def test_what_is_over_and_what_is_not(self):
        assert periods.this_month() == Period(date(2026, 11, 1), TODAY)
        assert periods.last_month() == whole(2026, 10)
        assert periods.last_quarter() == whole(2026, 7, 3)
        assert periods.this_year() == Period(date(2026, 1, 1), TODAY)
        assert periods.last_year() == whole(2025, 1, 12)

    def test_in_january_the_last_ones_are_of_the_year_before(self, time_machine):
        time_machine.move_to(datetime(2027, 1, 1, tzinfo=UTC), tick=False)
        assert periods.last_month() == whole(2026, 12)
        assert periods.last_quarter() == whole(2026, 10, 3)
        assert periods.last_year() == whole(2026, 1, 12)


class TestBefore:
    @pytest.mark.parametrize(
        ("period", "before"),
        [
            (whole(2026, 3), whole(2026, 2)),
            (whole(2026, 1), whole(2025, 12)),
            (whole(2026, 7, 3), whole(2026, 4, 3)),
            (whole(2025, 1, 12), whole(2024, 1, 12)),
            (Period(date(2026, 11, 8), date(2026, 11, 14)), Period(date(2026, 11, 1), date(2026, 11, 7))),
            (Period(date(2026, 11, 1), TODAY), Period(date(2026, 10, 10), date(2026, 10, 31))),
        ],
        ids=str,
    )
    def test_is_as_long_and_ends_where_the_period_begins(self, period, before):
        assert period.before == before


class TestSteps:
    @pytest.mark.parametrize(("days", "steps"), [(1, 1), (91, 91), (92, 14), (365, 53), (732, 105), (733, 25)])
    def test_are_days_then_weeks_then_months(self, days, steps):
        assert len(periods.last_days(days).steps()) == steps

    @pytest.mark.parametrize("days", [1, 30, 92, 98, 365, 733, 758])
    def test_cover_the_period_without_gap_or_overlap(self, days):
        period = periods.last_days(days)
        covered = [step.first + timedelta(days=n) for step in period.steps() for n in range(step.days)]
        assert covered == [period.first + timedelta(days=n) for n in range(days)]

    def test_the_last_week_is_a_whole_one(self):
        first, *others = periods.last_days(100).steps()
        assert first.days == 2 and {step.days for step in others} == {7}


class TestQuestions:
    def test_days_to_come_are_left_out(self):
        assert periods.between(date(2026, 11, 1), date(2030, 1, 1)) == Period(date(2026, 11, 1), TODAY)

    def test_a_missing_end_is_today_and_a_missing_beginning_the_oldest_day_kept(self):
        assert periods.between(TODAY, None) == Period(TODAY, TODAY)
        assert periods.between(None, TODAY) == Period(date(2024, 10, 25), TODAY)

    @pytest.mark.parametrize(
        ("first", "last", "reason"),
        [
            (date(2026, 2, 2), date(2026, 2, 1), "after the last"),
            (date(2027, 1, 1), None, "in the future"),
            (None, date(2020, 1, 1), "25 months"),
            (date(1, 1, 1), TODAY, "before 1800"),
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_refused_with_its_reason(self, first, last, reason):
        with pytest.raises(ValidationError, match=reason):
            periods.between(first, last)

    def test_only_what_is_kept_is_drawn(self):
        assert Period(date(1800, 1, 1), TODAY).kept() == Period(date(2024, 10, 25), TODAY)
        assert Period(date(1800, 1, 1), date(1900, 1, 1)).kept().days == 1


def test_periods_speak_both_languages():
    quarter, day = whole(2026, 7, 3), Period(TODAY, TODAY)
    assert (str(quarter), str(day)) == ("from 1 July 2026 to 30 September 2026", "on 22 November 2026")
    with override("fr"):
        assert (str(quarter), str(day)) == ("du 1er juillet 2026 au 30 septembre 2026", "le 22 novembre 2026")
