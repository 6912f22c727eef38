"""Ranking by reads."""

import itertools
import random
import re
import uuid
from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import counting, popularity, rails
from articles.models import ArticlePage, CampaignReads, DailyReads, MostReadPage, Rank
from articles.models.readership import ALL_CATEGORIES, RANK_WINDOWS, TRENDING
from tests.bulk import add_articles
from tests.conftest import article_maker, translator

TODAY = date(2027, 3, 28)  # a day of 23 hours where the newsroom is


@pytest.fixture
def read():
    """Read an article so many times, some days ago."""
    return read_so_often


def read_so_often(article, reads, days_ago=0):
    for _ in range(reads):
        counting.count_read(article.pk, timezone.now().date() - timedelta(days=days_ago))


@pytest.fixture
def publish():
    """Publish a page as it stands."""
    return lambda page: page.save_revision().publish()


def most_read(language, **where):
    popularity.rewrite_ranks()
    return [article.title for article in rails.most_read(language, **where).articles]


def ranked(window, language="en", category_key=ALL_CATEGORIES, together=False):
    """Titles and scores of one list."""
    ranks = Rank.objects.filter(window=window, together=together, language=language, category_key=category_key)
    return list(ranks.order_by("position").values_list("article__title", "score"))


def content():
    return list(Rank.objects.order_by("pk").values_list())


class TestCounts:
    """Reads add up to daily counts, and old ones are forgotten."""

    def test_reads_add_up_by_story_language_and_day(self, make_article, read):
        article = make_article()
        read(article, 2)
        read(article, 1, days_ago=1)
        assert sorted(DailyReads.objects.values_list("language", "reads")) == [("en", 1), ("en", 2)]

    def test_days_older_than_25_months_are_forgotten(self, make_article):
        article, today = make_article(), timezone.now().date()
        for days_ago in (25 * 31, 25 * 30):
            counting.count_read(article.pk, today - timedelta(days=days_ago), campaign="digest-1")
        assert counting.forget_old_days() == 2
        for model in (DailyReads, CampaignReads):
            assert [(today - row.day).days for row in model.objects.all()] == [25 * 30]


class TestTheOrder:
    """Who stands before whom."""

    def test_most_read_comes_first_and_the_unread_newest_first(self, make_article, read):
        for title in ("Old", "Middle", "New"):
            make_article(title)
        read(ArticlePage.objects.get(title="Old"), 2)
        assert most_read("en") == ["Old", "New", "Middle"]

    def test_of_two_read_equally_the_newer(self, make_article, read):
        for title in ("Old", "New"):
            read(make_article(title), 2)
        assert most_read("en") == ["New", "Old"]

    def test_each_language_has_its_own_order(self, make_article, translate, read):
        wells, schools = make_article("Wells"), make_article("Schools")
        puits, ecoles = translate(wells, "fr", title="Puits"), translate(schools, "fr", title="Écoles")
        read(wells, 3)
        read(schools, 1)
        read(ecoles, 2)
        read(puits, 1)
        assert most_read("en") == ["Wells", "Schools"]
        assert most_read("fr") == ["Écoles", "Puits"]

    def test_an_editor_may_have_the_reads_of_all_languages_count_together(self, make_article, translate, read):
        wells, schools = make_article("Wells"), make_article("Schools")
        ecoles = translate(schools, "fr", title="Écoles")
        untranslated = make_article("Un tribunal", "fr")
        read(wells, 3)
        read(schools, 2)
        read(ecoles, 2)
        read(untranslated, 3)
        assert most_read("en") == ["Wells", "Schools"]
        MostReadPage.objects.update(together=True)
        assert most_read("en") == ["Schools", "Wells"]
        assert most_read("fr") == ["Écoles", "Un tribunal"]
        assert ranked(30, "fr", together=True) == [("Écoles", 4), ("Un tribunal", 3)]

    @pytest.mark.parametrize("window", [7, 30, 90, 365])
    def test_reads_before_the_window_do_not_count(self, window, make_article, read):
        once, now = make_article("Once"), make_article("Now")
        read(once, 5, days_ago=window)
        read(now, 1, days_ago=window - 1)
        popularity.rewrite_ranks()
        assert ranked(window) == [("Now", 1), ("Once", 0)]

    def test_reads_dated_ahead_by_a_wrong_clock_do_not_count(self, make_article, read):
        read(make_article(), 1, days_ago=-1)
        popularity.rewrite_ranks()
        assert {score for _title, score in ranked(7)} == {0}

    def test_what_a_window_lacks_comes_from_the_next_wider_ones_and_then_newest_first(self, make_article, read):
        titles = ("Oldest", "Year", "Quarter", "Month", "Week", "Today", "Newest")
        articles = {title: make_article(title) for title in titles}
        read(articles["Year"], 1, days_ago=300)
        read(articles["Quarter"], 1, days_ago=80)
        read(articles["Month"], 1, days_ago=25)
        read(articles["Week"], 2, days_ago=6)
        read(articles["Today"], 1)
        popularity.rewrite_ranks()
        assert [title for title, _score in ranked(7)] == [
            "Week",
            "Today",
            "Month",
            "Quarter",
            "Year",
            "Newest",
            "Oldest",
        ]

    def test_a_list_holds_fifty(self, site, make_category, photo):
        water = make_category("Water")
        add_articles(60, site.en.index, water, photo)
        for story, language in ArticlePage.objects.values_list("story_key", "language"):
            DailyReads.objects.create(translation_key=story, language=language, day=TODAY, reads=1)
        popularity.rewrite_ranks(TODAY)
        for window in RANK_WINDOWS:
            for key in (ALL_CATEGORIES, water.translation_key):
                assert len(ranked(window, category_key=key)) == 50

    def test_of_many_the_first_fifty_whether_they_have_a_category_or_not(self, site, make_category, photo):
        water, health = make_category("Water"), make_category("Health")
        add_articles(200, site.en.index, water, photo)
        add_articles(120, site.en.index, health, photo)
        ArticlePage.objects.filter(pk__in=ArticlePage.objects.order_by("pk")[:60]).update(
            category=None, category_key=None
        )
        chance = random.Random(50)
        counts = [
            (article, language, chance.choice([0, 1, 5, chance.randint(0, 90)]))
            for article in ArticlePage.objects.newest()
            for language in ("en", "fr")
        ]
        DailyReads.objects.bulk_create(
            DailyReads(translation_key=article.story_key, language=language, day=TODAY, reads=reads)
            for article, language, reads in counts
            if reads
        )
        popularity.rewrite_window(7, TODAY)

        for together in (False, True):
            scores = defaultdict(int)
            for article, language, reads in counts:
                scores[article] += reads if together or language == "en" else 0
            for key in (ALL_CATEGORIES, water.translation_key, health.translation_key):
                listed = [article for article in scores if key in (ALL_CATEGORIES, article.category_key)]
                first = sorted(listed, key=lambda article: -scores[article])[:50]  # a stable sort: newest first
                assert ranked(7, category_key=key, together=together) == [
                    (article.title, scores[article]) for article in first
                ]


