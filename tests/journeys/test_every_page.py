"""Every page of the demo that can be reached by links: it answers, and it speaks one language."""

import html
import re
import urllib.request
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import polib
import pytest

CATALOGUE = Path(__file__).resolve().parents[2] / "locale" / "fr" / "LC_MESSAGES" / "django.po"
LANGUAGES = ("en", "fr")


@pytest.fixture(scope="module")
def pages(demo):
    """The pages of the demo by their path, starting from both front pages: their HTML."""
    found: dict[str, str] = {}
    waiting = [f"/{language}/" for language in LANGUAGES]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        with urllib.request.urlopen(demo + path) as answer:  # anything but 200 raises
            is_page = answer.headers.get_content_type() == "text/html"
            found[path] = answer.read().decode() if is_page else ""
        links = (
            urljoin(demo + path, html.unescape(link)) for link in re.findall(r'<a[^>]* href="([^"#]+)', found[path])
        )
        inside = (urlsplit(link) for link in links if link.startswith(f"{demo}/"))
        waiting += [link._replace(scheme="", netloc="", fragment="").geturl() for link in inside]
    return {path: page for path, page in found.items() if page}


def strings_of_the_other_language(language):
    """What the interface says in the other language: sentences that stand in no text of this one by chance."""
    for entry in polib.pofile(str(CATALOGUE)):
        other = entry.msgstr if language == "en" else entry.msgid
        if len(other.split()) >= 3 and entry.msgid != entry.msgstr and "%" not in other and "\n" not in other:
            yield other


def test_the_demo_has_its_pages_in_both_languages(pages):
    for language in LANGUAGES:
        articles = [path for path in pages if path.startswith((f"/{language}/news/", f"/{language}/actualites/"))]
        assert len(articles) >= 28


def test_every_page_declares_the_language_of_its_address(pages):
    wrong = {
        path: language
        for path, page in pages.items()
        if (language := re.search(r'<html[^>]* lang="(\w+)"', page).group(1)) != path.split("/")[1]
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_holds_an_interface_string_of_the_other_language(pages, language):
    foreign = list(strings_of_the_other_language(language))
    assert len(foreign) > 50
    for path, page in pages.items():
        if path.startswith(f"/{language}/"):
            text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
            assert [string for string in foreign if string in text] == [], path


def test_every_page_has_one_first_heading_and_a_title(pages):
    for path, page in pages.items():
        assert page.count("<h1") == 1, path
        assert re.search(r"<title>\s*\S", page), path
