"""The clock's housekeeping in the admin."""

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from articles import figures
from newsletter.models import Chore, Subscriber

ROWS_A_PAGE = 100


class HousekeepingView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """What the clock did, the latest day first, for those who may see subscribers."""

    model = Subscriber
    permission_required = "view"
    header_icon = "tasks"
    page_title = gettext_lazy("Housekeeping")
    template_name = "newsletter/admin/housekeeping.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse("newsletter_subscribers:index"), "label": _("Subscribers")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(Chore.objects.all(), ROWS_A_PAGE).get_page(self.request.GET.get("p"))
        rows = [{"day": one.day, "task": one.get_task_display(), "number": figures.number(one.number)} for one in page]
        return super().get_context_data(**kwargs) | {"page_obj": page, "rows": rows}
