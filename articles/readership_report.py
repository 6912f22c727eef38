"""The report "Readership": how often the articles were read in some days, among the pages that the user sees."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFromToRangeFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, NumberColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import Button
from wagtail.models import Locale

from articles import charts, figures, periods, readership
from articles.models import ArticleByline, ArticlePage, Author
from articles.periods import Period
from articles.querysets import ArticleQuerySet
from articles.translations_report import CategoryFilter, category_names
from newsroom.filters import left_to_the_view
from newsroom.language import language_choices, language_label
from newsroom.localization import permissions
from newsroom.tables import DefusedRows
from newsroom.text import one_line

# The days that one need not spell out, and those that one sees first.
PERIODS = {
    "7": _("Last 7 days"),
    "30": _("Last 30 days"),
    "90": _("Last 90 days"),
    "365": _("Last 365 days"),
}
FIRST_SEEN = "30"


def author_names() -> dict[str, str]:
    """The names of all authors by translation key, in the language of the admin where they have one."""
    authors = Author.objects.select_related("locale").order_by("name")
    own_last = sorted(authors, key=lambda author: author.locale.language_code == get_language())
    return {str(author.translation_key): author.name for author in own_last}


def by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    """What a form offers, in the order of the alphabet."""
    return sorted(names.items(), key=lambda choice: choice[1].casefold())


def state_of(article: ArticlePage) -> str:
    """Why readers cannot open an article any more; nothing for one that they can."""
    if article.public:
        return ""
    return gettext("withdrawn") if article.withdrawn_at else gettext("not public any more")


class LanguageFilter(ChoiceFilter):
    """The articles of one language."""

    def filter(self, queryset: ArticleQuerySet, value: str) -> ArticleQuerySet:  # type: ignore[override]
        return queryset.in_language(value) if value else queryset


class AuthorFilter(ChoiceFilter):
    """The articles that one person signed, in whichever language."""

    def filter(self, queryset: ArticleQuerySet, value: str) -> ArticleQuerySet:  # type: ignore[override]
        if not value:
            return queryset
        signed = ArticleByline.objects.filter(author__translation_key=value)
        return queryset.filter(pk__in=signed.values("page"))


class ReadershipForm(forms.Form):
    """A valid one has `days`: the period that was asked for."""

    days: Period

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        dates = data.get("dates")
        if dates is None:
            self.days = periods.last_days(int(data.get("period") or FIRST_SEEN))
            return data
        try:
            first, last = (moment and timezone.localtime(moment).date() for moment in (dates.start, dates.stop))
            self.days = periods.between(first, last)
        except ValidationError as error:
            self.add_error("dates", error)
        return data


class ReadershipFilters(WagtailFilterSet):
    """Language, category, author and days."""

    # By this name Wagtail would add a filter of its own.
    locale = LanguageFilter(
        label=_("Language"), choices=lambda: language_choices(Locale.objects.order_by("pk")), empty_label=_("All")
    )
    category = CategoryFilter(label=_("Category"), choices=lambda: by_name(category_names()))
    author = AuthorFilter(label=_("Author"), choices=lambda: by_name(author_names()))
    # Reads are counted by the days, whatever the articles are.
    period = ChoiceFilter(
        label=_("Period"),
        method=left_to_the_view,
        choices=list(PERIODS.items()),
        initial=FIRST_SEEN,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    dates = DateFromToRangeFilter(
        label=_("From – to"),
        method=left_to_the_view,
        widget=DateRangePickerWidget,
        help_text=_("Takes the place of the period."),
    )

    class Meta:
        model = ArticlePage
        form = ReadershipForm
        fields: list[str] = []


class ArticleColumn(TitleColumn):
    """The title, and why readers cannot open the article if they cannot."""

    cell_template_name = "articles/readership_title_cell.html"


class SparklineColumn(BaseColumn):
    """A line of the reads of an article, in `instance.sparkline`; without their number, which stands beside it."""

    cell_template_name = "articles/sparkline_cell.html"


class ReadershipReport(DefusedRows, ReportView):
    """What is public, and what is not any more but was read in these days. The number of queries does not depend on
    that of the articles."""

    index_url_name = "readership_report"
    index_results_url_name = "readership_report_results"
    results_template_name = "articles/readership_results.html"
    page_title = _("Readership")
    header_icon = "reads"
    filterset_class = ReadershipFilters
    model = ArticlePage
    verbose_name_plural = _("articles")
    default_ordering = "-reads"
    columns = [
        ArticleColumn(
            "title",
            label=_("Title"),
            sort_key="title",
            get_url=lambda article: article.editor_url,
            width="34%",
        ),
        NumberColumn("reads", label=_("Reads"), sort_key="reads", classname="figure"),
        Column("share", label=_("Share"), classname="figure"),
        SparklineColumn("line", label=_("Over time")),
        Column("language_label", label=_("Language"), sort_key="language"),
        Column("category_name", label=_("Category")),
        Column("author_names", label=_("Authors")),
        Column("published_label", label=_("Published"), sort_key="date"),
    ]
    list_export = [
        "one_line_title",
        "language_label",
        "category_name",
        "author_names",
        "published_on",
        "state",
        "reads",
        "share_in_per_cent",
    ]
    export_headings = {
        "one_line_title": _("Title"),
        "language_label": _("Language"),
        "category_name": _("Category"),
        "author_names": _("Authors"),
        "published_on": _("Published"),
        "state": _("State"),
        "reads": _("Reads"),
        "share_in_per_cent": _("Share in per cent"),
    }

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # A file would not say what is wrong with the question.
        self.is_export = self.is_export and self.filters.is_valid()  # type: ignore[has-type]
        return super().get(request, *args, **kwargs)

    def get_filterset_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_filterset_kwargs()
        kwargs["data"] = kwargs["data"].copy()
        kwargs["data"].setdefault("period", FIRST_SEEN)
        return kwargs

    @cached_property
    def period(self) -> Period:
        """The days asked for; the first seen where the question makes no sense."""
        if self.filters.is_valid():
            return self.filters.form.days
        return periods.last_days(int(FIRST_SEEN))

    @cached_property
    def steps(self) -> list[readership.Step]:
        """The reads of all the articles that the filters leave."""
        return readership.by_step(self.period.kept(), self.filter_queryset(self._visible()))

    @cached_property
    def total(self) -> int:
        return sum(step.reads for step in self.steps)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        button = Button(_("In numbers"), url=reverse("in_numbers"), icon_name="reads", priority=5)
        return [*super().header_more_buttons, button]

    def get_filename(self) -> str:
        return f"readership-{self.period.first}-{self.period.last}"

    def _visible(self) -> ArticleQuerySet:
        visible = permissions.visible_pages(self.request.user)
        return ArticlePage.objects.originals().filter(pk__in=visible.values("pk"))

    def get_base_queryset(self) -> ArticleQuerySet:
        articles = readership.with_reads(self._visible(), self.period).defer("body")
        return articles.filter(Q(public=True) | Q(reads__gt=0)) if self.filters.is_valid() else articles.none()

    def get_filtered_queryset(self) -> QuerySet[ArticlePage]:
        return self.get_queryset()

    def order_queryset(self, queryset: QuerySet[ArticlePage]) -> QuerySet[ArticlePage]:
        """As asked; between equals, and where reads decide, the newest first."""
        field, descending = self.ordering.removeprefix("-"), self.ordering.startswith("-")
        order = F(field).desc(nulls_last=True) if descending else F(field).asc(nulls_last=True)
        return queryset.order_by(order, "-date", "pk")

    def as_spreadsheet(self, queryset: Any, spreadsheet_format: str) -> Any:
        # The lines of a file leave when the admin has left its language.
        self.export_headings = {name: str(heading) for name, heading in self.export_headings.items()}  # type: ignore[misc]
        return super().as_spreadsheet(queryset, spreadsheet_format)

    def get_table(self, object_list: Any) -> Any:
        self._add_figures(object_list)
        return super().get_table(object_list)

    def _add_figures(self, articles: Any) -> None:
        """Set what the rows show, on the screen and in files."""
        lines = {} if self.is_export else readership.by_article(articles, self.period.kept())
        categories, authors = category_names(), author_names()
        signed = _signatures(articles)
        openable = permissions.openable(self.request.user, articles)
        for article in articles:
            article.one_line_title = one_line(article.title)
            article.editor_url = reverse("wagtailadmin_pages:edit", args=[article.pk]) if article.pk in openable else ""
            article.language_label = language_label(article.language)
            article.category_name = categories.get(str(article.category_key), "")
            article.author_names = ", ".join(authors[key] for key in signed.get(article.pk, []))
            article.published_on = article.date and timezone.localtime(article.date).date()
            article.published_label = date_format(article.published_on, "SHORT_DATE_FORMAT") if article.date else ""
            article.why_closed = state_of(article)
            left_out = [gettext("left out of “most read”")] if article.left_out_of_most_read else []
            article.state = ", ".join([capfirst(article.why_closed) or gettext("Public"), *left_out])
            article.share = figures.share(article.reads, self.total)
            article.share_in_per_cent = round(100 * article.reads / self.total, 1) if self.total else None
            if not self.is_export:
                name = f"reads-{article.pk}"
                article.sparkline = charts.sparkline(lines[article.story_key, article.language], name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.filters.is_valid() and not self.is_export:
            context["period"] = self.period
            context["total"] = figures.reads(self.total)
            context["chart"] = charts.chart(self.steps, "reads-of-all")
        return context


def _signatures(articles: Any) -> dict[int, list[str]]:
    """Who signed the articles: the keys of their authors in order, by number of the article. One query."""
    rows = ArticleByline.objects.filter(page__in=[article.pk for article in articles]).order_by("sort_order")
    found: dict[int, list[str]] = {}
    for page, key in rows.values_list("page_id", "author__translation_key"):
        found.setdefault(page, []).append(str(key))
    return found
