"""POST /reads/<page id>/: who is counted, who is not, and what is remembered of it."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import views
from articles.middleware import BeaconMiddleware
from articles.models import CampaignReads, DailyReads
from tests.conftest import article_maker

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

    def post(page_id, address="203.0.113.7", query="", **headers):
        sent = {"user-agent": FIREFOX, "sec-fetch-site": "same-origin", **headers}
        sent = {name: value for name, value in sent.items() if value is not None}
        response = client.post(f"/reads/{page_id}/{query}", headers=sent, REMOTE_ADDR=address)
        assert response.status_code == 204
        assert not response.content
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"

    return post


@contextmanager
def locked():
    """Somebody else writes and does not end, and our own connection does not wait as long as it would."""
    on_sqlite = connection.vendor == "sqlite"
    impatient = "PRAGMA busy_timeout = 50" if on_sqlite else "SET lock_timeout = '50ms'"
    patient = "PRAGMA busy_timeout = 20000" if on_sqlite else "RESET lock_timeout"
    lock = ["BEGIN IMMEDIATE"] if on_sqlite else ["BEGIN", f"LOCK TABLE {DailyReads._meta.db_table}"]
    other = connection.copy()
    try:
        with other.cursor() as theirs, connection.cursor() as ours:
            for statement in lock:
                theirs.execute(statement)
            ours.execute(impatient)
            yield
            ours.execute(patient)
            theirs.execute("ROLLBACK")
    finally:
        other.close()


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

    def test_its_address_is_the_one_that_pages_name(self, make_article):
        page_id = make_article().pk
        assert BeaconMiddleware.ADDRESS.fullmatch(reverse("count_read", args=[page_id]))[1] == str(page_id)

    def test_it_is_answered_before_the_middleware_of_pages(self, send, make_article, monkeypatch):
        article = make_article()
        monkeypatch.setattr("newsroom.language.AddressLanguageMiddleware.__call__", None)  # nothing to call
        send(article.pk)
        assert counted() == 1

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
            b"\0" * 5_000_000,
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

    @pytest.mark.parametrize("which", ["draft", "withdrawn", "alias", "other page", "nothing", "beyond all numbers"])
    def test_only_published_articles_are_counted(self, which, send, make_article, site, caplog):
        page_id = {
            "draft": lambda: make_article(live=False).pk,
            "withdrawn": lambda: make_article(withdrawn_at=timezone.now()).pk,
            "alias": lambda: make_article().copy_for_translation(site.locales["fr"], alias=True).pk,
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


class TestCampaigns:
    """?utm_campaign=…, by which the links of a digest name it."""

    def by_campaign(self):
        return list(CampaignReads.objects.values_list("campaign", "language", "reads"))

    def test_a_read_counts_for_the_campaign_that_brought_the_reader_too(
        self, send, make_article, translate, django_assert_num_queries
    ):
        article = make_article()
        french = translate(article, "fr", title="Un puits")
        with django_assert_num_queries(2):
            send(article.pk, query="?utm_campaign=digest-1a2b3c4d")
        send(article.pk, address="203.0.113.8", query="?utm_source=newsletter&utm_campaign=digest-1a2b3c4d")
        send(article.pk, address="203.0.113.9")
        send(french.pk, query="?utm_campaign=digest-1a2b3c4d")
        assert sorted(self.by_campaign()) == [("digest-1a2b3c4d", "en", 2), ("digest-1a2b3c4d", "fr", 1)]
        assert set(CampaignReads.objects.values_list("translation_key", "day")) == {
            (article.translation_key, timezone.now().date())
        }
        assert counted() == 4

    @pytest.mark.parametrize(
        "name", ["", "x" * 41, "digest%00", "a b", "%F0%9F%92%A9", "digest-1;DROP TABLE", "digest-1&utm_campaign="]
    )
    def test_what_cannot_be_the_name_of_a_campaign_counts_for_none(self, name, send, make_article):
        send(make_article().pk, query=f"?utm_campaign={name}")
        assert (counted(), self.by_campaign()) == (1, [])

    def test_nothing_but_the_campaign_is_kept(self):
        assert {field.name for field in CampaignReads._meta.concrete_fields} - {"pk"} == {
            "campaign",
            "translation_key",
            "language",
            "day",
            "reads",
        }

    def test_an_article_that_is_not_counted_counts_for_no_campaign(self, send, make_article):
        send(make_article(live=False).pk, query="?utm_campaign=digest-1a2b3c4d")
        assert self.by_campaign() == []


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

    def test_an_operator_can_switch_counting_off(self, send, make_article, settings, caplog):
        settings.READS_PER_NETWORK = 0
        send(make_article().pk, query="?utm_campaign=digest-1a2b3c4d")
        assert (counted(), CampaignReads.objects.count(), caplog.records) == (0, 0, [])

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

    def test_whose_half_hour_ends_while_they_call_is_counted(self, send, make_article, monkeypatch):
        first, second = make_article("A"), make_article("B")
        send(first.pk)

        def gone(key):
            cache.delete(key)
            raise ValueError(key)

        monkeypatch.setattr("articles.beacon.cache.incr", gone)
        send(second.pk)
        assert counted() == 2


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

    def test_a_host_that_is_not_ours_is_another_site_and_no_outage(self, send, make_article, caplog):
        send(make_article().pk, **{"sec-fetch-site": None, "origin": "https://evil.example", "host": "evil.example"})
        assert counted() == 0
        assert not [record for record in caplog.records if record.name == "articles.views"]

    def test_of_many_who_fail_at_once_one_says_so(self, monkeypatch):
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda _: views._begins(failing=True), range(64)))
        assert said.count(True) == 1

    @pytest.mark.parametrize("what", ["articles.beacon.cache.add", "articles.counting.connection.cursor"])
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

    def test_the_database_is_locked_by_somebody_who_writes(self, committed_site, send, caplog):
        article = article_maker(committed_site)()
        with locked():
            send(article.pk)
            send(article.pk, **{"user-agent": SAFARI})
        assert [record.message for record in caplog.records] == ["Reads are not counted at the moment"]
        assert counted() == 0
        send(article.pk, address="203.0.113.8")
        assert counted() == 1
