"""How much of a page has been translated."""

from dataclasses import dataclass

from wagtail.models import Page

from newsroom.localization.translating import translation_into


@dataclass(frozen=True)
class Completeness:
    """`translated` of `total` text segments of a source stand in the other language."""

    total: int
    translated: int

    @property
    def complete(self) -> bool:
        return self.translated >= self.total


def completeness(page: Page) -> Completeness | None:
    """How much of `page` is translated from its source. None for a page that is no translation of another, or that is
    no longer kept in step with its source: there is nothing to compare it with."""
    translation = translation_into(page)
    if translation is None:
        return None
    total, translated = translation.get_progress()
    return Completeness(total, translated)
