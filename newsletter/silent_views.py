"""Those who have given no sign of life for years: staff look, and decide."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from newsletter import audit, subscriptions
from newsletter.models import Subscriber
from newsletter.models.subscriber import SubscriberQuerySet

ROWS_A_PAGE = 100


class SilentView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The silent, those silent for longest first. What is ticked is shown again to be confirmed, and only then ends."""

    model = Subscriber
    permission_required = "view"
    header_icon = "history"
    page_title = gettext_lazy("No sign of life")
    template_name = "newsletter/admin/silent.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        listing = {"url": reverse("newsletter_subscribers:index"), "label": _("Subscribers")}
        return [*self.breadcrumbs_items, listing, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = silent().order_by("seen_at", "created_at", "pk").with_questions()
        return super().get_context_data(**kwargs) | {
            "page_obj": Paginator(found, ROWS_A_PAGE).get_page(self.request.GET.get("p")),
            "may_end": self.user_has_permission("change"),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.user_has_permission("change"):
            raise PermissionDenied
        chosen = [key for key in request.POST.getlist("subscriber") if re.fullmatch(r"[0-9]{1,18}", key)]
        # Who has given a sign since the page was shown is no longer among them.
        found = silent().filter(pk__in=chosen).order_by("pk")
        if not found:
            messages.warning(request, _("Please tick at least one."))
            return redirect(request.path)
        if "confirmed" not in request.POST:
            return self.render_to_response(self.get_context_data(chosen=found.with_questions()))
        count = len([self._end(subscriber) for subscriber in found])
        message = ngettext("%(count)d person is written to no more.", "%(count)d people are written to no more.", count)
        messages.success(request, message % {"count": count})
        return redirect(request.path)

    @transaction.atomic
    def _end(self, subscriber: Subscriber) -> None:
        ended = subscriptions.expire(subscriber)
        audit.note(self.request.user, audit.EXPIRED, subscriber, subscriptions=ended)


def silent() -> SubscriberQuerySet:
    """Those who are silent now."""
    return Subscriber.objects.silent(timezone.now())
