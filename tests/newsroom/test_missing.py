"""Addresses without a page: missing, withdrawn, refused, broken."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.views import bad_request, permission_denied


def main_of(response):
    """The main part of a page, on one line."""
    html = response.content.decode()
    return " ".join(re.search(r"<main.*</main>", html, re.DOTALL).group().split())


# -- 404 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "words"), [("/en/nothing/", "This page does not exist"), ("/fr/rien/", "Cette page n’existe pas")]
)
def test_it_speaks_the_language_of_the_address(client, site, address, words):
    response = client.get(address, headers={"Accept-Language": "de"})
    assert response.status_code == 404
    assert words in main_of(response)
    assert f'<html lang="{address[1:3]}"' in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/nothing", "/xx/news/", "/wp-login.php", "/en", "/EN/news/", "/en/%00/", "/en/a//b/"]
)
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_whatever_is_asked_it_is_a_real_404(client, site, address, method):
    response = getattr(client, method)(address, follow=True, headers={"Accept-Language": "fr"})
    assert response.status_code in (404, 200 if address == "/en" else 404)


def test_search_engines_do_not_list_it(client, site):
    html = client.get("/en/nothing/").content.decode()
    assert '<meta name="robots" content="noindex">' in html
    assert 'rel="canonical"' not in html


def test_it_offers_a_search_for_the_words_of_the_address(client, site):
    html = main_of(client.get("/fr/un-puits-a-kisumu/"))
    assert 'action="/fr/search/"' in html
    assert 'value="un puits a kisumu"' in html


def test_it_offers_the_latest_news_of_the_language(client, make_article):
    make_article("A well")
    make_article("Un puits", language="fr")
    html = main_of(client.get("/fr/rien/"))
    assert "Un puits" in html
    assert "A well" not in html


def test_an_address_of_another_language_leads_to_the_article_and_its_translation(client, site, make_article, translate):
    article = make_article("A well for Kisumu")
    french = translate(article, "fr", title="Un puits à Kisumu")
    html = main_of(client.get("/fr/news/a-well-for-kisumu/"))
    suggested = re.findall(r'href="([^"]+)"', html.split("search-instead")[0])
    assert suggested == [french.url, article.url]
    assert "anglais" in html


def test_an_article_that_is_not_translated_is_offered_in_its_language(client, make_article):
    article = make_article("A well for Kisumu")
    html = main_of(client.get("/fr/news/a-well-for-kisumu/"))
    assert f'<a href="{article.url}" hreflang="en"><bdi lang="en">A well for Kisumu</bdi></a>' in html


def test_what_readers_cannot_open_is_not_offered(client, site, make_article):
    make_article("Secret plan", live=False)
    make_article("Gone story", withdrawn_at=timezone.now())
    for slug in ("secret-plan", "gone-story"):
        html = main_of(client.get(f"/fr/news/{slug}/"))
        assert "hreflang" not in html


def test_it_leads_to_the_section_that_the_address_goes_through(client, make_category):
    water = make_category("Water")
    html = main_of(client.get(f"{water.url}floods/2019/"))
    assert f'<a href="{water.url}">Go to “Water”</a>' in html


def test_it_costs_the_same_however_much_there_is(client, make_article, make_category):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/fr/news/a-well/x/")
        return len(captured)

    make_article("A well")
    queries()
    few = queries()
    water = make_category("Eau", language="fr")
    for number in range(10):
        make_article(f"Puits {number}", language="fr", category=water)
    assert queries() <= few + 2  # the cards of the rail


@pytest.mark.parametrize("address", ["/static/nothing.css", "/media/images/nothing.avif"])
def test_a_missing_file_is_one_line_and_asks_only_for_redirects(client, site, address):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")
    assert len(captured) <= 2


# -- 410 ------------------------------------------------------------------------------------------------------------


def test_a_withdrawn_article_says_when_and_why_and_leads_on(client, site, make_article, make_category):
    water = make_category("Water")
    other = make_article("Another story", category=water)
    gone = make_article("Gone", category=water, withdrawn_at=timezone.now(), withdrawn_reason="A source lied.\nSorry.")
    response = client.get(gone.url)
    html = main_of(response)
    assert response.status_code == 410
    assert "We withdrew this article on" in html
    assert "A source lied.<br>Sorry." in html
    assert 'action="/en/search/"' in html
    assert water.url in html
    assert other.url in html
    assert gone.url not in html
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_the_translation_of_a_withdrawn_article_is_gone_too_and_the_switcher_leads_there(
    client, make_article, translate, django_capture_on_commit_callbacks
):
    article = make_article("Gone")
    french = translate(article, "fr", title="Parti")
    article.withdrawn_at = timezone.now() - timedelta(minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        article.save_revision().publish()
    assert client.get(french.url).status_code == 410
    assert f'href="{french.url}" lang="fr"' in client.get(article.url).content.decode()


def test_a_withdrawn_article_says_nothing_of_what_it_said(client, make_article):
    gone = make_article(
        "Gone",
        text="<p>He stole it.</p>",
        seo_title="Thief!",
        search_description="A thief.",
        withdrawn_at=timezone.now(),
    )
    html = client.get(gone.url).content.decode()
    for words in ("He stole it", "Thief!", "A thief."):
        assert words not in html


def test_a_translation_without_a_reason_of_its_own_gives_that_of_its_source(
    client, make_article, translate, django_capture_on_commit_callbacks
):
    article = make_article("Gone")
    french = translate(article, "fr", title="Parti")
    article.withdrawn_at, article.withdrawn_reason = timezone.now() - timedelta(minutes=1), "A source lied."
    with django_capture_on_commit_callbacks(execute=True):
        article.save_revision().publish()
    assert '<p lang="en" dir="auto">A source lied.</p>' in client.get(french.url).content.decode()


def test_a_section_that_does_not_answer_is_not_offered(client, make_article):
    gone = make_article("Gone", withdrawn_at=timezone.now())
    assert f'href="{gone.url}"' not in client.get(f"{gone.url}more/").content.decode()


@pytest.mark.parametrize("end", ["unpublish", "expire"])
def test_an_article_that_was_unpublished_or_has_expired_is_404(client, make_article, end):
    article = make_article()
    article.expired = end == "expire"
    article.unpublish(set_expired=end == "expire")
    assert client.get(article.url).status_code == 404


# -- 400, 403, 500 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "Something went wrong", "Une erreur s’est produite"),
        ("fr", "Une erreur s’est produite", "Something went wrong"),
    ],
)
def test_a_broken_site_says_so_in_all_languages_without_database_or_static_files(
    monkeypatch, settings, site, language, first, second
):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "newsroom.static_storage.StaticStorage"},  # has no manifest here
    }
    with monkeypatch.context() as broken:
        broken.setattr(connection, "ensure_connection", _down)
        broken.setattr(connection, "cursor", _down)
        response = Client(raise_request_exception=False).get(f"/{language}/")
    html = response.content.decode()
    assert response.status_code == 500
    assert response["Cache-Control"] == "no-store"
    assert html.index(first) < html.index(second)
    assert f'<html lang="{language}">' in html
    assert not re.search(r"<(link|script|img)", html)


def _down(*args, **kwargs):
    raise OperationalError("the database is down")


def test_its_only_style_is_named_by_its_policy(rf, client, site):
    response = client.get("/en/", headers={"Host": "elsewhere.example"})
    assert response.status_code == 400
    policy = response["Content-Security-Policy"]
    assert re.search(r"style-src 'self' 'sha256-[\w+/]{43}='", policy)
    assert " style=" not in response.content.decode()


@pytest.mark.parametrize(
    ("view", "error", "status", "words"),
    [
        (bad_request, SuspiciousOperation(), 400, "We do not understand this request"),
        (permission_denied, PermissionDenied(), 403, "You may not see this page"),
    ],
)
def test_what_is_refused_is_refused_in_all_languages(rf, view, error, status, words):
    response = view(rf.get("/"), error)
    assert response.status_code == status
    assert words in response.content.decode()
    assert '<section lang="fr"' in response.content.decode()


def test_a_form_without_its_cookie_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x"})
    assert response.status_code == 403
    assert "This form could not be accepted" in response.content.decode()
