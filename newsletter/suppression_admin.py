"""Suppressions in the admin: to look at, to look up, and to lift those that staff made."""

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import IndexView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import HeaderButton

from newsletter import audit
from newsletter.forms import AddressField
from newsletter.models import Subscriber, Suppression
from newsletter.suppression import NotLiftable, lift

INDEX = "newsletter_suppressions:index"


class LiftColumn(Column):
    """A way to lift what may be lifted."""

    cell_template_name = "newsletter/admin/lift_cell.html"

    def get_cell_context_data(self, instance: Suppression, parent_context: dict[str, Any]) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        context["may_lift"] = instance.is_by_staff and parent_context["request"].user.has_perm(
            "newsletter.suppress_subscriber"
        )
        return context


class SuppressionIndexView(IndexView):
    """Suppressions, the latest first. No addresses: we have none."""

    any_permission_required = ["view"]
    default_ordering = "-at"

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("Look for an address"), reverse("newsletter_suppressions:find"), icon_name="search")]

    def get_base_queryset(self) -> QuerySet[Suppression]:
        return Suppression.objects.all()


class FindForm(forms.Form):
    """The address to look for."""

    email = AddressField(label=gettext_lazy("E-mail address"))


class FindSuppressionView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Whether an address is suppressed. It is sent in the body of a request, and stands in no log and no history."""

    model = Suppression
    permission_required = "view"
    header_icon = "no-view"
    page_title = gettext_lazy("Look for an address")
    template_name = "newsletter/admin/find_suppression.html"
    form_class = FindForm

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse(INDEX), "label": _("Suppressions")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def form_valid(self, form: FindForm) -> HttpResponse:
        found = Suppression.objects.of([form.cleaned_data["email"]]).first()
        may_lift = bool(found and found.is_by_staff and self.request.user.has_perm("newsletter.suppress_subscriber"))
        return self.render_to_response(
            self.get_context_data(form=form, looked=True, suppression=found, may_lift=may_lift)
        )


class LiftView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """Let an address be written to again that staff had suppressed."""

    model = Subscriber
    permission_required = "suppress"
    header_icon = "no-view"
    page_title = gettext_lazy("Lift the suppression")
    template_name = "newsletter/admin/confirm.html"

    @cached_property
    def suppression(self) -> Suppression:
        return get_object_or_404(Suppression, pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse(INDEX), "label": _("Suppressions")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "explanation": _(
                "The address behind %(hash)s may be added and imported again, and sign up. No subscription comes back "
                "by itself."
            )
            % {"hash": self.suppression.short_hash},
            "button": _("Lift"),
            "back": reverse(INDEX),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        suppression = self.suppression
        try:
            with transaction.atomic():
                audit.note(request.user, audit.LIFTED, suppression)
                lift(suppression)
        except NotLiftable:
            messages.error(request, _("Only the person’s own sign-up lifts this suppression."))
        else:
            messages.success(request, _("The suppression is lifted."))
        return redirect(INDEX)


class SuppressionViewSet(ModelViewSet):
    """Who is not written to, without their addresses."""

    model = Suppression
    name = "newsletter_suppressions"
    menu_label = gettext_lazy("Suppressions")
    icon = "no-view"
    index_view_class = SuppressionIndexView
    form_fields: list[str] = []
    copy_view_enabled = False
    list_per_page = 50
    list_display = [
        Column("short_hash", label=gettext_lazy("Address (hash)")),
        Column("reason", label=gettext_lazy("Reason"), accessor="get_reason_display"),
        DateColumn("at", label=gettext_lazy("Since"), sort_key="at"),
        LiftColumn("lift", label=""),
    ]

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("find/", FindSuppressionView.as_view(), name="find"),
            path("lift/<str:pk>/", LiftView.as_view(), name="lift"),
        ]
