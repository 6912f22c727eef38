"""What the admin shows about reads on its first page and beside an article."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db.models import Case, Exists, OuterRef, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.models import Locale

from articles import charts, figures, readership
from articles.desk import desk_url
from articles.models import ArticlePage, DailyReads
from articles.models.pages import WINDOW_NAMES
from articles.periods import day_of, last_days
from articles.readership import MONTH, RISE, USUAL, WEEK, WINDOWS, Recent, StoryReads
from newsroom.language import language_label
from newsroom.localization import permissions
from newsroom.localization.job_views import has_jobs
from newsroom.localization.state import sources, states
from newsroom.text import one_line

ROWS = 5
# Of the lists that ask for a decision: as many as one decides at once.
FEW_ROWS = 3
# Less is chance.
A_HANDFUL = 5


@dataclass(frozen=True)
class ReadArticle:
    """What is known of a public article that was read lately."""

    pk: int
    story: uuid.UUID
    language: str
    day: date | None
    visible: bool
    reads: Recent

    @property
    def usual(self) -> float | None:
        """The reads that three days of the four weeks before would lead one to expect, counted from the day of the
        article; None where there is not even a week to count: what is new always rises."""
        days = min(USUAL, (last_days(RISE).first - self.day).days) if self.day else USUAL
        return RISE * self.reads.usual / days if days >= WEEK else None

    @property
    def rises(self) -> bool:
        """Whether it is read at least twice as much as usual."""
        return self.usual is not None and self.reads.rise >= max(A_HANDFUL, 2 * self.usual)


@dataclass(frozen=True)
class Row:
    """One line of a list: a title, where it leads, and what is said of its reads."""

    title: str
    url: str
    words: str
    sparkline: charts.Sparkline | None = None


@dataclass(frozen=True)
class List:
    """Rows under a heading, with a word on how they were chosen."""

    heading: str
    rows: list[Row]
    note: str = ""


class ReadershipPanel(Component):
    """On the first page of the admin: what is read most, what is rising, and what should be translated. Nothing where
    there is nothing to say."""

    name = "readership"
    order = 207
    template_name = "articles/readership_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        found = read_lately(user)
        locales = sorted(permissions.own_locales(user), key=lambda locale: locale.pk)
        lists = [*_read_lists(user, found, locales), *(_untranslated(found, user, locales) if has_jobs(user) else [])]
        return {"lists": [one for one in lists if one.rows]}


def read_lately(user: Any) -> list[ReadArticle]:
    """The public articles that were read in the last month, and whether the user sees them. Two queries."""
    counts = readership.recent()
    read = DailyReads.objects.filter(day__gte=last_days(RISE + USUAL).first)
    articles = ArticlePage.objects.published().filter(story_key__in=read.values("translation_key"))
    seen = Case(When(pk__in=permissions.visible_pages(user).values("pk"), then=True), default=False)
    rows = articles.annotate(seen=seen).values_list("pk", "story_key", "language", "date", "seen")
    return [
        ReadArticle(pk, story, language, moment and day_of(moment), visible, counts[story, language])
        for pk, story, language, moment, visible in rows
        if (story, language) in counts
    ]


def _read_lists(user: Any, found: list[ReadArticle], locales: Iterable[Locale]) -> list[List]:
    """What was read most this week in each language of the user, and what is rising in any of them. Three queries."""
    codes = [locale.language_code for locale in locales]
    own = [article for article in found if article.visible and article.language in codes]
    by_week = sorted((article for article in own if article.reads.week), key=lambda a: (-a.reads.week, a.pk))
    weeks = {code: [article for article in by_week if article.language == code][:ROWS] for code in codes}
    rising = [article for article in own if article.rises]
    rising = sorted(rising, key=lambda a: ((a.usual or 0) - a.reads.rise, a.pk))[:FEW_ROWS]
    rows = _Rows(user, [article.pk for article in chain(*weeks.values(), rising)])
    lists = [
        List(
            _("Most read this week: %(language)s") % {"language": language_label(code)},
            [rows.row(article, figures.reads(article.reads.week), "week") for article in articles],
        )
        for code, articles in weeks.items()
    ]
    note = _("At least twice as many reads in the last three days as in three days of the four weeks before.")
    return [*lists, List(_("Rising"), [rows.row(article, _rise(article), "rise") for article in rising], note)]


def _rise(article: ReadArticle) -> str:
    words = {
        "reads": figures.reads(article.reads.rise),
        "usual": figures.number(round(article.usual or 0)),
    }
    return _("%(reads)s in three days, usually %(usual)s") % words


class _Rows:
    """Makes rows of articles. Three queries, however many."""

    def __init__(self, user: Any, keys: list[int]) -> None:
        self.pages = ArticlePage.objects.defer("body").in_bulk(keys)
        self.openable = permissions.openable(user, self.pages.values())
        self.steps = readership.by_article(self.pages.values(), last_days(MONTH))

    def row(self, article: ReadArticle, words: str, name: str) -> Row:
        page = self.pages[article.pk]
        url = reverse("wagtailadmin_pages:edit", args=[page.pk]) if page.pk in self.openable else ""
        line = charts.sparkline(self.steps[page.story_key, page.language], f"{name}-{page.pk}")
        return Row(one_line(page.title), url, words, line)


def _untranslated(found: list[ReadArticle], user: Any, locales: Iterable[Locale]) -> list[List]:
    """The stories that were read most in a month, in all languages, and that readers of a language of the user cannot
    read. A query for each language, and four."""
    months: dict[uuid.UUID, int] = {}
    for article in found:
        months[article.story] = months.get(article.story, 0) + article.reads.month
    much = [story for story, reads in months.items() if reads >= A_HANDFUL]
    chosen = {locale: _first_untranslated(much, months, user, locale) for locale in locales}
    pages = ArticlePage.objects.defer("body").in_bulk([pk for keys in chosen.values() for pk in keys])
    wanted = {locale: [pages[pk] for pk in keys] for locale, keys in chosen.items()}
    standing = states(pages.values())
    return [
        List(
            _("Much read, not translated: %(language)s") % {"language": language_label(locale.language_code)},
            [
                Row(
                    one_line(page.title),
                    desk_url(page, standing[page.translation_key][locale.language_code].page_id, locale),
                    _("%(reads)s in 30 days") % {"reads": figures.reads(months[page.story_key])},
                )
                for page in pages
            ],
        )
        for locale, pages in wanted.items()
    ]


def _first_untranslated(much: list[uuid.UUID], reads: dict[uuid.UUID, int], user: Any, locale: Locale) -> list[int]:
    """The sources of the stories read most of those that have no public article in a language, by number."""
    there = ArticlePage.objects.published().in_language(locale.language_code).filter(story_key=OuterRef("story_key"))
    stories = ArticlePage.objects.published().filter(~Exists(there), story_key__in=much, pk__in=sources().values("pk"))
    stories = stories.filter(pk__in=permissions.visible_pages(user).values("pk"))
    found = sorted(stories.values_list("pk", "story_key"), key=lambda row: (-reads[row[1]], row[0]))
    return [pk for pk, _story in found[:FEW_ROWS]]


class ReadershipSidePanel(BaseSidePanel):
    """Beside an article: how often its story was read, in each language."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = gettext_lazy("Toggle readership")
        icon_name = "reads"
        has_counter = False

    name = "readership"
    title = gettext_lazy("Readership")
    template_name = "articles/readership_side_panel.html"
    order = 160

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        context = super().get_context_data(parent_context)
        context["languages"] = list(self._languages())
        return context

    def _languages(self) -> Iterable[dict[str, Any]]:
        """What was read in each language that the story has, or had. Two queries."""
        counts = readership.of_story(self.object.translation_key)
        none = StoryReads.of({}, last_days(MONTH))
        story = ArticlePage.objects.originals().filter(story_key=self.object.translation_key)
        for code in dict.fromkeys([*story.order_by("pk").values_list("language", flat=True), *counts]):
            reads = counts.get(code, none)
            yield {
                "name": language_label(code),
                "windows": [
                    (WINDOW_NAMES[days], figures.number(count))
                    for days, count in zip(WINDOWS, reads.windows, strict=True)
                ],
                "sparkline": charts.sparkline(reads.steps, f"reads-{code}"),
            }
