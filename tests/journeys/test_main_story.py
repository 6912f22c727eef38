"""The whole job, once, in a browser: written in English, translated into French, listed in both languages, put into a
digest, and received by every subscriber in the language they chose."""

import re
import time
import uuid
from contextlib import suppress

from playwright.sync_api import Page, TimeoutError, expect

# Every run tells a story of its own, so that it can be told twice to the same demo.
RUN = uuid.uuid4().hex[:6]
TITLE, TITRE = f"A bridge {RUN}", f"Un pont {RUN}"
SUBJECT, SUJET = f"Bridges {RUN}", f"Des ponts {RUN}"
ENGLISH_READER, FRENCH_READER = f"ann-{RUN}@readers.example", f"eve-{RUN}@readers.example"

# In the order in which the editor shows the segments.
FRENCH_ARTICLE = [
    TITRE,
    "Neuf ans après la crue, la ville l’a reconstruit.",
    "Le pont a ouvert <b>lundi</b>.",
]
FRENCH_DIGEST = [SUJET, "Un pont, neuf ans après la crue, et ce qu’il porte"]


def test_from_the_first_word_to_the_last_mail(open_browser):
    editor, translator, sender = open_browser("editor"), open_browser("translator"), open_browser("sender")
    reader = open_browser()

    article = write_an_article(editor)
    expect_listed(reader, "/en/latest-news/", TITLE)
    expect_not_listed(reader, "/fr/", RUN)

    translation = send_for_translation(editor, article)
    expect_not_listed(reader, "/fr/", RUN)
    translate(translator, translation, FRENCH_ARTICLE)
    publish_translation(translator)
    expect_listed(reader, "/fr/", TITRE)
    reader.get_by_role("link", name="English").click()
    expect(reader.locator("h1")).to_have_text(TITLE)

    for language, address in (("en", ENGLISH_READER), ("fr", FRENCH_READER)):
        sign_up(reader, language, address)
        confirm(reader, address)

    digest = make_a_digest(editor)
    french_digest = send_for_translation(editor, digest)
    expect_preview(editor, f"/admin/pages/{digest}/view_draft/", "en", TITLE)
    translate(translator, french_digest, FRENCH_DIGEST)
    preview = translator.get_by_role("link", name="Prévisualiser").get_attribute("href")
    expect_preview(translator, preview, "fr", TITRE)

    send(sender, digest)
    wait_for_mail(reader, ENGLISH_READER, SUBJECT)
    wait_for_mail(reader, FRENCH_READER, SUJET)
    wait_for_mail(reader, "zoe@readers.example", SUBJECT)  # reads both languages, English first
    sender.goto(f"/admin/newsletter/digests/{digest}/send/")
    expect(sender.get_by_role("button", name=re.compile("Envoyer à"))).to_have_count(0)
    for address in (ENGLISH_READER, FRENCH_READER, "zoe@readers.example"):
        assert len(subjects_to(reader, address)) == 1, f"{address} got it more than once"

    unsubscribe(reader, FRENCH_READER, SUJET)


# -- The editor -----------------------------------------------------------------------------------------------------


def write_an_article(page: Page) -> str:
    open_form(page, "articles/articlepage", "News")
    page.fill("#id_title", TITLE)
    page.fill("#id_standfirst", "Nine years after the flood the city has rebuilt it.")
    page.select_option("#id_category", label="Water")
    add_block(page, "Text")
    page.locator("[data-streamfield-child] [contenteditable=true]").last.click()
    page.keyboard.type("The bridge opened on ")
    page.keyboard.press("Control+b")
    page.keyboard.type("Monday")
    page.keyboard.press("Control+b")
    page.keyboard.type(".")
    page.wait_for_timeout(500)  # the rich text editor hands its text to the form a quarter of a second later
    let_autosave_settle(page)
    page.locator("footer").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    return id_of(page, TITLE)


def make_a_digest(page: Page) -> str:
    open_form(page, "newsletter/digestpage", "The Wayfield Letter")
    page.fill("#id_title", SUBJECT)
    page.fill("#id_preheader", "A bridge, nine years after the flood, and what it carries")
    add_block(page, "Story")
    page.get_by_role("button", name="Choose a page (Article)").first.click()
    page.locator(".modal [name=q]").fill(RUN)
    page.locator(".modal a", has_text=TITLE).first.click()
    expect(page.locator(".modal")).to_have_count(0)
    let_autosave_settle(page)
    page.locator("footer").get_by_role("button", name="Save draft").click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/edit/"))
    return re.search(r"/pages/(\d+)/", page.url).group(1)


def let_autosave_settle(page: Page) -> None:
    """Wait for what a person never notices: Wagtail's first autosave of a new page creates it or, when it came upon a
    block that was still empty, pauses until somebody saves. Neither happens when it is not due."""
    settled = "() => location.pathname.endsWith('/edit/') || document.body.innerText.includes('Autosave is paused')"
    with suppress(TimeoutError):
        page.wait_for_function(settled, timeout=8_000)


