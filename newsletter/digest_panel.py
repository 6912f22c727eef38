"""What stands beside a digest: the panel of what the preflight says."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from newsletter import admin_views, approvals, preflight
from newsletter.board import BoardSidePanel
from newsletter.checks.problems import for_reader, where_to_edit
from newsletter.models import Campaign, DigestPage
from newsletter.preflight import Preflight
from newsroom.localization.translating import made_from


class PreflightSidePanel(BaseSidePanel):
    """What is wrong with a digest, in all its languages, as it was last saved. Typed addresses and the domain of the
    sender are asked before sending only: the panel is to be there at once."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle preflight")
        icon_name = "mail"

        def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            context["count"] = len(self.panel.found.problems)
            return context

    name = "preflight"
    title = _("Preflight")
    template_name = "newsletter/admin/preflight_panel.html"
    order = 155

    @cached_property
    def found(self) -> Preflight:
        """What the preflight says."""
        return preflight.run(self.object, thorough=False)

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        user = self.request.user
        context["here"] = where_to_edit(self.object)
        shown = for_reader(self.found.problems, user, self.object)
        context["blocks"] = [problem for problem in shown if problem.blocks]
        context["warnings"] = [problem for problem in shown if not problem.blocks]
        context["may_send"] = user.has_perm(admin_views.SEND_DIGEST)
        context["approvals"] = self._approvals() if approvals.needed() else []
        return context

    def _approvals(self) -> list[dict[str, Any]]:
        """How each edition stands, and where those who may approve it do so."""
        key = self.object.pk
        return [
            {
                "standing": standing,
                "url": reverse("newsletter_approve_digest", args=[key, standing.language])
                if approvals.may_approve(self.request.user, standing.language)
                else "",
            }
            for standing in self.found.standings
        ]


def panels_of(page: Any, request: Any) -> list[BaseSidePanel]:
    """What stands beside a digest in its editors: the preflight until it was sent, and, where it was written, the board
    of twin editions. Nothing beside any other page."""
    if not isinstance(page, DigestPage):
        return []
    panels: list[BaseSidePanel] = []
    if not Campaign.objects.of(page.translation_key).exists():
        panels.append(PreflightSidePanel(page, request))
    if made_from(page) is None:
        panels.append(BoardSidePanel(page, request))
    return panels
