"""A demo of its own, everything that can be found in it, and a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from newsroom.demo import PASSWORD
from tests import tools
from tests.journeys.crawl import Crawl, crawl_site
from tests.running_demo import running_demo

# Without these Chromium calls home at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the demo."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session", autouse=True)
def django_db_setup() -> None:
    """The demo has a database of its own, in processes of its own."""


@pytest.fixture(autouse=True)
def neutral_ground() -> None:
    """Nothing of Django runs in this process."""


@pytest.fixture(scope="session")
def demo() -> Iterator[str]:
    """The address of a demo made for this run, with the worst pages a site can have among its own."""
    with running_demo(prepare="from tests.journeys import worst_pages; worst_pages.make()") as address:
        yield address


@pytest.fixture(scope="session")
def crawl(demo: str) -> Crawl:
    """Everything that can be found in the demo, and its sign-up flow."""
    return crawl_site(demo)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium: the system's where there is one, else Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tools.chromium(), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(demo: str, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A fresh browser window, of a reader or of somebody who is logged in: `open_browser("editor")`. It fails the test
    when a page reports an error in its console or asks another site for something."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(login: str | None = None, width: int = 1280, dark: bool = False, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=demo,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        listen(page, demo, complaints)
        if login:
            page.goto("/admin/login/")
            page.fill("[name=username]", login)
            page.fill("[name=password]", PASSWORD)
            page.click("button[type=submit]")
            page.wait_for_url("**/admin/")
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def listen(page: Page, site: str, complaints: list[str]) -> None:
    """Note every error in the console of a page, and every request to another site."""
    page.set_default_timeout(20_000)
    page.on("console", lambda entry: _is_no_error(entry, complaints))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: _stays_here(request.url, site, complaints))


def _is_no_error(entry: ConsoleMessage, complaints: list[str]) -> None:
    # Wagtail's autosave is answered 400 while a form is not complete yet.
    autosave = "/admin/pages/" in entry.location["url"] and "400 (Bad Request)" in entry.text
    if entry.type == "error" and not autosave:
        complaints.append(f"{entry.location['url']}: {entry.text} (on {entry.page and entry.page.url})")


def _stays_here(address: str, site: str, complaints: list[str]) -> None:
    if not address.startswith((site, "data:", "blob:", "about:")):
        complaints.append(f"a request to {address}")
