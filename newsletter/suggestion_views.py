"""Suggested stories in the admin: look, tick, and they stand at the end of the digest's draft."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Page

from articles import figures
from newsletter import suggestions
from newsletter.models import Campaign, DigestPage
from newsletter.suggestions import Suggestion
from newsroom.localization.translating import made_from


def may_suggest(user: Any, page: Page) -> bool:
    """Whether a user may add stories to a page: to a digest that they edit in the language it is written in, and that
    was not sent."""
    return (
        issubclass(page.specific_class, DigestPage)
        and _may_edit(user, page)
        and made_from(page) is None
        and not Campaign.objects.of(page.translation_key).exists()
    )


class SuggestionsView(WagtailAdminTemplateMixin, TemplateView):
    """The stories that a digest could tell."""

    template_name = "newsletter/admin/suggestions.html"
    header_icon = "pick"
    page_title = gettext_lazy("Suggested stories")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        page = get_object_or_404(DigestPage, pk=kwargs["page_id"])
        if not may_suggest(request.user, page):
            raise PermissionDenied
        self.digest = page.get_latest_revision_as_object()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = _keys(request.POST.getlist("story"))
        has = {article.translation_key for article in self.digest.parts()}
        found = suggestions.described(self.digest, [key for key in chosen if key not in has], timezone.now())
        if not found:
            messages.warning(request, _("Please tick at least one story."))
            return redirect(request.path)
        suggestions.append(self.digest, found)
        self.digest.save_revision(user=request.user, log_action=True)
        message = ngettext(
            "%(count)d story stands at the end of the draft.",
            "%(count)d stories stand at the end of the draft.",
            len(found),
        )
        messages.success(request, message % {"count": len(found)})
        return redirect("wagtailadmin_pages:edit", self.digest.pk)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.digest.pk])
        digest = {"url": edit, "label": self.digest.get_admin_display_title()}
        return [*self.breadcrumbs_items, digest, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(**kwargs) | {
            "digest": self.digest,
            "since": suggestions.since_last(self.digest, now),
            "rows": [_row(suggestion) for suggestion in suggestions.suggest(self.digest, now)],
        }


def _may_edit(user: Any, page: Page) -> bool:
    permissions = page.permissions_for_user(user)
    return permissions.can_edit() and not permissions.page_locked()


def _row(suggestion: Suggestion) -> dict[str, Any]:
    reads = [f"{code.upper()} {figures.number(count)}" for code, count in sorted(suggestion.reads.items()) if count]
    return {"story": suggestion, "reads": reads, "states": suggestion.states.values()}


def _keys(texts: list[str]) -> list[uuid.UUID]:
    """The keys among what a form has sent."""
    keys = []
    for text in dict.fromkeys(texts):
        try:
            keys.append(uuid.UUID(text))
        except ValueError:
            continue
    return keys
