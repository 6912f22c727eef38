"""What a digest adds to the admin and takes out of it: preflight, tests, approval. `wagtail_hooks` takes it in."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import path, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.action_menu import PublishMenuItem
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models import Page

from newsletter import approval_views, approvals, digest_panel, sending, test_send_views, test_sends
from newsletter.models import Campaign, DigestPage

# Buttons of the editor that speak of publishing, which for a digest means nothing: it is sent.
PUBLISHING = {"action-publish", "action-unpublish"}


@hooks.register("insert_global_admin_css")
def style_digests() -> str:
    return format_html('<link rel="stylesheet" href="{}">', versioned_static("newsletter/admin.css"))


@hooks.register("register_admin_urls")
def register_digest_urls() -> list[Any]:
    digest = "newsletter/digests/<int:page_id>"
    return [
        path(f"{digest}/test/", test_send_views.TestSendView.as_view(), name="newsletter_test_send"),
        path(
            f"{digest}/approve/<str:language>/",
            approval_views.ApproveView.as_view(),
            name="newsletter_approve_digest",
        ),
        path(
            f"{digest}/approve/<str:language>/edition/",
            approval_views.ApprovalPreviewView.as_view(),
            name="newsletter_approval_preview",
        ),
    ]


hooks.register("show_beside_page", digest_panel.panels_of)


# -- What is written down ----------------------------------------------------------------------------------------------


class OverriddenFormatter(LogFormatter):
    """What was overridden, and why."""

    label = gettext_lazy("Send in spite of the preflight")

    def format_message(self, log_entry: Any) -> str:
        values = {"code": log_entry.data.get("code", ""), "reason": log_entry.data.get("reason", "")}
        return _("Sent in spite of “%(code)s”: %(reason)s") % values


class ApprovedFormatter(LogFormatter):
    """Which edition was approved."""

    label = gettext_lazy("Approve edition")

    def format_message(self, log_entry: Any) -> str:
        if "campaign" in log_entry.data:
            return _("Approved the edition by sending it")
        return _("Approved the edition as it was")


@hooks.register("register_log_actions")
def register_digest_actions(actions: LogActionRegistry) -> None:
    actions.register_action(test_sends.TESTED, gettext_lazy("Send test"), gettext_lazy("Sent a test of the digest"))
    actions.register_action(sending.OVERRIDDEN)(OverriddenFormatter)
    actions.register_action(approvals.APPROVED)(ApprovedFormatter)


# -- Buttons -----------------------------------------------------------------------------------------------------------


@hooks.register("register_page_header_buttons")
def offer_test_and_approval(
    page: Page, user: Any, view_name: str | None = None, next_url: str | None = None
) -> Iterator[Button]:
    """Tests of a digest, and the approval of its language's edition where one is needed."""
    digest = page.specific_deferred
    if not isinstance(digest, DigestPage) or Campaign.objects.of(digest.translation_key).exists():
        return
    if test_send_views.may_test(user, digest):
        url = reverse("newsletter_test_send", args=[page.pk])
        yield Button(_("Send a test…"), url, icon_name="mail", priority=6)
    language = page.locale.language_code
    if approvals.may_approve(user, language) and approvals.needed():
        url = reverse("newsletter_approve_digest", args=[page.pk, language])
        yield Button(approval_views.approve_label(language), url, icon_name="success", priority=7)


@hooks.register("construct_page_action_menu", order=100)
def speak_of_sending(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """In the editor of a digest nothing is published. Approving a task of a workflow approves the edition."""
    if not _is_about_a_digest(request, context):
        return
    items[:] = [item for item in items if item.name not in PUBLISHING and not _publishes(item)]
    page = context.get("page")
    for item in items:
        if item.name == "approve" and page is not None and not item.launch_modal:
            item.label = approval_views.approve_label(page.locale.language_code)
        elif item.name == "approve":
            item.label = _("Approve with comment")
        elif item.name == "action-submit":
            item.label = _("Submit for approval")


def _publishes(item: Any) -> bool:
    """Whether an item is another way to publish."""
    return isinstance(item, PublishMenuItem)


def _is_about_a_digest(request: HttpRequest, context: dict[str, Any]) -> bool:
    page = context.get("page")
    if page is not None:
        return isinstance(page, DigestPage)
    meta = DigestPage._meta
    named = resolve(request.path_info).kwargs
    return (named.get("content_type_app_name"), named.get("content_type_model_name")) == (
        meta.app_label,
        meta.model_name,
    )
