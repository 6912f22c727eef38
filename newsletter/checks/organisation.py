"""What every mail says about who sends it, and in which colour."""

import re
from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from newsletter.checks.problems import Problem, where_settings_are
from newsletter.digest import Organisation
from newsroom.contrast import least_contrast

# The paper of templates/email/digest.mjml. WCAG 2.2 asks for this contrast (success criterion 1.4.3).
PAPER = "#fdfcfa"
CONTRAST = 4.5


def problems(organisation: Organisation) -> Iterator[Problem]:
    """What is wrong with the organisation's settings."""
    if not organisation.postal_address:
        message = _("The postal address of the organisation is missing. The law asks for it in every mail.")
        yield Problem(message, blocks=False, code="no-postal-address", url=where_settings_are())
    accent = organisation.accent.lower()
    if re.fullmatch("#[0-9a-f]{6}", accent) and least_contrast(accent, (PAPER,)) < CONTRAST:
        message = _(
            "The accent colour %(colour)s cannot be read on the paper of the mail (%(contrast)s to 1, and 4.5 to 1 is "
            "needed): the mail takes the house’s own colour instead."
        )
        values = {"colour": accent, "contrast": number_format(least_contrast(accent, (PAPER,)), 1)}
        yield Problem(message % values, blocks=False, code="contrast", about=accent, url=where_settings_are())
