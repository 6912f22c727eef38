"""What is asked of pictures that are uploaded."""

from django.utils.translation import gettext as _
from wagtail.images.forms import BaseImageForm


class PhotoForm(BaseImageForm):
    """Wagtail's form for pictures, which stumbles over a file that ends too early: this one says so."""

    def full_clean(self) -> None:
        try:
            super().full_clean()
        except OSError:
            self.add_error("file", _("This picture is damaged. Please export or download it again."))
