"""The models of the newsletter, one module a kind."""

from .audience import Audience
from .campaign import Campaign, Edition
from .chore import Chore
from .delivery import Delivery
from .imports import SubscriberImport
from .pages import DigestPage, NewsletterPage
from .subscriber import Bounce, Consent, Subscriber, SubscriberTag, Subscription, Suppression, TaggedSubscriber

__all__ = [
    "Audience",
    "Bounce",
    "Campaign",
    "Chore",
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
