"""The judges find what is wrong, and say nothing about what is right."""

import io
import json
from types import SimpleNamespace

import pytest
from PIL import Image

from tests.judges import alternates, feeds, headers, links, markup, pictures
from tests.judges.answers import Answer, without_tracking

SITE = "https://news.example"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
}


def page(body="", head="", path="/en/", status=200, **changed):
    html = f'<!doctype html><html lang="en"><head><title>A page</title>{head}</head><body>{body}</body></html>'
    return Answer(SITE + path, status, HEADERS | changed, html.encode())


def file(url, content, content_type):
    return Answer(url, 200, {"Content-Type": content_type}, content)


def jpeg(url, width, height):
    buffer = io.BytesIO()
    Image.effect_noise((width, height), 20).convert("RGB").save(buffer, "JPEG", quality=50)
    return file(url, buffer.getvalue(), "image/jpeg")


# -- HTML -----------------------------------------------------------------------------------------------------------


def test_html_that_needs_no_mending():
    assert markup.parse_errors(page("<main><p>Water</p></main>")) == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<p>Water</div>", "End tag (div) seen too early"),
        ("<p a='1' a='2'>Water</p>", "duplicate attribute"),
        ("<table><p>Water</p></table>", "Unexpected start tag (p)"),
        ("Water &nosuch; bread", "Named entity expected"),
        ("<div>Water", "Missing end tag (div)"),
    ],
)
def test_html_that_a_browser_has_to_mend(body, complaint):
    assert any(complaint in found for found in markup.parse_errors(page(body))), markup.parse_errors(page(body))


def test_what_the_nu_checker_says_is_told_by_address(monkeypatch, tmp_path):
    def run(command, **options):
        messages = [
            {"url": (tmp_path / "0001.html").as_uri().replace("///", "/"), "lastLine": 3, "message": "Stray end tag."}
        ]
        return SimpleNamespace(stdout=json.dumps({"messages": messages}))

    monkeypatch.setattr(markup.subprocess, "run", run)
    found = markup.nu_complaints([page(path="/en/"), page(path="/fr/")], ["vnu"], tmp_path)
    assert found == {"/fr/": ["line 3: Stray end tag. "]}


# -- Headers --------------------------------------------------------------------------------------------------------


def test_headers_that_keep_readers_private():
    assert headers.header_complaints(page()) == []


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("Set-Cookie", "csrftoken=1", "sets a cookie"),
        ("Vary", "Accept-Encoding, Cookie", "varies by cookie"),
        ("X-Content-Type-Options", "", "X-Content-Type-Options"),
        ("Referrer-Policy", "unsafe-url", "Referrer-Policy"),
        ("Cross-Origin-Opener-Policy", "unsafe-none", "Cross-Origin-Opener-Policy"),
        ("Permissions-Policy", "", "Permissions-Policy"),
        ("Content-Security-Policy", "", "no default-src"),
        ("Content-Security-Policy", POLICY.replace("base-uri 'none'", ""), "no base-uri"),
        ("Content-Security-Policy", POLICY.replace("default-src 'none'", "default-src 'self'"), "not name is allowed"),
        ("Content-Security-Policy", f"{POLICY}; script-src 'self' 'unsafe-inline'", "script-src 'unsafe-inline'"),
        ("Content-Security-Policy", f"{POLICY}; script-src 'unsafe-eval'", "script-src 'unsafe-eval'"),
        ("Content-Security-Policy", f"{POLICY}; img-src *", "img-src *"),
        ("Content-Security-Policy", f"{POLICY}; script-src https://cdn.example", "script-src https://cdn.example"),
    ],
)
def test_headers_that_do_not(name, value, complaint):
    assert any(complaint in found for found in headers.header_complaints(page(**{name: value})))


def test_only_a_mail_without_scripts_keeps_its_own_styles():
    policy = POLICY.replace("style-src 'self'", "style-src 'unsafe-inline'")
    assert headers.header_complaints(page(**{"Content-Security-Policy": policy})) == []
    with_scripts = f"{policy}; script-src 'unsafe-inline'"
    assert headers.header_complaints(page(**{"Content-Security-Policy": with_scripts})) != []


