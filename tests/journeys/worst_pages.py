"""Pages that no editor means to make and every site gets, in both languages, older than the stories of the demo.

Run inside a demo: `manage.py shell -c "from tests.journeys.worst_pages import make; make()"`.
"""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from wagtail.models import Locale

from articles.models import ArticleByline, ArticlePage, Author, CategoryPage, Download, NewsIndexPage, Photo
from tests.journeys.page_types import EVERYTHING, NOTHING, WITHDRAWN

# Words that no line ends in.
ENDLESS = {"en": "antidisestablishmentarianism" * 10, "fr": "anticonstitutionnellement" * 12}
LONG_AGO = datetime(2023, 3, 1, 12, tzinfo=UTC)


def make() -> None:
    """Add the pages, unless they are there."""
    if ArticlePage.objects.filter(slug=EVERYTHING).exists():
        return
    for locale in Locale.objects.all():
        word = ENDLESS[locale.language_code]
        _publish(_everything(locale, word))
        _publish(ArticlePage(title="…", slug=NOTHING, locale=locale, date=LONG_AGO))
        withdrawn = {"withdrawn_at": timezone.now(), "withdrawn_reason": f"1 < 2 & “3”\n{word}"}
        _publish(ArticlePage(title=word[:255], slug=WITHDRAWN, locale=locale, date=LONG_AGO, **withdrawn))


def _publish(article: ArticlePage) -> None:
    NewsIndexPage.objects.get(locale=article.locale).add_child(instance=article)
    article.save_revision().publish()


def _everything(locale: Locale, word: str) -> ArticlePage:
    photo = Photo.objects.first()
    article = ArticlePage(
        title=word[:255],
        slug=EVERYTHING,
        locale=locale,
        date=LONG_AGO,
        dateline="القاهرة",
        standfirst=f"<b>Not bold</b> & {word}",
        lead_image=photo,
        lead_image_alt='Three "words" & a <tag>',
        lead_image_caption=word,
        category=CategoryPage.objects.filter(locale=locale).first(),
        body=_body(locale, photo, word),
    )
    names = ("نجيب محفوظ", "王小波", word[:80])
    authors = [Author.objects.create(name=name, role=word[:80], locale=locale) for name in names]
    article.bylines = [ArticleByline(author=author, sort_order=number) for number, author in enumerate(authors)]
    return article


def _body(locale: Locale, photo: Photo | None, word: str) -> Any:
    paragraph = f"<p>{word}</p><ol><li>{word}</li></ol><ul><li><a href='https://example.org/'>{word}</a></li></ul>"
    document = Download.objects.filter(language=locale.language_code).first()
    call = {"text": word, "label": word[:60], "page": None, "url": "https://example.org/"}
    table = {
        "data": [[word[:40]] * 12, [str(number) for number in range(12)]],
        "table_caption": word,
        "first_row_is_table_header": True,
        "first_col_is_header": False,
        "table_header_choice": "row",
        "cell": [],
    }
    blocks: list[tuple[str, Any]] = [
        ("heading", word[:150]),
        ("paragraph", paragraph),
        ("image", {"image": photo and photo.pk, "alt_text": "", "caption": word}),
        ("quote", {"text": word, "attribution": word[:200]}),
        ("table", table),
        ("document", {"document": document and document.pk, "label": word[:200]}),
        ("video", {"url": "https://www.youtube.com/watch?v=abcdefghijk", "title": word[:200]}),
        ("video", {"url": "https://example.org/film", "title": "A film"}),
        ("call_to_action", call),
        ("sign_up", None),
    ]
    stream = ArticlePage._meta.get_field("body").stream_block
    return stream.to_python([{"type": kind, "value": value} for kind, value in blocks])
