"""The page explorer of the admin, with the state of the translations: a column and a filter."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from newsroom.localization import panels
from newsroom.localization.state import Status, states, with_translation


class TranslationColumn(BaseColumn):
    """The states of a page in the languages it was not written in; `instance.translation_states` holds them."""

    cell_template_name = "localization/state_cell.html"


class TranslationStatusFilter(ChoiceFilter):
    """Pages with a translation in one state, in whichever language."""

    def filter(self, queryset: QuerySet[Page], value: str) -> QuerySet[Page]:
        return queryset.filter(pk__in=with_translation(Status(value)).values("pk")) if value else queryset


class PageFilters(GenericPageFilterSet):
    """Wagtail's filters, and the state of translations."""

    translation = TranslationStatusFilter(label=_("Translation"), choices=Status.choices)


class PageIndexView(ExplorableIndexView):
    """Wagtail's page explorer. The states cost the same few queries however many pages there are."""

    base_filterset_class = PageFilters
    base_columns = [*ExplorableIndexView.base_columns, TranslationColumn("translation", label=_("Translation"))]

    def get_table(self, object_list: Any) -> Any:
        add_states(object_list)
        return super().get_table(object_list)


class PageEditView(EditView):
    """Wagtail's editor of a page, with the panels of the site beside it."""

    def get_side_panels(self) -> MediaContainer:
        side_panels = super().get_side_panels()
        # A page that autosave has just made is edited in the form for new ones, which has no place for more panels.
        if not (self.expects_json_response or self.hydrate_create_view):
            side_panels.extend(panels.beside(self.page, self.request))
        return side_panels


class SitePageViewSet(PageViewSet):
    """How the admin lists and edits pages of every type."""

    model = Page
    index_view_class = PageIndexView
    edit_view_class = PageEditView
    filterset_class = PageFilters


def add_states(pages: Any) -> None:
    """Set `translation_states` on pages that are to be listed."""
    found = states(pages)
    for page in pages:
        page.translation_states = [state for state in found[page.translation_key].values() if not state.is_source]
