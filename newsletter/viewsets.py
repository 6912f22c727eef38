"""The newsletter in the admin's menu: subscribers, audiences, campaigns, suppressions."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from newsletter.audiences import AudienceViewSet
from newsletter.chore_views import HousekeepingView
from newsletter.growth import GrowthView
from newsletter.import_views import ImportViewSet
from newsletter.models import Campaign, Subscriber, Suppression
from newsletter.selection import SEARCHED
from newsletter.silent_views import SilentView
from newsletter.subscriber_admin import SubscriberIndexView
from newsletter.subscriber_views import (
    AddByHandView,
    DownloadView,
    EraseView,
    SubscriberEditView,
    SuppressView,
    TimelineView,
    UnsubscribeView,
)
from newsletter.suppression_admin import SuppressionViewSet


class LookOnly(ModelPermissionPolicy):
    """Nobody adds, changes or deletes by hand what sign-ups and sendings have recorded."""

    def user_has_permission(self, user: object, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)


register_permission_policy(Campaign, LookOnly(Campaign))
register_permission_policy(Suppression, LookOnly(Suppression))


class SubscriberViewSet(ModelViewSet):
    """Who has signed up."""

    model = Subscriber
    name = "newsletter_subscribers"
    menu_label = _("Subscribers")
    icon = "group"
    index_view_class = SubscriberIndexView
    add_view_class = AddByHandView
    edit_view_class = SubscriberEditView
    delete_view_class = EraseView
    inspect_view_class = TimelineView
    form_fields = ["name", "outlet", "tags", "note"]
    inspect_view_enabled = True
    copy_view_enabled = False
    search_fields = SEARCHED
    list_per_page = 50
    list_display = SubscriberIndexView.columns

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("silent/", SilentView.as_view(), name="silent"),
            path("growth/", GrowthView.as_view(), name="growth"),
            path("housekeeping/", HousekeepingView.as_view(), name="housekeeping"),
            path("unsubscribe/<int:pk>/<int:subscription>/", UnsubscribeView.as_view(), name="unsubscribe"),
            path("suppress/<int:pk>/", SuppressView.as_view(), name="suppress"),
            path("download/<int:pk>/", DownloadView.as_view(), name="download"),
        ]


class CampaignIndexView(IndexView):
    """Campaigns with their subject and who confirmed them."""

    def get_base_queryset(self) -> QuerySet[Campaign]:
        return super().get_base_queryset().with_subject().select_related("confirmed_by__wagtail_userprofile")


class CampaignViewSet(ModelViewSet):
    """What was sent."""

    model = Campaign
    name = "newsletter_campaigns"
    menu_label = _("Campaigns")
    icon = "mail"
    index_view_class = CampaignIndexView
    form_fields: list[str] = []
    copy_view_enabled = False
    ordering = "-confirmed_at"
    list_display = [
        TitleColumn(
            "subject",
            label=_("Subject"),
            get_url=lambda campaign: reverse("newsletter_campaign", args=[campaign.pk]),
        ),
        Column("state", label=_("State"), accessor="get_state_display"),
        UserColumn("confirmed_by", label=_("Confirmed by")),
        DateColumn("confirmed_at", label=_("Confirmed on"), sort_key="confirmed_at"),
    ]


class SubscriberMenuItem(MenuItem):
    """A page about subscribers, for those who may see them."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.view_subscriber")


class NewsletterViewSetGroup(ViewSetGroup):
    """The menu of the newsletter."""

    menu_label = _("Newsletter")
    menu_icon = "mail"
    menu_order = 250
    items = (SubscriberViewSet, ImportViewSet, AudienceViewSet, CampaignViewSet, SuppressionViewSet)

    def get_submenu_items(self) -> list[MenuItem]:
        silent, growth, housekeeping = (
            reverse(f"newsletter_subscribers:{view}") for view in ("silent", "growth", "housekeeping")
        )
        return [
            *super().get_submenu_items(),
            SubscriberMenuItem(_("No sign of life"), silent, name="subscribers-silent", icon_name="history", order=10),
            SubscriberMenuItem(_("Growth"), growth, name="subscribers-growth", icon_name="view", order=11),
            SubscriberMenuItem(
                _("Housekeeping"), housekeeping, name="subscribers-housekeeping", icon_name="tasks", order=12
            ),
        ]
