"""The picture that a page shows when somebody shares it: a JPEG that every network and feed reader takes."""

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django_tasks import task
from wagtail import hooks
from wagtail.images.image_operations import FilterOperation
from wagtail.images.models import AbstractRendition
from wagtail.models import Page
from wagtail.signals import page_published

from articles.models.images import Photo

logger = logging.getLogger(__name__)

# What the large cards of the networks ask for, and a weight that their robots still fetch (WhatsApp: 300 KB).
FILE = "fill-1200x630|maxkb-300|format-jpeg"
# Smaller pictures get a small card (Facebook, "Best practices for sharing images"): then another picture serves better.
MIN_WIDTH, MIN_HEIGHT = 600, 315
QUALITIES = (80, 70, 60, 50, 40, 30, 20, 10)


@dataclass(frozen=True)
class SharePicture:
    """A picture for sharing, and its alternative text."""

    file: AbstractRendition
    alt: str

    @property
    def url(self) -> str:
        """The absolute address."""
        return self.file.full_url

    @property
    def width(self) -> int:
        """In pixels."""
        return self.file.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self.file.height

    def size(self) -> int | None:
        """The weight of the file in bytes; None if it is lost."""
        try:
            return self.file.file.size
        except OSError:
            return None


def share_picture(candidates: Iterable[tuple[Photo | None, str]]) -> SharePicture | None:
    """The first usable of `candidates`, given as pictures with their alternative texts; None if there is none."""
    for photo, alt in candidates:
        if photo and photo.width >= MIN_WIDTH and photo.height >= MIN_HEIGHT and (file := rendition(photo, FILE)):
            return SharePicture(file, alt)
    return None


def rendition(photo: Photo | None, name: str) -> AbstractRendition | None:
    """A picture in the form that `name` says, made now if it is missing. None without a picture, and for one whose file
    is lost or damaged."""
    if photo is None:
        return None
    try:
        return photo.get_rendition(name)
    except Exception as error:  # whatever Pillow finds in a file that is lost or damaged
        logger.warning("Picture %s (%s) cannot be shared: %s", photo.pk, photo.file.name, error)
        return None


class MaxKilobytes(FilterOperation):
    """`maxkb-300` in the name of a rendition: the JPEG takes the best of QUALITIES with which it weighs no more."""

    def construct(self, kilobytes: str) -> None:
        self.limit = int(kilobytes) * 1000

    def run(self, willow: Any, image: Photo, env: dict[str, Any]) -> Any:
        opaque = willow.set_background_color_rgb((255, 255, 255)) if willow.has_alpha() else willow
        for quality in QUALITIES:
            trial = io.BytesIO()
            opaque.save_as_jpeg(trial, quality=quality, progressive=True, optimize=True)
            if trial.getbuffer().nbytes <= self.limit:
                break
        env["jpeg-quality"] = quality
        return opaque


# -- Before readers come --------------------------------------------------------------------------------------------


def connect() -> None:
    """Make the picture of a page when it is published; and the word that Wagtail needs to make it."""
    page_published.connect(_on_published, dispatch_uid="articles.sharing")
    hooks.register("register_image_operations", lambda: [("maxkb", MaxKilobytes)])


def _on_published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    photo_id = getattr(instance, "lead_image_id", None) or getattr(instance, "artwork_id", None)
    if photo_id:
        transaction.on_commit(lambda: make.enqueue(photo_id))


@task()
def make(photo_id: int) -> None:
    """Make the file of a picture, given by its id. If this never runs, the first reader of the page makes it."""
    for photo in Photo.objects.filter(pk=photo_id):
        share_picture([(photo, "")])
