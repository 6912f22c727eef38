"""The page "In numbers": what was published and read in a period, for those who answer for the organisation."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.models import Locale

from articles import charts, figures, periods, readership
from articles.models import ArticlePage, DailyReads
from articles.periods import Period
from articles.readership import Key
from articles.readership_report import state_of
from articles.translations_report import category_names
from newsroom.language import language_label
from newsroom.pages import name_of_site
from newsroom.templatetags.site_tags import long_date
from newsroom.text import one_line

STORIES = 10
# Stands for the category of stories that were deleted.
GONE = "gone"
# What one asks for most, without a calendar.
CHOICES = [
    (gettext_lazy("This month"), periods.this_month),
    (gettext_lazy("Last month"), periods.last_month),
    (gettext_lazy("Last quarter"), periods.last_quarter),
    (gettext_lazy("This year"), periods.this_year),
    (gettext_lazy("Last year"), periods.last_year),
]


# -- What is counted ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """A story that readers can open: its category, its day, and the languages it can be read in."""

    category: str
    day: date
    languages: frozenset[str]


@dataclass(frozen=True)
class Published:
    """The stories of a period, of which some can be read in every language of the site."""

    stories: list[Story]
    languages: frozenset[str]

    @property
    def articles(self) -> int:
        return sum(len(story.languages) for story in self.stories)

    @property
    def translated(self) -> int:
        return sum(story.languages >= self.languages for story in self.stories)

    @property
    def share(self) -> str:
        return figures.share(self.translated, len(self.stories))

    def readable_in(self, language: str) -> int:
        return sum(language in story.languages for story in self.stories)

    def of(self, category: str) -> "Published":
        return Published([story for story in self.stories if story.category == category], self.languages)


@dataclass(frozen=True)
class Line:
    """A line of a table: of a language, or of a category."""

    name: str
    reads: int
    change: str
    stories: int
    share: str


@dataclass(frozen=True)
class MostRead:
    """One of the stories read most, with the title of its article in `language`."""

    title: str
    language: str
    state: str
    reads: int


class Numbers:
    """What there is to say about a period. A constant number of queries, made at once."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.before = period.before
        self.languages = list(Locale.objects.order_by("pk").values_list("language_code", flat=True))
        self.reads, self.reads_before = readership.totals(period), readership.totals(self.before)
        self.since = readership.counted_since()
        self.categories: dict[uuid.UUID, str] = {}
        stories = self._stories()
        self.published = self._published(stories, period)
        self.published_before = self._published(stories, self.before)

    def _stories(self) -> list[Story]:
        """The stories of both periods that readers can open. Fills in the categories of all that was read, too."""
        read = DailyReads.objects.filter(day__range=(self.before.first, self.period.last))
        dated = Q(date__gte=self.before.begins, date__lt=self.period.ends)
        articles = ArticlePage.objects.originals().filter(dated | Q(story_key__in=read.values("translation_key")))
        days: dict[uuid.UUID, date] = {}
        languages: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
        for key, category, language, public, moment in articles.values_list(
            "story_key", "category_key", "language", "public", "date"
        ):
            self.categories[key] = str(category or "")
            if public and moment:
                days[key] = periods.day_of(moment)
                languages[key].add(language)
        return [Story(self.categories[key], day, frozenset(languages[key])) for key, day in days.items()]

    def _published(self, stories: Iterable[Story], period: Period) -> Published:
        found = [story for story in stories if period.first <= story.day <= period.last]
        return Published(found, frozenset(self.languages))

    @property
    def comparable(self) -> bool:
        """Whether reads were counted in all of the period before."""
        return self.since is not None and self.since <= self.before.first

    @property
    def empty(self) -> bool:
        return not self.reads and not self.published.stories

    def by_language(self) -> list[Line]:
        """The languages of the site, and those it had."""
        now, before = (_sums(reads, lambda key: key[1]) for reads in self._both())
        whole = len(self.published.stories)
        return [
            Line(
                language_label(code),
                now[code],
                self._change(now[code], before[code]),
                self.published.readable_in(code),
                figures.share(self.published.readable_in(code), whole),
            )
            for code in dict.fromkeys([*self.languages, *now])
        ]

    def by_category(self) -> list[Line]:
        """The categories that were read or written in, what was read most first; then what has none, and what was read
        before it was deleted."""
        now, before = (_sums(reads, lambda key: self.categories.get(key[0], GONE)) for reads in self._both())
        names = {**category_names(), "": _("Without a category"), GONE: _("Deleted since")}
        shown = {*now, *(story.category for story in self.published.stories)}
        lines = []
        for key in sorted(shown, key=lambda key: (key in ("", GONE), -now[key], names[key])):
            published, change = self.published.of(key), self._change(now[key], before[key])
            lines.append(Line(names[key], now[key], change, len(published.stories), published.share))
        return lines

    def most_read(self) -> list[MostRead]:
        """The stories read most, in all languages, each with its title in the language of the admin where it has one.
        One query."""
        stories = _sums(self.reads, lambda key: key[0])
        first = [(key, reads) for key, reads in stories.most_common() if key in self.categories][:STORIES]
        articles = ArticlePage.objects.originals().filter(story_key__in=[key for key, _reads in first]).defer("body")
        best_last = sorted(articles, key=lambda article: (article.public, article.language == get_language()))
        by_key = {article.story_key: article for article in best_last}
        shown = [(by_key[key], reads) for key, reads in first]
        return [MostRead(one_line(page.title), page.language, state_of(page), reads) for page, reads in shown]

    def headlines(self) -> list[dict[str, str]]:
        """The three figures that stand above all others, each with its words and what it is compared with."""
        reads, stories = sum(self.reads.values()), len(self.published.stories)
        reads_before, stories_before = sum(self.reads_before.values()), len(self.published_before.stories)
        translated = self.published.translated
        words = {"translated": figures.number(translated), "stories": figures.number(stories)}
        whole = ngettext(
            "%(translated)s of %(stories)s story can be read in every language",
            "%(translated)s of %(stories)s stories can be read in every language",
            stories,
        )
        published = ngettext("story published", "stories published", stories)
        if self.published.articles > stories:
            published = ngettext(
                "story published, %(articles)s counting its translations",
                "stories published, %(articles)s counting their translations",
                stories,
            )
        share_before = _("%(share)s in the period before") % {"share": self.published_before.share}
        return [
            {
                "figure": figures.number(reads),
                "words": ngettext("read", "reads", reads),
                "compared": figures.compared(reads, reads_before) if self.comparable else "",
            },
            {
                "figure": figures.number(stories),
                "words": published % {"articles": figures.number(self.published.articles)},
                "compared": figures.compared(stories, stories_before),
            },
            {
                "figure": self.published.share,
                "words": whole % words if stories else _("translated: no story was published"),
                "compared": share_before if self.published_before.stories else "",
            },
        ]

    def notes(self) -> list[str]:
        """What one must know to read the figures right."""
        found = []
        if self.period.last == periods.today():
            found.append(_("This period is not over: it ends with what was counted until now."))
        if self.since and self.since > self.period.first:
            found.append(_("There are counts of reads since %(day)s only.") % {"day": long_date(self.since)})
        if not self.comparable:
            found.append(_("Reads are not compared: the period before was not counted, or not all of it."))
        return found

    def _both(self) -> list[dict[Key, int]]:
        return [self.reads, self.reads_before]

    def _change(self, now: int, before: int) -> str:
        return figures.difference(now, before) if self.comparable else figures.NOTHING


