"""Pictures in templates."""

from django import template

from articles import pictures
from articles.models import Photo

register = template.Library()


@register.simple_tag
def picture_in(photo: Photo | None, place: str) -> pictures.Shown | None:
    """The files of a picture for a place of `pictures.PLACES`; None if there is nothing to show."""
    return pictures.shown(photo, place)
