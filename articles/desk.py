"""The translator's desk: what waits in one language, by due date and by how many people read the story."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.models import Locale, Page

from articles import readership
from articles.periods import last_days
from articles.readership import MONTH
from newsroom.filters import left_to_the_view
from newsroom.language import language_choices, language_label
from newsroom.localization import permissions
from newsroom.localization.job_views import TranslatorsReport, asked_of, has_jobs
from newsroom.localization.models import JobPage, TranslationJob
from newsroom.localization.report import TranslationStateColumn
from newsroom.localization.state import Status, sources, states, status_in

# What the home page shows.
ROWS = 5
MINE = "mine"


def work(user: Any, locale: Locale) -> QuerySet[Page]:
    """The pages that the user sees and that wait in a language: missing, outdated, in review or a draft; not the drafts
    of others that nobody has sent for translation. Each with `due_on` and `reads`; first what is due first, then what
    is read most."""
    visible = permissions.visible_pages(user)
    found = sources().exclude(locale=locale).filter(pk__in=visible.values("pk"))
    found = found.annotate(status=status_in(locale)).exclude(status=Status.COMPLETE)
    found = found.filter(Q(live=True) | ~Q(status=Status.MISSING))
    due = _open_rows(locale.language_code).filter(translation__source__object_id=OuterRef("translation_key"))
    reads = readership.reads_in(last_days(MONTH), translation_key=OuterRef("translation_key"))
    found = found.annotate(due_on=Subquery(due.values("job__due_on")[:1]), reads=reads)
    return found.order_by(F("due_on").asc(nulls_last=True), "-reads", "-latest_revision_created_at", "pk")


def asked_of_user(user: Any) -> Q:
    """A condition on rows of jobs: those asked of the user, of a group of theirs, or of whoever takes them."""
    return (
        Q(job__translator=user)
        | Q(job__translator=None, job__group__in=user.groups.all())
        | Q(job__translator=None, job__group=None)
    )


def _open_rows(language: str) -> QuerySet[JobPage]:
    return JobPage.objects.filter(state=TranslationJob.State.OPEN, job__language=language)


class StatusFilter(ChoiceFilter):
    """Pages with one status in the language of the desk."""

    def filter(self, queryset: QuerySet[Page], value: str) -> QuerySet[Page]:
        return queryset.filter(status=value) if value else queryset


class AskedFilter(ChoiceFilter):
    """Pages that somebody asked the user to translate into the language of the desk."""

    def filter(self, queryset: QuerySet[Page], value: str) -> QuerySet[Page]:
        if not value:
            return queryset
        rows = _open_rows(self.parent.data["language"]).filter(asked_of_user(self.parent.request.user))
        return queryset.filter(translation_key__in=rows.values("translation__source__object_id"))


class DeskFilters(WagtailFilterSet):
    """Language, state, and whose work it is."""

    language = ChoiceFilter(label=_("Into"), empty_label=None, method=left_to_the_view)
    status = StatusFilter(
        label=_("State"), choices=[choice for choice in Status.choices if choice[0] != Status.COMPLETE]
    )
    asked = AskedFilter(label=_("Jobs"), choices=[(MINE, _("Asked of me"))])

    class Meta:
        model = Page
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["language"].extra["choices"] = language_choices(permissions.own_locales(self.request.user))


class DeskView(TranslatorsReport):
    """The desk of one language. The number of queries does not depend on how much waits."""

    index_url_name = "translation_desk"
    index_results_url_name = "translation_desk_results"
    page_title = _("Translation desk")
    filterset_class = DeskFilters
    model = Page
    verbose_name_plural = _("pages")
    columns = [
        TitleColumn(
            "title",
            label=_("Title"),
            accessor="get_admin_display_title",
            get_url=lambda page: page.desk_url,
            width="40%",
        ),
        TranslationStateColumn("state", label=_("State")),
        Column("due", label=_("Due on")),
        Column("asked_of", label=_("Asked of")),
        Column("words", label=_("Words")),
        Column("reads", label=_("Reads in 30 days")),
        Column("written_in", label=_("Written in")),
    ]
    list_export = ["title", "written_in", "into", "state_label", "due_on", "asked_of", "note", "words", "reads"]
    export_headings = {
        "title": _("Title"),
        "written_in": _("Written in"),
        "into": _("Into"),
        "state_label": _("State"),
        "due_on": _("Due on"),
        "asked_of": _("Asked of"),
        "note": _("Note"),
        "words": _("Words"),
        "reads": _("Reads in 30 days"),
    }

    @cached_property
    def locale(self) -> Locale:
        """The language asked for, else the first of the user's. Raises PermissionDenied for one they do not write
        in."""
        locales = permissions.own_locales(self.request.user)
        asked = self.request.GET.get("language")
        if not asked:
            return locales[0]
        found = next((locale for locale in locales if locale.language_code == asked), None)
        if found is None:
            raise PermissionDenied
        return found

    def get_filterset_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs()
        kwargs["data"] = kwargs["data"].copy()
        kwargs["data"]["language"] = self.locale.language_code
        return kwargs

    def get_filename(self) -> str:
        return f"translation-desk-{self.locale.language_code}-{timezone.localdate():%Y-%m-%d}"

    def get_page_subtitle(self) -> str:
        return language_label(self.locale.language_code)

    def get_base_queryset(self) -> QuerySet[Page]:
        return work(self.request.user, self.locale)

    def decorate_paginated_queryset(self, object_list: Any) -> list[Page]:
        """The pages with what the rows show."""
        pages = list(object_list)
        found = states(pages)
        rows = rows_of(pages, self.locale)
        names = dict(Locale.objects.values_list("pk", "language_code"))
        for page in pages:
            row = rows.get(page.translation_key)
            page.state = found[page.translation_key][self.locale.language_code]
            page.state_label = page.state.status.label
            page.desk_url = desk_url(page, page.state.page_id, self.locale)
            page.written_in = language_label(names[page.locale_id])
            page.into = language_label(self.locale.language_code)
            page.due = due_label(row)
            page.asked_of = asked_of(row.job) if row else ""
            page.note = row.job.note if row else ""
            page.words = row.words if row else ""
        return pages


def rows_of(pages: Iterable[Page], locale: Locale) -> dict[uuid.UUID, JobPage]:
    """The open rows of jobs for some pages in a language, by translation key. One query."""
    keys = [page.translation_key for page in pages]
    rows = _open_rows(locale.language_code).filter(translation__source__object_id__in=keys)
    people = rows.select_related("job__translator__wagtail_userprofile", "job__group", "translation__source")
    return {row.translation.source.object_id: row for row in people if row.translation}


def due_label(row: JobPage | None) -> str:
    """The day a page is due on, and whether it is over."""
    if row is None or row.job.due_on is None:
        return ""
    day = date_format(row.job.due_on, "SHORT_DATE_FORMAT")
    return gettext("%(day)s – late") % {"day": day} if row.job.due_on < timezone.localdate() else day


def desk_url(page: Page, translation_id: int | None, locale: Locale) -> str:
    """Where one goes on with a page: to its translation, or to opening one."""
    if translation_id:
        return reverse("wagtailadmin_pages:edit", args=[translation_id])
    url = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    return f"{url}?select_locale={locale.language_code}"


class DeskPanel(Component):
    """On the first page of the admin: what the user is asked to translate, the most urgent first."""

    name = "translation_desk"
    order = 203
    template_name = "articles/desk_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        if not has_jobs(user):
            return {"rows": []}
        codes = [locale.language_code for locale in permissions.own_locales(user)]
        rows = JobPage.objects.filter(asked_of_user(user), state=TranslationJob.State.OPEN, job__language__in=codes)
        rows = rows.select_related("job").order_by(F("job__due_on").asc(nulls_last=True), "pk")[:ROWS]
        return {"rows": [{"row": row, "due": due_label(row), "words": row.words} for row in rows]}
