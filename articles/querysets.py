"""The words for asking about articles. Pages, rails, feeds and digests all start with the same sentence:

ArticlePage.objects.published().in_language("fr").newest()
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db.models import Exists, F, Subquery
from django.utils import timezone

from articles.models.readership import ALL_CATEGORIES
from newsroom.addresses import ADDRESS_FIELDS
from newsroom.pages import SitePageQuerySet

if TYPE_CHECKING:
    from articles.models.pages import ArticlePage


# What is dated before is a slip of the keyboard, and would cost an archive of each year since.
EARLIEST_YEAR = 1800


class ArticleQuerySet(SitePageQuerySet):
    """Articles, asked for by name."""

    def published(self) -> Self:
        """What any reader may be shown: live, not withdrawn, and written or translated, not an alias."""
        return self.filter(public=True)

    def rankable(self) -> Self:
        """What may stand among the most read: what is published, less what an editor has left out."""
        return self.published().filter(left_out_of_most_read=False)

    def indexable(self) -> Self:
        """What search engines may list: the same."""
        return self.published()

    def in_language(self, language: str) -> Self:
        """Articles of one language, given as a language code ("fr")."""
        return self.filter(language=language)

    def in_category(self, category_key: uuid.UUID) -> Self:
        """Articles of a category, named by its translation key, so that the language does not matter."""
        return self.filter(category_key=category_key)

    def in_year(self, year: int) -> Self:
        """Articles of one year, as the calendar of the site's time zone has it."""
        return self.filter(date__year=year)

    def years(self) -> list[int]:
        """The years that have articles, latest first. Two queries that look only at the ends of index ranges (which MIN
        and MAX in one statement would not)."""
        oldest = self.order_by("date").values("date")[:1]
        ends = self.order_by("-date").values_list("date", Subquery(oldest)).first()
        if ends is None:
            return []
        last, first = ends
        earliest = timezone.localtime(first).year if first.year >= EARLIEST_YEAR else EARLIEST_YEAR
        years = range(timezone.localtime(last).year, earliest - 1, -1)
        [found] = self.order_by().values_list(*(Exists(self.in_year(year)) for year in years))[:1]
        return [year for year, exists in zip(years, found, strict=True) if exists]

    def newest(self) -> Self:
        """Newest first. Ties are broken by the story's key, so that all languages agree on the order."""
        return self.order_by("-date", "story_key")

    def most_read(self, window: int, category_key: uuid.UUID = ALL_CATEGORIES, *, together: bool = False) -> Self:
        """Most read first, over one of RANK_WINDOWS, in all categories or in one, by the reads of each article or by
        those of its story in all languages `together`. Answers only what was ranked: the first 50 of each list."""
        articles = self if category_key == ALL_CATEGORIES else self.in_category(category_key)
        return (
            articles.rankable()
            .filter(
                ranks__window=window,
                ranks__together=together,
                ranks__language=F("language"),
                ranks__category_key=category_key,
            )
            .order_by("ranks__position")
        )

    def for_listing(self) -> Self:
        """With all that a card shows, in a constant number of queries; without the body."""
        return self.select_related("lead_image").prefetch_related("lead_image__renditions").defer("body")

    def cards(self) -> list[ArticlePage]:
        """The articles with `shown_category` set: the live page of their category in their own language, or None. A
        category that has no page in a language is not named there. Three queries, however many articles."""
        articles = list(self.for_listing())
        category_model = self.model._meta.get_field("category").related_model
        categories = category_model.objects.live().originals().select_related("locale")
        by_key = {(page.translation_key, page.locale.language_code): page for page in categories}
        for article in articles:
            article.shown_category = by_key.get((article.category_key, article.language))
        return articles

    def feed_items(self, with_text: bool) -> list[ArticlePage]:
        """What `cards()` gives, for articles of one language, with `authors` and `translations` (public pages of the
        same story, by language) set, and the text fetched if asked for. Seven queries, however many articles."""
        articles = self.cards()
        keys = [article.pk for article in articles]
        texts = self.model.objects.only("body").in_bulk(keys) if with_text else {}
        twins = self.model.objects.published().filter(story_key__in=[article.story_key for article in articles])
        twins = list(twins.only(*ADDRESS_FIELDS, "story_key", "language").select_related("locale"))
        byline_model = self.model.bylines.rel.related_model
        bylines = list(byline_model.objects.filter(page__in=keys).select_related("author").order_by("sort_order"))
        author_model = byline_model._meta.get_field("author").related_model
        author_keys = {byline.author.translation_key for byline in bylines}
        authors = author_model.objects.by_key(author_keys, articles[0].locale_id if articles else 0)
        for article in articles:
            if with_text:
                article.body = texts[article.pk].body
            article.translations = [
                twin for twin in twins if twin.story_key == article.story_key and twin.pk != article.pk
            ]
            article.authors = [
                authors[byline.author.translation_key] for byline in bylines if byline.page_id == article.pk
            ]
        return articles
