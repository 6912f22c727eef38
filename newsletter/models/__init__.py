"""The models of the newsletter, one module a kind."""

from .campaign import Campaign, Edition
from .delivery import Delivery
from .pages import DigestPage, NewsletterPage
from .subscriber import Consent, Subscriber, Subscription

__all__ = [
    "Campaign",
    "Consent",
    "Delivery",
    "DigestPage",
    "Edition",
    "NewsletterPage",
    "Subscriber",
    "Subscription",
]
