"""The report "Translations": what stands where in one language, among the pages that the user may see."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, DateTimeField, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, NumberFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation, TranslationSource

from newsroom.filters import left_to_the_view
from newsroom.language import language_choices, language_label
from newsroom.localization import permissions
from newsroom.localization.state import FOLLOWING, Status, sources, states, status_in, with_status
from newsroom.tables import DefusedRows


class StatusFilter(ChoiceFilter):
    """Pages with a status in the language of the report."""

    def filter(self, queryset: QuerySet[Page], value: str) -> QuerySet[Page]:
        return with_status(queryset, self.parent.locale, Status(value)) if value else queryset


class DaysFilter(NumberFilter):
    """Pages that have waited for so many days."""

    def filter(self, queryset: QuerySet[Page], value: Any) -> QuerySet[Page]:
        if not value:
            return queryset
        before = timezone.now() - timedelta(days=int(value))
        return with_since(queryset, self.parent.locale).filter(since__lte=before)


class TranslationsFilters(WagtailFilterSet):
    """Language, state and age."""

    language = ChoiceFilter(
        label=_("Into"),
        choices=lambda: language_choices(Locale.objects.all()),
        empty_label=None,
        method=left_to_the_view,
    )
    status = StatusFilter(label=_("State"), choices=Status.choices)
    days = DaysFilter(label=_("Waiting for at least (days)"), min_value=1)

    class Meta:
        model = Page
        fields: list[str] = []

    @cached_property
    def locale(self) -> Locale:
        return Locale.objects.get(language_code=self.form.cleaned_data["language"])


class TranslationStateColumn(Column):
    """The state, with a link to the translation."""

    cell_template_name = "localization/report_state_cell.html"


class TranslationsReport(DefusedRows, ReportView):
    """Every page that was written in another language, with its state in one. The number of queries does not depend on
    the number of pages."""

    template_name = "wagtailadmin/pages/listing.html"
    index_url_name = "wagtail_localize:translations_report"
    index_results_url_name = "wagtail_localize:translations_report_results"
    page_title = _("Translations")
    header_icon = "wagtail-localize-language"
    filterset_class = TranslationsFilters
    model = Page
    verbose_name_plural = _("pages")
    default_ordering = "-latest_revision_created_at"
    columns = [
        BulkActionsColumn("bulk_actions"),
        TitleColumn("title", label=_("Title"), accessor="get_admin_display_title", url_name="wagtailadmin_pages:edit"),
        TranslationStateColumn("state", label=_("State")),
        Column("type", label=_("Type"), accessor="page_type_display_name"),
        Column("written_in", label=_("Written in")),
        DateColumn("since", label=_("Waiting since"), sort_key="since"),
    ]
    list_export = ["id", "title", "page_type_display_name", "written_in", "into", "state_label", "since"]
    export_headings = {
        "id": _("Number"),
        "title": _("Title"),
        "page_type_display_name": _("Type"),
        "written_in": _("Written in"),
        "into": _("Into"),
        "state_label": _("State"),
        "since": _("Waiting since"),
    }

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not permissions.visible_pages(request.user).exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def locale(self) -> Locale:
        """The language asked for; else the first that the user works in, one to translate into rather than the site's
        first."""
        locales = permissions.all_locales()
        asked = [locale for locale in locales if locale.language_code == self.request.GET.get("language")]
        return (asked or permissions.own_locales(self.request.user) or locales)[0]

    def get_filterset_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs()
        kwargs["data"] = kwargs["data"].copy()
        kwargs["data"]["language"] = self.locale.language_code
        return kwargs

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        label, url = _("Take over PO files"), reverse("localization_po_upload")
        return [*super().header_more_buttons, Button(label, url=url, icon_name="upload", priority=5)]

    def get_filename(self) -> str:
        return f"translations-{self.locale.language_code}-{timezone.localdate():%Y-%m-%d}"

    def get_base_queryset(self) -> QuerySet[Page]:
        visible = permissions.visible_pages(self.request.user)
        return sources().exclude(locale=self.locale).filter(pk__in=visible.values("pk"))

    def order_queryset(self, queryset: QuerySet[Page]) -> QuerySet[Page]:
        """What was changed last comes first, unless one asks for what has waited longest."""
        if self.ordering == "since":
            return with_since(queryset, self.locale).order_by(F("since").asc(nulls_last=True), "pk")
        if self.ordering == "-since":
            return with_since(queryset, self.locale).order_by(F("since").desc(nulls_last=True), "pk")
        return queryset.order_by(self.ordering, "pk")

    def get_filtered_queryset(self) -> QuerySet[Page]:
        return self.get_queryset()

    def get_table(self, object_list: Any) -> Any:
        return super().get_table(self.decorate_paginated_queryset(object_list))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "model_opts": Page._meta}

    def decorate_paginated_queryset(self, pages: Any) -> list[Page]:
        """The pages with what the rows show."""
        pages = list(pages)
        found = states(pages)
        names = dict(Locale.objects.values_list("pk", "language_code"))
        on_screen = with_since(Page.objects.filter(pk__in=[page.pk for page in pages]), self.locale)
        since = dict(on_screen.values_list("pk", "since"))
        for page in pages:
            page.state = found[page.translation_key][self.locale.language_code]
            page.since = since[page.pk]
            page.state_label = page.state.status.label
            page.written_in = language_label(names[page.locale_id])
            page.into = language_label(self.locale.language_code)
        return pages


def with_since(pages: QuerySet[Page], locale: Locale) -> QuerySet[Page]:
    """Pages with `since`: since when they wait for somebody to bring them up to date in a language, hand them over or
    approve them; None for what is complete. Information only: no state depends on it."""
    sources_of_story = TranslationSource.objects.filter(object_id=OuterRef(OuterRef("translation_key")))
    translations = Translation.objects.filter(
        FOLLOWING, source_id__in=sources_of_story.values("pk"), target_locale_id=locale.pk
    )
    since = Coalesce(
        Subquery(translations.values("standing__moved_since")[:1]),
        Subquery(translations.values("created_at")[:1]),
        "first_published_at",
        "latest_revision_created_at",
        output_field=DateTimeField(),
    )
    waiting = Case(When(status=Status.COMPLETE, then=None), default=since, output_field=DateTimeField())
    return pages.annotate(status=status_in(locale)).annotate(since=waiting)
