"""Can everybody use a page? Asked of the page in Chromium."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
# WCAG 2.2 AA, which contains its predecessors; and what axe-core recommends beyond.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RECOMMENDED = ["best-practice"]
# The rules whose answer depends on colours: enough for the same page in the dark.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


def ask(page: Page, question: str) -> Any:
    """The answer to a question of browser.js, which is put into the page when it is not there yet."""
    page.evaluate(SCRIPT)
    return page.evaluate(f"window.judges.{question}()")


def axe_complaints(page: Page, rules: list[str] | None = None, tags: list[str] = WCAG + RECOMMENDED) -> list[str]:
    """What axe-core finds: "color-contrast: .card__date: …", by the rules with these tags or only the named rules."""
    chosen = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": tags}
    found = Axe().run(page, options={"runOnly": chosen, "resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['target']}: {' '.join((node.get('failureSummary') or '').split())}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]


def keyboard_complaints(page: Page) -> list[str]:
    """Walk through a page with the Tab key: it must reach every link and control, in order, one after the other, show
    where it stands, and leave at the end."""
    walk = ask(page, "startWalk")
    names = walk["names"]
    complaints = [f"{name} wants to be reached before others" for name in walk["ahead"]]
    reached = []
    for _ in range(2 * len(names) + 10):
        page.keyboard.press("Tab")
        stand = page.evaluate("window.judges.stand()")
        if stand is None:
            break
        if stand["number"] < 0:  # Chromium stops at boxes that scroll, so that the arrow keys reach all they hold
            continue
        reached.append(stand["number"])
        if not stand["shown"]:
            complaints.append(f"{stand['name']} does not show that it has the focus")
        if not stand["onTop"]:
            complaints.append(f"{stand['name']} has the focus where nobody sees it")
    else:
        complaints.append(f"the keyboard does not get out of the page: {reached[-8:]}")
    missed = [names[number] for number in range(len(names)) if number not in reached]
    complaints += [f"{name} cannot be reached" for name in missed]
    if reached != sorted(set(reached)):
        complaints.append(f"the order is not that of the page: {reached}")
    return complaints


def skip_link_complaints(page: Page) -> list[str]:
    """The first Tab shows a link past the navigation, and following it does pass it."""
    ask(page, "startWalk")
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.getAttribute('href')") or ""
    main = page.locator("main")
    if skip != f"#{main.get_attribute('id')}":
        return [f"the first thing reached leads to {skip}"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    # A page whose main part holds no link goes on behind it.
    before = "Node.DOCUMENT_POSITION_PRECEDING"
    if main.evaluate(f"main => main.compareDocumentPosition(document.activeElement) & {before}"):
        return ["the link past the navigation leads back into it"]
    return []


def narrow_complaints(page: Page) -> list[str]:
    """On 320 pixels, as wide as a page is at 400 % (WCAG 1.4.10), nothing reaches beyond the edge."""
    page.set_viewport_size({"width": 320, "height": 640})
    return ask(page, "tooWide")


def large_text_complaints(page: Page) -> list[str]:
    """With the browser's own letters twice as large (WCAG 1.4.4), all text grows, is there and can be used. Headlines
    grow less: they are large already."""
    page.set_viewport_size({"width": 1280, "height": 900})
    ask(page, "rememberSizes")
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    try:
        return [complaint for question in ("notGrown", "tooWide", "covered") for complaint in ask(page, question)]
    finally:
        session.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
