"""Counting reads and ranking by them."""

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from articles import popularity, rails
from articles.models import ArticlePage, DailyReads, Rank
from articles.models.readership import RANK_WINDOW


@pytest.fixture
def read():
    """Read an article so many times, some days ago."""

    def times(article, reads, days_ago=0):
        for _ in range(reads):
            popularity.count_read(article.pk, timezone.now().date() - timedelta(days=days_ago))

    return times


def most_read(language, **where):
    popularity.rewrite_ranks()
    return [article.title for article in rails.most_read(language, **where).articles]


def test_reads_add_up_by_story_language_and_day(make_article, read):
    article = make_article()
    read(article, 2)
    read(article, 1, days_ago=1)
    assert sorted(DailyReads.objects.values_list("language", "reads")) == [("en", 1), ("en", 2)]


def test_most_read_comes_first_and_the_unread_newest_first(make_article, read):
    for title in ("Old", "Middle", "New"):
        make_article(title)
    read(ArticlePage.objects.get(title="Old"), 2)
    assert most_read("en") == ["Old", "New", "Middle"]


def test_each_language_has_its_own_order(make_article, translate, read):
    wells, schools = make_article("Wells"), make_article("Schools")
    puits, ecoles = translate(wells, "fr", title="Puits"), translate(schools, "fr", title="Écoles")
    read(wells, 3)
    read(schools, 1)
    read(ecoles, 2)
    read(puits, 1)
    assert most_read("en") == ["Wells", "Schools"]
    assert most_read("fr") == ["Écoles", "Puits"]


def test_reads_before_the_window_do_not_count(make_article, read):
    once, now = make_article("Once"), make_article("Now")
    read(once, 5, days_ago=RANK_WINDOW)
    read(now, 1, days_ago=RANK_WINDOW - 1)
    assert most_read("en") == ["Now", "Once"]


def test_a_withdrawn_article_leaves_the_rail_at_once_and_no_hole(make_article, read):
    for title in ("A", "B", "C", "D"):
        read(make_article(title), {"A": 4, "B": 3, "C": 2, "D": 1}[title])
    assert most_read("en") == ["A", "B", "C"]

    article = ArticlePage.objects.get(title="A")
    article.withdrawn_at = timezone.now()
    article.save()
    assert [article.title for article in rails.most_read("en").articles] == ["B", "C", "D"]


def test_the_rail_of_a_category_holds_its_articles(make_article, make_category, read):
    water = make_category("Water")
    for n in range(3):
        make_article(f"Well {n}", category=water)
    read(make_article("School"), 9)
    popularity.rewrite_ranks()

    rail = rails.most_read("en", water.translation_key)
    assert {article.title for article in rail.articles} == {"Well 0", "Well 1", "Well 2"}
    assert rail.category == water


def test_a_category_with_too_few_articles_shows_the_most_read_of_the_site(make_article, make_category, read):
    water = make_category("Water")
    make_article("Well", category=water)
    for n in range(3):
        read(make_article(f"School {n}"), 3)
    popularity.rewrite_ranks()

    rail = rails.most_read("en", water.translation_key)
    assert len(rail.articles) == 3
    assert rail.category is None


def test_rewriting_twice_gives_the_same_ranks(make_article, read):
    for n in range(4):
        read(make_article(f"Article {n}"), n)
    popularity.rewrite_ranks()
    first = list(Rank.objects.order_by("language", "category_key", "position").values_list("position", "article"))
    popularity.rewrite_ranks()
    assert first == list(
        Rank.objects.order_by("language", "category_key", "position").values_list("position", "article")
    )


def test_days_older_than_25_months_are_forgotten(make_article, read):
    article = make_article()
    read(article, 1, days_ago=25 * 31)
    read(article, 1, days_ago=25 * 30)
    assert popularity.forget_old_days() == 1
    assert [(timezone.now().date() - row.day).days for row in DailyReads.objects.all()] == [25 * 30]


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADLESS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36"
)


@pytest.fixture(autouse=True)
def no_outage(monkeypatch):
    """Whatever the test before has broken."""
    monkeypatch.setattr("articles.views._failing", False)


@pytest.fixture
def send(client):
    """Call it as a browser does. An address is that of the caller; a header that is None is not sent."""

    def post(page_id, address="203.0.113.7", **headers):
        sent = {"user-agent": FIREFOX, "sec-fetch-site": "same-origin", **headers}
        sent = {name: value for name, value in sent.items() if value is not None}
        response = client.post(f"/reads/{page_id}/", headers=sent, REMOTE_ADDR=address)
        assert response.status_code == 204
        assert not response.content
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"

    return post


