"""What a reader finds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from wagtail.contrib.search_promotions.models import Query, SearchPromotion

from articles.models import Author, SearchEntry
from articles.search import results
from articles.search.questions import Question
from home.models import StandardPage
from tests.bulk import add_articles


@pytest.fixture
def find(site):
    """The titles that a question finds, the best first."""

    def titles(text, language="en", **narrowed):
        found = results.find(Question.read(text, language), [], **narrowed)
        return [result.page.title for result in found.shown]

    return titles


@pytest.fixture
def ask(client):
    """The page of results, as a reader gets it."""

    def get(text, language="en", **parameters):
        response = client.get(f"/{language}/search/", {"q": text, **parameters})
        assert response.status_code == 200
        return response.content.decode()

    return get


# -- What is found ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("education", "L’éducation d’abord"),
        ("reunion", "Trois réunions à Ségou"),
        ("coeur", "Au cœur de la ville"),
        ("infirmiere", "Les infirmières de nuit"),
        ("eau", "Le prix de l’eau"),
        ("cop30", "La COP30 vue d’ici"),
    ],
)
def test_accents_and_endings_do_not_matter(find, make_article, asked, title):
    make_article(title, language="fr")
    make_article("Autre chose", language="fr")
    assert find(asked, "fr") == [title]


def test_all_words_must_be_found_wherever_they_stand(find, make_article):
    make_article("Wells for Kisumu", text="<p>Clinics come next.</p>")
    make_article("Wells for Madurai")
    assert find("clinic wells") == ["Wells for Kisumu"]


def test_standfirst_place_author_and_category_are_found(find, make_article, make_category, site):
    article = make_article("Title", standfirst="Pumps run dry", dateline="Iloilo", category=make_category("Harvests"))
    article.bylines.create(author=Author.objects.create(name="Ada Okello", locale=site.locales["en"]))
    article.save()
    for asked in ("pump", "iloilo", "okello", "harvest"):
        assert "Title" in find(asked)


def test_each_language_finds_its_own_text(find, make_article, translate):
    translate(make_article("Wells", text=""), "fr", title="Puits")
    assert find("wells") == ["Wells"]
    assert find("wells", "fr") == []
    assert find("puits", "fr") == ["Puits"]


def test_pages_that_are_no_articles_are_found(find, site):
    site.en.home.add_child(instance=StandardPage(title="Privacy", locale=site.en.home.locale))
    assert find("privacy") == ["Privacy"]


def test_quoted_words_must_stand_together_in_that_order(find, make_article):
    make_article("A", text="<p>The price of water rises.</p>")
    make_article("B", text="<p>Of water, at any price.</p>")
    assert find('"price of water"') == ["A"]
    assert sorted(find("price of water")) == ["A", "B"]


def test_stop_words_alone_are_searched_all_the_same(find, make_article):
    make_article("To be or not to be", text="")
    make_article("Pumps", text="")
    assert find("to be") == ["To be or not to be"]


def test_a_word_nobody_wrote_counts_as_the_beginning_of_one(find, make_article):
    make_article("Electrification")
    make_article("Elector", text="<p>Electrification</p>")
    assert find("electrif") == ["Electrification", "Elector"]
    assert find("elector") == ["Elector"]
    assert find("xq") == []


# -- In which order --------------------------------------------------------------------------------------------------
def test_a_word_in_the_title_beats_the_standfirst_and_that_the_text(find, make_article):
    make_article("Title", text="<p>Of wells.</p>")
    make_article("Standfirst", standfirst="Of wells.")
    make_article("Wells")
    make_article("Another title", text="<p>Of wells.</p>")
    assert find("wells") == ["Wells", "Standfirst", "Another title", "Title"]


def test_what_is_new_beats_what_is_old_but_not_what_answers_better(find, make_article):
    now = timezone.now()
    make_article("Wells, long ago", date=now - timedelta(days=3650))
    make_article("Wells, now", date=now)
    make_article("Today", text="<p>Wells</p>", date=now)
    assert find("wells") == ["Wells, now", "Wells, long ago", "Today"]


def test_what_is_new_may_beat_what_answers_a_little_better(find, make_article):
    make_article("Wells and pumps", date=timezone.now() - timedelta(days=3650))
    make_article("Wells", standfirst="Of pumps.", date=timezone.now())
    assert find("wells pumps") == ["Wells", "Wells and pumps"]


# -- The page --------------------------------------------------------------------------------------------------------
def test_the_words_are_marked_in_the_form_in_which_they_stand(ask, make_article):
    make_article("Deux réunions", language="fr", text="<p>Le cœur de la réunion.</p>")
    page = ask("reunion coeur", "fr")
    assert "Deux <mark>réunions</mark>" in page
    assert "Le <mark>cœur</mark> de la <mark>réunion</mark>." in page


def test_a_long_text_is_cut_to_the_place_that_answers(ask, make_article):
    text = "Nothing to see here. " * 100 + "Then the pumps failed at noon. " + "And so it went on. " * 100
    make_article("Title", text=f"<p>{text}</p>")
    page = ask("pump")
    assert "Then the <mark>pumps</mark> failed at noon." in page
    assert page.count("Nothing to see here") <= 5


def test_words_that_stand_far_apart_are_shown_from_both_places(ask, make_article):
    make_article("Title", standfirst="The pumps failed.", text="<p>At noon the engineer came.</p>")
    assert "The <mark>pumps</mark> failed. At noon the <mark>engineer</mark> came." in ask("pump engineer")


def test_markup_in_texts_and_questions_is_shown_and_not_obeyed(ask, make_article):
    make_article("1 < 2 & <b>wells</b>", text="<p>&lt;script&gt;wells&lt;/script&gt;</p>")
    page = ask("wells <script>alert(1)</script>")
    assert "<script>alert" not in page
    page = ask("wells")
    assert "1 &lt; 2 &amp; &lt;b&gt;<mark>wells</mark>&lt;/b&gt;" in page
    assert "&lt;script&gt;<mark>wells</mark>&lt;/script&gt;" in page


def test_the_number_of_results_is_announced(ask, make_article):
    make_article("Wells")
    assert '<p class="search-count" role="status">' in ask("wells")
    assert "1 result for “wells”" in ask("wells")
    make_article("More wells")
    assert "2 results for “wells”" in ask("wells")


def test_results_are_narrowed_by_category_and_year(ask, find, make_article, make_category):
    water, school = make_category("Water"), make_category("Schools")
    make_article("Wells", category=water, date=datetime(2024, 6, 1, tzinfo=UTC))
    make_article("Wells at school", category=school, date=datetime(2025, 6, 1, tzinfo=UTC))
    page = ask("wells")
    assert 'href="?q=wells&amp;category=water"' in page
    assert 'href="?q=wells&amp;year=2024"' in page
    assert "Wells at school" not in ask("Wells", category="water").replace("<mark>", "").replace("</mark>", "")
    assert find("wells", year=2025) == ["Wells at school"]
    assert find("wells", category=water, year=2025) == []


def test_the_year_is_that_of_the_site_and_not_of_greenwich(find, make_article, settings):
    make_article("Wells", date=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))  # half past midnight in Brussels
    assert find("wells", year=2025) == ["Wells"]


def test_results_come_in_pages_that_keep_the_question(ask, make_article):
    for n in range(results.RESULTS_A_PAGE + 1):
        make_article(f"Wells {n}")
    assert '?q=wells&amp;page=2"' in ask("wells")
    assert "Wells" in ask("wells", page="2").replace("<mark>", "").replace("</mark>", "")


@pytest.mark.parametrize("page", ["0", "-1", "abc", "9999999", "9" * 5000])
def test_a_page_that_does_not_exist_is_one_that_does(ask, make_article, page):
    make_article("Wells")
    assert "<mark>Wells</mark>" in ask("wells", page=page)


@pytest.mark.parametrize(
    "nonsense", [{"category": "no-such"}, {"year": "abc"}, {"year": "٢٠٢٤"}, {"year": "99999999999"}]
)
def test_a_filter_that_makes_no_sense_is_left_out(ask, make_article, nonsense):
    make_article("Wells")
    assert "<mark>Wells</mark>" in ask("wells", **nonsense)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00",
        "wells\x00",
        "\x00\x01\x02\xff",
        "' OR 1=1 --",
        '"',
        '""',
        '" "',
        "wells AND",
        "NOT",
        "NEAR(wells, 3)",
        "terms:wells",
        "wells*",
        "^wells",
        "(((",
        "a & b | !c <-> d:*",
        "%",
        "_",
        '"100%"',
        "\\",
        "{}",
        "%s %(x)s",
        "😀",
        "\ud7ff\ue000\ufffd",
        "a" * 5000,
        "w " * 2500,
        '"' * 5000,
        "é" * 5000,
        "مياه الشرب",
        "水",
    ],
)
def test_no_question_is_wrong(ask, make_article, text):
    make_article("Wells")
    assert 'name="q"' in ask(text)


def test_bytes_that_are_no_text_are_no_error(client, site):
    assert client.get("/en/search/?q=%ff%fe%80").status_code == 200
    assert client.get("/en/search/?q=a&q=b").status_code == 200
    assert client.post("/en/search/", {"q": "wells"}).status_code == 405


def test_the_page_is_kept_by_nobody_and_sets_no_cookie(client, site):
    response = client.get("/en/search/", {"q": "wells"})
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_the_other_language_is_asked_the_same(ask, site):
    assert 'href="/fr/search/?q=caf%C3%A9+%26+th%C3%A9"' in ask("café & thé")


# -- When there is no answer -----------------------------------------------------------------------------------------
def test_a_misspelt_word_is_put_right_if_that_finds_something(ask, make_article):
    make_article("Infirmières de nuit", language="fr")
    page = ask("infermière de nuit", "fr")
    assert "Vouliez-vous dire" in page or "Did you mean" in page
    assert 'href="?q=infirmi%C3%A8res+de+nuit"' in page
    assert "?q=infirm" not in ask("zzzzzzz", "fr")


def test_the_language_that_has_an_answer_is_named(ask, make_article):
    make_article("Puits", language="fr")
    assert 'href="/fr/search/?q=puits"' in ask("puits")


def test_latest_news_and_categories_are_offered(ask, make_article, make_category):
    make_category("Water")
    make_article("Something else")
    page = ask("qqqq")
    assert "Something else" in page
    assert "Water" in page


# -- Promoted results ------------------------------------------------------------------------------------------------
def promote(text, **fields):
    query, _ = Query.objects.get_or_create(query_string=text)
    return SearchPromotion.objects.create(query=query, **fields)


def test_a_promoted_page_stands_above_the_results_in_the_language_of_the_reader(ask, make_article, translate):
    article = make_article("Our work on wells")
    translate(article, "fr", title="Notre travail")
    promote("forage", page=article.page_ptr, description="In English.")
    assert "Notre travail" in ask("Forage ", "fr")
    assert "In English." not in ask("forage", "fr")
    assert "In English." in ask("forage")


def test_a_promoted_address_elsewhere_is_linked(ask, site):
    promote("donate", external_link_url="https://give.example.org/", external_link_text="Give now")
    assert '<a href="https://give.example.org/">Give now</a>' in ask("donate")


def test_the_year_nought_is_no_year(ask, make_article):
    make_article("Wells")
    assert "Nothing was found" not in ask("wells", year="0000")


def test_a_promoted_page_that_readers_may_not_see_is_not_shown(ask, make_article):
    for article in (make_article("Draft", live=False), make_article("Taken back", withdrawn_at=timezone.now())):
        promote("wells", page=article.page_ptr)
    page = ask("wells")
    assert "Draft" not in page
    assert "Taken back" not in page


def test_editors_promote_pages_in_their_own_language(login, make_article):
    browser = login("Editors", language="fr")
    article = make_article("Our work")
    page = browser.get("/admin/searchpicks/add/").content.decode()
    assert "résultats de recherche" in page
    browser.post(
        "/admin/searchpicks/add/",
        {
            "query_string": "wells",
            "editors_picks-TOTAL_FORMS": 1,
            "editors_picks-INITIAL_FORMS": 0,
            "editors_picks-0-page": article.pk,
            "editors_picks-0-ORDER": 1,
        },
    )
    assert SearchPromotion.objects.get().page_id == article.pk


def test_searching_writes_nothing(ask, site):
    ask("nothing of the kind")
    assert not Query.objects.exists()


# -- What it costs ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("articles", [1, 40])
def test_the_page_takes_the_same_number_of_queries_for_one_result_and_for_many(
    ask, make_article, make_category, django_assert_num_queries, articles
):
    category = make_category()
    for n in range(articles):
        make_article(f"Wells {n}", category=category)
    ask("wells")
    with django_assert_num_queries(11):
        ask("wells")


@pytest.mark.parametrize("articles", [1, 40])
def test_an_answer_takes_three_queries_however_long_it_is(site, make_article, django_assert_num_queries, articles):
    for n in range(articles):
        make_article(f"Wells {n}")
    question = Question.read("wells", "en")
    site.en.home.get_url()  # Wagtail remembers where its sites begin
    with django_assert_num_queries(3):
        found = results.find(question, [])
        assert all(result.page.get_url() for result in found.shown)
    assert found.total == articles


def test_the_newest_are_ranked_and_all_are_counted(make_category, photo, site, monkeypatch, ask):
    from articles.search import index

    monkeypatch.setattr(results, "RANKED", 20)
    add_articles(30, site.en.index, make_category(), photo)
    index.rebuild()
    found = results.find(Question.read("article", "en"), [])
    assert found.total == 30
    assert found.page.paginator.count == 20
    assert found.is_cut
    assert "Only the newest results are listed" in ask("article")
    assert SearchEntry.objects.filter(stale=True).count() == 0
