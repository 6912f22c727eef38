"""RSS: the newest articles of a page that lists articles."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import DefaultFeed

from newsroom.text import one_line

if TYPE_CHECKING:
    from articles.models.pages import ArticleListPage, ArticlePage

FEED_LENGTH = 20


class ArticleFeed(Feed):
    """The feed of one list page, given as `page`: title and teaser of its first articles."""

    feed_type = DefaultFeed

    def get_object(self, request: HttpRequest, page: "ArticleListPage") -> "ArticleListPage":
        self.language = page.locale.language_code
        return page

    def title(self, page: "ArticleListPage") -> str:
        return one_line(f"{page.title} – {page.get_parent().title}" if page.depth > 2 else page.title)

    def link(self, page: "ArticleListPage") -> str:
        return page.full_url

    def feed_url(self, page: "ArticleListPage") -> str:
        return page.full_url + page.reverse_subpage("feed")

    def description(self, page: "ArticleListPage") -> str:
        return one_line(page.search_description or page.title)

    def items(self, page: "ArticleListPage") -> list["ArticlePage"]:
        return page.articles()[:FEED_LENGTH].cards()

    def item_title(self, article: "ArticlePage") -> str:
        return one_line(article.title)

    def item_description(self, article: "ArticlePage") -> str:
        return article.teaser

    def item_link(self, article: "ArticlePage") -> str:
        return article.full_url

    # The address may change with the title; the story stays the same item.
    item_guid_is_permalink = False

    def item_guid(self, article: "ArticlePage") -> str:
        return f"urn:uuid:{article.story_key}#{article.language}"

    def item_pubdate(self, article: "ArticlePage") -> datetime | None:
        return article.date

    def item_categories(self, article: "ArticlePage") -> list[str]:
        return [one_line(article.shown_category.title)] if article.shown_category else []
