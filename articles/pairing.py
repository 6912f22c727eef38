"""What names a story or a category by its key follows when a page is paired with one in another language."""

import uuid
from typing import Any

from articles import counting
from articles.models import ArticlePage, CategoryPage, Rank, SearchEntry
from articles.models.readership import ALL_CATEGORIES
from newsroom.localization.pairing import key_changed
from newsroom.pages import SitePage


def connect() -> None:
    """Listen to pairing, once."""
    key_changed.connect(_on_key_changed, dispatch_uid="articles.pairing")


def _on_key_changed(sender: type[SitePage], page: SitePage, old_key: uuid.UUID, **kwargs: Any) -> None:
    if isinstance(page, ArticlePage):
        counting.move_reads(old_key, page.translation_key, page.language)
    elif isinstance(page, CategoryPage):
        take_articles(page)


def take_articles(category: CategoryPage) -> None:
    """Let the articles that an editor put into a category, and what is known of them, name it by its new key. The clock
    ranks them anew."""
    articles = ArticlePage.objects.filter(category=category)
    SearchEntry.objects.filter(page__in=articles.values("pk")).update(category_key=category.translation_key)
    Rank.objects.filter(article__in=articles.values("pk")).exclude(category_key=ALL_CATEGORIES).delete()
    articles.update(category_key=category.translation_key)
