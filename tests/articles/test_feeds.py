"""What feed readers get: RSS 2.0 (with the RSS Advisory Board's profile) and JSON Feed 1.1."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site
from wagtail.rich_text import RichText

from articles.feed_text import reduced
from articles.models import ArticleByline, Author
from articles.popularity import rewrite_ranks
from articles.querysets import ArticleQuerySet
from home.models import FeedContent, SiteSettings
from tests.bulk import add_articles

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
MARCH = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def rss(client):
    """The channel of a page's RSS feed."""

    def get(page):
        response = client.get(f"{page.url}feed/")
        assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
        return ElementTree.fromstring(response.content).find("channel")

    return get


@pytest.fixture
def json_feed(client):
    """A page's JSON Feed."""

    def get(page):
        response = client.get(f"{page.url}feed.json")
        assert response["Content-Type"] == "application/feed+json; charset=utf-8"
        return json.loads(response.content)

    return get


@pytest.fixture
def well(site, make_article, make_category, photo):
    """An article with everything a feed can carry."""
    return make_article(
        "A well for Kisumu",
        standfirst="It took twenty months.",
        date=MARCH,
        category=make_category("Water"),
        lead_image=photo,
        lead_image_alt="Women at a well",
        bylines=[ArticleByline(author=Author.objects.create(name="Ada Lens", locale=site.locales["en"]))],
        body=[
            ("paragraph", RichText('<p>Read <a href="/en/news/">more</a>.</p>')),
            ("sign_up", None),
            ("video", {"url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "title": "The well"}),
            ("image", {"image": photo, "alt_text": "The pump", "caption": "The pump in May"}),
        ],
    )


def test_rss_says_everything_of_an_article(well, site, rss):
    channel = rss(site.en.latest)
    assert channel.findtext("language") == "en"
    assert channel.find(f"{ATOM}link[@rel='self']").get("href") == f"{site.en.latest.full_url}feed/"
    [item] = channel.findall("item")
    assert item.findtext("title") == "A well for Kisumu"
    assert item.findtext("link") == well.full_url
    assert item.findtext("description") == "It took twenty months."
    assert item.findtext("category") == "Water"
    assert item.findtext(CREATOR) == "Ada Lens"
    assert parsedate_to_datetime(item.findtext("pubDate")) == MARCH
    assert item.find("guid").get("isPermaLink") == "false"


def test_json_feed_says_the_same(well, site, json_feed, rss):
    feed = json_feed(site.en.latest)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["language"] == "en"
    assert feed["home_page_url"] == site.en.latest.full_url
    assert feed["feed_url"] == f"{site.en.latest.full_url}feed.json"
    [item] = feed["items"]
    [other] = rss(site.en.latest).findall("item")
    assert item["id"] == other.findtext("guid")
    assert item["url"] == well.full_url
    assert item["title"] == "A well for Kisumu"
    assert item["summary"] == "It took twenty months."
    assert item["content_html"] == other.findtext(CONTENT)
    assert item["image"] == other.find("enclosure").get("url")
    assert datetime.fromisoformat(item["date_published"]) == MARCH
    assert item["authors"] == [{"name": "Ada Lens"}]
    assert item["tags"] == ["Water"]


def test_the_whole_text_comes_with_pictures_and_absolute_addresses_and_nothing_that_acts(well, site, rss):
    text = rss(site.en.latest).find("item").findtext(CONTENT)
    assert '<a href="https://news.example.org/en/news/">more</a>' in text
    assert text.count('<img alt="The pump"') == 1
    assert "The pump in May" in text
    assert 'src="https://news.example.org/media/' in text
    assert "https://www.youtube.com/watch?v=dQw4w9WgXcQ" in text
    for word in ("newsletter", "<script", "<style", "<form", "<input", "srcset", "class=", "data-", "loading"):
        assert word not in text.lower()


def test_the_lead_picture_is_enclosed_as_a_jpeg_with_its_true_length(client, well, site, rss, settings):
    enclosure = rss(site.en.latest).find("item/enclosure")
    assert enclosure.get("type") == "image/jpeg"
    name = enclosure.get("url").removeprefix("https://news.example.org/media/")
    data = (settings.MEDIA_ROOT / name).read_bytes()
    assert data.startswith(b"\xff\xd8\xff")
    assert int(enclosure.get("length")) == len(data)


def test_an_editor_can_keep_the_texts_out(well, site, rss, json_feed):
    SiteSettings.objects.update_or_create(site=Site.objects.get(), defaults={"feed_content": FeedContent.SUMMARY})
    assert rss(site.en.latest).find("item").find(CONTENT) is None
    [item] = json_feed(site.en.latest)["items"]
    assert "content_html" not in item
    assert item["content_text"] == "It took twenty months."


def test_a_translation_keeps_to_its_language_and_both_name_the_other(well, translate, site, rss, json_feed):
    french = translate(well, "fr", title="Un puits pour Kisumu")
    channel = rss(site.fr.latest)
    assert channel.findtext("language") == "fr"
    [item] = channel.findall("item")
    assert item.findtext("title") == "Un puits pour Kisumu"
    [link] = item.findall(f"{ATOM}link")
    assert link.get("rel") == "related"  # programs that know Atom would open an alternate instead of the item
    assert (link.get("hreflang"), link.get("href")) == ("en", well.full_url)
    twin = channel.find(f"{ATOM}link[@rel='related']")
    assert (twin.get("hreflang"), twin.get("href")) == ("en", f"{site.en.latest.full_url}feed/")
    assert json_feed(site.en.latest)["items"][0]["_translations"] == {"fr": french.full_url}
    assert item.findtext("guid") != rss(site.en.latest).find("item").findtext("guid")


def test_a_new_title_and_address_are_the_same_item(well, site, rss):
    before = rss(site.en.latest).find("item").findtext("guid")
    well.title, well.slug = "A deep well for Kisumu", "a-deep-well"
    well.save_revision().publish()
    item = rss(site.en.latest).find("item")
    assert item.findtext("link").endswith("/a-deep-well/")
    assert item.findtext("guid") == before


def test_twenty_items_the_newest_first(site, make_article, rss):
    for number in range(22):
        make_article(f"Article {number}")
    titles = [item.findtext("title") for item in rss(site.en.latest).findall("item")]
    assert titles == [f"Article {number}" for number in range(21, 1, -1)]


def test_a_category_and_most_read_have_feeds_of_their_own(well, make_article, site, rss, json_feed):
    make_article("Without a category")
    rewrite_ranks()
    assert [item.findtext("title") for item in rss(well.category).findall("item")] == ["A well for Kisumu"]
    assert json_feed(well.category)["title"] == f"Water – {site.en.home.title}"
    assert json_feed(site.en.most_read)["feed_url"].endswith("/most-read/feed.json")


@pytest.mark.parametrize("name", ["feed/", "feed.json"])
def test_who_has_the_feed_already_is_told_so(name, client, site, make_article):
    make_article("One")
    address = site.en.latest.url + name
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_article("Two")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_feeds_of_an_empty_category_are_valid_and_stay_the_same(client, make_category, rss, json_feed):
    empty = make_category("Nothing yet")
    channel = rss(empty)
    assert channel.findall("item") == []
    assert channel.findtext("description") == "Nothing yet"
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == empty.last_published_at.replace(microsecond=0)
    assert json_feed(empty)["items"] == []


@pytest.mark.parametrize(
    "title",
    [
        "Bread & roses < 3 > 2",
        "It ends ]]> here",
        "A\x0b line\x08 and\uffff a bell\x07",
        "بئر في كيسومو",
        "水井 – 👩🏽‍🌾",
    ],
)
def test_titles_that_break_carelessly_made_xml(title, site, make_article, rss, json_feed):
    make_article(title, text=f"<p>{title.replace('&', '&amp;').replace('<', '&lt;')}</p>")
    shown = rss(site.en.latest).find("item").findtext("title")
    assert shown == {"A\x0b": "A line and a bell"}.get(title[:2], title)
    assert json_feed(site.en.latest)["items"][0]["title"] == shown


def test_an_article_with_nothing_but_a_title_is_an_item(site, make_article, rss, json_feed):
    make_article("Only this", body=[])
    item = rss(site.en.latest).find("item")
    assert item.findtext("description") == "Only this"
    assert item.find("enclosure") is None
    assert json_feed(site.en.latest)["items"][0]["content_text"] == "Only this"


def test_every_page_announces_the_feeds_of_its_language_and_a_list_its_own(client, site, well):
    for page, feeds in ((site.fr.home, [site.fr.latest]), (well, [site.en.latest])):
        html = client.get(page.url).content.decode()
        for listing in feeds:
            assert f'type="application/rss+xml" title="{listing.title} – ' in html
            assert f'href="{listing.full_url}feed/"' in html
            assert f'href="{listing.full_url}feed.json"' in html
    own = f'href="{well.category.full_url}feed/"'
    assert own in client.get(well.category.url).content.decode()
    assert own not in client.get(site.en.home.url).content.decode()


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p onclick=x()>Hi<script>x()</script></p>", "<p>Hi</p>"),
        ('<div class="a"><p>One</p></div>', "<p>One</p>"),
        ('<a href="javascript:x()">Go</a>', "<a>Go</a>"),
        ('<a href="../other/">Go</a>', '<a href="https://news.example.org/en/other/">Go</a>'),
        ('<img src="data:image/png;base64,x" alt="">', ""),
        ('<i lang="la">vox</i><!-- no -->', '<i lang="la">vox</i>'),
        ("<form><p>Sign up<input></p></form>", ""),
        ('<a href="https://[bad">Go</a>', "<a>Go</a>"),
    ],
)
def test_what_is_left_of_html_in_a_feed(html, left):
    assert reduced(html, "https://news.example.org/en/story/") == left