def open_form(page: Page, model: str, parent: str) -> None:
    """The form for a new page below a page of the English tree."""
    page.goto("/admin/pages/")
    for title in ("Wayfield Network", parent):
        page.get_by_role("link", name=re.compile(rf"Explore child pages of '{title}'")).click()
    parent_id = re.search(r"/pages/(\d+)/", page.url).group(1)
    page.goto(f"/admin/pages/add/{model}/{parent_id}/")


def add_block(page: Page, name: str) -> None:
    page.locator(".c-sf-add-button").first.click()
    page.get_by_role("option", name=name, exact=True).click()


def id_of(page: Page, title: str) -> str:
    """The id of a page that is listed here."""
    link = page.locator("table").get_by_role("link", name=title, exact=True)
    return re.search(r"/pages/(\d+)/", link.get_attribute("href")).group(1)


def send_for_translation(page: Page, page_id: str) -> str:
    page.goto(f"/admin/localize/submit/page/{page_id}/")
    page.get_by_role("checkbox", name="French").check()
    page.locator("#main form").get_by_role("button").last.click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/edit/"))
    return re.search(r"/pages/(\d+)/", page.url).group(1)


# -- The translator, in the French admin ----------------------------------------------------------------------------


def translate(page: Page, page_id: str, texts: list[str]) -> None:
    page.goto(f"/admin/pages/{page_id}/edit/")
    waiting = page.locator("[data-state=missing] [role=textbox]")
    expect(waiting).to_have_count(len(texts))
    for number, text in enumerate(texts, 1):
        waiting.first.click()
        for part in re.split("</?b>", text):
            page.keyboard.type(part)
            page.keyboard.press("Control+B")
        page.keyboard.press("Enter")
        expect(waiting).to_have_count(len(texts) - number)


def publish_translation(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Publier")).click()
    expect(page.get_by_text("a été publié")).to_be_visible()


# -- The sender, in the French admin --------------------------------------------------------------------------------


def send(page: Page, page_id: str) -> None:
    page.goto(f"/admin/newsletter/digests/{page_id}/send/")
    page.get_by_role("button", name=re.compile("Envoyer à")).click()
    page.wait_for_url(re.compile("/progress/"))


# -- The reader -----------------------------------------------------------------------------------------------------


def expect_listed(page: Page, address: str, title: str) -> None:
    page.goto(address)
    page.get_by_role("link", name=title).first.click()
    expect(page.locator("h1")).to_have_text(title)


def expect_not_listed(page: Page, address: str, text: str) -> None:
    page.goto(address)
    expect(page.get_by_text(text)).to_have_count(0)


def sign_up(page: Page, language: str, address: str) -> None:
    page.goto(f"/{language}/")
    form = page.locator("form", has=page.locator("[name=email]")).last
    form.locator("[name=email]").fill(address)
    page.wait_for_timeout(2500)  # as long as a person; who is faster is taken for a robot
    form.get_by_role("button").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def confirm(page: Page, address: str) -> None:
    """Follow the link of the confirmation mail, which alone does nothing, and press the button."""
    page.goto(link_in_mail(page, address, "/confirm/"))
    page.locator("main form").get_by_role("button").first.click()
    page.wait_for_load_state()


def unsubscribe(page: Page, address: str, subject: str) -> None:
    page.goto(link_in_mail(page, address, "/unsubscribe/", subject))
    page.get_by_role("button", name="Me désinscrire").click()
    expect(page.get_by_text("désinscri").first).to_be_visible()
    expect(page.get_by_role("button", name="Me désinscrire")).to_have_count(0)


def link_in_mail(page: Page, address: str, part: str, subject: str = "") -> str:
    page.goto("/mailbox/")
    page.locator("main li", has_text=address).filter(has_text=subject).first.get_by_role("link").click()
    return re.search(rf"https?://\S+{part}\S+", page.locator("pre").first.inner_text()).group(0)


def subjects_to(page: Page, address: str) -> list[str]:
    """The subjects of this run's digest that stand in the mailbox for an address."""
    page.goto("/mailbox/")
    entries = page.locator("main li", has_text=address).all_inner_texts()
    return [subject for entry in entries for subject in (SUBJECT, SUJET) if subject in entry]


def wait_for_mail(page: Page, address: str, subject: str) -> None:
    deadline = time.monotonic() + 30
    while subject not in subjects_to(page, address):
        assert time.monotonic() < deadline, f"no mail “{subject}” to {address}"
        time.sleep(0.3)


def expect_preview(page: Page, address: str, language: str, text: str) -> None:
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_text(text).first).to_be_visible()