class TestTrending:
    """What is read right now: reads weigh half as much after each half-life."""

    reads = st.lists(st.tuples(st.integers(0, 11), st.integers(1, 10**6)), max_size=20)

    @pytest.fixture
    def scores(self, make_article):
        """The scores of three articles after reads of some age, on a day."""
        stories = [make_article(title).story_key for title in "ABC"]

        def of(reads, today):
            DailyReads.objects.all().delete()
            counts = {}
            for number, (age, count) in enumerate(reads):
                key = (stories[number % 3], TODAY - timedelta(days=age))
                counts[key] = counts.get(key, 0) + count
            DailyReads.objects.bulk_create(
                DailyReads(translation_key=story, language="en", day=day, reads=count)
                for (story, day), count in counts.items()
            )
            popularity.rewrite_window(TRENDING, today)
            return dict(ranked(TRENDING))

        return of

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(reads=reads, half_life=st.integers(2, 7))
    def test_scores_fall_by_half_in_one_half_life_and_the_order_stays(self, reads, half_life, scores, settings):
        settings.TRENDING_HALF_LIFE = half_life
        today = scores(reads, TODAY)
        later = scores(reads, TODAY + timedelta(days=half_life))
        assert later == {title: pytest.approx(score / 2) for title, score in today.items()}
        assert [title for title, score in today.items() if score] == [title for title, score in later.items() if score]

    def test_a_read_weighs_less_from_day_to_day(self, scores):
        on_each_day = [scores([(0, 8)], TODAY + timedelta(days=age)).get("A") for age in range(0, 21, 2)]
        assert on_each_day == [8 / 2**half_lives for half_lives in range(10)] + [None]

    def test_what_is_read_now_stands_before_what_was_read_more_some_days_ago(self, make_article, read):
        past, now = make_article("Past"), make_article("Now")
        read(past, 5, days_ago=5)
        read(now, 2)
        popularity.rewrite_ranks()
        assert [title for title, _score in ranked(TRENDING)] == ["Now", "Past"]
        assert [title for title, _score in ranked(7)] == ["Past", "Now"]


