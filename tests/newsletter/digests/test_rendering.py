import dataclasses
import html
import re
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.utils.safestring import mark_safe

from newsletter import rendering
from newsletter.contents import (
    CallToAction,
    Document,
    EditionContent,
    Heading,
    Image,
    LeftOut,
    Organisation,
    Picture,
    Quote,
    Story,
    StoryList,
    Text,
    Twin,
)
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


# -- Every kind of section --------------------------------------------------------------------------------------------
def twin(language="fr"):
    return Twin(language, f"https://news.example.org/{language}/un-puits/")


def every_kind(words="Words"):
    """A section of every kind that says `words` wherever it can, in both of its forms."""
    picture = Picture("https://news.example.org/media/well.jpg", words)
    foreign = story(words, language="fr", lead=False, picture=picture, teaser=words, category=words)
    return (
        story(words, picture=picture, twins=(twin(),)),
        Heading(words),
        foreign,
        StoryList(words, (story(words, twins=(twin(),)), foreign), numbered=True),
        StoryList(words, (story(words),), numbered=False),
        Text(mark_safe(f"<p>{html.escape(words)}</p>")),
        Image(picture, words, words),
        Quote(words, words),
        Quote(words, ""),
        CallToAction(words, words, "https://news.example.org/en/about/"),
        CallToAction(words, words, "https://news.example.org/fr/a-propos/", "fr"),
        Document(words, "PDF, 1 kB", "https://news.example.org/documents/1/charter.pdf"),
    )


def full(language="en", words="Words", **fields):
    left_out = LeftOut("fr" if language == "en" else "en", (story(words), story(words)))
    numbered = {"number": 12, "date": date(2026, 11, 1), "left_out": (left_out,)}
    return content(language, *every_kind(words), **{**numbered, **fields})


def test_a_mail_of_every_kind_of_section_is_well_formed_everywhere():
    for edition in rendering.render_editions([full("en"), full("fr")]):
        assert "<mj-" not in edition.html
        assert balanced(edition.html)
        assert balanced(as_outlook_reads(edition.html))
        assert balanced(rendering.without_personal_links(edition.html, edition.mark))


def test_every_kind_of_section_stands_in_the_text_with_all_its_links():
    for edition in rendering.render_editions([full("en"), full("fr")]):
        in_html = set(re.findall(r'href="(https://[^"]+)"', html.unescape(edition.html)))
        assert not [address for address in in_html if address not in edition.text]
        assert "<" not in edition.text
        assert "\n\n\n" not in edition.text


@pytest.mark.parametrize(
    "words",
    [
        "Attention\u00a0! «\u202fOui\u202f»",
        "👩\u200d💻 ❤️",
        "e\u0301te\u0301",
        "C:\\new\\table",
        "one\ttwo\nthree",
        "نجيب محفوظ",
        "He said \"no\" & 'never'",
        "<b>bold?</b> <mj-text>",
        "{{ name }} {% now 'Y' %} %recipient.x% [[var:x]] *|X|*",
    ],
)
def test_odd_characters_arrive_in_every_kind_of_section(words):
    edition = render(full(words=words, subject=words, preheader=words, greeting=words))
    assert balanced(edition.html)
    # 3 of the head, and as many as sections and attributes say it
    said = html.unescape(edition.html).count(words)
    plain = render(full(words="Zyxwv", subject="Zyxwv", preheader="Zyxwv", greeting="Zyxwv"))
    assert said == plain.html.count("Zyxwv") > 25
    assert "\\u{" not in edition.html


def test_sections_are_parted_by_rules_but_for_what_is_read_in_one_go():
    def rules(*sections):
        return [ruled for _section, ruled in rendering._ruled(sections)]

    text, quote = Text(mark_safe("<p>x</p>")), Quote("x", "")
    assert rules(story(), story(), text, quote, story()) == [True, True, True, False, True]
    assert rules(Heading("More"), story(), Heading("Words"), text) == [True, False, True, False]


# -- Other languages --------------------------------------------------------------------------------------------------
def test_a_story_leads_to_its_twin_in_the_twins_own_words():
    link = re.search(r'<a href="[^"]*"[^>]*lang="fr"[^>]*>.*?</a>', render(content("en", story(twins=(twin(),)))).html)[
        0
    ]
    assert link.endswith(">Lire en français</a>")
    assert 'hreflang="fr"' in link
    edition = render(content("fr", story(twins=(twin("en"),))))
    assert ">Read in English</a>" in edition.html
    assert "Read in English: https://news.example.org/en/un-puits/" in edition.text


def test_who_reads_every_language_is_not_sent_to_twins_that_stand_in_the_same_mail():
    both = render(content("en", story(twins=(twin(),))), content("fr", story("Un puits")))
    assert "Lire en français" not in both.html + both.text


def test_a_story_in_another_language_says_so_and_is_marked():
    edition = render(content("fr", story("Only in English", language="en", category="Water")))
    marked = edition.html.partition('<div lang="en" dir="ltr">')[2].partition("</div>")[0]
    assert "Only in English" in marked
    assert "Water · <b>English</b>" in marked
    assert "* Only in English [English]" in edition.text