def test_feeds_cost_the_same_with_thirty_and_with_six_hundred_articles(client, site, make_category, photo):
    water = make_category("Water")

    def queries():
        found = []
        for address in (f"{water.url}feed/", f"{water.url}feed.json"):
            client.get(address)  # the picture is made, addresses are remembered
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len(captured))
        return found

    add_articles(30, site.en.index, water, photo)
    few = queries()
    add_articles(570, site.en.index, water, photo)
    assert queries() == few


def test_what_a_feed_asks_of_the_database_does_not_grow_with_its_items(
    site, make_article, translate, django_assert_num_queries
):
    from articles.models import ArticlePage

    author = Author.objects.create(name="Ada Lens", locale=site.locales["en"])
    for number in range(4):
        translate(
            make_article(f"Article {number}", bylines=[ArticleByline(author=author)]), "fr", title=f"Récit {number}"
        )
    newest: ArticleQuerySet = ArticlePage.objects.published().in_language("fr").newest()
    with django_assert_num_queries(6):  # none for pictures: there are none
        items = newest.feed_items(with_text=True)
        assert next((item.authors[0].name, item.translations[0].title) for item in items) == ("Ada Lens", "Article 3")
        assert all(item.body for item in items)


def test_feed_readers_show_what_was_written_and_run_nothing(rss, json_feed, site, make_article):
    make_article("Sums", standfirst="5 < 6 <b>& co")
    assert rss(site.en.latest).find("item/description").text == "5 &lt; 6 &lt;b&gt;&amp; co"
    assert json_feed(site.en.latest)["items"][0]["summary"] == "5 < 6 <b>& co"
