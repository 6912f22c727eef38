"""What readers get: the pages of the journalism over HTTP."""

import re
from datetime import UTC, datetime

import pytest
from wagtail.models import Page

from articles import popularity
from articles.models import ArticleByline, ArticlePage, Author, RelatedArticle
from tests.bulk import add_articles
from tests.reading import html_of, queries_of


def test_an_article_shows_everything_an_editor_entered(client, site, make_article, make_category, photo):
    author = Author.objects.create(name="Ada Lens", role="Editor", locale=site.locales["en"])
    other = make_article("The other story")
    article = make_article(
        "Sharing is caring:\nequal parenting",
        standfirst="A hearing in Geneva.",
        dateline="UN Geneva",
        date=datetime(2026, 3, 4, 9, tzinfo=UTC),
        lead_image=photo,
        lead_image_alt="A full hall",
        lead_image_caption="The hall on Monday",
        category=make_category("Rights"),
        bylines=[ArticleByline(author=author)],
        related_articles=[RelatedArticle(article=other)],
        text="<p>First <b>bold</b>.</p><ol><li>One</li><li>Two</li></ol>",
    )
    html = html_of(client, article)
    for text in (
        "A hearing in Geneva.",
        "UN Geneva",
        "4 March 2026",
        'alt="A full hall"',
        "The hall on Monday",
        "Ada Lens",
        "Rights",
        "The other story",
        "<b>bold</b>",
        "<ol>",
    ):
        assert text in html
    assert re.search(r"<h1[^>]*>\s*Sharing is caring:<br>equal parenting\s*</h1>", html)
    assert re.search(r"<title>\s*Sharing is caring:\sequal parenting", html)


def test_the_page_speaks_the_language_of_the_article(client, make_article, translate):
    french = translate(make_article(date=datetime(2026, 3, 1, 9, tzinfo=UTC)), "fr", title="Un puits à Kisumu")
    html = html_of(client, french)
    assert '<html lang="fr"' in html
    assert "1er mars 2026" in html
    for english in ("Latest news", "Most read", "Skip to", "Newsletter"):
        assert english not in html


def test_no_cookie_is_set_and_nothing_varies_by_cookie(client, make_article):
    response = client.get(make_article().url)
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")


def test_pages_allow_no_inline_script_and_no_other_site(client, make_article):
    response = client.get(make_article().url)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = response.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    scripts = set(re.findall(r"<script[^>]*>", html)) - {
        '<script type="application/ld+json">'
    }  # data, which no one runs
    assert all("src=" in tag for tag in scripts)


def test_the_switcher_leads_to_the_same_article_in_the_other_language(client, make_article, translate):
    article = make_article()
    french = translate(article, "fr", title="Un puits")
    assert f'href="{french.url}"' in html_of(client, article)
    assert f'href="{article.url}"' in html_of(client, french)


def test_without_a_translation_the_switcher_leads_to_the_nearest_page_and_says_so(client, site, make_article):
    html = html_of(client, make_article())
    assert f'href="{site.fr.index.url}"' in html
    assert "Not available in French" in html


def test_alternates_point_back(client, make_article, translate):
    article = make_article()
    french = translate(article, "fr", title="Un puits")

    def alternates(page):
        return set(re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)"', html_of(client, page)))

    assert alternates(article) == alternates(french) == {("en", article.full_url), ("fr", french.full_url)}


def test_a_draft_is_no_alternate(client, make_article, translate):
    article = make_article()
    translate(article, "fr", publish=False)
    assert 'hreflang="fr" href' not in re.sub(r"<nav.*?</nav>", "", html_of(client, article), flags=re.S)


def test_see_all_leads_to_the_category(client, make_article, make_category):
    water = make_category("Water")
    articles = [make_article(f"Well {n}", category=water) for n in range(5)]
    popularity.rewrite_ranks()
    html = html_of(client, articles[0])
    link = re.search(r'<a[^>]*href="([^"]+)"[^>]*>\s*See all the articles of the category Water\s*</a>', html)
    assert link.group(1) == water.url


def test_a_category_lists_its_articles_in_numbered_pages(client, site, make_category, photo):
    water = make_category("Water")
    add_articles(30, site.en.index, water, photo)
    listed = '<ol class="cards">.*?</ol>'
    first = re.search(listed, html_of(client, water), flags=re.S).group()
    assert "Article 31" in first  # the index holds the category itself, so numbers start at 2
    assert "Article 19<" not in first
    third = re.search(listed, client.get(f"{water.url}?page=3").content.decode(), flags=re.S).group()
    assert "Article 2<" in third
    assert "Article 31" not in third


@pytest.mark.parametrize("number", ["0", "abc", "-1", "9999999", "", "1e9", "%00"])
def test_nonsense_page_numbers_show_a_page(number, client, site, make_article):
    make_article("Wells")
    response = client.get(f"{site.en.latest.url}?page={number}&utm_source=x")
    assert response.status_code == 200
    assert "Wells" in response.content.decode()


def test_an_empty_list_says_so(client, site):
    assert "There are no articles here yet." in html_of(client, site.en.latest)
    assert "Aucun article" in html_of(client, site.fr.latest)


def test_the_feed_of_a_page_is_rss_in_its_language(client, site, make_article, translate):
    french = translate(make_article("Wells"), "fr", title="Des puits")
    response = client.get(f"{site.fr.latest.url}feed/")
    assert response["Content-Type"].startswith("application/rss+xml")
    xml = response.content.decode()
    assert "<language>fr</language>" in xml
    assert "<title>Des puits</title>" in xml
    assert french.full_url in xml
    assert "Wells" not in xml


def test_the_feed_bears_what_people_paste_and_keeps_french_spaces(client, site, make_article):
    make_article("Qui vient\u202f?\x0bDemain", language="fr", text="<p>Un\x0bmot.</p>")
    assert "<title>Qui vient\u202f? Demain</title>" in client.get(f"{site.fr.latest.url}feed/").content.decode()


def test_the_feed_of_an_empty_category_is_valid_and_empty(client, make_category):
    xml = client.get(f"{make_category().url}feed/").content.decode()
    assert "<channel>" in xml
    assert "<item>" not in xml


def test_an_article_with_nothing_but_a_title_is_a_page(client, make_article):
    html = html_of(client, make_article("x" * 255, text="", body=[]))
    assert "x" * 255 in html


def test_pages_cost_the_same_with_thirty_and_with_six_hundred_articles(client, site, make_category, photo):
    water = make_category("Water")
    add_articles(30, site.en.index, water, photo)
    addresses = {
        "home": site.en.home.url,
        "article": ArticlePage.objects.get(title="Article 10").url,
        "category": water.url,
        "latest": site.en.latest.url,
        "most read": site.en.most_read.url,
        "feed": f"{site.en.latest.url}feed/",
    }

    def queries():
        popularity.rewrite_ranks()
        return {name: queries_of(client, address) for name, address in addresses.items()}

    assert Page.find_problems() == ([], [], [], [], [])
    few = queries()
    add_articles(570, site.en.index, water, photo)
    many = queries()
    for name, statements in many.items():
        assert len(statements) == len(few[name]), f"{name}:\n" + "\n".join(statements)
