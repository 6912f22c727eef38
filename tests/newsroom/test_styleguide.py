"""The style guide shows every component, and readers never see it."""

import re

import pytest
from django.conf import settings

# Components that need a page of the tree round them, and are on every page or tested with their page.
ELSEWHERE = {"head.html", "latest.html", "strip.html", "filters.html"}


@pytest.mark.urls("tests.newsroom.styleguide_urls")
@pytest.mark.parametrize(("language", "heading"), [("en", "Style guide"), ("fr", "Guide de style")])
def test_it_shows_the_components_in_each_language(client, site, photo, language, heading):
    html = client.get(f"/{language}/styleguide/").content.decode()
    assert f"<h1>{heading}</h1>" in html
    for block in (
        "card--lead",
        "card--standard",
        "card--small",
        "card--compact",
        "quote",
        "table",
        "document",
        "video",
        "call-to-action",
        "sign-up",
        "byline",
        "figure",
        "share",
        "pagination",
        "breadcrumb",
        "notice",
    ):
        assert re.search(rf'class="[^"]*\b{block}\b', html), block


@pytest.mark.urls("tests.newsroom.styleguide_urls")
def test_it_needs_no_picture_in_the_library(client, site):
    assert client.get("/en/styleguide/").status_code == 200


@pytest.mark.urls("tests.newsroom.styleguide_urls")
def test_every_component_is_in_it(client, site, photo):
    from django.test.signals import template_rendered

    used = set()

    def note(template, **kwargs):
        used.add(template.name)

    template_rendered.connect(note)
    client.get("/en/styleguide/")
    template_rendered.disconnect(note)
    folder = settings.BASE_DIR / "templates" / "components"
    assert {path.name for path in folder.iterdir()} - ELSEWHERE <= {str(name).rpartition("/")[2] for name in used}


def test_readers_do_not_find_it(client, site):
    assert client.get("/en/styleguide/").status_code == 404