def _sums(reads: dict[Key, int], what: Any) -> Counter[Any]:
    """Reads added up by what `what` says of their keys."""
    sums: Counter[Any] = Counter()
    for key, count in reads.items():
        sums[what(key)] += count
    return sums


# -- The page ----------------------------------------------------------------------------------------------------------


class PeriodForm(forms.Form):
    """From one day to another. A valid one has `days`."""

    days: Period

    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "first" in data and "last" in data:
            try:
                self.days = periods.between(data["first"], data["last"])
            except ValidationError as error:
                self.add_error(None, error)
        return data


class InNumbersView(WagtailAdminTemplateMixin, TemplateView):
    """One page to print: the last quarter, unless another period is asked for."""

    template_name = "articles/in_numbers.html"
    page_title = gettext_lazy("In numbers")
    header_icon = "reads"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        asked = "first" in self.request.GET or "last" in self.request.GET
        default = periods.last_quarter()
        form = PeriodForm(self.request.GET if asked else {"first": default.first, "last": default.last})
        context["form"] = form
        period = form.days if form.is_valid() else None
        context["choices"] = [_choice(label, choice(), period) for label, choice in CHOICES]
        context["site_name"] = name_of_site(get_language() or "")
        if period:
            context["numbers"] = numbers = Numbers(period)
            context["period"] = capfirst(str(period))
            if numbers.reads:
                context["chart"] = charts.chart(readership.by_step(period.kept()), "reads-of-all")
        return context


def _choice(label: Any, period: Period, current: Period | None) -> dict[str, Any]:
    """A link to a period."""
    url = f"{reverse('in_numbers')}?first={period.first}&last={period.last}"
    return {"label": label, "url": url, "current": period == current}
