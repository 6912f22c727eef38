"""The picture that networks show: always a JPEG of 1200 × 630 pixels, never over 300 KB."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.template import Context
from django.utils import timezone
from PIL import Image
from wagtail.models import Site
from wagtail.rich_text import RichText

from articles.models import Photo
from articles.sharing import FILE, share_picture
from home.models import SiteSettings, StandardPage
from home.templatetags import head_tags


@pytest.fixture
def picture(site):
    """Make a picture."""

    def make(size=(1500, 1000), mode="RGB", format="JPEG", noise=False, title="A picture"):
        image = Image.effect_noise(size, 120).convert(mode) if noise else Image.new(mode, size)
        data = io.BytesIO()
        image.save(data, format)
        return Photo.objects.create(title=title, file=ContentFile(data.getvalue(), name=f"picture.{format.lower()}"))

    return make


def test_the_noisiest_picture_weighs_less_than_300_kilobytes(picture):
    shared = share_picture([(picture((3000, 2000), noise=True), "Noise")])
    assert shared.size() <= 300_000
    assert (shared.width, shared.height) == (1200, 630)
    with Image.open(shared.file.file.path) as made:
        assert (made.format, made.size) == ("JPEG", (1200, 630))


def test_a_quiet_picture_keeps_its_quality(photo, settings):
    settings.WAGTAILIMAGES_JPEG_QUALITY = 80
    plain = photo.get_rendition("fill-1200x630|format-jpeg")
    assert photo.get_rendition(FILE).file.size == plain.file.size


@pytest.mark.parametrize(("mode", "format"), [("RGBA", "PNG"), ("P", "PNG"), ("P", "GIF"), ("RGB", "WEBP")])
def test_every_kind_of_picture_becomes_a_jpeg(mode, format, picture):
    shared = share_picture([(picture(mode=mode, format=format), "")])
    with Image.open(shared.file.file.path) as made:
        assert (made.format, made.mode) == ("JPEG", "RGB")


def test_the_first_that_is_large_enough_and_can_be_read_is_taken(picture):
    small, lost, good = picture((599, 400)), picture(), picture()
    lost.file.storage.delete(lost.file.name)
    assert share_picture([(None, ""), (small, "Small"), (lost, "Lost"), (good, "Good")]).alt == "Good"
    assert share_picture([(small, "Small"), (lost, "Lost")]) is None


@pytest.fixture
def shared(client):
    """What the head of a page says to networks, by property or name."""

    def get(page):
        html = client.get(page.url).content.decode()
        return dict(re.findall(r'<meta (?:property|name)="((?:og|article|twitter):[^"]+)" content="([^"]*)"', html))

    return get


def test_an_article_shares_its_own_picture_with_words_for_it(make_article, photo, shared):
    card = shared(make_article(lead_image=photo, lead_image_alt="Women at a well"))
    assert card["og:image"].startswith("https://news.example.org/media/")
    assert card["og:image"].endswith(".jpg")
    assert (card["og:image:width"], card["og:image:height"]) == ("1200", "630")
    assert card["og:image:alt"] == "Women at a well"
    assert card["twitter:card"] == "summary_large_image"


def test_without_one_the_category_lends_its_artwork_then_the_site_its_picture(
    make_article, make_category, picture, shared
):
    article = make_article(category=make_category("Water"))
    assert "og:image" not in shared(article)
    assert shared(article)["twitter:card"] == "summary"
    SiteSettings.objects.update_or_create(site=Site.objects.get(), defaults={"share_picture": picture()})
    assert shared(article)["og:image:alt"] == "Newsroom"
    article.category.artwork = picture()
    article.category.save_revision().publish()
    for page in (article, article.category):
        assert shared(page)["og:image:alt"] == "Water"


def test_what_networks_are_told_of_an_article(site, make_article, make_category, translate, shared):
    water = make_category("Water")
    article = make_article("A well:\nat last", standfirst="It took two years.", category=water)
    french = translate(article, "fr", title="Un puits")
    card = shared(article)
    assert card["og:type"] == "article"
    assert card["og:url"] == article.full_url
    assert card["og:title"] == "A well: at last"
    assert card["og:description"] == "It took two years."
    assert card["og:site_name"] == site.en.home.title
    assert (card["og:locale"], card["og:locale:alternate"]) == ("en_GB", "fr_FR")
    assert card["article:section"] == "Water"
    assert card["article:published_time"] == timezone.localtime(article.date).isoformat()
    assert (shared(french)["og:locale"], shared(french)["og:locale:alternate"]) == ("fr_FR", "en_GB")
    assert shared(site.en.home)["og:type"] == "website"


def test_a_page_describes_itself_by_the_first_of_what_it_has(site, make_category):
    def description(page):
        return head_tags.page_description(Context({"page": page, "home": site.en.home}))

    site.en.home.tagline = "Local people first"
    water = make_category("Water", intro="<p>Wells &amp; pipes, " + "and prices, " * 30 + "</p>")
    assert description(None) == "Local people first"
    assert description(water).startswith("Wells & pipes, and prices,")
    assert len(description(water)) <= 200
    about = StandardPage(
        body=[("heading", "Who we are"), ("paragraph", RichText("<p>Forty-three <b>local</b> associations.</p>"))]
    )
    assert description(about) == "Who we are Forty-three local associations."
    water.search_description = "All about water"
    assert description(water) == "All about water"
