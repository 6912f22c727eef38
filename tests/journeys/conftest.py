"""A demo of its own and a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from newsroom.demo import PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
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
    """Everything in this folder needs the browser."""
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
    """The address of a demo made for this run. DEMO_URL names one that runs already, to save its start while these
    tests are being written."""
    if running := os.environ.get("DEMO_URL"):
        yield running
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="newsroom-demo-")
    environment = {**os.environ, "DATA_DIR": folder, "PORT": str(port)}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    process = subprocess.Popen([sys.executable, "-m", "newsroom.demo"], cwd=ROOT, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        assert process.poll() is None, "the demo ended instead of starting; its reason stands above"
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the demo did not start within five minutes")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium: the system's where there is one, else Playwright's own."""
    system = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(demo: str, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A fresh browser window, of a reader or of somebody who is logged in: `open_browser("editor")`. It fails the test
    when a page reports an error in its console or asks another site for something."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(login: str | None = None, width: int = 1280, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=demo, viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda entry: _is_no_error(entry, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: _stays_here(request.url, demo, complaints))
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


def _is_no_error(entry: ConsoleMessage, complaints: list[str]) -> None:
    # Wagtail's autosave is answered 400 while a form is not complete yet.
    autosave = "/admin/pages/" in entry.location["url"] and "400 (Bad Request)" in entry.text
    if entry.type == "error" and not autosave:
        complaints.append(f"{entry.location['url']}: {entry.text}")


def _stays_here(address: str, demo: str, complaints: list[str]) -> None:
    if not address.startswith((demo, "data:", "blob:", "about:")):
        complaints.append(f"a request to {address}")
