"""What browsers are told: the policies for readers, the admin and uploads; what may be kept; and no cookie, ever."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import pictures
from articles.models import Download
from articles.videos import PLAYER_HOSTS
from home.models import StandardPage
from newsletter import tokens


def directives(response):
    """A response's content security policy: sources by directive."""
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in parts}


@pytest.fixture
def public_addresses(site, make_article, make_category, translate, photo):
    """An address of every kind of public answer, in both languages where there are two; by name."""
    article = make_article(lead_image=photo, category=make_category("Water"))
    translate(article, "fr", title="Un puits")
    gone = make_article("Gone", withdrawn_at=timezone.now(), withdrawn_reason="A mistake.")
    about = StandardPage(title="About", locale=site.en.home.locale)
    site.en.home.add_child(instance=about)
    addresses = {
        "article": article.url,
        "translation": article.get_translation(site.locales["fr"]).url,
        "withdrawn": gone.url,
        "missing": "/en/nothing/here/",
        "missing everywhere": "/nothing",
        "standard page": about.url,
        "category": article.category.url,
        "search": "/en/search/?q=well",
        "empty search": "/fr/search/",
        "sign-up": "/en/subscription/",
        "damaged link": "/fr/subscription/confirm/abc/",
        "unsubscribe": "/unsubscribe/abc/",
        "neutral": "/",
        "health": "/healthz",
        "robots": "/robots.txt",
        "sitemap": "/sitemap.xml",
        "feed": f"{site.en.latest.url}feed/",
        "json feed": f"{site.fr.latest.url}feed.json",
        "picture": pictures.shown(photo, "standard").file.url,
    }
    for language in ("en", "fr"):
        for name, page in vars(getattr(site, language)).items():
            addresses[f"{name} ({language})"] = page.url
    return addresses


# -- No cookie ------------------------------------------------------------------------------------------------------


def test_no_answer_to_a_reader_sets_a_cookie_or_varies_by_one(client, public_addresses):
    for name, address in public_addresses.items():
        response = client.get(address)
        assert not response.cookies, name
        assert "cookie" not in response.get("Vary", "").lower(), name


