import dataclasses
import html
import re
from html.parser import HTMLParser

import pytest
from django.utils.safestring import mark_safe

from newsletter import rendering
from newsletter.digest import EditionContent, Heading, Organisation, Picture, Story, Text
from newsroom.mail_rendering import RenderingError


def story(title="A well for Kisumu", **fields):
    defaults = {
        "teaser": "It took two years.",
        "category": "Water",
        "url": "https://news.example.org/en/news/a-well/?utm_source=newsletter&utm_campaign=digest-1",
        "picture": Picture("https://news.example.org/media/well.jpg", "A well"),
        "lead": True,
    }
    return Story(title=title, **{**defaults, **fields})


def content(language="en", *sections, **fields):
    defaults = {
        "subject": "A well, and what it costs",
        "preheader": "Three stories from the network",
        "greeting": "Dear reader,",
        "intro": mark_safe("<p>Welcome.</p>"),
        "closing": mark_safe("<p>Until soon.</p>"),
        "site_name": "Wayfield",
        "newsletter": "The Wayfield Letter",
        "home_url": f"https://news.example.org/{language}/",
        "online_url": f"https://news.example.org/{language}/newsletter/a-well/",
        "privacy_url": "https://news.example.org/en/privacy/",
        "sign_up_url": f"https://news.example.org/{language}/subscription/",
        "why_you_receive": "You asked for it.",
        "organisation": Organisation("Wayfield AISBL", "1 rue Neuve, Brussels", "us@example.org"),
        "from_name": "Wayfield",
        "reply_to": "us@example.org",
        "stories": (),
        "untranslated": (),
        "unpublished": (),
        "deleted": 0,
    }
    return EditionContent(language=language, sections=sections or (story(),), **{**defaults, **fields})


def render(*contents):
    return rendering.render_edition(contents)


class Balance(HTMLParser):
    """Checks that elements are closed in order."""

    VOID = {"meta", "br", "img"}

    def __init__(self):
        super().__init__()
        self.open, self.faults = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def balanced(source):
    parser = Balance()
    parser.feed(source)
    return not parser.faults and not parser.open


def as_outlook_reads(mail):
    """The mail with what only Outlook reads, and without what it does not read."""
    mail = re.sub(r"<!--\[if !mso\]><!-->.*?<!--<!\[endif\]-->", "", mail, flags=re.DOTALL)
    return re.sub(r"<!--\[if (?:lte )?mso[^>]*>|<!\[endif\]-->", "", mail)


def test_a_mail_is_complete_and_well_formed():
    edition = render(content("en", story(), Heading("More"), Text(mark_safe("<p>Words</p>")), story("Two", lead=False)))
    assert "<mj-" not in edition.html
    assert balanced(edition.html)
    assert balanced(as_outlook_reads(edition.html))
    assert edition.html.count("<h1") == 1
    assert '<html lang="en" dir="ltr"' in edition.html
    assert 'role="article" lang="en" dir="ltr"' in edition.html  # Gmail throws <html> away
    for words in (
        "Three stories from the network",
        "Dear reader,",
        "Welcome.",
        "Until soon.",
        "1 rue Neuve, Brussels",
    ):
        assert words in edition.html
    assert "display:none;max-height:0" in edition.html


def test_the_text_is_an_edition_of_its_own():
    edition = render(content())
    for words in (
        "A well for Kisumu",
        "It took two years.",
        "Welcome.",
        "1 rue Neuve, Brussels",
        "utm_source=newsletter&utm",
    ):
        assert words in edition.text
    assert "<" not in edition.text
    assert "\n\n\n" not in edition.text


def test_nothing_comes_from_elsewhere():
    edition = render(content())
    addresses = re.findall(r'(?:src|href|background)="(https?://[^"]+)"', edition.html)
    assert addresses
    assert all(address.startswith("https://news.example.org/") for address in addresses)
    assert "@import" not in edition.html
    assert "@font-face" not in edition.html


