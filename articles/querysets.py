"""The words for asking about articles. Pages, rails, feeds and digests all start with the same sentence:

ArticlePage.objects.published().in_language("fr").newest()
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db.models import F

from articles.models.readership import ALL_CATEGORIES
from newsroom.pages import SitePageQuerySet

if TYPE_CHECKING:
    from articles.models.pages import ArticlePage


class ArticleQuerySet(SitePageQuerySet):
    """Articles, asked for by name."""

    def published(self) -> Self:
        """What any reader may be shown: live, not withdrawn, and written or translated, not an alias."""
        return self.filter(public=True)

    def in_language(self, language: str) -> Self:
        """Articles of one language, given as a language code ("fr")."""
        return self.filter(language=language)

    def in_category(self, category_key: uuid.UUID) -> Self:
        """Articles of a category, named by its translation key, so that the language does not matter."""
        return self.filter(category_key=category_key)

    def newest(self) -> Self:
        """Newest first. Ties are broken by the story's key, so that all languages agree on the order."""
        return self.order_by("-date", "story_key")

    def most_read(self, window: int, category_key: uuid.UUID = ALL_CATEGORIES) -> Self:
        """Most read first, over a window of so many days, in all categories or in one. Answers only what was ranked:
        the first 50 of each list."""
        return self.filter(
            ranks__window=window, ranks__language=F("language"), ranks__category_key=category_key
        ).order_by("ranks__position")

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
