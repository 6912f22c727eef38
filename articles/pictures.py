"""How pictures are shown: how large, cut how, in which formats; and making the files before readers ask for them."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django_tasks import task
from wagtail import hooks
from wagtail.blocks import StreamValue
from wagtail.images.image_operations import FilterOperation
from wagtail.images.models import AbstractRendition
from wagtail.models import Page
from wagtail.signals import page_published

from articles.models.images import Photo

logger = logging.getLogger(__name__)

# What follows the size in a rendition's name. The last format is the one for browsers that know no other.
FORMATS = {"avif": "format-avif|speed-9", "webp": "format-webp"}


@dataclass(frozen=True)
class Place:
    """Where pictures stand: the widths they are offered in, in pixels; how wide they are shown (the `sizes` attribute);
    and the proportion they are cut to round their focal point, or None where they are shown whole."""

    widths: tuple[int, ...]
    sizes: str
    proportion: tuple[int, int] | None = None

    def widths_for(self, photo: Photo) -> list[int]:
        """The widths to offer of a picture: as many as it is large enough for, and its own if it has fewer pixels than
        the widest; nothing is ever enlarged."""
        available = photo.width
        if cut := self.cut(photo):
            across, down = cut
            available = min(photo.width, photo.height * across // down)
        smaller = [width for width in self.widths if width < available]
        return [*smaller, *self.widths[len(smaller) :][:1]]

    def cut(self, photo: Photo) -> tuple[int, int] | None:
        """The proportion that a picture is cut to here; None if it is shown whole, and for one that has the proportion
        already: it is then shown with the same files as elsewhere."""
        if self.proportion is None:
            return None
        across, down = self.proportion
        has_it = abs(photo.width * down - photo.height * across) <= max(across, down)
        return None if has_it else self.proportion

    def size(self, photo: Photo, width: int) -> str:
        """The operation that brings a picture to a width. (`fill` and `width` leave alone what is smaller.)"""
        if cut := self.cut(photo):
            across, down = cut
            return f"fill-{width}x{width * down // across}"
        return f"width-{width}"

    def specs(self, photo: Photo) -> list[str]:
        """The names of all the files of a picture for this place."""
        sizes = [self.size(photo, width) for width in self.widths_for(photo)]
        return [f"{size}|{format}" for format in FORMATS.values() for size in sizes]


LANDSCAPE, SQUARE = (3, 2), (1, 1)
# The widths of the layout in CSS pixels stand in static/css: a change there is a change here.
PLACES = {
    # The picture that opens an article.
    "article": Place((480, 720, 1080, 1600), "(min-width: 80rem) 54rem, (min-width: 64rem) 65vw, 92vw"),
    # A picture between paragraphs.
    "figure": Place((480, 720, 1080), "(min-width: 40rem) 36rem, 92vw"),
    # Cards, by their size.
    "lead": Place((480, 720, 1080, 1600), "(min-width: 80rem) 42rem, (min-width: 56rem) 54vw, 92vw", LANDSCAPE),
    "standard": Place((480, 720), "(min-width: 40rem) 22rem, 92vw", LANDSCAPE),
    "small": Place((180, 360), "8.5rem", SQUARE),
    "logo": Place((240, 480), "8rem"),
}


@dataclass(frozen=True)
class Source:
    """The files of one format: its MIME type and the `srcset` attribute."""

    type: str
    srcset: str


@dataclass(frozen=True)
class Shown:
    """What a template needs to show a picture: other formats first, then the one that every browser knows, with its
    largest file for the dimensions."""

    sources: list[Source]
    srcset: str
    sizes: str
    file: AbstractRendition


def shown(photo: Photo | None, place: str) -> Shown | None:
    """The files of a picture for a place of PLACES, made now if they are missing. None without a picture, and for one
    whose file is lost or damaged: a page is better without it than not at all."""
    if photo is None:
        return None
    made = _files(photo, place)
    if not made:
        return None
    by_format = {name: [made[spec] for spec in made if ending in spec] for name, ending in FORMATS.items()}
    *others, (_, fallback) = by_format.items()
    sources = [Source(f"image/{name}", _srcset(files)) for name, files in others]
    return Shown(sources, _srcset(fallback), PLACES[place].sizes, fallback[-1])


def _srcset(files: Iterable[AbstractRendition]) -> str:
    return ", ".join(f"{file.url} {file.width}w" for file in files)


def _files(photo: Photo, place: str) -> dict[str, AbstractRendition]:
    try:
        return photo.get_renditions(*PLACES[place].specs(photo))
    except Exception as error:  # whatever Pillow finds in a file that is none
        logger.warning("Picture %s (%s) cannot be shown: %s", photo.pk, photo.file.name, error)
        return {}


# -- Before readers come --------------------------------------------------------------------------------------------


def connect() -> None:
    """Make the pictures of a page when it is published; and the word that Wagtail needs to make them quickly."""
    page_published.connect(_on_published, dispatch_uid="articles.pictures")
    hooks.register("register_image_operations", lambda: [("speed", AvifSpeed)])


def _on_published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    wanted = [[photo.pk, place] for photo, place in pictures_of(instance)]
    if wanted:
        transaction.on_commit(lambda: make.enqueue(wanted))


@task()
def make(wanted: list[list[Any]]) -> None:
    """Make the files of pictures, given as pairs of a picture's id and a place. If this never runs, the first reader of
    the page makes them."""
    photos = Photo.objects.prefetch_related("renditions").in_bulk([pk for pk, _ in wanted])
    for pk, place in wanted:
        if pk in photos:
            _files(photos[pk], place)


def pictures_of(page: Page) -> Iterator[tuple[Photo, str]]:
    """The pictures of a page with the places where readers meet them: on the page itself and on cards."""
    if lead := getattr(page, "lead_image", None):
        yield from ((lead, place) for place in ("article", "lead", "standard", "small"))
    body = getattr(page, "body", None)
    if isinstance(body, StreamValue):
        yield from ((photo, "figure") for photo in _figures(body))


def prefetch_figures(body: StreamValue) -> None:
    """Fetch what is known of the files of all the pictures in a text: one query instead of one a picture."""
    models.prefetch_related_objects(_figures(body), "renditions")


def _figures(body: StreamValue) -> list[Photo]:
    photos = (block.value["image"] for block in body if block.block_type == "image")
    return [photo for photo in photos if photo]


class AvifSpeed(FilterOperation):
    """`speed-9` in the name of a rendition: how hard libavif tries, from 0 (hardest) to 10. At 9 a picture takes a
    tenth of the time of Pillow's 6, for 3 % more bytes. Other formats do not look at it."""

    def construct(self, speed: str) -> None:
        self.speed = int(speed)

    def run(self, willow: Any, image: Photo, env: dict[str, Any]) -> Any:
        willow.image.encoderinfo = {"speed": self.speed}
        return willow
