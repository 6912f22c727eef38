"""Counting reads and ranking by them."""

from datetime import timedelta

import pytest
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
            popularity.count_read(article, timezone.now().date() - timedelta(days=days_ago))

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


class TestTheBeacon:
    """POST /reads/<page id>/"""

    @pytest.fixture
    def send(self, client):
        def post(page_id, **headers):
            response = client.post(f"/reads/{page_id}/", headers={"user-agent": "Firefox", **headers})
            assert response.status_code == 204
            assert not response.content
            assert not response.cookies
            assert response["Cache-Control"] == "no-store"

        return post

    def counted(self):
        return sum(DailyReads.objects.values_list("reads", flat=True))

    def test_a_read_is_counted_for_the_story_in_its_language(self, send, make_article, translate):
        french = translate(make_article(), "fr", title="Un puits")
        send(french.pk)
        [row] = DailyReads.objects.all()
        assert (row.translation_key, row.language, row.reads) == (french.translation_key, "fr", 1)
        assert row.day == timezone.now().date()

    def test_the_same_reader_counts_once_in_half_an_hour(self, send, make_article):
        article = make_article()
        send(article.pk)
        send(article.pk)
        assert self.counted() == 1

    def test_two_readers_count_twice(self, send, make_article):
        article = make_article()
        send(article.pk)
        send(article.pk, **{"user-agent": "Safari"})
        assert self.counted() == 2

    @pytest.mark.parametrize(
        "headers", [{"sec-purpose": "prefetch;prerender"}, {"sec-fetch-site": "cross-site"}], ids=str
    )
    def test_what_is_no_reader_of_ours_is_not_counted(self, headers, send, make_article):
        send(make_article().pk, **headers)
        assert self.counted() == 0

    def test_editors_are_not_counted(self, login, make_article):
        article = make_article()
        assert login().post(f"/reads/{article.pk}/").status_code == 204
        assert self.counted() == 0

    @pytest.mark.parametrize("which", ["draft", "withdrawn", "other page", "nothing"])
    def test_only_published_articles_are_counted(self, which, send, make_article, site):
        page_id = {
            "draft": lambda: make_article(live=False).pk,
            "withdrawn": lambda: make_article(withdrawn_at=timezone.now()).pk,
            "other page": lambda: site.en.home.pk,
            "nothing": lambda: 999_999,
        }[which]()
        send(page_id)
        assert self.counted() == 0

    def test_only_post_counts(self, client, make_article):
        article = make_article()
        assert client.get(f"/reads/{article.pk}/").status_code == 405
        assert self.counted() == 0

    def test_it_needs_no_token_and_no_cookie(self, make_article):
        response = Client(enforce_csrf_checks=True).post(f"/reads/{make_article().pk}/")
        assert response.status_code == 204
        assert self.counted() == 1

    def test_the_reader_notices_nothing_when_the_cache_or_the_database_is_down(self, send, make_article, monkeypatch):
        article = make_article()

        def broken(*arguments, **options):
            raise OSError("down")

        monkeypatch.setattr("articles.views.cache.add", broken)
        send(article.pk)
        assert self.counted() == 0

        monkeypatch.undo()
        send(article.pk)
        assert self.counted() == 1, "a read that could not be counted must not be remembered as counted"
