"""Digests and subscribers, in few words."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from home.models import SiteSettings
from newsletter import sending
from newsletter.models import DigestPage, NewsletterPage, Subscriber, Subscription
from tests.conftest import article_maker, translator


@pytest.fixture
def make_digest(site: SimpleNamespace) -> Callable[..., DigestPage]:
    """Make an English digest, a draft, of the articles given."""
    return digest_maker(site)


def digest_maker(site: SimpleNamespace) -> Callable[..., DigestPage]:
    """What `make_digest` is, for any site."""

    def make(*articles: Any, title: str = "A well, and what it costs", **fields: Any) -> DigestPage:
        fields.setdefault("preheader", "Three stories from the network, and what they cost")
        sections = [("story", {"article": article, "teaser": ""}) for article in articles]
        sections += fields.pop("sections", [])
        digest = DigestPage(title=title, locale=site.locales["en"], live=False, sections=sections, **fields)
        site.en.newsletter.refresh_from_db()
        site.en.newsletter.add_child(instance=digest)
        digest.save_revision()
        return digest

    return make


@pytest.fixture(scope="module")
def kept_digest(kept: Any) -> Iterator[int]:
    """A digest of one story, both in English and in French."""
    with kept() as site:
        make_article, make_digest, translate = article_maker(site), digest_maker(site), translator(site)
        article = make_article("A well for Kisumu", standfirst="It took two years.")
        translate(article, "fr", title="Un puits pour Kisumu", standfirst="Il a fallu deux ans.")
        digest = make_digest(article, intro="<p>Dear all.</p>")
        paths = {
            "title": "Un puits et son prix",
            "preheader": "Trois histoires du Réseau, et ce qu’elles coûtent",
            "intro": "Chers tous.",
        }
        translate(digest, "fr", publish=False, **paths)
        SiteSettings.objects.update_or_create(
            site=site_of(digest),
            defaults={"legal_name": "Wayfield AISBL", "postal_address": "1 rue Neuve, Brussels"},
        )
        yield digest.pk


@pytest.fixture
def bilingual_digest(site: SimpleNamespace, kept_digest: int) -> DigestPage:
    """A digest of one story, both in English and in French."""
    return DigestPage.objects.get(pk=kept_digest)


def site_of(page: DigestPage) -> Any:
    return page.get_site()


@pytest.fixture
def subscribe(site: SimpleNamespace) -> Callable[..., Subscription]:
    """Make an active subscription, asked for an hour ago: `subscribe("ada@example.org", "all", "fr")`."""

    def make(email: str, language: str = "en", interface_language: str = "", **fields: Any) -> Subscription:
        fields.setdefault("state", Subscription.State.ACTIVE)
        subscription = Subscription.objects.create(
            subscriber=Subscriber.objects.create(email=email),
            newsletter_key=site.en.newsletter.translation_key,
            language=language,
            interface_language=interface_language or language,
            **fields,
        )
        subscription.consents.create(
            purpose=site.en.newsletter.title,
            language=subscription.interface_language,
            choice=language,
            wording="…",
            page_url="https://news.example.org/",
            requested_at=timezone.now() - timedelta(hours=1),
            confirmed_at=None if subscription.state == Subscription.State.PENDING else timezone.now(),
        )
        return subscription

    return make


@pytest.fixture
def make_newsletter(site: SimpleNamespace) -> Callable[..., NewsletterPage]:
    """Make another newsletter, in English only."""

    def make(title: str = "Monday Brief", **fields: Any) -> NewsletterPage:
        page = NewsletterPage(title=title, locale=site.locales["en"], **fields)
        site.en.home.refresh_from_db()
        site.en.home.add_child(instance=page)
        page.save_revision().publish()
        return page

    return make


@pytest.fixture
def work() -> Callable[[], int]:
    """Let the worker work until there is nothing left to do. Returns how many steps it took."""

    def run() -> int:
        steps = 0
        while sending.step():
            steps += 1
            assert steps < 1000, "the engine does not come to an end"
        return steps

    return run
