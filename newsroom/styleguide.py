"""The style guide: every component of the public site on one page, in the language of the address."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from wagtail.blocks import StreamValue
from wagtail.models import Page
from wagtail.rich_text import RichText

from articles.models import ArticlePage, Author, CategoryPage, Download, LatestNewsPage, Photo
from articles.rails import Rail
from home.blocks import PageBodyBlock
from home.models import HomePage

SAMPLES = Path(__file__).with_suffix(".toml")
DATE = datetime(2026, 3, 1, 9, tzinfo=UTC)
UPDATED = datetime(2026, 3, 12, 9, tzinfo=UTC)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show everything there is. The content is made up, and nothing is stored; pictures are taken from the library, if
    it has any. Raises Http404 for a language without a home page."""
    language = get_language()
    samples = tomllib.loads(SAMPLES.read_text(encoding="utf-8"))[language]
    home = get_object_or_404(HomePage.objects.live_in(language))
    photo = Photo.objects.first()
    category = _page(CategoryPage(title=samples["category"]), home)
    stories = [_story(story, home, category, photo) for story in samples["stories"]]
    latest = LatestNewsPage.objects.live_in(language).first()
    context = {
        "samples": samples,
        "article": _article(samples["article"], home, category, photo),
        "category": category,
        "source": _story({"language": samples["article"]["document_language"]}, home, category, None),
        "stories": stories,
        "rail": Rail(latest, stories[:3], category),
        "related": stories[:3],
        "listing": latest,
        "numbers": Paginator(range(200), 10).page(7),
        "years": range(2026, 2022, -1),
    }
    return render(request, "styleguide.html", context)


def _page(page: Any, home: HomePage) -> Any:
    """A page that is not stored, at the address of the home page."""
    page.locale = home.locale
    page.url_path = home.url_path
    return page


def _story(story: dict[str, str], home: HomePage, category: Page, photo: Photo | None) -> ArticlePage:
    fields = {"date": DATE, "lead_image": photo, "language": home.locale.language_code}
    article = _page(ArticlePage(**fields | story), home)
    article.shown_category = category
    return article


def _article(samples: dict[str, Any], home: HomePage, category: Page, photo: Photo | None) -> ArticlePage:
    words = {name: samples[name] for name in ("title", "standfirst", "dateline")}
    article = _story(words, home, category, photo)
    article.first_published_at, article.last_published_at = DATE, UPDATED
    article.authors = [Author(locale=home.locale, **author) for author in samples["authors"]]
    article.lead_image_alt, article.lead_image_caption = samples["alt"], samples["caption"]
    article.body = StreamValue(PageBodyBlock(), list(_blocks(samples, photo)))
    return article


def _blocks(samples: dict[str, Any], photo: Photo | None) -> list[tuple[str, Any]]:
    document = Download(pk=1, file="charter.pdf", file_size=1_234_567, language=samples["document_language"])
    table = {
        "data": samples["rows"],
        "table_caption": samples["table"],
        "first_row_is_table_header": True,
        "first_col_is_header": True,
    }
    picture = {"image": photo, "alt_text": samples["alt"], "caption": samples["caption"]}
    return [
        ("paragraph", RichText(samples["opening"])),
        ("heading", samples["heading"]),
        *([("image", picture)] if photo else []),
        ("quote", {"text": samples["quote"], "attribution": samples["attribution"]}),
        ("table", table),
        ("document", {"document": document, "label": samples["document"]}),
        ("video", {"url": "https://vimeo.com/123456", "title": samples["video"]}),
        ("call_to_action", {"text": samples["call"], "label": samples["call_label"], "url": "https://example.org/"}),
        ("sign_up", None),
        ("reads_choice", None),
    ]