# -- Links ----------------------------------------------------------------------------------------------------------


def test_links_to_other_sites_are_no_complaint():
    body = '<a href="https://other.example/">there</a> <a href="mailto:a@b.example">write</a> <img src="/a.png">'
    assert links.foreign_complaints(page(body), SITE) == []


@pytest.mark.parametrize(
    "body",
    [
        '<img src="https://other.example/pixel.gif">',
        '<img src="/a.png" srcset="/a.png 1x, https://other.example/b.png 2x">',
        '<script src="//other.example/a.js"></script>',
        '<iframe src="https://other.example/"></iframe>',
        '<link rel="preconnect" href="https://other.example">',
        '<form action="https://other.example/collect"></form>',
        '<a href="/" ping="https://other.example/">home</a>',
        '<a href="javascript:alert(1)">now</a>',
    ],
)
def test_what_reaches_for_other_sites_otherwise(body):
    assert len(links.foreign_complaints(page(body), SITE)) == 1


def test_every_kind_of_reference_is_followed():
    body = '<a href="water/#here">w</a><form action="search/"></form><picture><source srcset="/a.avif 1x, /b.avif 2x">'
    answer = page(f'{body}<img src="/a.webp"></picture>', '<link rel="alternate" href="/en/feed/">')
    assert [*links.anchors_of(answer)] == [f"{SITE}/en/water/#here", f"{SITE}/en/search/"]
    assert [*links.named_addresses_of(answer)] == [f"{SITE}/en/feed/"]
    assert [*links.fetched_by(answer)] == [f"{SITE}/a.webp", f"{SITE}/a.avif", f"{SITE}/b.avif"]


# -- Addresses of pages ---------------------------------------------------------------------------------------------


def translated(path, english="/en/", french="/fr/", neutral="/en/", canonical=None):
    head = f'<link rel="canonical" href="{SITE}{canonical or path}">'
    for language, target in (("en", english), ("fr", french), ("x-default", neutral)):
        head += f'<link rel="alternate" hreflang="{language}" href="{SITE}{target}">' if target else ""
    return page(head=head, path=path)


def complaints(first, *others):
    return alternates.address_complaints(first, {answer.url: answer for answer in (first, *others)})


def test_translations_that_point_at_each_other():
    assert complaints(translated("/en/"), translated("/fr/")) == []


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        (translated("/en/", canonical="/en/x/"), translated("/fr/"), "canonical is"),
        (page(), translated("/fr/"), "canonical is []"),
        (translated("/en/", english=None), translated("/fr/"), "does not name itself"),
        (translated("/en/", neutral=None), translated("/fr/"), "x-default is None"),
        (translated("/en/", neutral="/"), translated("/fr/"), "x-default is"),
        (translated("/en/"), translated("/fr/", english="/en/other/"), "does not point back"),
        (translated("/en/"), translated("/de/"), "answers nothing"),
    ],
)
def test_translations_that_search_engines_will_not_believe(first, second, complaint):
    assert any(complaint in found for found in complaints(first, second))


def test_one_selection_of_a_list_may_stand_for_another():
    last = page(head=f'<link rel="canonical" href="{SITE}/en/?page=3">', path="/en/?page=3")
    beyond = page(head=f'<link rel="canonical" href="{SITE}/en/?page=3">', path="/en/?page=99")
    assert complaints(beyond, last) == []
    assert complaints(beyond) != []


def test_parameters_of_mails_are_no_part_of_an_address():
    assert without_tracking(f"{SITE}/en/?utm_source=newsletter&page=2&utm_campaign=x") == f"{SITE}/en/?page=2"


# -- Pictures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "complaint"),
    [
        ('<img src="/a.jpg" width="60" height="40">', "no alt"),
        ('<img src="/a.jpg" alt="" width="60">', "no width and height"),
        ('<img src="/a.jpg" alt="" width="60" height="60">', "the file is 600 × 400"),
    ],
)
def test_pictures_that_jump_or_say_nothing(image, complaint):
    answers = {f"{SITE}/a.jpg": jpeg(f"{SITE}/a.jpg", 600, 400)}
    [found] = pictures.picture_complaints(page(image), answers)
    assert complaint in found


