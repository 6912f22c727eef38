"""Sending in the admin: look, confirm once, follow."""

from collections.abc import Iterator
from typing import Any, NoReturn

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from articles import figures
from newsletter import approvals, digest, preflight, previews, sending
from newsletter.checks.problems import for_reader
from newsletter.models import Campaign, Delivery, DigestPage, Erratum
from newsletter.preflight import Answers, Preflight
from newsroom.models import User

SEND_DIGEST = "newsletter.send_digest"


class SenderOnly(PermissionRequiredMixin):
    """For those who may send digests. (Editing one is another permission.)"""

    permission_required = SEND_DIGEST

    def handle_no_permission(self) -> NoReturn:
        raise PermissionDenied


class SendDigestView(SenderOnly, WagtailAdminTemplateMixin, TemplateView):
    """What would be sent, to how many, and what is wrong with it; a button that sends it, once. What speaks against
    sending is answered here: a warning by a tick, a block by a reason."""

    template_name = "newsletter/admin/send_digest.html"
    header_icon = "mail"
    answers = Answers()

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.digest = get_object_or_404(DigestPage, pk=kwargs["page_id"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        campaign = Campaign.objects.of(self.digest.translation_key).order_by("-pk").first()
        return _to(campaign) if campaign else super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.answers = Answers.from_form(request.POST)
        try:
            campaign = sending.freeze(self.digest, _user(request), request.POST.get("fingerprint", ""), self.answers)
        except sending.AlreadySent as error:
            messages.warning(request, _already(error.campaign))
            return _to(error.campaign)
        except sending.NotSendable as error:
            messages.error(request, _refusal(error.problems))
        except sending.ChangedSince:
            messages.error(
                request,
                _("Nothing was sent: the digest has changed since you looked at it. Please look again."),
            )
        else:
            messages.success(request, _("The digest is on its way."))
            return _to(campaign)
        # With what was ticked and written: nobody writes a reason twice.
        return self.get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Send “%(digest)s”") % {"digest": self.digest.get_admin_display_title()}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {
                "url": reverse("wagtailadmin_explore", args=[self.digest.get_parent().pk]),
                "label": _("Digests"),
            },
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = preflight.run(self.digest)
        shown = for_reader(found.problems, self.request.user, self.digest)
        context["digest"] = self.digest
        context["preflight"] = found
        context["button"] = send_button(found.readers)
        context["approval_needed"] = approvals.needed()
        context["blocks"] = [
            {"problem": problem, "reason": self.answers.reasons.get(problem.key, "")}
            for problem in shown
            if problem.blocks
        ]
        context["warnings"] = [
            {"problem": problem, "ticked": problem.key in self.answers.ticked}
            for problem in shown
            if not problem.blocks
        ]
        context["editions"] = list(self._editions(found))
        return context

    def _editions(self, found: Preflight) -> Iterator[dict[str, Any]]:
        standings = {standing.language: standing for standing in found.standings}
        for audience in found.audiences:
            languages = audience.edition.languages
            yield {
                "name": capfirst(preflight.edition_name(languages)),
                "subject": audience.edition.subject,
                "languages": languages,
                "readers": figures.number(audience.readers),
                "views": previews.VIEWS.items(),
                "standing": standings.get(languages),
                "may_approve": languages in standings and approvals.may_approve(self.request.user, languages),
            }


class EditionPreviewView(SenderOnly, View):
    """An edition as it would be sent now, alone in a frame; another of `previews.VIEWS` with `?as=`."""

    def get(self, request: HttpRequest, page_id: int, languages: str) -> HttpResponse:
        pages = digest.languages_of(get_object_or_404(DigestPage, pk=page_id))
        codes = languages.split(",")
        if not set(codes) <= set(pages):
            raise Http404
        contents = [digest.edition_content(pages[code]) for code in codes]
        view = request.GET.get("as", previews.HTML)
        if view not in previews.VIEWS:
            raise Http404
        return previews.response(contents, view)


class CampaignView(SenderOnly, WagtailAdminTemplateMixin, TemplateView):
    """How far a sending has come."""

    template_name = "newsletter/admin/campaign.html"
    header_icon = "mail"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.campaign = get_object_or_404(Campaign.objects.with_subject(), pk=kwargs["campaign_id"])

    def get_page_title(self) -> str:
        return self.campaign.subject

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("newsletter_campaigns:index"), "label": _("Campaigns")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        counts = _counts(self.campaign)
        context["campaign"] = self.campaign
        context["errata"] = Erratum.objects.filter(digest_key=self.campaign.digest_key).order_by(
            "-created_at", "language"
        )
        context["columns"] = [column["label"] for column in PROGRESS]
        editions = self.campaign.editions.order_by("pk")
        numbers = [_numbers(counts.get(edition.pk, {})) for edition in editions]
        context["rows"] = [
            {"name": capfirst(preflight.edition_name(edition.languages)), "cells": map(figures.number, cells)}
            for edition, cells in zip(editions, numbers, strict=True)
        ]
        context["totals"] = [figures.number(sum(column)) for column in zip(*numbers, strict=True)]
        return context


# The columns of the progress: the states of the ledger, the open ones together.
PROGRESS: list[dict[str, Any]] = [
    {
        "label": Delivery.State.PENDING.label,
        "states": [Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.SENDING],
    },
    {"label": Delivery.State.ACCEPTED.label, "states": [Delivery.State.ACCEPTED]},
    {"label": Delivery.State.REFUSED.label, "states": [Delivery.State.REFUSED]},
    {"label": Delivery.State.SKIPPED.label, "states": [Delivery.State.SKIPPED]},
    {"label": Delivery.State.UNKNOWN.label, "states": [Delivery.State.UNKNOWN]},
    {"label": gettext_lazy("All"), "states": list(Delivery.State)},
]


def _counts(campaign: Campaign) -> dict[int, dict[str, int]]:
    """How many deliveries of each edition are in each state, in one query."""
    counts: dict[int, dict[str, int]] = {}
    rows = campaign.deliveries.values("edition", "state").annotate(number=Count("pk")).order_by()
    for row in rows:
        counts.setdefault(row["edition"], {})[row["state"]] = row["number"]
    return counts


def _numbers(counts: dict[str, int]) -> list[int]:
    return [sum(counts.get(state, 0) for state in column["states"]) for column in PROGRESS]


def send_button(readers: int) -> str:
    """What the button says: "Send to 1,183 readers"."""
    message = ngettext("Send to %(number)s reader", "Send to %(number)s readers", readers)
    return message % {"number": figures.number(readers)}


def _refusal(problems: list[preflight.Problem]) -> str:
    if any(problem.final for problem in problems):
        return _("Nothing was sent: the digest has problems, listed below.")
    if any(problem.blocks for problem in problems):
        return _("Nothing was sent: write down why it is to be sent in spite of what is listed below.")
    return _("Nothing was sent: please tick what you have taken note of.")


def _already(campaign: Campaign) -> str:
    if campaign.state == Campaign.State.FINISHED:
        return _("This digest was sent before. It was not sent again.")
    return _("This digest is already being sent. It is not sent twice.")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    return request.user


def _to(campaign: Campaign) -> HttpResponse:
    return redirect("newsletter_campaign", campaign.pk)
