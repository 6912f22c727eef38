"""As many articles and counts as a newsroom has after years, made by the database itself: a story in two languages is
one page of each, copied over and over from one that the site has published; each is read every day.

The same numbers give the same articles, and the same reads on the same day.
"""

from datetime import date, timedelta

from django.db import connection, models, transaction
from django.utils import timezone
from wagtail.models import Locale, Page

from articles.models import ArticlePage, CategoryPage, DailyReads, NewsIndexPage

CATEGORIES = 20
SLUG = "bulk"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def today() -> date:
    """The last day that is read on."""
    return timezone.now().date()


def make(stories: int, days: int) -> None:
    """Fill an empty site with stories in two languages, each read in both on each of the last days."""
    remove()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # Making them may take memory; it need not outlive a power cut.
            cursor.execute("PRAGMA cache_size = -2000000")
            cursor.execute("PRAGMA synchronous = OFF")
        else:
            cursor.execute("SET synchronous_commit = off")
            cursor.execute("SET maintenance_work_mem = '512MB'")
        for template in _templates():
            _copy(cursor, template, stories)
        with transaction.atomic():
            for day in range(days - 1, -1, -1):
                _read(cursor, stories, today() - timedelta(days=day))
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")
    connection.close()


def remove() -> None:
    """Take away what was made before."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_rank")
        cursor.execute("DELETE FROM articles_dailyreads")
        pages = f"SELECT id FROM wagtailcore_page WHERE slug LIKE '{SLUG}-%%'"
        cursor.execute(f"DELETE FROM articles_articlepage WHERE page_ptr_id IN ({pages})")
        cursor.execute(f"DELETE FROM wagtailcore_page WHERE id IN ({pages})")


def _templates() -> list[ArticlePage]:
    """An article in each language, with the categories of its language made; the ones made before, if there are."""
    return [_template(locale) for locale in Locale.objects.order_by("pk")]


def _template(locale: Locale) -> ArticlePage:
    index = NewsIndexPage.objects.get(locale=locale)
    found = ArticlePage.objects.filter(locale=locale, slug="template").first()
    if found:
        return found
    english = list(CategoryPage.objects.exclude(locale=locale).order_by("pk"))
    for number in range(CATEGORIES):
        category = CategoryPage(title=f"Category {number}", locale=locale)
        if english:
            category.translation_key = english[number].translation_key
        index.add_child(instance=category)
    article = ArticlePage(
        title="Template", slug="template", locale=locale, date=timezone.now(), left_out_of_most_read=True
    )
    index.add_child(instance=article)
    return article


def _copy(cursor, template: ArticlePage, stories: int) -> None:
    """As many copies of an article, an hour apart, in turn in each category."""
    index = NewsIndexPage.objects.get(locale=template.locale)
    categories = CategoryPage.objects.filter(locale=template.locale).order_by("pk")
    by_number = list(categories.values_list("pk", "translation_key"))
    first = Page.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    slug = f"'{SLUG}-' || n"
    steps = " || ".join(f"substr('{DIGITS}', (n / {36**power}) % 36 + 1, 1)" for power in (3, 2, 1, 0))
    number = "(n + 1000)"  # beyond what the index has below it
    pages = {
        "id": f"{first} + n",
        "path": f"'{index.path}' || {steps.replace('(n /', f'({number} /')}",
        "translation_key": key_of("n"),
        "title": "'Story ' || n",
        "draft_title": "'Story ' || n",
        "slug": slug,
        "url_path": f"'{index.url_path}' || {slug} || '/'",
    }
    articles = {
        "page_ptr_id": f"{first} + n",
        "story_key": key_of("n"),
        "category_id": _case([pk for pk, _key in by_number]),
        "category_key": _case([_quoted_key(key) for _pk, key in by_number]),
        "date": _hours_after_2020("n"),
        "left_out_of_most_read": "false",
    }
    for model, values in ((Page, pages), (ArticlePage, articles)):
        _insert_copies(cursor, model, template.pk, values, stories)


def _insert_copies(cursor, model: type[models.Model], pk: int, values: dict[str, str], count: int) -> None:
    columns = [field.column for field in model._meta.local_concrete_fields]
    selected = ", ".join(values.get(column, f"t.{column}") for column in columns)
    cursor.execute(
        f"WITH {numbers(count)} INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
        f"SELECT {selected} FROM {model._meta.db_table} t, numbers WHERE t.{model._meta.pk.column} = {pk}"
    )


def _read(cursor, stories: int, day: date) -> None:
    """Some reads of each story in each language on a day: few have many, and it is not always the same ones."""
    shift = day.toordinal() * 37
    for number, language in enumerate(("en", "fr")):
        place = f"((n * 7919 + {shift + number * 101}) % {stories})"
        cursor.execute(
            f"WITH {numbers(stories)} INSERT INTO {DailyReads._meta.db_table} (translation_key, language, day, reads) "
            f"SELECT {key_of('n')}, '{language}', '{day}', 1 + 20000 / (1 + {place}) FROM numbers"
        )


def numbers(count: int) -> str:
    """A table of the numbers from 0, each as `n`."""
    if connection.vendor == "postgresql":
        return f"numbers AS (SELECT n FROM generate_series(0, {count - 1}) AS n)"
    return f"RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count - 1})"


def key_of(number: str) -> str:
    """The key of a story, as scattered as real ones are."""
    digest = f"MD5(CAST({number} AS TEXT))"
    return f"CAST({digest} AS uuid)" if connection.vendor == "postgresql" else digest


def _quoted_key(key) -> str:
    return f"CAST('{key}' AS uuid)" if connection.vendor == "postgresql" else f"'{key.hex}'"


def _hours_after_2020(number: str) -> str:
    if connection.vendor == "postgresql":
        return f"TIMESTAMPTZ '2020-01-01 00:00Z' + {number} * INTERVAL '1 hour'"
    return f"datetime('2020-01-01', '+' || {number} || ' hours')"


def _case(values: list) -> str:
    whens = " ".join(f"WHEN {number} THEN {value}" for number, value in enumerate(values))
    return f"CASE n % {len(values)} {whens} END"
