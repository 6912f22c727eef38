"""Lists over HTTP: numbered pages, years, windows, and what is not there."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from wagtail.test.utils.form_data import rich_text

from articles import counting, popularity
from articles.models import ArticlePage
from tests.bulk import FIRST, add_articles
from tests.reading import queries_of


@pytest.fixture
def water(make_category, make_article):
    """A category with stories of 2024 and 2026."""
    category = make_category("Water")
    for year in (2024, 2026):
        make_article(f"Well of {year}", category=category, date=datetime(year, 5, 1, tzinfo=UTC))
    return category


def html_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def title(html):
    return re.search(r"<title>\s*(.+?)\s*</title>", html, flags=re.S).group(1).split(" – ")[0].strip()


def canonical(html):
    return re.search(r'<link rel="canonical" href="([^"]+)"', html).group(1)


def filters(html):
    """The links that narrow a list, as (label, address, whether it is the current one)."""
    found = re.search(r'<nav class="filters".*?</nav>', html, flags=re.S)
    links = re.findall(r'<a href="([^"]+)"( aria-current="true")?>([^<]+)</a>', found.group(0)) if found else []
    return [(label, address, bool(current)) for address, current, label in links]


def listed(html):
    """The titles in the list, in order."""
    cards = re.search(r'<ol class="cards.*?</ol>', html, flags=re.S).group(0)
    return re.findall(r'card__title"[^>]*>\s*<a[^>]*>([^<]+)</a>', cards)


def switched(html, language):
    """Where the language switcher leads."""
    return re.search(rf'<a href="([^"]+)" lang="{language}"', html).group(1)


class TestNumberedPages:
    """`?page=2`"""

    @pytest.fixture
    def many(self, site, make_category, photo):
        water = make_category("Water")
        add_articles(30, site.en.index, water, photo)
        return water

    def test_each_has_a_title_and_an_address_of_its_own(self, client, many):
        first, second = html_of(client, many.url), html_of(client, f"{many.url}?page=2&utm_source=x")
        assert (title(first), canonical(first)) == ("Water", many.full_url)
        assert (title(second), canonical(second)) == ("Water, page 2", f"{many.full_url}?page=2")

    def test_only_the_first_page_has_the_introduction(self, client, site, photo, make_category):
        water = make_category("Water", intro="<p>Wells and pipes.</p>")
        add_articles(30, site.en.index, water, photo)
        assert '<div class="prose"><p' in html_of(client, water.url)
        assert '<div class="prose"><p' not in html_of(client, f"{water.url}?page=2")

    @pytest.mark.parametrize("number", ["0", "abc", "-1", "9999999", "", "1e9", "%00", "٢"])
    def test_nonsense_shows_a_page(self, number, client, many):
        assert "Article " in html_of(client, f"{many.url}?page={number}&what=ever")
        year = FIRST.year
        assert "Article " in html_of(client, f"{many.url}{year}/?page={number}")

    @pytest.mark.parametrize("number", ["0", "-1", "-9999999", "abc"])
    def test_below_the_first_and_no_number_at_all_is_the_first(self, number, client, site, make_category, photo):
        water = make_category("Water")
        add_articles(30, site.en.index, water, photo)
        assert "Article 31" in html_of(client, f"{water.url}?page={number}")

    def test_page_40_costs_what_page_1_costs(self, client, site, make_category, photo):
        water = make_category("Water")
        add_articles(600, site.en.index, water, photo)
        for page in (water, site.en.latest):
            first, far = (queries_of(client, f"{page.url}?page={number}") for number in (1, 40))
            assert len(first) == len(far), "\n".join(far)
            # ids by offset from one table, rows by key
            [by_offset] = [sql for sql in far if "OFFSET 468" in sql]
            assert "JOIN" not in by_offset


class TestYears:
    """`2026/`"""

    def test_the_years_that_have_articles_are_offered_latest_first(self, client, water):
        html = html_of(client, water.url)
        assert filters(html) == [
            ("All years", water.url, True),
            ("2026", f"{water.url}2026/", False),
            ("2024", f"{water.url}2024/", False),
        ]

    def test_a_list_of_one_year_offers_none(self, client, make_category, make_article):
        category = make_category("Water")
        make_article(category=category)
        assert filters(html_of(client, category.url)) == []

    def test_a_year_is_a_page_with_a_title_and_an_address_of_its_own(self, client, water):
        html = html_of(client, f"{water.url}2024/?utm_source=x")
        assert listed(html) == ["Well of 2024"]
        assert (title(html), canonical(html)) == ("Water, 2024", f"{water.full_url}2024/")
        assert re.search(r"<h1>\s*Water, 2024\s*</h1>", html)
        assert ("2024", f"{water.url}2024/", True) in filters(html)

    def test_a_year_has_numbered_pages(self, client, site, make_category, photo):
        water = make_category("Water")
        add_articles(30, site.en.index, water, photo)
        html = html_of(client, f"{water.url}{FIRST.year}/?page=2")
        assert title(html) == f"Water, {FIRST.year}, page 2"
        assert canonical(html) == f"{water.full_url}{FIRST.year}/?page=2"

    def test_years_begin_where_the_site_is(self, client, site, make_article):
        """Brussels has had midnight when it is 23:30 in UTC."""
        make_article("New Year", date=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
        make_article("Old", date=datetime(2023, 6, 1, tzinfo=UTC))
        assert "New Year" in html_of(client, f"{site.en.latest.url}2025/")
        assert client.get(f"{site.en.latest.url}2024/").status_code == 404

    @pytest.mark.parametrize("year", ["2025", "0000", "9999", "999999999999", "abc", "02024", "-1", "20", "٢٠٢٤"])
    def test_a_year_without_articles_is_not_there(self, year, client, water):
        assert client.get(f"{water.url}{year}/").status_code == 404

    def test_the_switcher_leads_to_the_same_year_or_to_the_whole_list(self, client, water, translate):
        eau = translate(water, "fr", title="Eau")
        translate(ArticlePage.objects.get(title="Well of 2024"), "fr", title="Un puits")
        assert switched(html_of(client, f"{water.url}2024/"), "fr") == f"{eau.url}2024/"
        assert switched(html_of(client, f"{water.url}2026/"), "fr") == eau.url

    def test_the_latest_news_have_years_and_lead_to_the_categories(self, client, site, water):
        html = html_of(client, site.en.latest.url)
        assert ("Water", water.url, False) in filters(html)
        assert title(html_of(client, f"{site.en.latest.url}2024/")) == "Latest news, 2024"


class TestMostRead:
    """The page and its windows."""

    @pytest.fixture
    def read(self, make_article):
        """Three stories: one read this week, one this month, one this year; and one that nobody has read."""
        today = timezone.now().date()
        date = timezone.now() - timedelta(days=300)
        for name, days_ago, reads in (("Week", 1, 1), ("Month", 20, 2), ("Year", 200, 3), ("Never", 0, 0)):
            article = make_article(name, date=date)
            for _ in range(reads):
                counting.count_read(article.pk, today - timedelta(days=days_ago))
        popularity.rewrite_ranks()

    @pytest.fixture
    def edit(self, login):
        """Publish a page by the editor's form, with these fields changed."""

        def post(page, **fields):
            kept = {name: getattr(page, name) for name in ("title", "slug", "window")}
            comments = {"comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}
            data = {**kept, "intro": rich_text(""), **comments, **fields, "action-publish": "publish"}
            response = login().post(f"/admin/pages/{page.pk}/edit/", data)
            assert response.status_code == 302, response.context["form"].errors

        return post

    @pytest.mark.parametrize(
        ("window", "order"),
        [
            ("now/", ["Week", "Month", "Year", "Never"]),
            ("7/", ["Week", "Month", "Year", "Never"]),
            ("", ["Month", "Week", "Year", "Never"]),
            ("365/", ["Year", "Month", "Week", "Never"]),
        ],
    )
    def test_each_window_has_its_order_and_what_it_lacks_comes_from_the_next_wider_one(
        self, window, order, client, site, read
    ):
        html = html_of(client, f"{site.en.most_read.url}{window}")
        assert listed(html) == order

    def test_windows_are_offered_and_have_titles_and_addresses_of_their_own(self, client, site, read):
        address = site.en.most_read.url
        html = html_of(client, f"{address}7/")
        assert filters(html) == [
            ("right now", f"{address}now/", False),
            ("last 7 days", f"{address}7/", True),
            ("last 30 days", address, False),
            ("last 12 months", f"{address}365/", False),
        ]
        assert (title(html), canonical(html)) == ("Most read, last 7 days", f"{site.en.most_read.full_url}7/")
        assert switched(html, "fr") == f"{site.fr.most_read.url}7/"

    def test_the_window_of_the_page_is_the_page(self, client, site, read):
        response = client.get(f"{site.en.most_read.url}30/")
        assert (response.status_code, response["Location"]) == (302, site.en.most_read.url)

    def test_an_editor_chooses_the_window_of_every_language(self, client, site, read, translate, edit):
        page = site.en.most_read
        translate(page, "fr")
        edit(page, window=365)
        html = html_of(client, page.url)
        assert listed(html) == ["Year", "Month", "Week", "Never"]
        assert filters(html) == [
            ("right now", f"{page.url}now/", False),
            ("last 7 days", f"{page.url}7/", False),
            ("last 30 days", f"{page.url}30/", False),
            ("last 12 months", page.url, True),
        ]
        assert listed(html_of(client, f"{page.url}30/")) == ["Month", "Week", "Year", "Never"]
        french = html_of(client, site.fr.most_read.url)
        assert ("12\N{NO-BREAK SPACE}derniers mois", site.fr.most_read.url, True) in filters(french)

    def test_an_editor_chooses_the_category_from_those_of_the_language(
        self, client, site, read, make_category, make_article, edit, login
    ):
        water, eau = make_category("Water"), make_category("Eau", "fr")
        make_article("Pump", category=water)
        popularity.rewrite_ranks()
        page = site.en.most_read
        form = login("Editors").get(f"/admin/pages/{page.pk}/edit/").content.decode()
        assert f'<option value="{water.pk}">' in form
        assert f'<option value="{eau.pk}">' not in form
        edit(page, category=water.pk)
        assert listed(html_of(client, page.url)) == ["Pump"]

    @pytest.mark.parametrize("window", ["8", "0", "90", "abc", "07"])
    def test_other_windows_are_not_there(self, window, client, site, read):
        assert client.get(f"{site.en.most_read.url}{window}/").status_code == 404


class TestEmptyLists:
    """They say so and lead on."""

    def test_a_category(self, client, site, make_category, make_article):
        make_article("Elsewhere")
        html = html_of(client, make_category("Water").url)
        notice = re.search(r'<div class="notice">.*?</div>', html, flags=re.S).group(0)
        assert "There are no articles here yet." in notice
        assert site.en.latest.url in notice

    def test_most_read(self, client, site):
        assert site.en.latest.url in html_of(client, site.en.most_read.url)

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "There are no articles here yet."), ("fr", "Aucun article")]
    )
    def test_latest_news_and_the_news_index(self, language, words, client, site):
        pages = getattr(site, language)
        for page in (pages.latest, pages.index):
            assert words in html_of(client, page.url)


class TestTheNewsIndex:
    """The categories, each with its newest articles."""

    def test_each_category_shows_its_newest_and_leads_to_the_rest(self, client, site, make_category, make_article):
        water, empty = make_category("Water"), make_category("Rights")
        for n in range(5):
            make_article(f"Well {n}", category=water)
        html = html_of(client, site.en.index.url)
        assert re.findall(r">(Well \d)</a>", html) == ["Well 4", "Well 3", "Well 2"]
        assert "See all the articles of the category Water" in html
        assert f'href="{empty.url}"' in html
        assert "See all the articles of the category Rights" not in html

    def test_articles_without_a_category_are_shown_while_no_category_has_any(self, client, site, make_article):
        make_article("Well")
        assert ">Well</a>" in html_of(client, site.en.index.url)

    def test_it_costs_the_same_however_many_categories_and_articles_there_are(self, client, site, make_category, photo):
        add_articles(30, site.en.index, make_category("Water"), photo)
        few = queries_of(client, site.en.index.url)
        for name in ("Rights", "Health", "Work"):
            add_articles(190, site.en.index, make_category(name), photo)
        many = queries_of(client, site.en.index.url)
        assert len(many) == len(few), "\n".join(many)
