"""Every page of the demo that can be reached by links: it answers, it speaks one language, and it is HTML."""

import html
import os
import re
from pathlib import Path

import polib
import pytest

from tests import tools
from tests.journeys.crawl import LANGUAGES
from tests.judges import alternates, markup, pictures
from tests.judges.answers import words_of

CATALOGUE = Path(__file__).resolve().parents[2] / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def strings_of_the_other_language(language):
    """What the interface says in the other language: sentences that stand in no text of this one by chance."""
    for entry in polib.pofile(str(CATALOGUE)):
        other = entry.msgstr if language == "en" else entry.msgid
        if len(other.split()) >= 3 and entry.msgid != entry.msgstr and "%" not in other and "\n" not in other:
            yield other


def complaints_about(answers, judge):
    """What a judge says about each answer, by address; nothing about those it is content with."""
    return {answer.path: found for answer in answers if (found := judge(answer))}


def test_the_demo_has_its_pages_in_both_languages(crawl):
    for language in LANGUAGES:
        articles = [page for page in crawl.pages if page.path.startswith((f"/{language}/news/", "/fr/actualites/"))]
        assert len(articles) >= 28


def test_every_page_declares_the_language_of_its_address(crawl):
    def other_language(page):
        language = page.tree.get("lang")
        return language != page.language and [f"says {language}"]

    assert complaints_about(crawl.pages, other_language) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_holds_an_interface_string_of_the_other_language(crawl, language):
    foreign = list(strings_of_the_other_language(language))
    assert len(foreign) > 50

    # What says that it is in another language, such as the way to a twin, may be.
    marked = re.compile(rf'<(\w+)\b[^>]*\slang="(?!{language})[^"]*"[^>]*>.*?</\1>', re.DOTALL)

    def foreign_words(page):
        _head, body, rest = page.text.partition("<body")
        text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", marked.sub(" ", body + rest))).split())
        return [string for string in foreign if string in text]

    pages = [page for page in crawl.documents if page.language == language]
    assert complaints_about(pages, foreign_words) == {}


def test_every_page_has_one_first_heading_and_a_title(crawl):
    def headings(page):
        title = next(page.elements("title")).text or ""
        names = [words_of(heading) for heading in page.elements("h1")]
        return (len(names) != 1 or not title.strip()) and [title, *names]

    assert complaints_about(crawl.documents, headings) == {}


def test_titles_tell_pages_apart(crawl):
    addresses = {}
    for page in crawl.pages:
        if page.is_indexable:
            title = next(page.elements("title")).text.strip()
            addresses.setdefault((page.language, title), set()).update(alternates.canonical_of(page))
    assert {title: found for title, found in addresses.items() if len(found) > 1} == {}


def test_a_browser_finds_nothing_to_mend_in_any_page(crawl):
    assert complaints_about(crawl.documents, markup.parse_errors) == {}


def test_the_nu_checker_finds_nothing_in_any_page(crawl, tmp_path):
    try:
        checker = tools.nu_checker()
    except tools.Missing as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(reason))
    # A mail keeps what programs of 2007 need to show it.
    pages = [page for page in crawl.documents if not page.is_archived_mail]
    assert markup.nu_complaints(pages, checker, tmp_path) == {}


def test_every_picture_keeps_its_place_and_has_words(crawl):
    pages = [page for page in crawl.documents if not page.is_archived_mail]
    assert complaints_about(pages, lambda page: pictures.picture_complaints(page, crawl.answers)) == {}


def test_every_article_has_a_picture_to_share_that_messengers_show(crawl):
    assert complaints_about(crawl.pages, lambda page: pictures.sharing_complaints(page, crawl.answers)) == {}
    articles = [page for page in crawl.pages if page.metadata("og:type") == "article"]
    assert len(articles) >= 56
    assert [page.path for page in articles if not page.metadata("og:image")] == []
