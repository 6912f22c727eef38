"""Previews are the public pages in the admin's frame: the strict policy of the one must not meet that of the other."""

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

ARTICLE = "A tap within ten minutes"


def article_id(page: Page, title: str) -> str:
    """The id of a page, found as editors find it."""
    page.goto(f"/admin/pages/search/?q={title}")
    link = page.locator("table a[href*='/edit/']", has_text=title).first
    return re.search(r"/pages/(\d+)/", link.get_attribute("href")).group(1)


def expect_the_page_as_readers_see_it(page: Page | FrameLocator, language: str) -> None:
    """Its language, its title, its pictures, and its own stylesheet at work."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("article .figure__image").first).to_be_visible()
    assert is_loaded(page.locator("article .figure__image").first)
    assert page.locator("body").evaluate("body => getComputedStyle(body).getPropertyValue('--measure')")


def is_loaded(picture: Locator) -> bool:
    return picture.evaluate("async picture => { await picture.decode(); return picture.naturalWidth > 0 }")


def test_the_editor_shows_the_page_in_its_panel(open_browser):
    editor = open_browser("editor")
    editor.goto(f"/admin/pages/{article_id(editor, ARTICLE)}/edit/")
    editor.locator("[data-side-panel-toggle=preview]").click()
    frame = editor.frame_locator("#w-preview-iframe")
    expect_the_page_as_readers_see_it(frame, "en")


def test_the_editor_shows_the_page_in_a_tab(open_browser):
    editor = open_browser("editor")
    editor.goto(f"/admin/pages/{article_id(editor, ARTICLE)}/view_draft/")
    expect_the_page_as_readers_see_it(editor, "en")


def test_the_translators_screen_shows_the_translation(open_browser):
    translator = open_browser("translator")
    french = article_id(translator, "Un robinet à dix minutes")
    translator.goto(f"/admin/pages/{french}/edit/")
    address = translator.get_by_role("link", name="Prévisualiser").get_attribute("href")
    translator.goto(address)
    expect_the_page_as_readers_see_it(translator, "fr")
