"""Thousands of articles in a second or two: for tests about what grows."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models.sql import InsertQuery
from wagtail.models import Locale, Page

from articles import pictures
from articles.models import ArticlePage, CategoryPage, NewsIndexPage, Photo

FIRST = datetime(2020, 1, 1, 9, tzinfo=UTC)


def add_articles(count: int, index: NewsIndexPage, category: CategoryPage, photo: Photo) -> None:
    """Add `count` live articles to an index, an hour apart, all with a category and a picture."""
    index = NewsIndexPage.objects.get(pk=index.pk)
    first = index.numchild + 1
    content_type = ContentType.objects.get_for_model(ArticlePage)
    articles = [_article(number, index, category, photo, content_type) for number in range(first, first + count)]
    pages = [
        Page(
            **{
                field.attname: getattr(article, field.attname)
                for field in Page._meta.concrete_fields
                if field.name != "id"
            }
        )
        for article in articles
    ]
    for article, page in zip(articles, Page.objects.bulk_create(pages), strict=True):
        article.page_ptr_id = page.pk
    # bulk_create refuses models of several tables; the parent's row stands already
    query = InsertQuery(ArticlePage)
    query.insert_values(ArticlePage._meta.local_concrete_fields, articles)
    query.get_compiler(using="default").execute_sql()
    NewsIndexPage.objects.filter(pk=index.pk).update(numchild=index.numchild + count)
    # Publishing makes the files of pictures. Without them, the first reader of a list would make them for every card.
    pictures.make.call([[photo.pk, place] for place in ("standard", "small")])


def _article(number: int, index: Any, category: CategoryPage, photo: Photo, content_type: ContentType) -> ArticlePage:
    slug, key = f"bulk-{number}", uuid.uuid4()
    locale: Locale = index.locale
    date = FIRST + timedelta(hours=number)
    return ArticlePage(
        title=f"Article {number}",
        draft_title=f"Article {number}",
        slug=slug,
        path=ArticlePage._get_path(index.path, index.depth + 1, number),
        depth=index.depth + 1,
        url_path=f"{index.url_path}{slug}/",
        content_type=content_type,
        locale=locale,
        translation_key=key,
        story_key=key,
        live=True,
        public=True,
        language=locale.language_code,
        date=date,
        first_published_at=date,
        last_published_at=date,
        category=category,
        category_key=category.translation_key,
        lead_image=photo,
        teaser="What happened, in a sentence.",
        body=[],
    )
