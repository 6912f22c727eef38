"""The translation editor in a browser, as a French translator uses it."""

import re

import pytest
from playwright.sync_api import expect

STORY = "Un robinet à dix minutes"
LINKED = "survey of 6,400 households"


@pytest.fixture
def editor(open_browser):
    page = open_browser("translator", width=1400)
    page.goto(f"/admin/pages/search/?q={STORY}")
    page.get_by_role("link", name=re.compile(STORY)).first.click()
    expect(page.get_by_role("button", name=re.compile("^Publier"))).to_be_visible()
    return page


def test_a_link_is_seen_as_one_and_is_not_lost(editor):
    row = editor.locator("[data-row]").filter(has_text=LINKED)
    text, problems = row.get_by_role("textbox"), row.get_by_role("alert")
    before = text.inner_text()
    expect(text.locator("a")).to_have_attribute("title", re.compile("^https://"))

    text.click()
    editor.keyboard.press("Control+A")
    editor.keyboard.type("Voir l'enquête: 6 400 ménages, 11 pays, 38 et 71 minutes")
    editor.locator("h3:visible").first.click()
    expect(problems).to_contain_text(f"Il manque le lien «\u00a0{LINKED}\u00a0»")

    text.click()
    editor.keyboard.press("Control+A")
    row.get_by_role("button", name=re.compile(LINKED)).click()
    editor.locator("h3:visible").first.click()
    expect(problems).to_be_hidden()
    expect(text.locator("a")).to_have_text("Voir l’enquête\u00a0: 6 400 ménages, 11 pays, 38 et 71 minutes")

    # As it was, for whoever comes next; the button waits until it is stored.
    text.click()
    editor.keyboard.press("Control+A")
    editor.keyboard.type(before)
    editor.keyboard.press("Control+A")
    row.get_by_role("button", name=re.compile(LINKED)).click()
    editor.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(editor.get_by_text("Les lecteurs ne voient aucun changement.")).to_be_visible()
    expect(row.get_by_role("textbox")).to_have_text(before)


def test_a_second_link_leaves_the_first(editor):
    """As a person makes them: one, a word after it, the other."""
    row = editor.locator("[data-row]").filter(has_text=LINKED)
    text, link = row.get_by_role("textbox"), row.get_by_role("button", name=re.compile(LINKED))
    before = text.inner_html()
    text.click()
    editor.keyboard.press("Control+A")
    link.click()
    editor.keyboard.press("End")
    editor.keyboard.type(" et puis")
    expect(text.locator("a")).not_to_contain_text("et puis")
    text.evaluate("(field) => field.insertAdjacentHTML('beforeend', '<a data-key=\"other\">autre</a>\u200b')")
    text.locator("a[data-key=other]").click()
    link.click()
    expect(text.locator("a[data-key=other]")).to_have_text("autre")
    expect(text.locator("a")).to_have_count(2)
    text.evaluate("(field, html) => { field.innerHTML = html; field.dispatchEvent(new InputEvent('input')); }", before)


def test_words_that_were_refused_are_still_there_when_the_page_is_opened_again(editor):
    row = editor.locator("[data-row]").filter(has_text=LINKED)
    text = row.get_by_role("textbox")
    before = text.inner_html()
    text.click()
    editor.keyboard.press("Control+A")
    editor.keyboard.type("Une enquête sans lien")
    editor.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(editor.locator("footer").get_by_role("alert")).to_contain_text("n’a pas pu être enregistré")

    editor.on("dialog", lambda dialog: dialog.accept())
    editor.reload()
    expect(row.get_by_role("textbox")).to_have_text("Une enquête sans lien")
    expect(row.get_by_role("alert")).to_contain_text("dernière fois")
    text.evaluate("(field, html) => { field.innerHTML = html; field.dispatchEvent(new InputEvent('input')); }", before)
    editor.reload()
    expect(row.get_by_role("alert")).to_be_hidden()


def test_the_side_panel_stands_beside_the_buttons(editor):
    editor.locator("[data-side-panel-toggle=translations]").click()
    panel = editor.locator("[data-side-panel=translations]")
    expect(panel).to_be_visible()
    left = panel.bounding_box()["x"]
    for button in editor.locator(".translation-footer .button:visible, [data-row] [role=textbox]").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= left
    editor.locator("[data-side-panel-toggle=translations]").click()
