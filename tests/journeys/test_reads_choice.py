"""Readers say whether what they read may be counted, and are obeyed."""

import pytest
from playwright.sync_api import expect

ARTICLE = "/fr/actualites/trois-minibus-pour-finir-la-dixieme-annee/"
# Playwright's browser says that it is a robot, and nothing is counted of those.
A_PERSON = "Object.defineProperty(navigator, 'webdriver', { get: () => false })"


IN_THE_BACKGROUND = (
    "Object.defineProperty(document, 'visibilityState', { get: () => window.seen ? 'visible' : 'hidden' })"
)
LOADED_AHEAD = "Object.defineProperty(document, 'prerendering', { get: () => !window.seen })"


@pytest.fixture
def reader(open_browser):
    page = open_browser()
    page.add_init_script(A_PERSON)
    return page


def test_a_read_is_told_after_five_seconds(reader):
    reader.goto(ARTICLE)
    with reader.expect_request(lambda request: "/reads/" in request.url, timeout=10_000) as told:
        pass
    assert told.value.method == "POST" and not told.value.post_data


def test_nothing_is_told_of_what_nobody_looks_at_until_somebody_does(open_browser):
    told = []
    robot, *unseen = (open_browser() for _window in range(3))
    for window, state in zip(unseen, (IN_THE_BACKGROUND, LOADED_AHEAD), strict=True):
        window.add_init_script(f"{A_PERSON}; {state}")
    for window in (robot, *unseen):
        window.on("request", lambda request: told.append(request.url) if "/reads/" in request.url else None)
        window.goto(ARTICLE)
    robot.wait_for_timeout(6_000)
    assert told == []
    for window, event in zip(unseen, ("visibilitychange", "prerenderingchange"), strict=True):
        with window.expect_request(lambda request: "/reads/" in request.url, timeout=10_000):
            window.evaluate(f"window.seen = true; document.dispatchEvent(new Event('{event}'))")


def test_a_link_of_a_digest_is_told_and_then_taken_off_the_address(reader):
    with reader.expect_request(lambda request: "/reads/" in request.url, timeout=10_000) as told:
        reader.goto(f"{ARTICLE}?utm_source=newsletter&utm_campaign=digest-1a2b3c4d&page=1#text")
    assert told.value.url.endswith("/?utm_campaign=digest-1a2b3c4d")
    assert reader.url.endswith(f"{ARTICLE}?page=1#text")


def test_nothing_is_told_once_a_reader_has_said_no(reader):
    reader.goto("/fr/confidentialite/")
    box = reader.get_by_role("checkbox", name="Mes lectures peuvent être comptées")
    expect(box).to_be_checked()
    box.uncheck()
    expect(reader.get_by_text("ne sont pas comptées")).to_be_visible()
    reader.reload()
    expect(box).not_to_be_checked()

    told = []
    reader.on("request", lambda request: told.append(request.url) if "/reads/" in request.url else None)
    reader.goto(ARTICLE)
    reader.wait_for_timeout(6_000)
    assert told == []


def test_a_browser_that_asks_not_to_be_followed_is_obeyed(reader):
    reader.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })")
    reader.goto("/fr/confidentialite/")
    expect(reader.get_by_role("checkbox")).to_be_disabled()
    expect(reader.get_by_text("Votre navigateur demande")).to_be_visible()
