"""What the next digest could tell: the latest stories and the most read since the last one, each once."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from articles.models import ArticlePage, DailyReads, Rank
from articles.models.readership import ALL_CATEGORIES, RANK_WINDOWS, TRENDING
from newsletter.blocks import WhereMissing
from newsletter.models import Campaign, CampaignStory
from newsroom.localization.state import States, states

if TYPE_CHECKING:
    from newsletter.models import DigestPage

# Few readers come to the end of a longer digest.
LENGTH = 12
# One busy field does not fill a digest.
PER_CATEGORY = 3
# So far back one looks when nothing was sent before, and so far at most.
FIRST_LOOK_BACK = timedelta(days=30)
LONGEST_LOOK_BACK = timedelta(days=90)
# Of each kind and language as many are looked at: some are in the digest already, some were sent, some are too many of
# their category.
CANDIDATES = 50


@dataclass(frozen=True)
class Suggestion:
    """One story: its article in the digest's language, else in any other; how often it was read since the last digest,
    by language; where it stands in each; and, if an earlier digest has shown it, as what and when."""

    article: ArticlePage
    reads: Mapping[str, int]
    states: States
    sent: CampaignStory | None

    @property
    def all_reads(self) -> int:
        """The reads in all languages."""
        return sum(self.reads.values())


def suggest(digest: DigestPage, now: datetime | None = None) -> list[Suggestion]:
    """At most LENGTH stories for a digest, at most PER_CATEGORY of a category: in turns a late one and a much read one
    of each language since the newsletter's last digest; none that the digest has already, none that was sent before.
    The number of queries does not depend on how much there is of anything."""
    now = now or timezone.now()
    since = since_last(digest, now)
    candidates = dict(_candidates(since, now))
    known = {article.translation_key for article in digest.parts()}
    known |= CampaignStory.objects.shown_before(digest, candidates).keys()
    chosen, of_category = [], Counter[uuid.UUID | None]()
    for story, category in candidates.items():
        if story not in known and (category is None or of_category[category] < PER_CATEGORY):
            of_category[category] += 1
            chosen.append(story)
    return described(digest, chosen[:LENGTH], since)


def since_last(digest: DigestPage, now: datetime) -> datetime:
    """When the newsletter's last digest was confirmed, within reason: what a suggestion looks back to."""
    last = Campaign.objects.before(digest).order_by("-confirmed_at").values_list("confirmed_at", flat=True).first()
    return max(last, now - LONGEST_LOOK_BACK) if last else now - FIRST_LOOK_BACK


def described(digest: DigestPage, stories: Collection[uuid.UUID], since: datetime) -> list[Suggestion]:
    """Stories, named by their keys, with what is told of each. What no reader may see is left out."""
    versions: defaultdict[uuid.UUID, dict[str, ArticlePage]] = defaultdict(dict)
    for article in ArticlePage.objects.published().filter(story_key__in=stories).cards():
        versions[article.story_key][article.language] = article
    language = digest.locale.language_code
    articles = [
        versions[story].get(language) or next(iter(versions[story].values())) for story in stories if story in versions
    ]
    reads, standing = _reads(stories, since), states(articles)
    sent = CampaignStory.objects.shown_before(digest, stories)
    return [
        Suggestion(
            article,
            reads[article.translation_key],
            standing[article.translation_key],
            sent.get(article.translation_key),
        )
        for article in articles
    ]


def append(digest: DigestPage, found: Iterable[Suggestion]) -> None:
    """Let stories stand at the end of a digest, which is not saved here."""
    for suggestion in found:
        value = {"article": suggestion.article, "teaser": "", "where_missing": WhereMissing.LEAVE_OUT}
        digest.sections.append(("story", value))


def _candidates(since: datetime, now: datetime) -> Iterator[tuple[uuid.UUID, uuid.UUID | None]]:
    """Stories and their categories, the most interesting first; a story may come more than once."""
    window = next((days for days in RANK_WINDOWS if days != TRENDING and timedelta(days=days) >= now - since), 365)
    lists: list[QuerySet[Any, Any]] = []
    for language, _name in settings.LANGUAGES:
        latest = ArticlePage.objects.published().in_language(language).filter(date__gt=since, date__lte=now).newest()
        lists.append(latest.values_list("story_key", "category_key"))
        ranks = Rank.objects.filter(window=window, together=False, language=language, category_key=ALL_CATEGORIES)
        read = ranks.filter(score__gt=0, article__in=ArticlePage.objects.rankable()).order_by("position")
        lists.append(read.values_list("article__story_key", "article__category_key"))
    for row in zip_longest(*(list(found[:CANDIDATES]) for found in lists)):
        yield from (candidate for candidate in row if candidate)


def _reads(stories: Collection[uuid.UUID], since: datetime) -> defaultdict[uuid.UUID, dict[str, int]]:
    reads: defaultdict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    counts = DailyReads.objects.filter(translation_key__in=stories, day__gte=since.date())
    for story, language, total in counts.values_list("translation_key", "language").annotate(sum=Sum("reads")):
        reads[story][language] = total
    return reads
