"""The public archive: an edition as it left, with what stands outside of it; and the feeds of a newsletter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control

from articles import feeds
from articles.feeds import Channel, Entry
from newsletter import rendering
from newsletter.models.campaign import Edition
from newsletter.models.erratum import Erratum
from newsroom.addresses import indexable_twins
from newsroom.pages import name_of_site
from newsroom.text import one_line, plain

if TYPE_CHECKING:
    from newsletter.models.pages import DigestPage, NewsletterPage


def public_edition(page: DigestPage, edition: Edition) -> str:
    """The frozen bytes less the personal links; above them, and not part of them, corrections, the way to the archive
    and to the same digest in other languages."""
    language = page.locale.language_code
    body = rendering.without_personal_links(edition.html, edition.mark)
    with translation.override(language):
        context = {
            "page": page,
            "language": language,
            "newsletter": page.get_parent(),
            "twins": _twins(page),
            "errata": Erratum.objects.of(page.translation_key, language),
        }
        bar = render_to_string("newsletter/archive_bar.html", context)
    return re.sub("<body[^>]*>", lambda found: found.group() + bar, body, count=1)


def _twins(page: DigestPage) -> list[DigestPage]:
    """The same digest in the other languages in which it was sent."""
    others = type(page).objects.sent().filter(translation_key=page.translation_key).exclude(pk=page.pk)
    return list(others.select_related("locale"))


@cache_control(public=True, max_age=feeds.MAX_AGE)
def rss(request: HttpRequest, newsletter: NewsletterPage) -> HttpResponse:
    """The last digests of a newsletter as RSS 2.0."""
    return feeds.rss_of(_channel(newsletter, request, "feed"))


@cache_control(public=True, max_age=feeds.MAX_AGE)
def json_feed(request: HttpRequest, newsletter: NewsletterPage) -> HttpResponse:
    """The last digests of a newsletter as JSON Feed 1.1."""
    return feeds.json_of(_channel(newsletter, request, "json_feed"))


def _channel(newsletter: NewsletterPage, request: HttpRequest, route: str) -> Channel:
    from newsletter.models.pages import DigestPage  # which shows its archive by this module

    language = newsletter.locale.language_code
    sent = DigestPage.objects.child_of(newsletter).sent().select_related("locale")
    digests = list(sent[: feeds.FEED_LENGTH])
    twins = DigestPage.objects.sent().filter(translation_key__in=[digest.translation_key for digest in digests])
    by_key: dict[object, dict[str, str]] = {}
    for twin in twins.exclude(locale=newsletter.locale).select_related("locale"):
        by_key.setdefault(twin.translation_key, {})[twin.locale.language_code] = twin.get_full_url(request)
    path = newsletter.reverse_subpage(route)
    return Channel(
        title=one_line(f"{newsletter.title} – {name_of_site(language)}"),
        url=newsletter.get_full_url(request),
        own_url=newsletter.get_full_url(request) + path,
        description=plain(newsletter.search_description or newsletter.intro) or one_line(newsletter.title),
        language=language,
        updated=max((digest.sent_at for digest in digests), default=newsletter.last_published_at or timezone.now()),
        translations={
            twin.locale.language_code: twin.get_full_url(request) + path
            for twin in indexable_twins(newsletter).exclude(pk=newsletter.pk)
        },
        entries=[_entry(digest, by_key.get(digest.translation_key, {}), request) for digest in digests],
    )


def _entry(digest: DigestPage, translations: dict[str, str], request: HttpRequest) -> Entry:
    return Entry(
        key=f"urn:uuid:{digest.translation_key}#{digest.locale.language_code}",
        url=digest.get_full_url(request),
        title=one_line(digest.subject),
        summary=one_line(digest.subject),
        text="",
        picture=None,
        published=digest.sent_at,
        updated=digest.sent_at,
        authors=[],
        categories=[],
        translations=translations,
    )
