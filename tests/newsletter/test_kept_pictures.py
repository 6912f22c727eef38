"""Pictures of mails outlive those of the library."""

from django.core.cache import cache
from django.core.files.storage import default_storage

from newsletter.kept_pictures import kept


def name_of(url, settings):
    assert url.startswith(settings.SITE_URL + settings.MEDIA_URL)
    return url.removeprefix(settings.SITE_URL + settings.MEDIA_URL)


def test_the_copy_stays_when_the_picture_is_deleted(site, photo, settings):
    name = name_of(kept(photo.get_rendition("max-40x40|format-png")), settings)
    photo.delete()
    assert default_storage.open(name).read(8) == b"\x89PNG\r\n\x1a\n"


def test_the_same_content_is_one_file_and_another_is_another(site, photo, settings):
    rendition = photo.get_rendition("max-40x40|format-png")
    first = kept(rendition)
    cache.clear()
    assert kept(rendition) == first
    assert kept(photo.get_rendition("max-20x20|format-png")) != first
    assert len(default_storage.listdir("mails")[1]) == 2


def test_a_copy_that_was_lost_is_made_again(site, photo, settings):
    rendition = photo.get_rendition("max-40x40|format-png")
    default_storage.delete(name_of(kept(rendition), settings))
    assert default_storage.exists(name_of(kept(rendition), settings))