def test_what_is_left_out_is_counted_and_linked_in_its_language():
    stories = (story("One"), story("Two"))
    edition = render(content("fr", left_out=(LeftOut("en", stories),)))
    assert "Deux autres articles, en anglais seulement" in edition.html
    assert "Deux autres articles, en anglais seulement" in edition.text
    links = edition.html.partition("en anglais seulement")[2].partition("</ul>")[0]
    assert 'lang="en"' in links and links.count("<a ") == 2
    edition = render(content("en", left_out=(LeftOut("fr", stories[:1]),)))
    assert "One more story, in French only" in edition.html


def test_who_reads_every_language_has_what_one_of_them_leaves_out():
    both = render(content("fr", left_out=(LeftOut("en", (story("One"),)),)), content("en", story("One")))
    assert "seulement" not in both.html + both.text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "No. 12 · 1 November 2026"), ("fr", "N°\u00a012 · 1er novembre 2026")]
)
def test_number_and_date_stand_under_the_name(language, said):
    edition = render(full(language))
    assert said in html.unescape(edition.html)
    assert said in edition.text
    assert "·" not in render(content(language, number=12)).html.partition("<h1")[0].partition("<body")[2]


def test_words_of_a_language_that_begins_on_the_right_stand_on_the_right():
    mail = render(content("ar", story(lead=True))).html
    assert '<html lang="ar" dir="rtl"' in mail
    assert 'role="article" lang="ar" dir="rtl"' in mail
    assert "text-align:left" not in mail.partition("<h1")[0].rpartition("<td")[2]
    assert "text-align:right" in mail


# -- What mail programs do --------------------------------------------------------------------------------------------
def test_without_a_preheader_there_is_no_empty_one():
    assert "mso-hide:all" in render(content()).html
    assert "mso-hide:all" not in render(content(preheader="")).html


def test_the_stylesheet_is_small_and_dark_colours_stand_in_it():
    styles = "".join(re.findall(r"<style.*?</style>", render(full()).html, re.DOTALL))
    assert len(styles.encode()) < 8 * 1024
    assert "prefers-color-scheme: dark" in styles
    assert 'name="color-scheme" content="light dark"' in render(full()).html


def test_without_its_stylesheet_a_mail_still_has_its_sizes_and_colours():
    mail = re.sub(r"<style.*?</style>", "", render(full()).html, flags=re.DOTALL)
    for tag in re.findall(r"<h[12][^>]*>", mail):
        assert "font-size" in tag and "margin" in tag
    for link in re.findall(r"<h2[^>]*>(<a [^>]*>)", mail):
        assert "color:#1c1a17" in link
    assert all("width=" in image for image in re.findall(r"<img[^>]*>", mail))


def test_every_link_has_a_colour_of_its_own():
    linked = mark_safe('<p><a href="https://news.example.org/en/">here</a></p>')
    fields = {"intro": linked, "closing": linked}
    sections = (*every_kind(), Text(linked))
    contents = [content("en", *sections, **fields), content("fr", *sections, **fields)]
    for edition in rendering.render_editions(contents):
        body = edition.html.partition("<body")[2]
        links = [link for link in re.findall(r"<a [^>]*>(?!\s*<img)", body) if "display:inline-block" not in link]
        assert len(links) > 15
        assert [link for link in links if "color:" not in link] == []


def test_headings_skip_no_level():
    for edition in rendering.render_editions([full("en"), full("fr")]):
        levels = [int(level) for level in re.findall(r"<h(\d)", edition.html)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_picture_of_every_section_has_words():
    mail = render(full()).html
    assert all('alt="Words"' in image for image in re.findall(r"<img[^>]*>", mail))


def test_addresses_are_absolute_and_name_the_campaign_at_most():
    mail = render(full()).html
    addresses = [html.unescape(address) for address in re.findall(r'(?:href|src)="([^"]*)"', mail)]
    marks = rendering.Marks(render(full()).mark)
    personal = {marks.unsubscribe, marks.preferences, marks.keep}
    assert all(address.startswith(("https://", "mailto:")) for address in addresses if address not in personal)
    queries = {address.partition("?")[2] for address in addresses if "?" in address}
    assert queries == {"utm_source=newsletter&utm_campaign=digest-1"}


def test_the_foot_says_who_why_and_how_to_leave():
    for language, words in {
        "en": ("Unsubscribe", "Your settings", "How we treat your data", "Forwarded to you?", "Subscribe"),
        "fr": ("Se désinscrire", "Vos réglages", "Comment nous traitons vos données", "transféré", "S’abonner"),
    }.items():
        foot = html.unescape(render(content(language)).html.rpartition("border-top")[2])
        for said in (*words, "You asked for it.", "Wayfield AISBL", "1 rue Neuve, Brussels", "us@example.org"):
            assert said in foot, said


def test_the_hash_of_an_edition_holds_its_sender_too():
    one = content()
    for field in ("from_name", "from_address", "reply_to", "subject", "preheader"):
        assert render(dataclasses.replace(one, **{field: "x@example.org"})).sha256 != render(one).sha256
