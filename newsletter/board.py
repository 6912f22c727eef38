"""The board of twin editions: beside a digest, where each of its stories and texts stands in each language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.models import Locale, Page
from wagtail_localize.models import TranslationSource

from newsletter import digest
from newsletter.blocks import WhereMissing
from newsletter.stories import Choice, Stories
from newsroom.localization import permissions
from newsroom.localization.parts import states_of_parts
from newsroom.localization.readiness import field_label
from newsroom.localization.state import State, States, Status, states
from newsroom.text import cut_at_word, one_line, plain

if TYPE_CHECKING:
    from wagtail.blocks import StreamValue

    from newsletter.models import DigestPage

# As much of a text as tells which one it is.
FEW_WORDS = 60


@dataclass(frozen=True)
class Cell:
    """Where a story or text stands in one language, where that is mended, and what readers of it get meanwhile."""

    state: State
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Row:
    """A story or text of a digest; `anchor` is its place in the editor's form."""

    label: str
    anchor: str
    cells: list[Cell]


@dataclass(frozen=True)
class Behind:
    """A language whose translation does not have the stories and decisions of the source yet, and where it gets
    them."""

    language: str
    url: str


class Board:
    """The rows of a digest in the language it was written in, for a user, who gets links to what they may open. The
    number of queries depends on the number of languages and of types of blocks, not on that of the stories."""

    def __init__(self, source: DigestPage, user: Any) -> None:
        self._source = source.get_latest_revision_as_object()
        self._user = user
        self._language = source.locale.language_code
        self._stories = Stories(self._source)
        self._states = states([source, *self._stories.chosen])
        self._locales = {locale.language_code: locale for locale in Locale.objects.all()}

    @cached_property
    def stories(self) -> list[Row]:
        """The stories, in the order of the digest."""
        return [
            self._story(section, choice)
            for number, section in enumerate(self._source.sections)
            for choice in self._stories.choices(number)
            if choice.article
        ]

    @cached_property
    def texts(self) -> list[Row]:
        """The fields and blocks with words of the digest's own."""
        found = states_of_parts(self._source, self._own)
        sections = {f"sections.{section.id}": section for section in self._source.sections}
        return [self._text(part, sections.get(part), cells) for part, cells in found.items()]

    @cached_property
    def behind(self) -> list[Behind]:
        """The languages that have to take over the choices of the source."""
        sent = TranslationSource.objects.get_for_instance_or_none(self._source)
        if sent is None:
            return []
        mine = self._stories.decisions
        pages = digest.languages_of(self._source)
        late = [code for code, page in pages.items() if Stories(page).decisions != mine]
        url = reverse("wagtail_localize:update_translations", args=[sent.pk])
        return [Behind(code, url if permissions.may_sync(self._user, sent) else "") for code in late]

    @property
    def to_do(self) -> int:
        """How many cells are missing or outdated."""
        cells = [cell for row in (*self.stories, *self.texts) for cell in row.cells]
        return sum(cell.state.status in (Status.MISSING, Status.OUTDATED) for cell in cells)

    @property
    def _own(self) -> States:
        return self._states[self._source.translation_key]

    def _story(self, section: StreamValue.StreamChild, choice: Choice) -> Row:
        article = choice.article
        assert article is not None  # those that were deleted have no row
        cells = [
            Cell(state, self._address(state, self._states[article.translation_key]), self._note(code, choice))
            for code, state in self._states[article.translation_key].items()
        ]
        return Row(one_line(self._stories.as_read(article).title), f"block-{section.id}-section", cells)

    def _text(self, part: str, section: StreamValue.StreamChild | None, found: States) -> Row:
        cells = [Cell(state, self._address_of_own(code)) for code, state in found.items()]
        if section is None:
            label = capfirst(field_label(type(self._source), part))
            return Row(label, f"panel-child-content-{part}-section", cells)
        words = cut_at_word(_words_of(section), FEW_WORDS)
        label = _("%(section)s: %(words)s") % {"section": section.block.label, "words": words}
        return Row(label, f"block-{section.id}-section", cells)

    def _note(self, code: str, choice: Choice) -> str:
        """What readers of a language get of a story that they cannot read in it."""
        article = choice.article
        if article is None or not article.public or code in self._stories.languages(article):
            return ""
        if choice.where_missing == WhereMissing.LEAVE_OUT:
            return _("left out")
        return _("shown in its own language: %(language)s") % {
            "language": capfirst(get_language_info(article.language)["name_local"])
        }

    def _address(self, state: State, all_languages: States) -> str:
        """Where a story is edited in a language, or is sent for translation into it."""
        if state.page_id:
            return reverse("wagtailadmin_pages:edit", args=[state.page_id]) if state.page_id in self._openable else ""
        source = next((self._pages.get(one.page_id or 0) for one in all_languages.values() if one.is_source), None)
        if source is None or not permissions.may_send(self._user, source, self._locales[state.language]):
            return ""
        url = reverse("wagtail_localize:submit_page_translation", args=[source.pk])
        return f"{url}?select_locale={state.language}"

    def _address_of_own(self, code: str) -> str:
        return self._address(self._own[code], self._own)

    @cached_property
    def _pages(self) -> Mapping[int, Page]:
        """The pages of the digest and of its stories in all languages."""
        keys = [state.page_id for languages in self._states.values() for state in languages.values() if state.page_id]
        return Page.objects.in_bulk(keys)

    @cached_property
    def _openable(self) -> set[int]:
        return permissions.openable(self._user, self._pages.values())


class BoardSidePanel(BaseSidePanel):
    """The board in the editor of a digest."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = gettext_lazy("Toggle twin editions")
        icon_name = "list-ul"

        def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["count"] = self.panel.board.to_do
            return context

    name = "twin-editions"
    title = gettext_lazy("Twin editions")
    template_name = "newsletter/admin/board.html"
    order = 140

    @cached_property
    def board(self) -> Board:
        """The board of the page as it was last saved."""
        return Board(self.object, self.request.user)

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().get_context_data(parent_context), "board": self.board}


def _words_of(section: StreamValue.StreamChild) -> str:
    """The beginning of what a section says."""
    return next(_texts(section.value, section.block_type), "")


def _texts(value: Any, kind: str) -> Iterator[str]:
    if kind == "text":
        yield plain(value.source)
    elif isinstance(value, str):
        yield one_line(value)
    else:
        names: Iterable[str] = ("teaser", "text", "heading", "alt_text", "label")
        yield from (one_line(value[name]) for name in names if value.get(name))
