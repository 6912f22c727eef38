"""The newsletter in the admin's menu: its subscribers and its campaigns, to look at."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from newsletter.import_views import ImportViewSet
from newsletter.models import Campaign, Subscriber, Subscription
from newsletter.models.subscriber import ALL_LANGUAGES
from newsroom.language import name_in_a_sentence


class LookOnly(ModelPermissionPolicy):
    """Nobody adds, changes or deletes by hand what sign-ups and sendings have recorded."""

    def user_has_permission(self, user: object, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, action)


register_permission_policy(Subscriber, LookOnly(Subscriber))
register_permission_policy(Campaign, LookOnly(Campaign))


class SubscriberIndexView(IndexView):
    """Subscribers with their subscription."""

    def get_base_queryset(self) -> QuerySet[Subscriber]:
        return super().get_base_queryset().prefetch_related("subscriptions")


class SubscriberViewSet(ModelViewSet):
    """Who has signed up."""

    model = Subscriber
    name = "newsletter_subscribers"
    menu_label = _("Subscribers")
    icon = "group"
    index_view_class = SubscriberIndexView
    form_fields: list[str] = []
    copy_view_enabled = False
    search_fields = ["email"]
    ordering = "-created_at"
    list_per_page = 50
    list_display = [
        Column("email", label=_("E-mail address"), sort_key="email"),
        Column("language", label=_("Language"), accessor=lambda subscriber: capfirst(_each(subscriber, _language))),
        Column("state", label=_("State"), accessor=lambda subscriber: _each(subscriber, _state)),
        DateColumn("created_at", label=_("Since"), sort_key="created_at"),
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


class NewsletterViewSetGroup(ViewSetGroup):
    """The menu of the newsletter."""

    menu_label = _("Newsletter")
    menu_icon = "mail"
    menu_order = 250
    items = (SubscriberViewSet, ImportViewSet, CampaignViewSet)


def _each(subscriber: Subscriber, words: Callable[[Subscription], str]) -> str:
    return ", ".join(words(subscription) for subscription in subscriber.subscriptions.all())


def _language(subscription: Subscription) -> str:
    return str(_("all")) if subscription.language == ALL_LANGUAGES else name_in_a_sentence(subscription.language)


def _state(subscription: Subscription) -> str:
    return str(subscription.get_state_display())