@pytest.mark.parametrize(
    "words",
    [
        "Attention\u00a0! «\u202fOui\u202f»",
        "👩\u200d💻 ❤️",
        "e\u0301te\u0301",
        "C:\\new\\table",
        "one\ttwo\nthree",
        "हिन्दी العربية",
        "\u2067עברית\u2069",
        "He said \"no\" & 'never'",
        "<b>bold?</b> <mj-text>",
        "{{ name }} {% now 'Y' %} %recipient.x% [[var:x]] *|X|*",
        "zq0123456789abcdef01234567u",
        "\\u{202f}",
    ],
)
def test_odd_characters_arrive_as_they_were_written(words):
    edition = render(
        content("fr", story(words, picture=Picture("https://news.example.org/x.jpg", words)), subject=words)
    )
    title = re.search(r"<h2[^>]*><a[^>]*>(.*?)</a></h2>", edition.html, re.DOTALL)[1]
    alt = re.search(r'<img alt="(.*?)"', edition.html, re.DOTALL)[1]
    label = re.search(r'aria-label="(.*?)"', edition.html, re.DOTALL)[1]
    assert html.unescape(title) == words
    assert html.unescape(alt) == words
    assert html.unescape(label) == words
    if "\\u{" not in words:
        assert "\\u{" not in edition.html
    sent = rendering.personalise_html(edition.html, edition.mark, rendering.NO_LINKS)
    assert html.unescape(re.search(r"<h2[^>]*><a[^>]*>(.*?)</a></h2>", sent, re.DOTALL)[1]) == words


def test_each_reader_gets_their_own_link_escaped():
    edition = render(content())
    links = rendering.Links('https://news.example.org/u/a"&b/', 'https://news.example.org/s/c"&d/')
    sent = rendering.personalise_html(edition.html, edition.mark, links)
    text = rendering.personalise(edition.text, edition.mark, links)
    assert 'href="https://news.example.org/u/a&quot;&amp;b/"' in sent
    assert 'href="https://news.example.org/s/c&quot;&amp;d/"' in sent
    assert links.unsubscribe in text and links.preferences in text
    assert edition.mark not in sent + text


def test_the_archive_shows_no_personal_link():
    edition = render(content())
    public = rendering.without_personal_links(edition.html, edition.mark)
    assert "Unsubscribe" not in public and "Your settings" not in public
    assert edition.mark not in public
    assert "You asked for it." in public
    assert balanced(public)


def test_the_marks_are_the_same_for_the_same_content_and_cannot_be_guessed(settings):
    one = content()
    assert render(one) == render(one)
    assert render(one).mark != render(dataclasses.replace(one, greeting="Hello,")).mark
    mark = render(one).mark
    settings.SECRET_KEY = "another"
    assert render(one).mark != mark


def test_there_is_an_edition_a_language_and_one_led_by_each():
    editions = rendering.render_editions([content("en"), content("fr", subject="Un puits")])
    assert [edition.languages for edition in editions] == ["en", "fr", "en,fr", "fr,en"]
    assert [edition.subject for edition in editions][2:] == ["A well, and what it costs", "Un puits"]
    assert [edition.languages for edition in rendering.render_editions([content("fr")])] == ["fr"]


def test_the_other_languages_follow_as_rows_marked_with_their_language():
    rows = content("en", story("A well", lead=True), story("Two", lead=False))
    edition = render(content("fr", story("Un puits")), rows)
    leading, _, following = edition.html.partition('<div lang="en" dir="ltr">')
    assert '<html lang="fr"' in leading
    assert "Un puits" in leading
    assert "<img" in leading
    assert all(words in following for words in ("English", "A well", "Two"))
    assert "<img" not in following
    assert "English" in edition.text
    assert balanced(edition.html)


def test_an_element_that_mjml_does_not_know_is_an_error():
    with pytest.raises(RenderingError):
        rendering.compile_mjml("<mjml><mj-body><mj-imagine></mj-imagine></mj-body></mjml>")
    with pytest.raises(RenderingError):
        rendering.compile_mjml("<mjml><mj-body><p>open</mj-body></mjml>")


def test_every_picture_has_words_and_every_layout_table_says_so():
    mail = render(content("en", story(), story("Two", lead=False))).html
    assert all('alt="' in image and 'alt=""' not in image for image in re.findall(r"<img[^>]*>", mail))
    assert all('role="presentation"' in table for table in re.findall(r"<table[^>]*>", mail))


def test_twelve_stories_stay_well_below_the_size_that_gmail_cuts():
    edition = render(content("en", *[story(f"Story {number}", lead=number == 0) for number in range(12)]))
    assert len(edition.html.encode()) < 80 * 1024
