"""Pictures of mails under the hash of their content, so that what was sent shows them for as long as anybody keeps it:
whatever becomes of the picture in the library, these files stay."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.images.models import AbstractRendition

from articles.models import Photo
from articles.sharing import rendition

logger = logging.getLogger(__name__)

FOLDER = "mails"
# The hash of a file need not be reckoned for every preview. In seconds.
REMEMBERED = 24 * 3600


@dataclass(frozen=True)
class KeptPicture:
    """The absolute address of a picture that stays, and its width in pixels."""

    url: str
    width: int


def kept(photo: Photo | None, size: str) -> KeptPicture | None:
    """A picture in the form that `size` says ("max-400x80|format-png"), copied now if it is not yet. None without a
    picture, and for one whose file is lost or damaged: a mail goes without it rather than not at all."""
    file = rendition(photo, size)
    if file is None:
        return None
    remembered = f"kept-picture:{file.pk}:{file.file.name}"
    name = cache.get(remembered)
    if name is None or not default_storage.exists(name):
        try:
            name = _keep(file)
        except OSError as error:
            logger.warning("Picture %s cannot be shown in mails: %s", file.file.name, error)
            return None
        cache.set(remembered, name, REMEMBERED)
    url = default_storage.url(name)
    return KeptPicture(settings.SITE_URL + url if url.startswith("/") else url, file.width)


def _keep(file: AbstractRendition) -> str:
    """Store the copy, unless it is there. Returns its name in the storage."""
    with file.file.open("rb") as opened:
        content = opened.read()
    digest = hashlib.sha256(content).hexdigest()[:32]
    name = f"{FOLDER}/{digest}{PurePosixPath(file.file.name).suffix}"
    if not default_storage.exists(name):
        stored = default_storage.save(name, ContentFile(content))
        if stored != name:  # somebody else was a moment earlier
            default_storage.delete(stored)
    return name
