"""robots.txt, read as Python's own parser reads it."""

from urllib.robotparser import RobotFileParser

import pytest
from wagtail.models import Site

from home.models import Crawlers, SiteSettings


@pytest.fixture
def robots(site, client):
    """The rules as they stand."""

    def read():
        response = client.get("/robots.txt")
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        rules = RobotFileParser()
        rules.parse(response.content.decode().splitlines())
        return rules

    return read


def test_search_engines_read_the_site_but_not_its_admin_search_and_counters(robots):
    rules = robots()
    for path in ("/en/", "/fr/news/a-story/", "/en/latest-news/feed/", "/media/images/a.jpg", "/static/css/site.css"):
        assert rules.can_fetch("Googlebot", path), path
    for path in ("/admin/", "/admin/pages/1/", "/en/search/?q=x", "/fr/search/?q=x", "/reads/3/"):
        assert not rules.can_fetch("Googlebot", path), path


def test_both_sitemaps_are_named(robots):
    assert robots().site_maps() == [
        "https://news.example.org/sitemap.xml",
        "https://news.example.org/news-sitemap.xml",
    ]


def test_robots_of_ai_companies_may_read_unless_an_editor_minds(robots):
    assert robots().can_fetch("GPTBot", "/en/")
    assert not robots().can_fetch("GPTBot", "/admin/")
    SiteSettings.objects.update_or_create(site=Site.objects.get(), defaults={"crawlers": Crawlers.NO_TRAINING})
    rules = robots()
    for robot in ("GPTBot", "ClaudeBot", "Google-Extended", "CCBot"):
        assert not rules.can_fetch(robot, "/en/"), robot
    for robot in ("Googlebot", "Bingbot", "OAI-SearchBot", "PerplexityBot"):
        assert rules.can_fetch(robot, "/en/"), robot
        assert not rules.can_fetch(robot, "/admin/"), robot