def test_pictures_that_keep_their_place():
    answers = {f"{SITE}/a.jpg": jpeg(f"{SITE}/a.jpg", 600, 401)}
    assert pictures.picture_complaints(page('<img src="/a.jpg" alt="" width="60" height="40">'), answers) == []


@pytest.mark.parametrize(
    ("width", "height", "declared", "complaint"),
    [(1200, 630, 630, None), (1200, 630, 600, "declared as"), (1000, 630, 630, "og:image is (1000, 630)")],
)
def test_the_picture_to_share(width, height, declared, complaint):
    image = jpeg(f"{SITE}/share.jpg", width, height)
    properties = {"": image.url, ":width": width, ":height": declared, ":alt": "A tap"}
    head = "".join(f'<meta property="og:image{name}" content="{value}">' for name, value in properties.items())
    found = pictures.sharing_complaints(page(head=head), {image.url: image})
    assert len(found) == (complaint is not None)
    assert not complaint or complaint in found[0]


def test_a_picture_to_share_that_is_too_heavy():
    url = f"{SITE}/share.jpg"
    heavy = file(url, jpeg(url, 1200, 630).body + bytes(300_000), "image/jpeg")
    found = pictures.sharing_complaints(page(head=f'<meta property="og:image" content="{url}">'), {url: heavy})
    assert any("bytes" in complaint for complaint in found)


# -- Feeds ----------------------------------------------------------------------------------------------------------

ITEM = """<item><title>Water</title><link>https://news.example/en/water/</link><description>W</description>
<guid>1</guid><pubDate>Sat, 21 Nov 2026 10:00:00 +0100</pubDate></item>"""
RSS = f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title>
<link>{SITE}/en/</link><description>N</description><language>en</language>
<atom:link rel="self" href="{SITE}/en/feed/"/>{ITEM}</channel></rss>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "News",
    "language": "en",
    "feed_url": f"{SITE}/en/feed.json",
    "items": [
        {
            "id": "1",
            "url": f"{SITE}/en/water/",
            "title": "W",
            "content_text": "W",
            "date_published": "2026-11-21T10:00Z",
        }
    ],
}


def rss(text):
    return file(f"{SITE}/en/feed/", text.encode(), "application/rss+xml")


def json_feed(**changed):
    return file(f"{SITE}/en/feed.json", json.dumps(JSON_FEED | changed).encode(), "application/feed+json")


def test_feeds_that_are_whole():
    assert feeds.feed_complaints(rss(RSS)) == []
    assert feeds.feed_complaints(json_feed()) == []
    assert feeds.feed_links(rss(RSS)) == feeds.feed_links(json_feed()) == [f"{SITE}/en/water/"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("<language>en</language>", "<language>fr</language>", "it is in fr"),
        ("<title>News</title>", "", "has no title"),
        (f'rel="self" href="{SITE}', f'rel="self" href="{SITE}/x', "own address"),
        (ITEM, ITEM + ITEM, "not told apart"),
        ("https://news.example/en/water/", "/en/water/", "links to /en/water/"),
        ("+0100", "-0000", "without time zone"),
        ("<guid>1", '<enclosure url="/a.jpg" type="image/jpeg" length="1"/><guid>1', "enclosure"),
    ],
)
def test_rss_that_programs_stumble_over(old, new, complaint):
    assert old in RSS
    assert any(complaint in found for found in feeds.feed_complaints(rss(RSS.replace(old, new))))


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("version", "1.0", "says it is 1.0"),
        ("language", "fr", "it is in fr"),
        ("feed_url", f"{SITE}/fr/feed.json", "own address"),
        ("items", JSON_FEED["items"] * 2, "not told apart"),
        ("items", [{**JSON_FEED["items"][0], "content_text": ""}], "without content"),
        ("items", [{**JSON_FEED["items"][0], "date_published": "2026-11-21T10:00"}], "without time zone"),
    ],
)
def test_json_feeds_that_programs_stumble_over(name, value, complaint):
    assert any(complaint in found for found in feeds.feed_complaints(json_feed(**{name: value})))