class TestWhatIsNeverThere:
    """Neither in the ranks, nor from the next request on among what was ranked before."""

    @pytest.fixture(scope="class")
    @classmethod
    def kept_stories(cls, kept):
        """Articles read four, three and two times, with translations read as often, and one that nobody has read."""
        with kept() as site:
            make_article, translate = article_maker(site), translator(site)
            make_article("D")
            for title, reads in (("A", 4), ("B", 3), ("C", 2)):
                article = make_article(title)
                read_so_often(article, reads)
                read_so_often(translate(article, "fr", title=f"{title} en français"), reads)
            assert most_read("en") == ["A", "B", "C"]
            yield

    @pytest.fixture
    def three(self, site, kept_stories):
        return ArticlePage.objects.get(title="A")

    def rails(self):
        return [article.title for language in ("en", "fr") for article in rails.most_read(language).articles]

    def test_a_withdrawn_article_and_its_translations_which_leave_no_hole(self, three, publish):
        three.withdrawn_at = timezone.now()
        publish(three)
        for _time in ("at once", "after the clock"):
            assert self.rails() == ["B", "C", "D", "B en français", "C en français"]
            popularity.rewrite_ranks()

    def test_an_unpublished_article(self, three):
        three.unpublish()
        for _time in ("at once", "after the clock"):
            assert self.rails()[:3] == ["B", "C", "D"]
            popularity.rewrite_ranks()

    def test_an_article_that_an_editor_has_left_out_in_any_language(self, three, publish):
        three.left_out_of_most_read = True
        publish(three)
        for _time in ("at once", "after the clock"):
            assert self.rails() == ["B", "C", "D", "B en français", "C en français"]
            popularity.rewrite_ranks()
        assert DailyReads.objects.filter(translation_key=three.translation_key).count() == 2

    def test_an_alias(self, three, site):
        article = ArticlePage.objects.get(title="B")
        article.get_translation(site.locales["fr"]).delete()
        article.copy_for_translation(site.locales["fr"], alias=True)
        popularity.rewrite_ranks()
        assert {title for title, _score in ranked(30, "fr", together=True)} == {"A en français", "C en français"}

    def test_an_article_that_has_changed_its_category(self, three, make_category, publish):
        water, rights = make_category("Water"), make_category("Rights")
        for article in ArticlePage.objects.in_language("en"):
            article.category = water
            publish(article)
        popularity.rewrite_ranks()
        assert [card.title for card in rails.most_read("en", water.translation_key).articles] == ["A", "B", "C"]
        three.refresh_from_db()
        three.category = rights
        publish(three)
        assert [card.title for card in rails.most_read("en", water.translation_key).articles] == ["B", "C", "D"]


class TestRails:
    """The short lists beside articles."""

    def test_the_rail_of_a_category_holds_its_articles(self, make_article, make_category, read):
        water = make_category("Water")
        for n in range(3):
            make_article(f"Well {n}", category=water)
        read(make_article("School"), 9)
        popularity.rewrite_ranks()

        rail = rails.most_read("en", water.translation_key)
        assert {article.title for article in rail.articles} == {"Well 0", "Well 1", "Well 2"}
        assert rail.category == water

    def test_a_category_with_too_few_articles_shows_the_most_read_of_the_site(self, make_article, make_category, read):
        water = make_category("Water")
        make_article("Well", category=water)
        for n in range(3):
            read(make_article(f"School {n}"), 3)
        popularity.rewrite_ranks()

        rail = rails.most_read("en", water.translation_key)
        assert len(rail.articles) == 3
        assert rail.category is None

    def test_none_is_empty_before_the_clock_has_ranked_anything(self, make_article):
        make_article("Left out", left_out_of_most_read=True)
        for title in ("Old", "New"):
            make_article(title)
        assert [article.title for article in rails.most_read("en").articles] == ["New", "Old"]

    def test_they_follow_the_page_that_heads_them(self, make_article, make_category, read):
        water = make_category("Water")
        well, pump = make_article("Well", category=water), make_article("Pump", category=water)
        read(make_article("School"), 9)
        read(pump, 1)
        read(well, 5, days_ago=20)
        assert most_read("en") == ["School", "Well", "Pump"]
        MostReadPage.objects.filter(locale__language_code="en").update(window=7, category=water)
        assert most_read("en") == ["Pump", "Well"]


