"""What search engines are told exists: valid against the schemas in tests/schemas, which follow the protocols."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import sitemaps
from tests.bulk import add_articles
from tests.schemas import schema

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
X = "{http://www.w3.org/1999/xhtml}"
N = "{http://www.google.com/schemas/sitemap-news/0.9}"


@pytest.fixture(scope="module")
def rules():
    return schema("sitemap")


@pytest.fixture
def read(client, rules):
    """A sitemap, valid."""

    def get(address):
        response = client.get(address.removeprefix("https://news.example.org"))
        assert response.status_code == 200
        assert response["Content-Type"] == "application/xml"
        text = response.content.decode()
        rules.validate(text)
        return ElementTree.fromstring(text)

    return get


@pytest.fixture
def entries(read):
    """The entries of all the files that the index names: by address, the alternates by language."""

    def get():
        files = [location.text for location in read("/sitemap.xml").iter(f"{S}loc")]
        return {
            entry.findtext(f"{S}loc"): {link.get("hreflang"): link.get("href") for link in entry.iter(f"{X}link")}
            for file in files
            for entry in read(file).iter(f"{S}url")
        }

    return get


def test_the_index_names_a_file_for_each_language_and_kind_of_page(site, read):
    files = [location.text for location in read("/sitemap.xml").iter(f"{S}loc")]
    for language in ("en", "fr"):
        assert f"https://news.example.org/sitemap-{language}-homepage-1.xml" in files
    assert not any("articlepage" in file for file in files)


def test_every_kind_of_page_is_listed_in_every_language(site, make_article, make_category, translate, entries):
    water = make_category("Water")
    article = make_article(category=water)
    pages = [article, water, *vars(site.en).values(), *vars(site.fr).values()]
    pages += [translate(page, "fr", title="En français") for page in (water, article)]
    assert set(entries()) == {page.full_url for page in pages}


def test_the_alternates_of_a_page_are_those_that_the_page_names(client, make_article, translate, entries):
    article = make_article()
    french = translate(article, "fr", title="Un puits")
    expected = {"en": article.full_url, "fr": french.full_url, "x-default": article.full_url}
    found = entries()
    for page in (article, french):
        assert found[page.full_url] == expected
        html = client.get(page.url).content.decode()
        for language, address in expected.items():
            assert f'<link rel="alternate" hreflang="{language}" href="{address}">' in html


def test_an_article_says_when_it_changed(make_article, read):
    article = make_article()
    [changed] = read("/sitemap-en-articlepage-1.xml").iter(f"{S}lastmod")
    assert changed.text == timezone.localtime(article.last_published_at).isoformat()


def test_what_readers_cannot_open_is_not_listed(site, make_article, translate, entries):
    draft = make_article("Draft", live=False)
    withdrawn = make_article("Withdrawn", withdrawn_at=timezone.now())
    source = make_article("Untranslated")
    alias = source.copy_for_translation(site.locales["fr"], alias=True)
    half = make_article("Half")
    unfinished = translate(half, "fr", publish=False)
    found = entries()
    assert source.full_url in found
    for page in (draft, withdrawn, alias, unfinished):
        assert page.full_url not in found
    assert set(found[half.full_url]) == {"en", "x-default"}


def test_many_pages_take_several_files(site, make_category, photo, read, entries, monkeypatch):
    monkeypatch.setattr(sitemaps, "PAGES_A_FILE", 10)
    add_articles(25, site.en.index, make_category("Water"), photo)
    files = [file.text for file in read("/sitemap.xml").iter(f"{S}loc") if "en-articlepage" in file.text]
    assert [len(list(read(file).iter(f"{S}url"))) for file in files] == [10, 10, 5]
    assert sum("/bulk-" in address for address in entries()) == 25


@pytest.mark.parametrize(
    "address",
    ["de-homepage-1", "en-homepage-2", "en-homepage-0", "en-nothing-1", "en-user-1", "en-homepage-99999999999999"],
)
def test_a_file_that_the_index_does_not_name_is_not_found(address, site, client):
    assert client.get(f"/sitemap-{address}.xml").status_code == 404


def test_the_news_sitemap_has_the_last_two_days_in_every_language(site, make_article, translate, read):
    now = timezone.now().replace(microsecond=0)
    fresh = make_article("Now & here", date=now - timedelta(hours=47))
    french = translate(fresh, "fr", title="Ici et maintenant")
    make_article("Two days ago", date=now - timedelta(hours=49))
    make_article("Tomorrow", date=now + timedelta(hours=5))
    make_article("Gone", date=now, withdrawn_at=now)
    found = {entry.findtext(f"{S}loc"): entry for entry in read("/news-sitemap.xml").iter(f"{S}url")}
    assert set(found) == {fresh.full_url, french.full_url}
    news = found[french.full_url].find(f"{N}news")
    assert news.findtext(f"{N}publication/{N}name") == site.fr.home.title
    assert news.findtext(f"{N}publication/{N}language") == "fr"
    assert news.findtext(f"{N}title") == "Ici et maintenant"
    assert news.findtext(f"{N}publication_date") == timezone.localtime(fresh.date).isoformat()


def test_the_news_sitemap_of_a_quiet_week_is_valid_and_empty(site, make_article, read):
    make_article(date=timezone.now() - timedelta(days=7))
    assert list(read("/news-sitemap.xml")) == []


@pytest.mark.parametrize("address", ["/sitemap.xml", "/sitemap-en-homepage-1.xml", "/news-sitemap.xml"])
def test_who_has_a_sitemap_already_is_told_so(address, site, client):
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert not first.cookies
    assert "Cookie" not in first.headers.get("Vary", "")


def test_sitemaps_cost_the_same_with_thirty_and_with_six_hundred_articles(site, client, make_category, photo):
    water = make_category("Water")
    addresses = ["/sitemap.xml", "/sitemap-en-articlepage-1.xml", "/news-sitemap.xml"]

    def queries():
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    add_articles(30, site.en.index, water, photo)
    few = queries()
    add_articles(570, site.en.index, water, photo)
    assert queries() == few
    assert few[1] == 1


@pytest.mark.parametrize("number", ["0", "50001", "9999999999999999", "99999999999999999999"])
def test_a_file_that_no_index_names_is_missing(client, make_article, number):
    make_article()
    assert client.get(f"/sitemap-en-articlepage-{number}.xml").status_code == 404
