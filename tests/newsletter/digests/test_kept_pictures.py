"""Pictures of mails outlive those of the library."""

from django.core.cache import cache
from django.core.files.storage import default_storage

from newsletter.kept_pictures import kept

SMALL, SMALLER = "max-40x40|format-png", "max-20x20|format-png"


def name_of(picture, settings):
    prefix = settings.SITE_URL + settings.MEDIA_URL
    assert picture.url.startswith(prefix)
    return picture.url.removeprefix(prefix)


def test_the_copy_stays_when_the_picture_is_deleted(site, photo, settings):
    name = name_of(kept(photo, SMALL), settings)
    photo.delete()
    assert default_storage.open(name).read(8) == b"\x89PNG\r\n\x1a\n"


def test_the_same_content_is_one_file_and_another_is_another(site, photo):
    first = kept(photo, SMALL)
    cache.clear()
    assert kept(photo, SMALL) == first
    assert (first.width, kept(photo, SMALLER).width) == (40, 20)
    assert len(default_storage.listdir("mails")[1]) == 2


def test_a_copy_that_was_lost_is_made_again(site, photo, settings):
    name = name_of(kept(photo, SMALL), settings)
    default_storage.delete(name)
    assert name_of(kept(photo, SMALL), settings) == name
    assert default_storage.exists(name)


def test_a_picture_whose_file_is_lost_is_left_out(site, photo):
    default_storage.delete(photo.get_rendition(SMALL).file.name)
    assert kept(photo, SMALL) is None
    assert kept(None, SMALL) is None
