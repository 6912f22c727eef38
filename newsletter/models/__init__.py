"""The models of the newsletter, one module a kind."""

from .approval import Approval
from .audience import Audience
from .campaign import Campaign, Edition
from .delivery import Delivery
from .imports import SubscriberImport
from .pages import DigestPage, NewsletterPage
from .subscriber import Bounce, Consent, Subscriber, SubscriberTag, Subscription, Suppression, TaggedSubscriber

__all__ = [
    "Approval",
    "Audience",
    "Bounce",
    "Campaign",
    "Consent",
    "Delivery",
    "DigestPage",
    "Edition",
    "NewsletterPage",
    "Subscriber",
    "SubscriberImport",
    "SubscriberTag",
    "Subscription",
    "Suppression",
    "TaggedSubscriber",
]
