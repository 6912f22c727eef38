"""Saved audiences in the admin."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import ButtonsColumnMixin, Column, DateColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic import IndexView, WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button, ButtonWithDropdown

from articles import figures
from newsletter import audit
from newsletter.models import Audience
from newsletter.selection import Selection, Unreadable
from newsletter.subscriber_admin import listing_of, selection_in_words

INDEX = "newsletter_audiences:index"


class NameColumn(ButtonsColumnMixin, TitleColumn):
    """The name, which leads to the people meant, with what can be done to the audience."""

    def get_buttons(self, instance: Audience, parent_context: Any) -> list[ButtonWithDropdown]:
        user = parent_context["request"].user
        offered = [("change", "edit", _("Rename"), "edit"), ("delete", "delete", _("Delete"), "bin")]
        buttons = [
            Button(label, reverse(f"newsletter_audiences:{view}", args=[instance.pk]), icon_name=icon)
            for action, view, label, icon in offered
            if user.has_perm(f"newsletter.{action}_audience")
        ]
        label = _("What to do with “%(name)s”") % {"name": instance.name}
        dropdown = ButtonWithDropdown(buttons=buttons, icon_name="dots-horizontal", attrs={"aria-label": label})
        return [dropdown] if buttons else []


class AudienceIndexView(IndexView):
    """Audiences with their present number."""

    any_permission_required = ["view", "add", "change", "delete"]
    default_ordering = "name"

    def get_add_url(self) -> None:
        """None: one is made from the listing, which has the filters."""

    def get_base_queryset(self) -> QuerySet[Audience]:
        return Audience.objects.select_related("made_by__wagtail_userprofile")


class AudienceForm(forms.ModelForm):
    """A name for a selection."""

    class Meta:
        model = Audience
        fields = ["name"]


class SaveAudienceView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """Give the selection in the query string a name."""

    model = Audience
    permission_required = "add"
    header_icon = "folder-open-inverse"
    page_title = gettext_lazy("Save this selection")
    template_name = "newsletter/admin/form.html"

    def get_form_class(self) -> type[AudienceForm]:
        return AudienceForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            self.selection = Selection.read(request.GET.dict())
        except Unreadable:
            self.selection = Selection()
        if self.user_has_permission("add") and not self.selection.query():
            messages.warning(request, _("Filter the subscribers first; then save what you see."))
            return redirect("newsletter_subscribers:index")
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse(INDEX), "label": _("Audiences")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "media": context["form"].media,
            "introduction": _("The filters are kept, not the people: whoever fits later belongs to it, too."),
            "facts": selection_in_words(self.selection),
            "button": _("Save"),
        }

    def form_valid(self, form: AudienceForm) -> HttpResponse:
        form.instance.filters = self.selection.query()
        form.instance.made_by = self.request.user
        audience = form.save()
        audit.note(self.request.user, audit.SAVED, audience)
        messages.success(self.request, _("The selection is saved as “%(name)s”.") % {"name": audience.name})
        return redirect(INDEX)


def _number(audience: Audience) -> str:
    return figures.number(audience.subscriptions().values("subscriber").distinct().count())


class AudienceViewSet(ModelViewSet):
    """Selections under a name."""

    model = Audience
    name = "newsletter_audiences"
    menu_label = gettext_lazy("Audiences")
    icon = "folder-open-inverse"
    index_view_class = AudienceIndexView
    add_view_class = SaveAudienceView
    form_fields = ["name"]
    copy_view_enabled = False
    inspect_view_enabled = False
    list_display = [
        NameColumn("name", label=gettext_lazy("Name"), get_url=listing_of),
        Column("number", label=gettext_lazy("Subscribers"), accessor=_number),
        UserColumn("made_by", label=gettext_lazy("Made by")),
        DateColumn("made_at", label=gettext_lazy("Made on")),
    ]
