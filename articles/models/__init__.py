"""The models of the journalism, one module a kind."""

from .downloads import Download
from .images import Photo, PhotoRendition
from .pages import (
    ArticleByline,
    ArticlePage,
    CategoryPage,
    LatestNewsPage,
    MostReadPage,
    NewsIndexPage,
    RelatedArticle,
)
from .people import Author
from .readership import CampaignReads, DailyReads, Rank
from .search import SearchEntry

__all__ = [
    "ArticleByline",
    "ArticlePage",
    "Author",
    "CampaignReads",
    "CategoryPage",
    "DailyReads",
    "Download",
    "LatestNewsPage",
    "MostReadPage",
    "NewsIndexPage",
    "Photo",
    "PhotoRendition",
    "Rank",
    "RelatedArticle",
    "SearchEntry",
]
