"""The judges that look through a browser find what is wrong, and say nothing about what is right."""

import pytest

from tests.judges import browser

STYLE = "<style>a { display: block } a, button { padding: 1rem }</style>"
GOOD = """<a href="#main">Skip</a><nav><a href="/a/">One</a></nav>
<main id="main"><h1>Water</h1><p><a href="/b/">Two</a></p><p><button popovertarget="x">Open</button></p></main>"""


@pytest.fixture
def show(chromium):
    """Open a page with this body, in English."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})

    def opened(body, head=STYLE):
        page = context.new_page()
        page.set_content(f'<!doctype html><html lang="en"><head><title>A page</title>{head}</head><body>{body}</body>')
        return page

    yield opened
    context.close()


def test_a_page_for_everybody(show):
    assert browser.axe_complaints(show(GOOD)) == []
    assert browser.keyboard_complaints(show(GOOD)) == []
    assert browser.skip_link_complaints(show(GOOD)) == []
    assert browser.large_text_complaints(show(GOOD)) == []
    assert browser.narrow_complaints(show(GOOD)) == []
    assert browser.ask(show(GOOD), "deadButtons") == []


def test_axe_sees_weak_colours_and_missing_words(show):
    page = show("<main><h1>Water</h1><p style='color: #999'>Weak</p><img src='data:,'></main>")
    assert {found.partition(":")[0] for found in browser.axe_complaints(page)} == {"color-contrast", "image-alt"}
    assert {found.partition(":")[0] for found in browser.axe_complaints(page, browser.COLOUR_RULES)} == {
        "color-contrast"
    }


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<a href='/a/' style='outline: none'>One</a>", "does not show that it has the focus"),
        ("<a href='/a/'>One</a><a href='/b/' tabindex='2'>Two</a>", "wants to be reached before others"),
        (
            "<a href='/a/'>One</a><div style='position: fixed; inset: 0; background: white'></div>",
            "has the focus where nobody sees it",
        ),
        (
            "<button id='a'>1</button><button>2</button><script>a.onblur = () => setTimeout(() => a.focus())</script>",
            "does not get out of the page",
        ),
        (
            "<button>1</button><button id='b'>2</button><button>3</button><script>b.onfocus = () => b.blur()</script>",
            "cannot be reached",
        ),
    ],
)
def test_the_walk_by_keyboard_sees(show, body, complaint):
    found = browser.keyboard_complaints(show(body))
    assert any(complaint in line for line in found), found


def test_a_page_without_a_way_past_its_navigation(show):
    [found] = browser.skip_link_complaints(show("<nav><a href='/a/'>One</a></nav><main id='main'></main>"))
    assert "leads to /a/" in found


def test_a_way_past_the_navigation_that_leads_back(show):
    back = "<script>document.querySelector('a').onclick = () => setTimeout(() => b.focus())</script>"
    page = show(f"<a href='#main'>0</a><nav><a id='b' href='/b/'>1</a><a href='/c/'>2</a></nav><main id='main'>{back}")
    [found] = browser.skip_link_complaints(page)
    assert "leads back" in found


@pytest.mark.parametrize(
    "body", ["<p style='width: 400px'>Water</p>", f"<p>{'water' * 40}</p>", "<table><tr><td><pre>" + "w " * 200]
)
def test_what_reaches_beyond_a_narrow_window(show, body):
    assert browser.narrow_complaints(show(body)) != []


def test_a_table_may_scroll_inside_itself(show):
    assert (
        browser.narrow_complaints(show("<div style='overflow-x: auto'><p style='width: 900px'>Water</p></div>")) == []
    )


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p style='font-size: 16px'>Water</p>", "has 16 px instead of 16"),
        ("<p style='height: 1.5em; max-height: 24px; overflow: hidden'>Water</p>", "is cut off"),
        (
            "<p><button>Open</button></p><div style='position: absolute; inset: 0 0 auto; height: 6rem'>x",
            "is covered",
        ),
    ],
)
def test_what_letters_twice_as_large_break(show, body, complaint):
    found = browser.large_text_complaints(show(body))
    assert any(complaint in line for line in found), found


def test_a_button_that_only_a_script_would_answer(show):
    assert len(browser.ask(show("<button type='button'>Share</button>"), "deadButtons")) == 1


def test_what_jumps_while_loading(show):
    page = show("<div id='late'></div><h1>Water</h1>")
    page.wait_for_timeout(100)
    page.evaluate("late.style.height = '300px'")
    page.wait_for_timeout(200)
    assert browser.ask(page, "shift") > 0.01
