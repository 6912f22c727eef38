"""Drawings of reads: right in every language, and the same in words."""

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from articles import charts, figures
from articles.periods import Period
from articles.readership import Step

FIRST = date(2026, 11, 1)


def steps(*reads):
    """A step a day, from the first of November on."""
    days = [FIRST + timedelta(days=n) for n in range(len(reads))]
    return [Step(Period(day, day), count) for day, count in zip(days, reads, strict=True)]


def points(sparkline):
    return [tuple(map(float, point.split(","))) for point in sparkline.points.split()]


def drawn(template, **context):
    """The SVG that a template draws, as a tree: it must be well-formed."""
    html = render_to_string(template, context)
    return ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])


class TestLine:
    def test_goes_from_one_side_to_the_other_and_is_highest_where_most_was_read(self):
        line = points(charts.sparkline(steps(0, 10, 5), "a"))
        assert [x for x, _y in line] == [2, 50, 98]
        assert [y for _x, y in line] == [22, 2, 12]

    def test_is_flat_where_nothing_was_read(self):
        assert {y for _x, y in points(charts.sparkline(steps(0, 0, 0), "a"))} == {22}

    def test_of_one_day_is_a_line_all_the_same(self):
        assert points(charts.sparkline(steps(3), "a")) == [(2, 2), (98, 2)]


class TestBars:
    def test_are_as_high_as_their_part_of_the_scale(self):
        bars = charts.chart(steps(0, 10, 5), "a").bars
        assert [(float(bar.y), float(bar.height)) for bar in bars] == [(100, 0), (0, 100), (50, 50)]

    def test_stand_beside_each_other_inside_the_picture(self):
        bars = charts.chart(steps(1, 2, 3), "a").bars
        ends = [(float(bar.x), float(bar.x) + float(bar.width)) for bar in bars]
        assert ends[0][0] > 0 and ends[-1][1] < 1000
        assert all(left[1] < right[0] for left, right in pairwise(ends))

    @pytest.mark.parametrize(
        ("highest", "top"),
        [(0, 2), (1, 2), (3, 4), (5, 6), (11, 12), (13, 20), (21, 30), (40, 40), (41, 50), (1234, 1500)],
    )
    def test_the_scale_ends_with_a_round_number(self, highest, top):
        assert charts.chart(steps(highest), "a").top == top

    def test_the_scale_is_written_for_people(self):
        assert charts.chart(steps(1834), "a").scale == ["2,000", "1,000", "0"]
        with override("fr"):
            assert charts.chart(steps(1834), "a").scale == ["2\xa0000", "1\xa0000", "0"]


class TestWords:
    def test_say_how_much_was_read_and_when_most(self):
        assert charts.in_words(steps(10, 1045, 5)) == "1,060 reads in 3 days; most on 2 November 2026: 1,045"

    def test_in_french_too(self):
        with override("fr"):
            words = charts.in_words(steps(1045, 10, 5))
            assert words == "1\xa0060 lectures en 3 jours\xa0; maximum le 1er novembre 2026\xa0: 1\xa0045"

    def test_with_the_right_plurals(self):
        assert charts.in_words(steps(1)) == "1 read in 1 day, on 1 November 2026"
        assert charts.in_words(steps(0)) == "No reads in 1 day"
        with override("fr"):
            assert charts.in_words(steps(1, 0)) == "1 lecture en 2 jours, le 1er novembre 2026"
            assert charts.in_words(steps(0, 0)) == "Aucune lecture en 2 jours"

    def test_name_weeks_by_their_days(self):
        weeks = [Step(Period(FIRST, date(2026, 11, 7)), 3), Step(Period(date(2026, 11, 8), date(2026, 11, 14)), 4)]
        words = charts.in_words(weeks)
        assert words == "7 reads in 14 days; most from 8 November 2026 to 14 November 2026: 4"


class TestPicture:
    @pytest.mark.parametrize("language", ["en", "fr"])
    @pytest.mark.parametrize("kind", ["sparkline", "chart"])
    def test_is_one_picture_with_its_words(self, kind, language):
        with override(language):
            made = getattr(charts, kind)(steps(1, 2, 4), "reads-7")
            svg = drawn(f"articles/{kind}.html", **{kind: made})
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == svg[0].get("id") == "reads-7"
        assert (svg[0].tag, svg[0].text) == ("title", made.text)

    @pytest.mark.parametrize("kind", ["sparkline", "chart"])
    def test_keeps_its_numbers_in_french(self, kind):
        def numbers(language):
            with override(language):
                svg = drawn(f"articles/{kind}.html", **{kind: getattr(charts, kind)(steps(1, 3, 8), "a")})
            return [value for node in svg.iter() for key, value in node.items() if key not in ("id", "aria-labelledby")]

        assert numbers("fr") == numbers("en")

    def test_needs_no_style_and_no_script(self):
        html = render_to_string("articles/chart.html", {"chart": charts.chart(steps(1, 2), "a")})
        assert "style" not in html and "<script" not in html

    def test_every_bar_says_its_day_and_its_reads(self):
        svg = drawn("articles/chart.html", chart=charts.chart(steps(1, 2), "a"))
        titles = [title.text for title in svg.iterfind("rect/title")]
        assert titles == ["On 1 November 2026: 1 read", "On 2 November 2026: 2 reads"]

    def test_the_figures_stand_in_a_table(self):
        html = render_to_string("articles/chart.html", {"chart": charts.chart(steps(1, 2300), "a")})
        table = ElementTree.fromstring(html[html.index("<table") : html.index("</table>") + 8])
        rows = [["".join(cell.itertext()) for cell in row] for row in table.iterfind("tbody/tr")]
        assert rows == [["1 November 2026", "1"], ["2 November 2026", "2,300"]]


class TestFigures:
    @pytest.mark.parametrize(
        ("part", "whole", "words"),
        [
            (0, 0, "–"),
            (0, 5, "0%"),
            (1, 3, "33%"),
            (2, 3, "67%"),
            (1, 1, "100%"),
            (1, 40, "2.5%"),
            (1, 100_000, "0.0%"),
        ],
    )
    def test_shares(self, part, whole, words):
        assert figures.share(part, whole) == words

    def test_shares_in_french(self):
        with override("fr"):
            assert figures.share(1, 40) == "2,5\xa0%"

    @pytest.mark.parametrize(
        ("now", "before", "words"),
        [
            (5, 5, "as many"),
            (0, 0, "as many"),
            (5, 0, "none before"),
            (5, 2, "3 more"),
            (0, 2, "2 fewer"),
            (150, 100, "50% more"),
            (50, 100, "50% fewer"),
            (10_001, 10_000, "about as many"),
        ],
    )
    def test_differences_are_said_in_words(self, now, before, words):
        assert figures.difference(now, before) == words

    @pytest.mark.parametrize(
        ("now", "before", "words"),
        [
            (0, 0, "none in the period before"),
            (7, 7, "as many as in the period before"),
            (1500, 1000, "50% more than in the period before (1,000)"),
            (3, 5, "2 fewer than in the period before (5)"),
            (10_001, 10_000, "about as many as in the period before (10,000)"),
        ],
    )
    def test_or_with_what_is_compared(self, now, before, words):
        assert figures.compared(now, before) == words
