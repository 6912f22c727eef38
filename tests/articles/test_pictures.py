"""Pictures: the files readers are offered, when they are made, and what they must not tell."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from PIL import Image, PngImagePlugin
from PIL.ExifTags import GPS, IFD, Base
from wagtail.images.rect import Rect
from wagtail.models import Site

from articles import pictures
from articles.models import ArticlePage, Photo, PhotoRendition
from home.models import SiteSettings
from tests.bulk import add_articles

RED, BLUE = (200, 20, 20), (20, 20, 200)


def make_photo(image, format="JPEG", name="picture.jpg", **options):
    data = io.BytesIO()
    image.save(data, format, **options)
    return Photo.objects.create(title="A picture", file=ContentFile(data.getvalue(), name=name))


@pytest.fixture
def make_plain(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    return lambda width, height: make_photo(Image.new("RGB", (width, height), RED))


def html_of(photo, place, **context):
    return render_to_string("components/picture.html", {"image": photo, "place": place, **context})


def widths(html):
    """The widths that are offered, by format."""
    found = {
        re.search(r"image/(\w+)", tag).group(1) if "type=" in tag else "img": re.findall(r" (\d+)w", tag)
        for tag in re.findall(r"<(?:source|img)[^>]*>", html)
    }
    return {name: [int(width) for width in numbers] for name, numbers in found.items()}


def opened(rendition):
    with rendition.file.open() as file:
        image = Image.open(file)
        image.load()
        return image


# -- What is offered ------------------------------------------------------------------------------------------------


def test_avif_comes_first_and_webp_is_for_all_other_browsers(photo):
    html = html_of(photo, "standard", alt="A well")
    assert widths(html) == {"avif": [480, 720], "img": [480, 720]}
    assert re.search(r'<source type="image/avif" srcset="[^"]+\.avif 480w', html)
    assert re.search(r'<img src="[^"]+\.webp"', html)
    assert 'alt="A well"' in html


def test_dimensions_are_said_so_that_nothing_jumps(photo):
    assert 'width="720" height="480"' in html_of(photo, "standard")
    assert 'width="1200" height="800"' in html_of(photo, "article")


def test_a_small_picture_is_offered_in_the_sizes_it_has(make_plain):
    assert widths(html_of(make_plain(600, 400), "article"))["img"] == [480, 600]
    assert widths(html_of(make_plain(300, 200), "article"))["img"] == [300]
    assert widths(html_of(make_plain(600, 200), "lead"))["img"] == [300]


def test_the_first_picture_is_fetched_at_once_and_all_others_when_they_come_into_sight(photo):
    first, other = html_of(photo, "article", first=True), html_of(photo, "article")
    assert 'fetchpriority="high"' in first
    assert "loading" not in first
    assert 'loading="lazy"' in other
    assert "fetchpriority" not in other


def test_a_card_is_cut_round_the_focal_point(make_plain):
    wide = Image.new("RGB", (1800, 600), RED)
    wide.paste(BLUE, (0, 0, 600, 600))
    photo = make_photo(wide)
    photo.set_focal_point(Rect(0, 0, 500, 600))
    photo.save()
    rendition = pictures.shown(photo, "standard").file
    pixel = opened(rendition).convert("RGB").getpixel((20, 20))
    assert pixel[2] > 150 > pixel[0]
    assert (rendition.width, rendition.height) == (720, 480)


def test_a_picture_that_has_the_proportion_of_the_cards_needs_no_files_of_its_own_for_them(make_plain):
    assert pictures.PLACES["standard"].specs(make_plain(1500, 1000))[0] == "width-480|format-avif|speed-9"
    assert pictures.PLACES["standard"].specs(make_plain(1500, 900))[0] == "fill-480x320|format-avif|speed-9"


def test_the_name_of_a_file_tells_its_content(photo, make_plain):
    urls = [pictures.shown(picture, "standard").file.url for picture in (photo, make_plain(1200, 800))]
    assert all(re.search(r"/images/[0-9a-f]{8}\.", url) for url in urls)
    assert urls[0].split("/")[-1].split(".")[0] != urls[1].split("/")[-1].split(".")[0]


def test_the_logo_stands_on_every_page_and_takes_nothing_from_its_lead(client, site, photo):
    SiteSettings.objects.update_or_create(site=Site.objects.get(), defaults={"logo": photo})
    html = client.get(site.en.latest.url).content.decode()
    logo = re.search(r"<img[^>]*>", html).group()
    assert 'srcset="' in logo
    assert "loading" not in logo
    assert "fetchpriority" not in logo


# -- What is lost or damaged ----------------------------------------------------------------------------------------


def test_a_page_does_without_a_picture_whose_file_is_lost(client, make_article, photo, caplog):
    Path(photo.file.path).unlink()
    article = make_article(lead_image=photo, lead_image_alt="A well")
    response = client.get(article.url)
    assert response.status_code == 200
    assert "<picture" not in response.content.decode()
    assert "cannot be shown" in caplog.text


def test_a_page_does_without_a_damaged_picture(client, make_article, photo, site):
    Path(photo.file.path).write_bytes(b"\xff\xd8\xff\xe0 no more than this")
    make_article(lead_image=photo)
    for page in (site.en.home, site.en.latest):
        response = client.get(page.url)
        assert response.status_code == 200
        assert "<picture" not in response.content.decode()


# -- When files are made --------------------------------------------------------------------------------------------


def test_publishing_makes_the_pictures_of_the_article_before_a_reader_comes(
    client, make_article, photo, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        article = make_article(lead_image=photo, body=[("image", {"image": photo, "alt_text": "", "caption": ""})])
    made = PhotoRendition.objects.count()
    assert made
    for address in (article.url, "/en/", "/en/latest-news/"):
        client.get(address)
    assert PhotoRendition.objects.count() == made


def test_the_first_reader_makes_what_the_queue_has_lost(client, make_article, photo):
    article = make_article(lead_image=photo)
    assert not PhotoRendition.objects.exists()
    assert "<picture" in client.get(article.url).content.decode()


def test_lists_fetch_all_their_pictures_with_the_articles(site, photo, make_category):
    add_articles(30, site.en.index, make_category(), photo)
    for place in pictures.PLACES:
        pictures.shown(photo, place)

    def queries(number):
        with CaptureQueriesContext(connection) as captured:
            for article in ArticlePage.objects.published()[:number].for_listing():
                assert pictures.shown(article.lead_image, "standard")
        return len(captured)

    assert queries(2) == queries(30) == 2


def test_the_pictures_of_a_text_cost_one_query(make_article, photo):
    image = ("image", {"image": photo, "alt_text": "", "caption": ""})
    pictures.shown(photo, "figure")
    body = ArticlePage.objects.get(pk=make_article(body=[image] * 5).pk).body
    assert [block.value["image"].pk for block in body] == [photo.pk] * 5
    with CaptureQueriesContext(connection) as captured:
        pictures.prefetch_figures(body)
        for block in body:
            assert pictures.shown(block.value["image"], "figure")
    assert len(captured) == 1


# -- What pictures must not tell ------------------------------------------------------------------------------------


def metadata(image):
    return {key: image.info[key] for key in ("exif", "xmp", "comment", "photoshop") if image.info.get(key)}


def telling_exif():
    exif = Image.Exif()
    exif[Base.Make.value] = "Camera"
    exif[Base.Orientation.value] = 6
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude.value] = (46.0, 12.0, 0.0)
    return exif


def test_an_uploaded_picture_keeps_its_pixels_upright_and_nothing_else(make_plain):
    held_sideways = Image.new("RGB", (900, 600), RED)
    held_sideways.paste(BLUE, (0, 0, 900, 300))
    photo = make_photo(held_sideways, exif=telling_exif(), comment=b"The safe house", xmp=b"<x>place</x>")
    with photo.file.open() as file:
        image = Image.open(file)
        assert metadata(image) == {}
        assert image.size == (photo.width, photo.height) == (600, 900)
        assert image.getpixel((590, 450))[2] > 150  # what was above is at the right
        assert b"safe house" not in Path(photo.file.path).read_bytes()
    assert photo.file_size == Path(photo.file.path).stat().st_size


def test_a_picture_uploaded_in_the_admin_is_cleaned_too(login, make_plain):
    data = io.BytesIO()
    Image.new("RGB", (900, 600), RED).save(data, "JPEG", exif=telling_exif())
    upload = SimpleUploadedFile("safe-house.jpg", data.getvalue(), "image/jpeg")
    response = login().post("/admin/images/add/", {"title": "The safe house", "file": upload})
    assert response.status_code == 302
    photo = Photo.objects.get(title="The safe house")
    assert metadata(Image.open(photo.file.path)) == {}
    assert photo.file_size == Path(photo.file.path).stat().st_size


@pytest.mark.parametrize(("format", "name"), [("PNG", "a.png"), ("WEBP", "a.webp"), ("AVIF", "a.avif")])
def test_metadata_goes_from_every_format(format, name, make_plain):
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "The safe house")
    options = {"pnginfo": text} if format == "PNG" else {}
    photo = make_photo(Image.new("RGB", (60, 40), RED), format, name, exif=telling_exif(), **options)
    with photo.file.open() as file:
        image = Image.open(file)
        image.load()
        assert image.format == format
        assert metadata(image) == {}
        assert not getattr(image, "text", None)


@pytest.mark.parametrize("ending", ["format-avif", "format-webp", "format-jpeg"])
def test_no_file_made_from_a_picture_tells_more(ending, make_plain):
    photo = make_photo(Image.new("RGB", (900, 600), RED), exif=telling_exif(), xmp=b"<x>place</x>")
    assert metadata(opened(photo.get_rendition(f"width-480|{ending}"))) == {}


def test_a_clean_picture_is_stored_as_it_came(make_plain):
    data = io.BytesIO()
    Image.new("RGB", (60, 40), RED).save(data, "JPEG", quality=71)
    photo = Photo.objects.create(title="Clean", file=ContentFile(data.getvalue(), name="clean.jpg"))
    assert Path(photo.file.path).read_bytes() == data.getvalue()
    assert photo.file_hash


@pytest.mark.parametrize(
    ("language", "words"), [("en", "This picture is damaged"), ("fr", "Cette image est endommagée")]
)
def test_a_picture_that_ends_too_early_is_refused_in_words(login, site, language, words):
    data = io.BytesIO()
    Image.effect_noise((400, 400), 50).save(data, "JPEG", exif=Image.Exif())
    file = SimpleUploadedFile("half.jpg", data.getvalue()[:-2000], "image/jpeg")
    answer = login("Editors", language=language).post("/admin/images/add/", {"title": "Half", "file": file})
    assert words in answer.content.decode()
    assert not Photo.objects.exists()
