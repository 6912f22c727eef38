"""Approving in the admin: one language's edition, what has changed since the last approval, and the button."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from newsletter import approvals, digest, preflight, previews
from newsletter.checks.problems import for_reader
from newsletter.models import Campaign, DigestPage
from newsroom.language import name_in_a_sentence
from newsroom.mail_rendering import RenderingError


def approve_label(language: str) -> str:
    """What the button says: "Approve the French edition"."""
    return _("Approve the %(language)s edition") % {"language": name_in_a_sentence(language)}


class ApproverOnly(View):
    """For those who may approve the editions of a language."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.digest = get_object_or_404(DigestPage, pk=kwargs["page_id"])
        self.language = str(kwargs["language"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not approvals.may_approve(request.user, self.language):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class ApproveView(ApproverOnly, WagtailAdminTemplateMixin, TemplateView):
    """One language's edition, and the button that approves it as it is."""

    template_name = "newsletter/admin/approve.html"
    header_icon = "success"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            approvals.approve(self.digest, self.language, request.user, request.POST.get("sha256", ""))
        except approvals.ChangedSince:
            messages.error(
                request, _("Nothing was approved: the edition has changed since you looked at it. Please look again.")
            )
        except RenderingError as error:
            messages.error(request, error.message)
        else:
            said = _("The %(language)s edition is approved as it is now.")
            messages.success(request, said % {"language": name_in_a_sentence(self.language)})
        return redirect("newsletter_approve_digest", self.digest.pk, self.language)

    def get_page_title(self) -> str:
        return approve_label(self.language)

    def get_page_subtitle(self) -> str:
        return self.digest.get_admin_display_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("wagtailadmin_explore", args=[self.digest.get_parent().pk]), "label": _("Digests")},
            {"url": reverse("wagtailadmin_pages:edit", args=[self.digest.pk]), "label": str(self.digest)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = preflight.run(self.digest, thorough=False)
        standing = next((one for one in found.standings if one.language == self.language), None)
        own = [problem for problem in found.problems if problem.language in (self.language, "")]
        if standing is None and not any(problem.code == "unrenderable" for problem in own):
            raise Http404
        return context | {
            "digest": self.digest,
            "language": self.language,
            "standing": standing,
            "problems": for_reader(
                [problem for problem in own if problem.code not in ("not-approved", "nobody")],
                self.request.user,
                self.digest,
            ),
            "button": approve_label(self.language),
            "was_sent": Campaign.objects.of(self.digest.translation_key).exists(),
        }


class ApprovalPreviewView(ApproverOnly):
    """The edition as it would be sent now, alone in a frame; as text with `?as=text`."""

    def get(self, request: HttpRequest, page_id: int, language: str) -> HttpResponse:
        translated = digest.languages_of(self.digest).get(language)
        if translated is None:
            raise Http404
        view = previews.TEXT if request.GET.get("as") == previews.TEXT else previews.HTML
        return previews.response([digest.edition_content(translated)], view)