def test_signing_up_sets_no_cookie_and_is_kept_nowhere(site, outbox):
    reader = Client(enforce_csrf_checks=True)
    shown = tokens.FORM.token(int(timezone.now().timestamp()) - 60)
    form = {"email": "maria@readers.example", "language": "en", "shown": shown}
    response = reader.post("/en/subscription/", form, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 200
    link = re.search(r"https?://[^/\s]+(/en/subscription/confirm/\S+)", outbox[0].body).group(1)
    for answer in (response, reader.get(link), reader.post(link)):
        assert answer.status_code == 200
        assert not answer.cookies
        assert "cookie" not in answer.get("Vary", "").lower()
        assert answer["Cache-Control"] == "no-store"


# -- Every public answer --------------------------------------------------------------------------------------------


def test_every_answer_says_what_it_may_do_and_who_may_show_it(client, public_addresses):
    for name, address in public_addresses.items():
        response = client.get(address)
        policy = directives(response)
        assert policy["default-src"] == "'none'", name
        assert not any(word in sources for sources in policy.values() for word in ("unsafe", "http:", "*")), name
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["Referrer-Policy"] in ("strict-origin-when-cross-origin", "no-referrer"), name
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in response["Permissions-Policy"], name
        assert response["Cross-Origin-Resource-Policy"] == ("cross-origin" if name == "picture" else "same-origin")


def test_pages_take_what_they_need_from_here_and_stand_in_no_frame(client, make_article):
    assert directives(client.get(make_article().url)) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_only_a_page_with_a_video_may_frame_its_player(client, make_article):
    def frames(url):
        body = [("video", {"url": url, "title": "The bridge"})]
        return directives(client.get(make_article(body=body).url)).get("frame-src")

    assert frames("https://youtu.be/dQw4w9WgXcQ") == " ".join(PLAYER_HOSTS)
    assert frames("https://example.org/video") is None


# -- The admin ------------------------------------------------------------------------------------------------------


def test_the_admin_has_its_own_policy(login, site):
    policy = directives(login().get("/admin/"))
    assert policy["script-src"] == "'self' 'unsafe-inline'"
    assert policy["frame-src"] == policy["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_draft_is_shown_in_its_language_with_styles_the_admin_allows(language, login, make_article):
    draft = make_article("Brouillon", language=language, live=False)
    response = login().get(f"/admin/pages/{draft.pk}/view_draft/")
    assert response.status_code == 200
    html = response.content.decode()
    assert f'<html lang="{language}"' in html
    assert "Brouillon" in html
    assert "data-reads" not in html
    assert directives(response)["frame-ancestors"] == "'self'"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "public" not in response["Cache-Control"]


def test_an_unfinished_draft_is_404_for_readers(client, make_article):
    assert client.get(make_article(live=False).url).status_code == 404


# -- Uploads --------------------------------------------------------------------------------------------------------


def test_what_was_uploaded_can_do_nothing(client, site, photo):
    document = Download.objects.create(title="Report", file=ContentFile(b"<script>x</script>", name="report.html"))
    for address in (photo.file.url, document.url):
        response = client.get(address)
        assert response.status_code == 200
        assert directives(response) == {"default-src": "'none'", "sandbox": ""}
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()


def test_a_pdf_can_be_read_where_it_is(client, site):
    """In a sandbox, Safari and Chromium show an empty page."""
    report = Download.objects.create(title="Report", file=ContentFile(b"%PDF-1.4", name="report.pdf"))
    response = client.get(report.url)
    assert response["Content-Type"] == "application/pdf" and "inline" in response["Content-Disposition"]
    assert "sandbox" not in directives(response)
    assert directives(response)["default-src"] == "'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_pictures_go_as_they_are_with_their_length(client, photo):
    response = client.get(photo.file.url, headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in response
    assert int(response["Content-Length"]) == Path(photo.file.path).stat().st_size


def test_the_files_made_from_a_picture_are_kept_for_good_and_the_original_is_not(client, photo):
    assert "immutable" in client.get(pictures.shown(photo, "standard").file.url)["Cache-Control"]
    assert client.get(photo.file.url)["Cache-Control"] == "public, max-age=3600"


# -- Caches ---------------------------------------------------------------------------------------------------------


def test_pages_are_the_same_for_everybody_and_may_be_kept_for_a_minute(client, site, make_article):
    for address in (make_article().url, site.fr.home.url):
        assert client.get(address)["Cache-Control"].startswith("public, max-age=0, s-maxage=60")


@pytest.mark.parametrize("address", ["/en/nothing/", "/en/search/?q=well", "/en/subscription/confirm/abc/"])
def test_what_is_missing_or_personal_is_kept_by_nobody(client, site, address):
    assert client.get(address)["Cache-Control"] == "no-store"


def test_a_page_that_has_not_changed_is_not_sent_again(client, make_article, time_machine):
    article = make_article()
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    tag = client.get(article.url)["ETag"]
    time_machine.move_to(now + timedelta(seconds=10), tick=False)  # the sign-up form says when it was shown
    again = client.get(article.url, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert not again.content
    article.title = "Another title"
    article.save_revision().publish()
    assert client.get(article.url, headers={"If-None-Match": tag}).status_code == 200


def test_only_pages_have_a_language_and_vary_by_it(client, make_article, photo):
    make_article()
    for address in ("/sitemap.xml", "/robots.txt", photo.file.url):
        response = client.get(address)
        assert "Accept-Language" not in response.get("Vary", "")
        assert "Content-Language" not in response


def test_that_a_page_has_not_changed_says_nothing_new_about_what_it_may_do(client, make_article):
    address = make_article(body=[("video", {"url": "https://vimeo.com/1", "title": "The bridge"})]).url
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, "Content-Security-Policy" in again) == (304, False)


def test_asking_for_a_picture_asks_nothing_of_the_database(client, photo):
    with CaptureQueriesContext(connection) as captured:
        client.get(photo.file.url)
    assert len(captured) == 0
