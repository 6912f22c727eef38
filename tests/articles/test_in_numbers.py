"""The page "In numbers": one sheet about a period, in words that a board understands."""

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from articles import periods
from articles.in_numbers import Numbers
from articles.models import DailyReads
from articles.periods import Period
from newsroom.management.commands.set_up_site import EDITORS, SENDERS

pytestmark = pytest.mark.django_db

PAGE = "/admin/reports/in-numbers/"
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
IN_OCTOBER, IN_SEPTEMBER = datetime(2026, 10, 12, 9, tzinfo=UTC), datetime(2026, 9, 12, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False)


def read(article, times, day=OCTOBER.first):
    DailyReads.objects.create(translation_key=article.story_key, language=article.language, day=day, reads=times)


@pytest.fixture
def counted_long_ago(make_article):
    """Reads have been counted for longer than any period of these tests."""
    read(make_article("Long ago", date=datetime(2025, 1, 1, tzinfo=UTC)), 1, date(2025, 1, 1))


@pytest.fixture
def sheet(login):
    """The text of the page, without tags."""

    def ask(query="first=2026-10-01&last=2026-10-31", language="en"):
        response = login(EDITORS, language=language).get(f"{PAGE}?{query}")
        assert response.status_code == 200
        main = response.content.decode().partition("<main")[2].partition("</main>")[0]
        return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", main))

    return ask


def line(lines, name):
    [found] = [one for one in lines if one.name == name]
    return (found.reads, found.change, found.stories, found.share)


def headlines(period=OCTOBER):
    return [(one["figure"], one["words"], one["compared"]) for one in Numbers(period).headlines()]


