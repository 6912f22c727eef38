"""Every type of page and every step of signing up, in both languages, in a browser: everybody can use it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.conftest import listen
from tests.journeys.crawl import LANGUAGES, Crawl
from tests.journeys.page_types import ARCHIVED_MAIL, PAGE_TYPES
from tests.judges import browser
from tests.judges.answers import Answer


@dataclass
class Look:
    """A page that stands in a browser window, and what the browser has complained about."""

    page: Page
    answer: Answer
    complaints: list[str] = field(default_factory=list)
    shift: float = 0


@pytest.fixture(scope="module", params=[f"{name}-{language}" for name in PAGE_TYPES for language in LANGUAGES])
def look(request: pytest.FixtureRequest, crawl: Crawl, chromium: Browser) -> Iterator[Look]:
    """A page of each type in turn, opened once for all tests here."""
    name, _, language = request.param.rpartition("-")
    answer = crawl.page_of(name, language)
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    look = Look(context.new_page(), answer)
    listen(look.page, crawl.site, look.complaints)
    show(look.page, answer)
    look.shift = browser.ask(look.page, "shift")  # before the tests move things
    yield look
    context.close()


def show(page: Page, answer: Answer) -> None:
    """Open what was answered before: steps of the sign-up flow cannot be taken twice."""

    def give(route: Route) -> None:
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Encoding"}
        route.fulfill(status=answer.status, headers=headers, body=answer.body)

    page.route(answer.url, give)
    page.goto(answer.url)


def test_axe_finds_nothing(look):
    assert browser.axe_complaints(look.page) == []


def test_axe_finds_no_weak_colour_in_the_dark(look):
    look.page.emulate_media(color_scheme="dark")
    assert browser.axe_complaints(look.page, browser.COLOUR_RULES) == []
    look.page.emulate_media(color_scheme="light")


def test_the_keyboard_reaches_everything_in_order(look):
    assert browser.keyboard_complaints(look.page) == []
    assert browser.skip_link_complaints(look.page) == []


def test_text_can_be_twice_as_large(look):
    assert browser.large_text_complaints(look.page) == []


def test_nothing_reaches_beyond_a_narrow_window(look):
    assert browser.narrow_complaints(look.page) == []


def test_nothing_jumps_fails_or_asks_others(look):
    refusal = "Failed to load resource" if look.answer.status >= 400 else None
    own = [entry for entry in look.complaints if not (refusal and entry.startswith(f"{look.answer.url}: {refusal}"))]
    assert own == []
    assert look.shift < 0.01


# -- Without JavaScript ---------------------------------------------------------------------------------------------


def test_no_page_offers_a_button_that_needs_a_script(crawl, open_browser):
    page = open_browser(scripts=False)
    for answer in (crawl.page_of(name, "en") for name in PAGE_TYPES):
        if answer.status == 200:
            show(page, answer)
            expect(page.locator("h1")).to_be_visible()
            assert browser.ask(page, "deadButtons") == [], answer.path


@pytest.mark.parametrize(("language", "word"), [("en", "water"), ("fr", "eau")])
def test_a_reader_without_scripts_searches_and_signs_up(open_browser, language, word):
    page = open_browser(scripts=False)
    page.goto(f"/{language}/")
    page.get_by_role("search").first.get_by_role("searchbox").fill(word)
    page.get_by_role("search").first.get_by_role("button").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.locator(".search-results").get_by_role("link").first.click()
    form = page.locator("form", has=page.locator("[name=email]")).last
    form.locator("[name=email]").fill("without-scripts@readers.example")
    page.wait_for_timeout(2500)  # as long as a person; who is faster is taken for a robot
    form.get_by_role("button").click()
    expect(page.get_by_text("without-scripts@readers.example")).to_be_visible()


# -- A mail in the archive, which keeps the form it was sent in -----------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_archived_mail_can_be_read_by_everybody(crawl, open_browser, language):
    page = open_browser()
    show(page, crawl[ARCHIVED_MAIL[language]])
    assert crawl[ARCHIVED_MAIL[language]].is_archived_mail
    assert browser.axe_complaints(page, tags=browser.WCAG) == []
    assert browser.keyboard_complaints(page) == []
    assert browser.narrow_complaints(page) == []


# -- Weight ---------------------------------------------------------------------------------------------------------

MOST_BYTES, MOST_REQUESTS = 40_000, 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_is_light(crawl, open_browser, language):
    page = open_browser()
    requests = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(crawl.page_of("article", language).url)
    page.wait_for_load_state("networkidle")
    without_images = [request for request in requests if not is_image(request) and request.resource_type != "ping"]
    sizes = {request.url: request.sizes()["responseBodySize"] for request in without_images}
    assert {request.resource_type for request in without_images} == {"document", "stylesheet", "script"}
    assert sum(sizes.values()) <= MOST_BYTES, sizes
    assert len(sizes) <= MOST_REQUESTS, sizes


def is_image(request):
    return (request.response().header_value("content-type") or "").startswith("image/")
