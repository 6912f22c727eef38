"""The models of the newsletter, one module a kind."""

from .approval import Approval
from .audience import Audience
from .campaign import Campaign, CampaignStory, Edition
from .chore import Chore
from .delivery import Delivery
from .erratum import Erratum
from .imports import SubscriberImport
from .pages import DigestPage, NewsletterPage
from .subscriber import Bounce, Consent, Subscriber, SubscriberTag, Subscription, Suppression, TaggedSubscriber

__all__ = [
    "Approval",
    "Audience",
    "Bounce",
    "Campaign",
    "CampaignStory",
    "Chore",
    "Consent",
    "Delivery",
    "DigestPage",
    "Edition",
    "Erratum",
    "NewsletterPage",
    "Subscriber",
    "SubscriberImport",
    "SubscriberTag",
    "Subscription",
    "Suppression",
    "TaggedSubscriber",
]