class TestHeadlines:
    def test_reads_stories_and_translations_compared_with_the_period_before(
        self, make_article, translate, counted_long_ago
    ):
        wells, _roads, _rain = (make_article(title, date=IN_OCTOBER) for title in ("Wells", "Roads", "Rain"))
        september = make_article("Schools", date=IN_SEPTEMBER)
        read(wells, 100)
        read(translate(wells, "fr", title="Puits"), 50, OCTOBER.last)
        read(september, 100, date(2026, 9, 30))
        assert headlines() == [
            ("150", "reads", "50% more than in the period before (100)"),
            ("3", "stories published, 4 counting their translations", "2 more than in the period before (1)"),
            ("33%", "1 of 3 stories can be read in every language", "0% in the period before"),
        ]

    def test_what_was_read_on_other_days_does_not_count(self, make_article, counted_long_ago):
        article = make_article("Wells", date=IN_OCTOBER)
        read(article, 7, date(2026, 8, 31))
        read(article, 9, date(2026, 11, 1))
        assert headlines()[0] == ("0", "reads", "none in the period before")

    def test_reads_of_deleted_articles_stay_in_the_sum(self, make_article):
        article = make_article("Wells", date=IN_OCTOBER)
        read(article, 7)
        article.delete()
        assert headlines()[0][0] == "7"

    def test_a_story_counts_once_and_only_while_readers_can_open_it(self, make_article, translate):
        translate(make_article("Wells", date=IN_OCTOBER), "fr", title="Puits")
        make_article("Draft", date=IN_OCTOBER, live=False)
        make_article("Withdrawn", date=IN_OCTOBER, withdrawn_at=timezone.now())
        assert headlines()[1][:2] == ("1", "story published, 2 counting its translations")

    def test_days_are_utc(self, make_article):
        make_article("Last of September", date=datetime(2026, 9, 30, 23, 59, tzinfo=UTC))
        make_article("First of October", date=datetime(2026, 10, 1, 0, 0, tzinfo=UTC))
        make_article("Last of October", date=datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
        assert headlines()[1][0] == "2"

    def test_there_is_no_share_of_nothing(self, make_article):
        read(make_article("Old", date=datetime(2020, 1, 1, tzinfo=UTC)), 1)
        assert headlines()[2] == ("–", "translated: no story was published", "")


class TestTables:
    def test_by_language(self, make_article, translate, counted_long_ago):
        wells = make_article("Wells", date=IN_OCTOBER)
        make_article("Roads", date=IN_OCTOBER)
        read(wells, 30)
        read(wells, 20, date(2026, 9, 1))
        read(translate(wells, "fr", title="Puits"), 9)
        lines = Numbers(OCTOBER).by_language()
        assert line(lines, "English") == (30, "50% more", 2, "100%")
        assert line(lines, "French") == (9, "none before", 1, "50%")

    def test_by_category_most_read_first_with_what_has_none_last(
        self, make_article, make_category, translate, counted_long_ago
    ):
        water, roads, empty = make_category("Water"), make_category("Roads"), make_category("Empty")
        assert empty.live
        wells = make_article("Wells", date=IN_OCTOBER, category=water)
        read(wells, 10)
        read(translate(wells, "fr", title="Puits"), 5)
        read(make_article("Way", date=IN_OCTOBER, category=roads), 20)
        read(make_article("Rain", date=IN_OCTOBER), 99)
        gone = make_article("Gone", date=IN_OCTOBER)
        read(gone, 999)
        gone.delete()
        lines = Numbers(OCTOBER).by_category()
        assert [one.name for one in lines] == ["Roads", "Water", "Deleted since", "Without a category"]
        assert line(lines, "Water") == (15, "none before", 1, "100%")
        assert line(lines, "Roads") == (20, "none before", 1, "0%")
        assert line(lines, "Deleted since") == (999, "none before", 0, "–")
        assert sum(one.reads for one in lines) == 10 + 5 + 20 + 99 + 999

    def test_the_ten_stories_read_most_in_all_languages(self, make_article, translate):
        wells = make_article("Wells", date=IN_OCTOBER)
        read(wells, 6)
        read(translate(wells, "fr", title="Puits"), 6)
        for number in range(1, 11):
            read(make_article(f"Story {number}", date=IN_OCTOBER), number)
        stories = [(story.title, story.reads) for story in Numbers(OCTOBER).most_read()]
        assert stories == [("Wells", 12), *((f"Story {n}", n) for n in range(10, 1, -1))]

    def test_a_story_that_is_closed_says_so(self, make_article):
        article = make_article("Wells", date=IN_OCTOBER)
        read(article, 6)
        article.withdrawn_at = timezone.now()
        article.save()
        [story] = Numbers(OCTOBER).most_read()
        assert (story.title, story.state) == ("Wells", "withdrawn")


class TestSheet:
    def test_says_what_a_read_is_and_never_speaks_of_visitors(self, make_article, sheet):
        read(make_article("Wells", date=IN_OCTOBER), 6)
        text = sheet()
        assert "for five seconds" in text and "People are not counted" in text
        assert not re.search(r"visit|users|audience", text, re.IGNORECASE)
        assert len(re.findall(r"\bpeople\b", text, re.IGNORECASE)) == 1

    def test_speaks_french(self, make_article, translate, make_category, sheet):
        water = make_category("Water")
        translate(water, "fr", title="Eau")
        wells = make_article("Wells", date=IN_OCTOBER, category=water)
        read(wells, 600)
        read(translate(wells, "fr", title="Puits"), 600)
        text = sheet(language="fr")
        assert "En chiffres Du 1er octobre 2026 au 31 octobre 2026" in text
        assert "1\xa0200 lectures" in text and "100\xa0%" in text
        assert "1 sur 1 à lire dans toutes les langues" in text
        assert "Eau 1\xa0200" in text and "Puits 1\xa0200" in text and "Wells" not in text
        assert not re.search(r"visiteu|utilisateu|internaute", text, re.IGNORECASE)

    def test_an_empty_period_is_a_sentence(self, sheet):
        text = sheet()
        assert "In this period nothing was published, and no reads were counted." in text
        assert "0%" not in text and "The figures" not in text

    def test_an_unread_period_has_no_chart(self, make_article, sheet):
        make_article("Wells", date=IN_OCTOBER)
        text = sheet()
        assert "1 story published " in text and "No reads in this period." in text and "The figures" not in text

    def test_reads_are_compared_only_with_what_was_counted(self, make_article, sheet):
        read(make_article("Wells", date=IN_OCTOBER), 6, date(2026, 10, 5))
        text = sheet()
        assert "There are counts of reads since 5 October 2026 only." in text
        assert "Reads are not compared" in text and "none before" not in text

    def test_a_period_that_goes_on_says_so(self, make_article, sheet):
        make_article("Wells", date=datetime(2026, 11, 2, tzinfo=UTC))
        assert "This period is not over" in sheet("first=2026-11-01&last=2026-11-30")

    @pytest.mark.parametrize(("language", "name"), [("en", "The Well"), ("fr", "Le Puits")])
    def test_names_the_site_as_its_home_page_does(self, language, name, site, make_article, sheet):
        for home, title in ((site.en.home, "The Well"), (site.fr.home, "Le Puits")):
            Page.objects.filter(pk=home.pk).update(title=title)
        make_article("Wells", date=IN_OCTOBER)
        assert re.search(f"{name} (In numbers|En chiffres)", sheet(language=language))

    def test_names_the_period_that_it_compares_with(self, make_article, sheet):
        make_article("Wells", date=IN_OCTOBER)
        assert "from 1 September 2026 to 30 September 2026" in sheet()


class TestPeriod:
    def shown(self, client, query=""):
        context = client.get(f"{PAGE}?{query}").context
        return context["numbers"].period if "numbers" in context else None

    def test_is_the_last_quarter_unless_asked_otherwise(self, login):
        client = login()
        assert self.shown(client) == periods.last_quarter()
        assert self.shown(client, "first=2026-10-01&last=2026-10-31") == OCTOBER

    def test_can_be_chosen_by_links(self, login):
        client = login()
        choices = client.get(PAGE).context["choices"]
        assert [choice["current"] for choice in choices] == [False, False, True, False, False]
        found = [client.get(choice["url"]).context["numbers"].period for choice in choices]
        assert found == [
            periods.this_month(),
            periods.last_month(),
            periods.last_quarter(),
            periods.this_year(),
            periods.last_year(),
        ]

    @pytest.mark.parametrize(
        ("language", "query", "reason"),
        [
            ("en", "first=2026-10-02&last=2026-10-01", "The first day is after the last."),
            ("fr", "first=2026-10-02&last=2026-10-01", "Le premier jour vient après le dernier."),
            ("en", "first=nonsense&last=2026-10-01", "Enter a valid date."),
            ("fr", "first=2026-02-31&last=2026-10-01", "Saisissez une date valide."),
            ("en", "first=2026-10-01", "This field is required."),
            ("fr", "first=2027-01-01&last=2027-12-31", "Cette période est dans le futur."),
            ("en", "first=0001-01-01&last=9999-12-31", "before 1800"),
        ],
    )
    def test_what_makes_no_sense_is_said_and_shows_no_figures(self, language, query, reason, sheet):
        text = sheet(query, language)
        assert reason in text
        assert "five seconds" not in text and "cinq secondes" not in text

    def test_a_very_long_period_is_answered(self, make_article, sheet):
        read(make_article("Wells", date=IN_OCTOBER), 6)
        assert "6 reads" in sheet("first=1800-01-01&last=9999-12-31")


class TestWho:
    def test_everybody_in_the_admin(self, login):
        client = login(SENDERS)
        assert PAGE in client.get("/admin/").content.decode()
        assert client.get(PAGE).status_code == 200

    def test_nobody_else(self, client):
        assert client.get(PAGE).status_code == 302


def test_costs_the_same_for_1_and_for_20_articles(make_article, make_category, translate, login):
    client, category = login(), make_category("Water")

    def add(title):
        read(make_article(title, date=IN_OCTOBER, category=category), 9)

    def price():
        address = f"{PAGE}?first=2026-10-01&last=2026-10-31"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    add("First")
    few = price()
    for number in range(19):
        add(f"Article {number}")
    assert price() == few
