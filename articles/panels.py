"""What the admin shows about reads on its first page and beside an article."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.models import Locale

from articles import charts, figures, readership
from articles.desk import desk_url
from articles.models import ArticlePage
from articles.models.pages import WINDOW_NAMES
from articles.models.readership import TRENDING
from articles.periods import day_of, last_days
from articles.querysets import ArticleQuerySet
from articles.readership import MONTH, WEEK, WINDOWS, Step, StoryReads
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
# What rises is read more in so many days than in as many of those before.
RISE, USUAL = 3, 28


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
        locales = sorted(permissions.own_locales(user), key=lambda locale: locale.pk)
        lists = [*_read_lists(user, locales), *(_untranslated(user, locales) if has_jobs(user) else [])]
        return {"lists": [one for one in lists if one.rows]}


def _ranked(user: Any, window: int, *, together: bool = False, least: int = 1) -> ArticleQuerySet:
    """The articles that the user sees among the most read of each language, with `score`: their reads in the window.
    The clock has ranked them, so that the first page of the admin costs the same however much was read."""
    visible = ArticlePage.objects.filter(pk__in=permissions.visible_pages(user).values("pk")).defer("body")
    ranked = visible.most_read(window, together=together).annotate(score=F("ranks__score"))
    return ranked.filter(score__gte=least)


def _read_lists(user: Any, locales: Iterable[Locale]) -> list[List]:
    """What was read most this week in each language of the user, and what is rising in any of them. A query for
    each language, and three."""
    codes = [locale.language_code for locale in locales]
    weeks = {code: list(_ranked(user, WEEK).in_language(code)[:ROWS]) for code in codes}
    now = list(_ranked(user, TRENDING).filter(language__in=codes))
    shown = [*now, *chain(*weeks.values())]
    counts = readership.by_article(shown, last_days(RISE + USUAL))
    openable = permissions.openable(user, shown)

    def row(article: ArticlePage, words: str, name: str) -> Row:
        url = reverse("wagtailadmin_pages:edit", args=[article.pk]) if article.pk in openable else ""
        month = counts[article.story_key, article.language][-MONTH:]
        return Row(one_line(article.title), url, words, charts.sparkline(month, f"{name}-{article.pk}"))

    rises = [(article, rise_of(article, counts[article.story_key, article.language])) for article in now]
    rising = [(article, rise) for article, rise in rises if rise]
    rising = sorted(rising, key=lambda found: (found[1].usual - found[1].reads, found[0].pk))[:FEW_ROWS]
    note = _("At least twice as many reads in the last three days as usual, going by the four weeks before.")
    return [
        *(
            List(
                _("Most read this week: %(language)s") % {"language": language_label(code)},
                [row(article, figures.reads(round(article.score)), "week") for article in articles],
            )
            for code, articles in weeks.items()
        ),
        List(_("Rising"), [row(article, str(rise), "rise") for article, rise in rising], note),
    ]


@dataclass(frozen=True)
class Rise:
    """The reads of the last three days, and what the four weeks before would lead one to expect of them."""

    reads: int
    usual: float

    def __str__(self) -> str:
        words = {"reads": figures.reads(self.reads), "usual": figures.number(round(self.usual))}
        return _("%(reads)s in three days, usually %(usual)s") % words


def rise_of(article: ArticlePage, days: list[Step]) -> Rise | None:
    """How an article rises, by its reads of each of RISE + USUAL days: None for what is not read twice as much as
    usual, and for what is too new to have a week to compare with, which always rises. (The translation of an old story
    is new.)"""
    last_three, before = days[-RISE:], days[:-RISE]
    shown_since = max(moment for moment in (article.date, article.first_published_at) if moment)
    known = min(USUAL, (last_three[0].period.first - day_of(shown_since)).days)
    if known < WEEK:
        return None
    rise = Rise(sum(day.reads for day in last_three), RISE * sum(day.reads for day in before) / known)
    return rise if rise.reads >= max(A_HANDFUL, 2 * rise.usual) else None


def _untranslated(user: Any, locales: Iterable[Locale]) -> list[List]:
    """The stories that were read most in a month, in all languages, and that readers of a language of the user cannot
    read. A query for each language, and three."""
    wanted = {locale: _first_untranslated(user, locale) for locale in locales}
    standing = states(chain(*wanted.values()))
    return [
        List(
            _("Much read, not translated: %(language)s") % {"language": language_label(locale.language_code)},
            [
                Row(
                    one_line(article.title),
                    desk_url(article, standing[article.translation_key][locale.language_code].page_id, locale),
                    _("%(reads)s in 30 days") % {"reads": figures.reads(round(article.score))},
                )
                for article in articles
            ],
        )
        for locale, articles in wanted.items()
    ]


def _first_untranslated(user: Any, locale: Locale) -> list[ArticlePage]:
    """The sources of the stories read most of those that have no public article in a language."""
    there = ArticlePage.objects.published().in_language(locale.language_code).filter(story_key=OuterRef("story_key"))
    stories = _ranked(user, MONTH, together=True, least=A_HANDFUL).filter(~Exists(there), pk__in=sources().values("pk"))
    return list(stories.order_by("-score", "pk")[:FEW_ROWS])


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
        story = ArticlePage.objects.originals().filter(story_key=self.object.translation_key).order_by("pk")
        left_out = dict(story.values_list("language", "left_out_of_most_read"))
        for code in dict.fromkeys([*left_out, *counts]):
            reads = counts.get(code, none)
            yield {
                "name": language_label(code),
                "left_out": left_out.get(code, False),
                "windows": [
                    (WINDOW_NAMES[days], figures.number(count))
                    for days, count in zip(WINDOWS, reads.windows, strict=True)
                ],
                "sparkline": charts.sparkline(reads.steps, f"reads-{code}"),
            }
