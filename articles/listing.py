"""The page explorer below a news index, with the reads of its articles."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn
from wagtail.models import Page

from articles import charts, readership
from articles.models import ArticlePage, NewsIndexPage
from articles.periods import last_days
from articles.readership import MONTH
from newsroom.localization.listing import PageIndexView, SitePageViewSet


class ReadsColumn(BaseColumn):
    """The reads of an article in a month, as a number and a line; nothing for other pages."""

    cell_template_name = "articles/reads_cell.html"


class ArticleIndexView(PageIndexView):
    """The pages below a news index. Their reads cost one query, however many there are."""

    base_columns = [*PageIndexView.base_columns, ReadsColumn("reads", label=_("Reads in 30 days"))]

    def get_table(self, object_list: Any) -> Any:
        add_reads(object_list)
        return super().get_table(object_list)


class ArticleViewSet(SitePageViewSet):
    """How the admin lists what stands below a news index."""

    model = ArticlePage
    parent_models = [NewsIndexPage]
    index_view_class = ArticleIndexView

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        # Categories stand among the articles: the list is one of pages.
        return super().get_common_view_kwargs(**{"model": Page, **kwargs})


def add_reads(pages: Any) -> None:
    """Set `reads` and `sparkline` on the articles among pages that are to be listed."""
    articles = [page for page in pages if isinstance(page, ArticlePage)]
    found = readership.by_article(articles, last_days(MONTH))
    for article in articles:
        steps = found[article.story_key, article.language]
        article.reads = sum(step.reads for step in steps)
        article.sparkline = charts.sparkline(steps, f"reads-{article.pk}")
