"""Pictures, with what the law and good manners ask for."""

import io
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageOps, JpegImagePlugin, UnidentifiedImageError
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class Photo(AbstractImage):
    """A picture. Credit and licence belong to the file; alternative text and caption belong to each use of it, because
    they depend on the story and on the language."""

    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Who made the picture. Shown wherever it is used, in every language."),
    )
    licence = models.CharField(
        _("licence"),
        max_length=200,
        blank=True,
        help_text=_("Under which terms we may use it, for example “CC BY 4.0” or “All rights reserved”."),
    )

    admin_form_fields = (*Image.admin_form_fields, "credit", "licence")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def save(self, *args: Any, **kwargs: Any) -> None:
        file: ImageFieldFile = self.file  # type: ignore[has-type]
        if file and not file._committed:  # type: ignore[attr-defined]  # new, whichever way it came
            self.file = without_metadata(file)
            self._set_image_file_metadata()
        super().save(*args, **kwargs)


class PhotoRendition(AbstractRendition):
    """A picture at one size and format."""

    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = [("image", "filter_spec", "focal_point_key")]

    def get_upload_to(self, filename: str) -> str:
        """A name that tells the content: another picture never gets it, so that browsers may keep the file for good."""
        return super().get_upload_to(f"{self.image.file_hash[:8]}.{filename}")


# What cameras and programs write into a picture beside its pixels; the first tells where it was taken.
METADATA = ("exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment")
# How to save again what was saved with losses: hardly any more of them.
AGAIN: dict[str | None, dict[str, Any]] = {"WEBP": {"quality": 92}, "AVIF": {"quality": 85}}


def without_metadata(file: File) -> File:
    """The same picture, upright, without camera, time, place and remarks: who must not be found is not given away by a
    picture. Pixels and colour profile stay. A file that is clean already, or no picture, comes back as it is."""
    try:
        with Pillow.open(file) as picture:
            if not any(picture.info.get(key) for key in METADATA) and not getattr(picture, "text", None):
                return file
            cleaned = _saved_again(picture)
    except UnidentifiedImageError:
        return file
    finally:
        file.seek(0)
    return ContentFile(cleaned, name=Path(file.name or "picture").name)


def _saved_again(picture: Pillow.Image) -> bytes:
    options = AGAIN.get(picture.format, {})
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        # The tables of its first compression: the second takes next to nothing away.
        options = {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
    animated = getattr(picture, "is_animated", False) and picture.format != "MPO"
    upright = picture if animated else ImageOps.exif_transpose(picture)
    out = io.BytesIO()
    upright.save(
        out,
        "JPEG" if picture.format == "MPO" else picture.format,
        save_all=animated,
        icc_profile=picture.info.get("icc_profile"),
        exif=b"",
        comment=b"",
        **options,
    )
    return out.getvalue()
