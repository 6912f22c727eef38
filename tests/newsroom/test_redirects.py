"""Addresses that have changed lead to where the page is now."""

import pytest

from articles.models import ArticlePage


@pytest.fixture
def rename(django_capture_on_commit_callbacks):
    """Give a page another slug, as an editor does."""

    def act(page, slug):
        page = type(page).objects.get(pk=page.pk)
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()
        return type(page).objects.get(pk=page.pk)

    return act


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_page_is_found_under_the_address_it_had(client, rename, make_article, language):
    article = make_article("Wells", language=language)
    renamed = rename(article, "boreholes")
    response = client.get(article.url)
    assert response.status_code == 301
    assert response["Location"] == renamed.url != article.url


def test_after_several_changes_it_is_one_step_away(client, rename, make_article):
    first = make_article("Wells")
    second = rename(first, "boreholes")
    third = rename(second, "pumps")
    for old in (first, second):
        assert client.get(old.url)["Location"] == third.url


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_stands_below_moves_along(client, rename, site, make_article, make_category, language):
    article, water = make_article("Wells", language=language), make_category("Water", language=language)
    old = {page: page.url for page in (article, water)}
    rename(getattr(site, language).index, "stories")
    for page, address in old.items():
        page = type(page).objects.get(pk=page.pk)
        assert "/stories/" in page.url
        assert client.get(address)["Location"] == page.url


def test_the_feeds_of_a_list_move_along(client, rename, make_category):
    water = make_category("Water")
    renamed = rename(water, "rivers")
    for feed in ("feed/", "feed.json"):
        response = client.get(f"{water.url}{feed}")
        assert response.status_code == 301
        assert response["Location"] == f"{renamed.url}{feed}"


def test_the_query_string_is_kept(client, rename, make_category):
    water = make_category("Water")
    renamed = rename(water, "rivers")
    assert client.get(f"{water.url}?page=2&x=%C3%A9")["Location"] == f"{renamed.url}?page=2&x=%C3%A9"


def test_a_page_that_exists_goes_before_a_redirect(client, rename, make_article):
    first = make_article("Wells")
    rename(first, "boreholes")
    newcomer = make_article("Wells")
    assert newcomer.url == first.url
    response = client.get(newcomer.url)
    assert response.status_code == 200


def test_a_page_that_gets_its_address_back_leads_nobody_in_a_circle(client, rename, make_article):
    first = make_article("Wells")
    again = rename(rename(first, "boreholes"), "wells")
    assert client.get(first.url).status_code == 200
    response = client.get(first.url.replace("wells", "boreholes"))
    assert response["Location"] == again.url
    assert response["Cache-Control"] == "public, max-age=300"


def test_a_view_that_a_page_with_its_old_address_does_not_have_is_missing(client, rename, make_category):
    water = make_category("Water")
    rename(rename(water, "rivers"), "water")
    assert client.get(f"{water.url}1999/").status_code == 404


def test_an_address_that_led_to_a_page_that_is_gone_is_missing(client, rename, make_article):
    article = make_article("Wells")
    rename(article, "boreholes")
    ArticlePage.objects.get(pk=article.pk).unpublish()
    assert client.get(article.url).status_code == 404
