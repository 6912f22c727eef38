"""Which subscribers are meant: what the listing filters by, and what an audience keeps."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from newsletter.models import Consent, Subscriber, SubscriberTag, Subscription, TaggedSubscriber
from newsletter.models.subscriber import ALL_LANGUAGES, SubscriberQuerySet, SubscriptionQuerySet

# What the search field looks into: columns of one table, so that a search is one scan of it at most.
SEARCHED = ("email", "name", "outlet")


class Unreadable(ValueError):
    """What was kept names something that no longer exists, or never did."""


@dataclass(frozen=True)
class Selection:
    """Subscribers, by what is true of them and of one subscription of theirs: newsletter, language, state and source
    are those of the same subscription. What is empty does not matter. The names are those of the query string."""

    q: str = ""
    newsletter: str = ""
    language: str = ""
    state: str = ""
    tag: str = ""
    source: str = ""
    created_at_from: str = ""
    created_at_to: str = ""
    silent: str = ""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Selection:
        """The selection that was kept. Raises Unreadable rather than leave one filter out and mean more people."""
        try:
            selection = cls(**kept)
        except TypeError as error:
            raise Unreadable from error
        if not selection._is_readable():
            raise Unreadable
        return selection

    def query(self) -> dict[str, str]:
        """What there is to keep, and to put into an address."""
        return {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}

    def among(self, found: SubscriberQuerySet) -> SubscriberQuerySet:
        """The people meant, of those given."""
        if self._of_subscription():
            found = found.filter(pk__in=self._subscriptions().values("subscriber"))
        return self._people(found)

    def subscriptions(self) -> SubscriptionQuerySet:
        """Of the people meant, the subscriptions that the filters fit."""
        found = self._subscriptions()
        if set(self.query()) - set(self._of_subscription()):
            found = found.filter(subscriber__in=self._people(Subscriber.objects.all()))
        return found

    def _of_subscription(self) -> list[str]:
        return [name for name in ("newsletter", "language", "state", "source") if getattr(self, name)]

    def _subscriptions(self) -> SubscriptionQuerySet:
        found = Subscription.objects.all()
        if self.newsletter:
            found = found.of(uuid.UUID(self.newsletter))
        if self.language:
            found = found.filter(language=self.language)
        if self.state:
            found = found.filter(state=self.state)
        if self.source:
            later = Consent.objects.filter(subscription=OuterRef("subscription"), pk__gt=OuterRef("pk"))
            latest = Consent.objects.filter(~Exists(later), method=self.source)
            found = found.filter(pk__in=latest.values("subscription"))
        return found

    def _people(self, found: SubscriberQuerySet) -> SubscriberQuerySet:
        if self.q:
            found = found.filter(searched(self.q))
        if self.tag:
            found = found.filter(pk__in=TaggedSubscriber.objects.filter(tag__slug=self.tag).values("content_object"))
        if self.created_at_from:
            found = found.filter(created_at__gte=_midnight(self.created_at_from))
        if self.created_at_to:
            found = found.filter(created_at__lt=_midnight(self.created_at_to) + timedelta(days=1))
        if self.silent:
            found = found.silent(timezone.now())
        return found

    def _is_readable(self) -> bool:
        values = self.query().values()
        if not all(isinstance(value, str) for value in values):
            return False
        try:
            uuid.UUID(self.newsletter or str(uuid.NAMESPACE_URL))
            _midnight(self.created_at_from or "2000-01-01")
            _midnight(self.created_at_to or "2000-01-01")
        except ValueError:
            return False
        return (
            self.language in ["", ALL_LANGUAGES, *dict(settings.LANGUAGES)]
            and self.state in ["", *Subscription.State.values]
            and self.source in ["", *Consent.Method.values]
            and self.silent in ["", "1"]
        )


def searched(text: str) -> Q:
    """Those with a text in what the search field looks into."""
    query = Q()
    for name in SEARCHED:
        query |= Q(**{f"{name}__icontains": text})
    return query


def used_tags() -> QuerySet[SubscriberTag]:
    """The tags that subscribers have, by name."""
    return SubscriberTag.objects.order_by("name")


def _midnight(day: str) -> datetime:
    """The beginning of a day, where this site is. Raises ValueError."""
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time.min))
