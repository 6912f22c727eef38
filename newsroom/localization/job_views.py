"""Jobs in the admin: the list, one job, and the words that were delivered."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from django_filters import ChoiceFilter
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.reports import ReportView
from wagtail.models import Locale

from newsroom.language import language_choices, language_label
from newsroom.localization import jobs, notices, permissions
from newsroom.localization.mails import total
from newsroom.localization.models import JobPage, Notice, TranslationJob
from newsroom.tables import DefusedRows
from newsroom.text import one_line


def has_jobs(user: Any) -> bool:
    """Whether jobs are any business of the user: who may send pages for translation, and translators."""
    return user.has_perm(permissions.SUBMIT) and bool(permissions.own_locales(user))


def asked_of(job: TranslationJob) -> str:
    """Whom a job was asked of, in words."""
    if job.translator:
        return user_display_name(job.translator)
    return job.group.name if job.group else _("Whoever takes it")


class TranslatorsReport(DefusedRows, ReportView):
    """A report for those whom jobs concern, in the order in which its rows are asked for. `decorate_paginated_queryset`
    says what they show, on the screen and in files."""

    header_icon = "wagtail-localize-language"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not has_jobs(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def order_queryset(self, queryset: QuerySet) -> QuerySet:
        return queryset

    def get_table(self, object_list: Any) -> Any:
        return super().get_table(self.decorate_paginated_queryset(object_list))


# -- The list ----------------------------------------------------------------------------------------------------------


def _languages() -> list[tuple[str, str]]:
    return language_choices(Locale.objects.order_by("pk"))


class JobFilters(WagtailFilterSet):
    """State and language."""

    state = ChoiceFilter(label=gettext_lazy("State"), choices=TranslationJob.State.choices)
    language = ChoiceFilter(label=gettext_lazy("Into"), choices=_languages)

    class Meta:
        model = TranslationJob
        fields: list[str] = []


class JobsView(TranslatorsReport):
    """The jobs that concern the user, the most urgent first. The number of queries does not depend on their number."""

    index_url_name = "translation_jobs"
    index_results_url_name = "translation_jobs_results"
    page_title = gettext_lazy("Translation jobs")
    filterset_class = JobFilters
    model = TranslationJob
    verbose_name_plural = gettext_lazy("jobs")
    columns = [
        TitleColumn(
            "title", label=gettext_lazy("Pages"), get_url=lambda job: reverse("translation_job", args=[job.pk])
        ),
        Column("into", label=gettext_lazy("Into")),
        Column("asked_of", label=gettext_lazy("Asked of")),
        Column("asked_by_name", label=gettext_lazy("Asked by")),
        Column("due", label=gettext_lazy("Due on")),
        Column("words", label=gettext_lazy("Words")),
        Column("state_label", label=gettext_lazy("State")),
    ]
    list_export = [
        "title",
        "into",
        "asked_of",
        "asked_by_name",
        "asked_at",
        "due_on",
        "words",
        "state_label",
        "closed_at",
    ]
    export_headings = {
        "title": gettext_lazy("Pages"),
        "into": gettext_lazy("Into"),
        "asked_of": gettext_lazy("Asked of"),
        "asked_by_name": gettext_lazy("Asked by"),
        "asked_at": gettext_lazy("Asked on"),
        "due_on": gettext_lazy("Due on"),
        "words": gettext_lazy("Words"),
        "state_label": gettext_lazy("State"),
        "closed_at": gettext_lazy("Closed on"),
    }

    def get_base_queryset(self) -> QuerySet[TranslationJob]:
        found = jobs.visible_to(self.request.user)
        people = found.select_related("translator__wagtail_userprofile", "asked_by__wagtail_userprofile", "group")
        failed = Count("notices", filter=Q(notices__state=Notice.State.FAILED), distinct=True)
        return people.prefetch_related("pages").annotate(failed=failed)

    def order_queryset(self, queryset: QuerySet[TranslationJob]) -> QuerySet[TranslationJob]:
        return queryset.order_by(F("closed_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk")

    def get_filename(self) -> str:
        return f"translation-jobs-{timezone.localdate():%Y-%m-%d}"

    def decorate_paginated_queryset(self, object_list: Any) -> list[TranslationJob]:
        """The jobs with what the rows show."""
        found = list(object_list)
        for job in found:
            rows = list(job.pages.all())
            job.title = title_of(rows)
            job.into = language_label(job.language)
            job.asked_of = asked_of(job)
            job.asked_by_name = user_display_name(job.asked_by) if job.asked_by else ""
            job.due = date_format(job.due_on, "SHORT_DATE_FORMAT") if job.due_on else ""
            job.words = sum(row.words for row in rows)
            job.state_label = job.get_state_display()
            if job.failed:
                job.state_label = _("%(state)s – mail not sent") % {"state": job.state_label}
        return found


def title_of(rows: list[JobPage]) -> str:
    """The pages of a job in a few words: the first, and how many more."""
    first = one_line(rows[0].title) if rows else ""
    if len(rows) < 2:
        return first
    message = ngettext("%(first)s and %(count)d more", "%(first)s and %(count)d more", len(rows) - 1)
    return message % {"first": first, "count": len(rows) - 1}


# -- One job -----------------------------------------------------------------------------------------------------------


class JobView(WagtailAdminTemplateMixin, TemplateView):
    """A job: its pages, the mails about it, and what one may do with it."""

    template_name = "localization/job.html"
    header_icon = "wagtail-localize-language"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.job = get_object_or_404(jobs.visible_to(request.user), pk=kwargs["job_id"])
        self.rows = list(self.job.pages.select_related("translation__source", "delivered_by").order_by("pk"))
        self.manages = jobs.may_cancel(request.user, self.job)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.manages:
            raise PermissionDenied
        if "cancel" in request.POST:
            if jobs.cancel(self.job):
                messages.success(request, _("The job was taken back."))
        elif notices.try_again(self.job.notices.all()):
            messages.success(request, _("The mails will be sent again within a minute."))
        return redirect("translation_job", self.job.pk)

    def get_page_title(self) -> str:
        return title_of(self.rows)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse("translation_jobs"), "label": _("Translation jobs")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sent = list(self.job.notices.select_related("to").order_by("made_at", "pk"))
        opened = jobs.opened(self.rows, self.request.user)
        return context | {
            "job": self.job,
            "language": language_label(self.job.language),
            "asked_of": asked_of(self.job),
            "rows": [{"page": row, "target": opened.get(row.pk)} for row in self.rows],
            "words": total(self.rows),
            "notices": sent,
            "unsent": any(notice.state == Notice.State.FAILED for notice in sent),
            "manages": self.manages,
        }


# -- Words delivered ---------------------------------------------------------------------------------------------------


class DeliveredFilters(WagtailFilterSet):
    """Language."""

    language = ChoiceFilter(label=gettext_lazy("Into"), choices=_languages, field_name="job__language")

    class Meta:
        model = JobPage
        fields: list[str] = []


class RowsPaginator(WagtailPaginator):
    """Counts the rows of a table that are no records of anything."""

    verbose_name = gettext_lazy("row")
    verbose_name_plural = gettext_lazy("rows")


class WordsDelivered(TranslatorsReport):
    """The words that each translator delivered in each month, by language. Translators see their own."""

    index_url_name = "translation_words"
    index_results_url_name = "translation_words_results"
    page_title = gettext_lazy("Words delivered")
    filterset_class = DeliveredFilters
    model = JobPage
    verbose_name_plural = gettext_lazy("months")
    paginator_class = RowsPaginator
    columns = [
        Column("month", label=gettext_lazy("Month")),
        Column("translator", label=gettext_lazy("Translator")),
        Column("into", label=gettext_lazy("Into")),
        Column("pages", label=gettext_lazy("Pages")),
        Column("new", label=gettext_lazy("New words")),
        Column("changed", label=gettext_lazy("Changed words")),
        Column("repeated", label=gettext_lazy("Repeated words")),
        Column("moved", label=gettext_lazy("Words changed since")),
        Column("words", label=gettext_lazy("All words")),
    ]
    list_export = [column.name for column in columns]
    export_headings = {column.name: column.label for column in columns}

    def get_base_queryset(self) -> QuerySet[JobPage]:
        delivered = JobPage.objects.filter(state=TranslationJob.State.DELIVERED)
        if len(permissions.own_locales(self.request.user)) < Locale.objects.count():
            delivered = delivered.filter(delivered_by=self.request.user)
        return delivered

    def get_filtered_queryset(self) -> Any:
        queryset = super().get_filtered_queryset()
        by = queryset.annotate(since=TruncMonth("delivered_at")).values("since", "delivered_by", "job__language")
        kinds = {kind: Sum(f"words_{kind}") for kind in ("new", "changed", "repeated", "moved")}
        return by.annotate(pages=Count("pk"), **kinds).order_by("-since", "job__language", "delivered_by")

    def get_filename(self) -> str:
        return f"words-delivered-{timezone.localdate():%Y-%m-%d}"

    def decorate_paginated_queryset(self, object_list: Any) -> list[dict[str, Any]]:
        rows = [dict(row) for row in object_list]
        people = _people({row["delivered_by"] for row in rows})
        for row in rows:
            row["month"] = f"{timezone.localtime(row['since']):%Y-%m}"
            row["translator"] = people.get(row["delivered_by"], _("Not known"))
            row["into"] = language_label(row["job__language"])
            row["words"] = row["new"] + row["changed"] + row["repeated"] + row["moved"]
        return rows


def _people(keys: set[Any]) -> dict[Any, str]:
    users = get_user_model().objects.filter(pk__in=keys).select_related("wagtail_userprofile")
    return {user.pk: user_display_name(user) for user in users}


def patterns() -> list[Any]:
    """The addresses, below the admin's."""
    return [
        path("translation/jobs/", JobsView.as_view(), name="translation_jobs"),
        path("translation/jobs/results/", JobsView.as_view(results_only=True), name="translation_jobs_results"),
        path("translation/jobs/<int:job_id>/", JobView.as_view(), name="translation_job"),
        path("reports/translated-words/", WordsDelivered.as_view(), name="translation_words"),
        path(
            "reports/translated-words/results/",
            WordsDelivered.as_view(results_only=True),
            name="translation_words_results",
        ),
    ]