def counted():
    return sum(DailyReads.objects.values_list("reads", flat=True))


class TestTheBeacon:
    """POST /reads/<page id>/"""

    def test_a_read_is_counted_for_the_story_in_its_language(self, send, make_article, translate):
        french = translate(make_article(), "fr", title="Un puits")
        send(french.pk)
        [row] = DailyReads.objects.all()
        assert (row.translation_key, row.language, row.reads) == (french.translation_key, "fr", 1)
        assert row.day == timezone.now().date()

    def test_it_is_one_statement(self, send, make_article, django_assert_num_queries):
        article = make_article()
        with django_assert_num_queries(1):
            send(article.pk)
        assert counted() == 1

    def test_only_post_counts(self, client, make_article):
        article = make_article()
        assert client.get(f"/reads/{article.pk}/").status_code == 405
        assert counted() == 0

    def test_it_needs_no_token_and_no_cookie_and_reads_no_body(self, make_article):
        strict = Client(enforce_csrf_checks=True)
        response = strict.post(
            f"/reads/{make_article().pk}/",
            b"\0" * 100_000,
            content_type="application/json",
            headers={"user-agent": FIREFOX, "sec-fetch-site": "same-origin"},
        )
        assert response.status_code == 204
        assert counted() == 1

    def test_an_older_browser_says_where_it_comes_from(self, send, make_article):
        send(make_article().pk, **{"sec-fetch-site": None, "origin": "http://testserver"})
        assert counted() == 1

    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-purpose": "prefetch;prerender"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "none"},
            {"sec-fetch-site": None},
            {"sec-fetch-site": None, "origin": "https://elsewhere.example"},
            {"sec-fetch-site": None, "origin": "null"},
            {"user-agent": BOT},
            {"user-agent": HEADLESS},
            {"user-agent": "curl/8.5.0"},
            {"user-agent": None},
            {"sec-gpc": "1"},
            {"dnt": "1"},
        ],
        ids=str,
    )
    def test_what_is_no_reader_who_may_be_counted(self, headers, send, make_article):
        send(make_article().pk, **headers)
        assert counted() == 0

    def test_editors_are_not_counted(self, login, make_article):
        article = make_article()
        headers = {"user-agent": FIREFOX, "sec-fetch-site": "same-origin"}
        assert login().post(f"/reads/{article.pk}/", headers=headers).status_code == 204
        assert counted() == 0

    @pytest.mark.parametrize("which", ["draft", "withdrawn", "other page", "nothing", "beyond all numbers"])
    def test_only_published_articles_are_counted(self, which, send, make_article, site, caplog):
        page_id = {
            "draft": lambda: make_article(live=False).pk,
            "withdrawn": lambda: make_article(withdrawn_at=timezone.now()).pk,
            "other page": lambda: site.en.home.pk,
            "nothing": lambda: 999_999,
            "beyond all numbers": lambda: 10**30,
        }[which]()
        send(page_id)
        assert counted() == 0
        assert not caplog.records

    @pytest.mark.parametrize("garbage", ["abc", "-1", "1.5", "1%00", "1;DROP TABLE"])
    def test_what_is_no_number_is_no_page(self, garbage, client, site):
        assert client.post(f"/reads/{garbage}/").status_code == 404


