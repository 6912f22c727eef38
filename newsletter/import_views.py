"""Importing subscribers in the admin: choose a file, see what would become of every row, confirm, follow."""

from typing import Any, NoReturn

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic import IndexView, WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from articles import figures
from newsletter import import_files, import_runs
from newsletter.import_forms import ColumnsForm, UploadForm, newsletter_choices
from newsletter.importing import WRITTEN, Verdict
from newsletter.models import SubscriberImport

IMPORT = "newsletter.import_subscribers"

State = SubscriberImport.State


class ImportersOnly(ModelPermissionPolicy):
    """Who may import sees and begins imports. Nobody deletes one by hand: they say where subscribers came from."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and user.has_perm(IMPORT)


register_permission_policy(SubscriberImport, ImportersOnly(SubscriberImport))


class ImporterOnly(PermissionRequiredMixin):
    """For those who may import subscribers."""

    permission_required = IMPORT

    def handle_no_permission(self) -> NoReturn:
        raise PermissionDenied


class ImportStep(ImporterOnly, WagtailAdminTemplateMixin):
    """A page below the list of imports."""

    header_icon = "upload"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("newsletter_imports:index"), "label": _("Imports")},
            {"url": "", "label": self.get_page_title()},
        ]


class UploadView(ImportStep, FormView):
    """A file, and what somebody states for it. Nothing is imported yet."""

    template_name = "newsletter/admin/import_upload.html"
    form_class = UploadForm
    page_title = gettext_lazy("Import subscribers")

    def form_valid(self, form: UploadForm) -> HttpResponse:
        run = import_runs.begin(form.cleaned_data["file"], form.statement, self.request.user)
        return redirect("newsletter_imports:show", run.pk)


class ImportView(ImportStep, TemplateView):
    """One import: how far it is, what became or would become of its rows, and the buttons for the next step."""

    template_name = "newsletter/admin/import.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.run = get_object_or_404(SubscriberImport.objects.select_related("made_by"), pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return self.run.file_name

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if "import" in request.POST:
                import_runs.confirm(self.run, request.user)
            elif "discard" in request.POST:
                import_runs.discard(self.run)
                messages.success(request, _("The file was removed. Nothing was imported."))
                return redirect("newsletter_imports:index")
            else:
                form = self._columns_form(request.POST)
                if form is None or not form.is_valid():
                    return self.render_to_response(self.get_context_data(form=form))
                self._check_again(form)
        except import_runs.NotNow:
            messages.warning(request, _("This has been done already, or cannot be done now."))
        return redirect("newsletter_imports:show", self.run.pk)

    def _check_again(self, form: ColumnsForm) -> None:
        encoding = form.cleaned_data.get("encoding", "")
        delimiter = form.cleaned_data.get("delimiter", "")
        said = None if form.is_cut_anew else vars(form.said)
        import_runs.check_again(self.run, encoding, delimiter, said, form.cleaned_data.get("sheet", self.run.sheet))

    def _columns_form(self, data: Any = None) -> ColumnsForm | None:
        """How the file is read, to be changed; None when it has not come so far."""
        columns = import_runs.columns_of(self.run)
        if columns is None or self.run.state not in (State.CHECKED, State.REFUSED):
            return None
        initial: dict[str, Any] = {f"column_{number}": meaning for number, meaning in enumerate(columns.meanings)}
        initial |= {"encoding": self.run.encoding, "delimiter": self.run.delimiter, "header": columns.header}
        sheets = import_files.sheets_of(import_runs.file_of(self.run))
        initial["sheet"] = self.run.sheet or next(iter(sheets), "")
        return ColumnsForm(data, columns=columns, is_xlsx=not self.run.encoding, sheets=sheets, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        run, counts = self.run, self.run.counts
        samples = import_runs.samples_of(run)
        context["run"] = run
        context["newsletter"] = dict(newsletter_choices()).get(str(run.newsletter_key), "")
        context["verdicts"] = [
            {
                "label": capfirst(verdict.label),
                "count": figures.number(counts[verdict]),
                "findings": samples.get(verdict, []),
                "is_more": counts[verdict] > len(samples.get(verdict, [])),
            }
            for verdict in Verdict
            if counts.get(verdict)
        ]
        context["form"] = context.get("form") or self._columns_form()
        context["has_verdicts"] = not run.is_busy and import_runs.verdicts_of(run).exists()
        context["button"] = import_button(sum(counts.get(verdict, 0) for verdict in WRITTEN))
        context["has_work"] = any(counts.get(verdict) for verdict in WRITTEN)
        return context


def import_button(rows: int) -> str:
    """What the button says: "Import 1,183 rows"."""
    message = ngettext("Import %(number)s row", "Import %(number)s rows", rows)
    return message % {"number": figures.number(rows)}


class VerdictsView(ImporterOnly, View):
    """The verdicts of all rows, to download."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = get_object_or_404(SubscriberImport, pk=pk)
        try:
            file = import_runs.verdicts_of(run).open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        name, word = run.file_name.rpartition(".")[0] or run.file_name, _("verdicts")
        return FileResponse(
            file, as_attachment=True, filename=f"{name}-{word}.csv", content_type="text/csv; charset=utf-8"
        )


class ImportIndexView(IndexView):
    """The files that were imported, or are about to be."""

    add_item_label = gettext_lazy("Import subscribers")

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("made_by__wagtail_userprofile")


class ImportViewSet(ModelViewSet):
    """Imports of subscribers."""

    model = SubscriberImport
    name = "newsletter_imports"
    menu_label = gettext_lazy("Imports")
    icon = "upload"
    index_view_class = ImportIndexView
    form_fields: list[str] = []
    copy_view_enabled = False
    ordering = "-made_at"
    list_display = [
        TitleColumn(
            "file_name",
            label=gettext_lazy("File"),
            get_url=lambda run: reverse("newsletter_imports:show", args=[run.pk]),
        ),
        Column("state", label=gettext_lazy("State"), accessor=lambda run: capfirst(run.get_state_display())),
        Column("rows", label=gettext_lazy("Rows"), accessor=lambda run: figures.number(run.rows)),
        UserColumn("made_by", label=gettext_lazy("By")),
        DateColumn("made_at", label=gettext_lazy("On"), sort_key="made_at"),
    ]

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("add/", UploadView.as_view(), name="add"),
            path("<int:pk>/", ImportView.as_view(), name="show"),
            path("<int:pk>/verdicts/", VerdictsView.as_view(), name="verdicts"),
        ]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        others = {"history_url_name": None, "usage_url_name": None, "edit_url_name": None, "delete_url_name": None}
        return super().get_common_view_kwargs(**{**others, **kwargs})