class TestRewriting:
    """What the clock does."""

    def test_twice_gives_the_same_and_writes_nothing(self, make_article, read):
        for n in range(4):
            read(make_article(f"Article {n}"), n)
        popularity.rewrite_ranks()
        before = content()
        popularity.rewrite_ranks()
        assert before
        assert content() == before

    def test_only_what_has_changed_is_written(self, make_article, read, monkeypatch):
        articles = [make_article(title) for title in "ABC"]
        for reads, article in enumerate(articles, 1):
            read(article, 10 * reads)
        popularity.rewrite_window(7)
        read(articles[0], 1)
        written, create = [], QuerySet.bulk_create
        monkeypatch.setattr(
            QuerySet, "bulk_create", lambda self, rows, **options: written.extend(rows) or create(self, rows, **options)
        )
        popularity.rewrite_window(7)
        assert {(rank.article_id, rank.score) for rank in written} == {(articles[0].pk, 11)}
        assert dict(ranked(7)) == {"C": 30, "B": 20, "A": 11}

    def test_what_is_no_longer_listed_goes(self, make_article, read):
        first, second = make_article("A"), make_article("B")
        read(first, 2)
        read(second, 1)
        popularity.rewrite_window(7)
        second.delete()
        popularity.rewrite_window(7)
        assert ranked(7) == [("A", 2)]
        assert Rank.objects.filter(window=7).count() == 2

    def test_only_the_window_asked_for(self, make_article, read):
        article = make_article()
        popularity.rewrite_ranks()
        read(article, 1)
        popularity.rewrite_window(7)
        assert (ranked(7)[0][1], ranked(30)[0][1]) == (1, 0)

    def test_every_window_has_a_job_of_the_clock_and_the_wider_come_first(self):
        assert list(popularity.REWRITTEN_EVERY) == sorted(RANK_WINDOWS, reverse=True)

    @pytest.mark.parametrize("window", RANK_WINDOWS)
    def test_its_queries_do_not_depend_on_how_much_was_read(self, window, site, make_category, photo):
        add_articles(120, site.en.index, make_category("Water"), photo)
        stories = list(ArticlePage.objects.values_list("story_key", flat=True))
        popularity.rewrite_ranks(TODAY)
        costs = []
        for count in (60, 120):
            DailyReads.objects.all().delete()
            DailyReads.objects.bulk_create(
                DailyReads(translation_key=story, language="en", day=TODAY, reads=number + count)
                for number, story in enumerate(stories[:count])
            )
            with CaptureQueriesContext(connection) as queries:
                popularity.rewrite_window(window, TODAY)
            costs.append(len(queries))
        # The order, what fills it up, what stands there; then all of it anew, in a transaction.
        assert costs[0] == costs[1] <= 10

    def test_a_rail_is_read_in_the_order_of_an_index(self, site, make_category, photo):
        add_articles(1000, site.en.index, make_category("Water"), photo)
        articles = itertools.cycle(ArticlePage.objects.values_list("pk", flat=True))
        Rank.objects.bulk_create(
            Rank(
                window=window,
                together=together,
                language=language,
                category_key=uuid.uuid4() if category else ALL_CATEGORIES,
                position=position,
                article_id=next(articles),
                score=1,
            )
            for window in RANK_WINDOWS
            for together in (False, True)
            for language in ("en", "fr")
            for category in range(10)
            for position in range(1, 51)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        plan = site.en.most_read.ranked(ArticlePage.objects.in_language("en"))[:3].explain()
        assert re.search("one_article_a_rank|autoindex_articles_rank", plan)
        assert not re.search("Seq Scan on articles_rank|SCAN articles_rank|TEMP B-TREE|Sort", plan)


class TestAnyReads:
    """The ranks are what one would reckon by hand."""

    reads = st.lists(
        st.tuples(st.integers(0, 5), st.sampled_from(["en", "fr"]), st.integers(0, 400), st.integers(1, 5)), max_size=30
    )

    @pytest.fixture
    def stories(self, make_article, make_category, translate):
        """Six stories, three of them in one category, four translated."""
        water = make_category("Water")
        articles = [make_article(f"Story {n}", category=water if n % 2 else None) for n in range(6)]
        for article in articles[:4]:
            translate(article, "fr", title=f"{article.title} en français")
        return articles

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(reads=reads)
    def test_every_list_of_every_window(self, reads, stories):
        DailyReads.objects.all().delete()
        counts = {}
        for story, language, age, count in reads:
            key = (stories[story].story_key, language, TODAY - timedelta(days=age))
            counts[key] = counts.get(key, 0) + count
        DailyReads.objects.bulk_create(
            DailyReads(translation_key=story, language=language, day=day, reads=count)
            for (story, language, day), count in counts.items()
        )
        popularity.rewrite_ranks(TODAY)

        for window in RANK_WINDOWS[1:]:
            for together in (False, True):
                for language in ("en", "fr"):
                    for category_key in (ALL_CATEGORIES, stories[1].category_key):
                        articles = ArticlePage.objects.published().in_language(language)
                        if category_key != ALL_CATEGORIES:
                            articles = articles.in_category(category_key)
                        scores = {
                            article: sum(
                                count
                                for (story, read_in, day), count in counts.items()
                                if story == article.story_key
                                and (together or read_in == language)
                                and day > TODAY - timedelta(days=window)
                            )
                            for article in articles.newest()
                        }
                        expected = sorted(scores.items(), key=lambda entry: -entry[1])  # a stable sort: newest first
                        listed = ranked(window, language, category_key, together)
                        assert {title for title, _score in listed} == {article.title for article in scores}
                        assert [entry for entry in listed if entry[1]] == [
                            (article.title, score) for article, score in expected if score
                        ]