class TestReadersAndFloods:
    """Who is counted again, and how often."""

    def test_the_same_reader_counts_once_in_half_an_hour(self, send, make_article, time_machine):
        article = make_article()
        now = datetime(2027, 1, 1, 12, tzinfo=UTC)
        time_machine.move_to(now, tick=False)
        for _time in range(3):
            send(article.pk)
        assert counted() == 1
        time_machine.move_to(now + timedelta(minutes=31), tick=False)
        send(article.pk)
        assert counted() == 2

    def test_two_articles_are_two_reads(self, send, make_article):
        send(make_article().pk)
        send(make_article().pk)
        assert counted() == 2

    def test_two_browsers_and_two_addresses_are_three_readers(self, send, make_article):
        article = make_article()
        send(article.pk)
        send(article.pk, **{"user-agent": SAFARI})
        send(article.pk, address="203.0.113.8")
        assert counted() == 3

    def test_an_address_that_changes_its_name_is_counted_no_more_than_people_read(self, send, make_article):
        article = make_article()
        for number in range(200):
            send(article.pk, **{"user-agent": f"{FIREFOX} {number}"})
        assert counted() == 60

    def test_so_is_one_that_changes_its_address_within_its_network(self, send, make_article, settings):
        settings.READS_PER_NETWORK = 3
        article = make_article()
        for number in range(9):
            send(article.pk, address=f"2001:db8:0:1::{number}", **{"user-agent": f"{FIREFOX} {number}"})
        send(article.pk, address="2001:db8:0:2::1")
        assert counted() == 4

    def test_nobody_becomes_somebody_else_by_saying_so(self, send, make_article):
        article = make_article()
        for number in range(3):
            send(article.pk, **{"x-forwarded-for": f"198.51.100.{number}"})
        assert counted() == 1

    def test_behind_a_proxy_each_reader_is_one(self, send, make_article, settings):
        settings.PROXIES = 1
        article = make_article()
        for number in range(3):
            send(article.pk, **{"x-forwarded-for": f"192.0.2.{number}, 198.51.100.7"})
        assert counted() == 1
        send(article.pk, **{"x-forwarded-for": "198.51.100.8"})
        assert counted() == 2

    @pytest.mark.parametrize(
        "moment",
        [
            datetime(2027, 3, 28, 0, 59, 59, tzinfo=UTC),  # the night without a third hour
            datetime(2027, 10, 31, 1, 30, tzinfo=UTC),  # and the one with two
            datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        ],
        ids=str,
    )
    def test_at_any_time(self, moment, send, make_article, time_machine):
        article = make_article()
        time_machine.move_to(moment, tick=False)
        send(article.pk)
        send(article.pk)
        [row] = DailyReads.objects.all()
        assert (row.day, row.reads) == (moment.date(), 1)

    def test_a_clock_before_1970_costs_reads_and_nothing_else(self, send, make_article, time_machine, caplog):
        article = make_article()
        time_machine.move_to(datetime(1969, 7, 20, 20, 17, tzinfo=UTC), tick=False)
        send(article.pk)  # Django's cache in memory knows no such time
        assert counted() == 0
        assert [record.message for record in caplog.records] == ["Reads are not counted at the moment"]


class TestNothingOfAReaderIsKept:
    """Neither in the database nor, so that anybody could tell, in the cache."""

    def remembered(self):
        return f"{cache._cache} {[pickle.loads(value) for value in cache._cache.values()]}"

    def test_neither_address_nor_browser(self, send, make_article):
        article = make_article()
        send(article.pk)
        assert "read:" in self.remembered()
        for trace in ("203.0.113", "Firefox"):
            assert trace not in self.remembered()
        assert {field.name for field in DailyReads._meta.concrete_fields} - {"pk"} == {
            "translation_key",
            "language",
            "day",
            "reads",
        }

    def test_tomorrow_nobody_can_tell_whose_hashes_they_were(self, send, make_article, time_machine):
        article = make_article()
        time_machine.move_to(datetime(2027, 1, 1, 23, 50, tzinfo=UTC), tick=False)
        send(article.pk)
        today = cache.get("reads-key:2027-01-01")
        time_machine.move_to(datetime(2027, 1, 2, 0, 10, tzinfo=UTC), tick=False)
        send(article.pk)
        assert today and cache.get("reads-key:2027-01-01") is None
        assert cache.get("reads-key:2027-01-02") not in (None, today)
        assert counted() == 2


class TestOutages:
    """The reader notices nothing; the log says so once."""

    @pytest.mark.parametrize("what", ["articles.beacon.cache.add", "articles.popularity.connection.cursor"])
    def test_the_cache_or_the_database_is_down(self, what, send, make_article, monkeypatch, caplog):
        article = make_article()

        def broken(*arguments, **options):
            raise OSError("down")

        with monkeypatch.context() as patch:
            patch.setattr(what, broken)
            send(article.pk)
            send(article.pk, **{"user-agent": SAFARI})
        assert [record.message for record in caplog.records] == ["Reads are not counted at the moment"]
        send(article.pk, address="203.0.113.8")
        assert counted() == 1

        with monkeypatch.context() as patch:
            patch.setattr(what, broken)
            send(article.pk, address="203.0.113.9")
        assert len(caplog.records) == 2
