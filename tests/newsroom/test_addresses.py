"""What pages say of their address and of those in other languages."""

import re

import pytest
from django.utils import timezone

from tests.bulk import add_articles


@pytest.fixture
def said(client):
    """The canonical address that an address gives, and its alternates by language."""

    def get(address):
        html = client.get(address).content.decode()
        [canonical] = re.findall(r'<link rel="canonical" href="([^"]+)">', html)
        return canonical, dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', html))

    return get


def test_a_page_names_itself_without_what_was_added_to_its_address(said, make_article):
    article = make_article()
    assert said(f"{article.url}?utm_source=x&page=3")[0] == article.full_url


def test_every_page_of_a_story_names_all_of_them_and_the_default(said, make_article, translate):
    article = make_article()
    french = translate(article, "fr", title="Un puits")
    expected = {"en": article.full_url, "fr": french.full_url, "x-default": article.full_url}
    assert said(article.url) == (article.full_url, expected)
    assert said(french.url) == (french.full_url, expected)


def test_a_story_without_the_default_language_is_its_own_default(said, make_article):
    french = make_article("Un puits", language="fr")
    assert said(french.url)[1] == {"fr": french.full_url, "x-default": french.full_url}


def test_what_readers_cannot_open_is_no_alternate(said, site, make_article, translate):
    article = make_article()
    alone = {"en": article.full_url, "x-default": article.full_url}
    article.copy_for_translation(site.locales["fr"], alias=True)
    assert said(article.url)[1] == alone
    other = make_article("Another")
    translate(other, "fr", publish=False)
    assert "fr" not in said(other.url)[1]


def test_a_withdrawn_article_has_no_address_and_is_not_indexed(client, make_article):
    html = client.get(make_article(withdrawn_at=timezone.now()).url).content.decode()
    assert 'name="robots" content="noindex"' in html
    assert "canonical" not in html
    assert "hreflang" not in re.sub(r"<(nav|header).*?</\1>", "", html, flags=re.S)


def test_further_pages_of_a_list_name_themselves_only(said, site, make_category, translate, photo):
    water = make_category("Water")
    translate(water, "fr", title="Eau")
    add_articles(30, site.en.index, water, photo)
    second = f"{water.full_url}?page=2"
    assert said(f"{water.url}?page=2&utm_source=x") == (second, {"en": second, "x-default": second})
    assert said(f"{water.url}?page=1")[0] == water.full_url
    assert said(f"{water.url}?page=999")[0] == f"{water.full_url}?page=3"


def test_a_year_that_the_other_language_has_not_names_itself_only(said, site, make_category, translate, photo):
    water = make_category("Water")
    translate(water, "fr", title="Eau")
    add_articles(1, site.en.index, water, photo)
    year = f"{water.full_url}2020/"
    assert said(f"{water.url}2020/") == (year, {"en": year, "x-default": year})


def test_a_view_below_a_page_names_itself_and_the_same_in_the_other_language(said, site):
    english, french = (f"{site.en.most_read.full_url}7/", f"{site.fr.most_read.full_url}7/")
    for address in (english, french):
        assert said(address.removeprefix("https://news.example.org")) == (
            address,
            {"en": english, "fr": french, "x-default": english},
        )


@pytest.mark.parametrize("live", [False, True])
def test_a_preview_tells_machines_nothing(live, login, make_article):
    article = make_article("A well", live=live)
    html = login().get(f"/admin/pages/{article.pk}/view_draft/").content.decode()
    assert "A well" in html
    for word in ("canonical", "og:url", "ld+json"):
        assert word not in html
