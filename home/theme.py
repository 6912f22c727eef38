"""The accent colour: what an editor chose, in light and dark, and as a stylesheet.

Contrast as WCAG 2.2 defines it: at least 4.5 to 1 between letters and paper (success criterion 1.4.3).
"""

import colorsys
import hashlib
import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from newsroom.contrast import least_contrast, parts

# These colours stand in static/css/tokens.css too.
LIGHT_PAPERS = ("#fdfcfa", "#f4f1ea")
DARK_PAPERS = ("#171513", "#211e1b")
ON_LIGHT_ACCENT = "#fffdfa"
ON_DARK_ACCENT = "#1d0f0d"

CONTRAST = 4.5
# More, where the reader's eyes are used to the dark and the twin is ours to choose.
CONTRAST_IN_THE_DARK = 6.0
# So vivid a colour would glow in the dark.
MOST_SATURATION_IN_THE_DARK = 0.78
COLOUR = re.compile(r"#[0-9a-f]{6}\Z")


@dataclass(frozen=True)
class Theme:
    """An accent colour on light and on dark paper; `strong` is for what is pressed or pointed at."""

    accent: str
    strong: str
    dark: str
    dark_strong: str
    on_accent: str = ON_LIGHT_ACCENT
    on_dark: str = ON_DARK_ACCENT

    @property
    def stylesheet(self) -> str:
        """The tokens that differ from the house's own, in their layer, so that print still has the last word."""
        light = f"--accent:{self.accent};--accent-strong:{self.strong};--on-accent:{self.on_accent}"
        dark = f"--accent:{self.dark};--accent-strong:{self.dark_strong};--on-accent:{self.on_dark}"
        return f"@layer tokens{{:root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}}}"

    @property
    def digest(self) -> str:
        """Eight characters that change with the stylesheet."""
        return hashlib.sha256(self.stylesheet.encode()).hexdigest()[:8]


# As in static/css/tokens.css, where they were chosen by eye.
HOUSE = Theme(accent="#8a1c1c", strong="#6b1313", dark="#f0978b", dark_strong="#f8b9b0")


def theme_of(accent: str) -> Theme:
    """The theme of an accent colour ("#8a1c1c"); the house's own for "" and for a colour that cannot be read."""
    accent = accent.lower()
    if not is_readable(accent) or accent == HOUSE.accent:
        return HOUSE
    dark = _until_readable(
        accent, DARK_PAPERS, step=0.01, contrast=CONTRAST_IN_THE_DARK, saturation=MOST_SATURATION_IN_THE_DARK
    )
    return Theme(accent=accent, strong=_moved(accent, -0.08), dark=dark, dark_strong=_moved(dark, 0.1))


def is_readable(accent: str) -> bool:
    """Whether letters of this colour can be read on our paper, and white ones on this colour."""
    return bool(COLOUR.match(accent)) and least_contrast(accent, (*LIGHT_PAPERS, ON_LIGHT_ACCENT)) >= CONTRAST


def check_readable(accent: str) -> None:
    """Raises ValidationError, naming the nearest darker colour, for one that cannot be read on our paper."""
    accent = accent.lower()
    if not COLOUR.match(accent) or is_readable(accent):
        return
    raise ValidationError(
        _(
            "Letters in this colour cannot be read on our paper: their contrast is %(contrast)s to 1, and 4.5 to 1 is "
            "needed. Take a darker colour, for example %(colour)s."
        )
        % {
            "contrast": number_format(least_contrast(accent, LIGHT_PAPERS), 1),
            "colour": _until_readable(accent, (*LIGHT_PAPERS, ON_LIGHT_ACCENT), step=-0.01),
        }
    )


def _until_readable(
    colour: str, papers: tuple[str, ...], *, step: float, contrast: float = CONTRAST, saturation: float = 1
) -> str:
    """The colour, made lighter (`step` above 0) or darker until it has that contrast with the papers."""
    hue, lightness, own_saturation = colorsys.rgb_to_hls(*parts(colour))
    colour = _hex(hue, lightness, min(own_saturation, saturation))
    while least_contrast(colour, papers) < contrast and 0 <= lightness + step <= 1:
        lightness += step
        colour = _hex(hue, lightness, min(own_saturation, saturation))
    return colour


def _moved(colour: str, by: float) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*parts(colour))
    return _hex(hue, min(1.0, max(0.0, lightness + by)), saturation)


def _hex(hue: float, lightness: float, saturation: float) -> str:
    channels = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
