"""Pictures of mails under the hash of their content, so that what was sent shows them for as long as anybody keeps it:
whatever becomes of the picture in the library, these files stay."""

import hashlib
from pathlib import PurePosixPath

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.images.models import AbstractRendition

FOLDER = "mails"
# The hash of a file need not be reckoned for every preview. In seconds.
REMEMBERED = 24 * 3600


def kept(rendition: AbstractRendition) -> str:
    """The absolute address of a copy of a rendition. Raises OSError when its file is lost."""
    remembered = f"kept-picture:{rendition.file.name}"
    name = cache.get(remembered)
    if name is None or not default_storage.exists(name):
        name = _keep(rendition)
        cache.set(remembered, name, REMEMBERED)
    return _absolute(default_storage.url(name))


def _keep(rendition: AbstractRendition) -> str:
    """Store the copy, unless it is there. Returns its name in the storage."""
    with rendition.file.open("rb") as file:
        content = file.read()
    digest = hashlib.sha256(content).hexdigest()[:32]
    name = f"{FOLDER}/{digest}{PurePosixPath(rendition.file.name).suffix}"
    if not default_storage.exists(name):
        stored = default_storage.save(name, ContentFile(content))
        if stored != name:  # somebody else was a moment earlier
            default_storage.delete(stored)
    return name


def _absolute(url: str) -> str:
    return settings.SITE_URL + url if url.startswith("/") else url
