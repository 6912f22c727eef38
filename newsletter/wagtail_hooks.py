"""What the newsletter adds to the admin."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

from articles.models import ArticlePage
from newsletter import admin_views, audit, digest_hooks, errata_views, import_runs, sending, suggestion_views
from newsletter import digest as digest_content
from newsletter.digest_views import DigestViewSet, SendArticleView, newsletters_for
from newsletter.models import DigestPage
from newsletter.viewsets import NewsletterViewSetGroup
from newsroom.localization import jobs, translating

SEND_LABEL = _("Send to subscribers…")

# It registers hooks of its own.
assert digest_hooks


@hooks.register("register_admin_viewset")
def register_viewsets() -> NewsletterViewSetGroup:
    return NewsletterViewSetGroup()


@hooks.register("register_admin_viewset")
def register_digests() -> DigestViewSet:
    return DigestViewSet()


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    return [
        path(
            "newsletter/digests/<int:page_id>/send/",
            admin_views.SendDigestView.as_view(),
            name="newsletter_send_digest",
        ),
        path(
            "newsletter/digests/<int:page_id>/editions/<str:languages>/",
            admin_views.EditionPreviewView.as_view(),
            name="newsletter_edition_preview",
        ),
        path(
            "newsletter/digests/<int:page_id>/suggestions/",
            suggestion_views.SuggestionsView.as_view(),
            name="newsletter_suggestions",
        ),
        path(
            "newsletter/articles/<int:page_id>/send/",
            SendArticleView.as_view(),
            name="newsletter_send_article",
        ),
        path(
            "newsletter/campaigns/<int:campaign_id>/progress/",
            admin_views.CampaignView.as_view(),
            name="newsletter_campaign",
        ),
        path(
            "newsletter/campaigns/<int:campaign_id>/correction/",
            errata_views.CorrectionView.as_view(),
            name="newsletter_correction",
        ),
    ]


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    subscribers = [f"{action}_subscriber" for action in ("view", "add", "change", "delete", "export", "suppress")]
    audiences = [f"{action}_audience" for action in ("view", "add", "change", "delete")]
    others = ["send_digest", "approve_digest", "view_campaign", "view_suppression", "import_subscribers"]
    names = [*others, *subscribers, *audiences]
    return Permission.objects.filter(content_type__app_label="newsletter", codename__in=names)


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action(sending.SENT, _("Send digest"), _("Confirmed the sending of the digest"))
    actions.register_action(errata_views.LOGGED, _("Correct digest"), _("Added a correction to the digest"))
    actions.register_action(import_runs.LOGGED, _("Import subscribers"), _("Imported subscribers"))
    for action, (label, message) in audit.ACTIONS.items():
        actions.register_action(action, label, message)


@hooks.register("register_page_header_buttons")
def send_button_of_page(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    yield from _send_button(page, user)


@hooks.register("register_page_listing_more_buttons")
def send_button_of_listing(page: Page, user: Any, next_url: str | None = None) -> Iterator[Button]:
    yield from _send_button(page, user)


def _send_button(page: Page, user: Any) -> Iterator[Button]:
    if _may_send(page, user):
        url = reverse("newsletter_send_digest", args=[page.pk])
        yield Button(SEND_LABEL, url, icon_name="mail", priority=5)


@hooks.register("register_page_header_buttons")
def suggest_stories(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """Finding stories for a digest."""
    if suggestion_views.may_suggest(user, page):
        url = reverse("newsletter_suggestions", args=[page.pk])
        yield Button(_("Suggest stories…"), url, icon_name="pick", priority=4)


@hooks.register("register_page_header_buttons")
def offer_translation_of_stories(
    page: Page, user: Any, view_name: str | None = None, next_url: str | None = None
) -> Iterator[Button]:
    """Sending a digest for translation together with the stories it shows."""
    digest = page.specific_deferred
    if isinstance(digest, DigestPage) and jobs.may_ask(user, page) and translating.made_from(page) is None:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "send_for_translation"])
        keys = [page.pk, *digest_content.stories_of(digest)]
        query = urlencode({"id": keys, "next": reverse("wagtailadmin_pages:edit", args=[page.pk])}, doseq=True)
        label = _("Send for translation with its stories")
        yield Button(label, f"{url}?{query}", icon_name="wagtail-localize-language", priority=60)


@hooks.register("register_page_header_buttons")
def offer_to_send_article(
    page: Page, user: Any, view_name: str | None = None, next_url: str | None = None
) -> Iterator[Button]:
    """A digest with this article, for those who may add one."""
    article = page.specific_deferred
    if isinstance(article, ArticlePage) and newsletters_for(article, user):
        url = reverse("newsletter_send_article", args=[page.pk])
        yield Button(_("Send this article"), url, icon_name="mail", priority=58)


def _may_send(page: Page, user: Any) -> bool:
    return isinstance(page.specific_deferred, DigestPage) and user.has_perm(admin_views.SEND_DIGEST)


class SendMenuItem(ActionMenuItem):
    """The way from the editor of a digest to its sending, beside saving."""

    name = "action-send-digest"
    label = SEND_LABEL
    icon_name = "mail"

    def is_shown(self, context: dict[str, Any]) -> bool:
        return context["view"] == "edit" and _may_send(context["page"], context["request"].user)

    def get_url(self, parent_context: dict[str, Any]) -> str:
        return reverse("newsletter_send_digest", args=[parent_context["page"].pk])


@hooks.register("register_page_action_menu_item")
def register_send_menu_item() -> SendMenuItem:
    return SendMenuItem(order=90)
