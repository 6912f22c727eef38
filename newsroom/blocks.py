"""Blocks that any app may compose with."""

from wagtail import blocks
from wagtail.models import Page
from wagtail_localize.segments.types import BaseValue


class SharedPageBlock(blocks.PageChooserBlock):
    """A page that is chosen once for every language; each shows its own translation of it. wagtail-localize, which asks
    for the segments, is offered nothing to override."""

    def get_translatable_segments(self, value: Page | None) -> list[BaseValue]:
        return []
