"""The pages of the journalism: the index, categories, articles, and the two feeds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    PageChooserPanel,
    TitleFieldPanel,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.contrib.routable_page.models import RoutablePageMixin, path, re_path
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page, PageManager
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from articles import cards, feeds, videos
from articles.blocks import BodyBlock, lines_of
from articles.models.people import Author
from articles.models.readership import ALL_CATEGORIES, TRENDING
from articles.querysets import EARLIEST_YEAR, ArticleQuerySet
from articles.reading_time import minutes_to_read
from articles.selections import Choice, Filter, Selection
from newsroom.localization.translating import made_from
from newsroom.pages import SearchText, SitePage, SitePageForm
from newsroom.text import cut_at_word, one_line, plain

if TYPE_CHECKING:
    from articles.rails import Rail

INTRO_FEATURES = ["bold", "italic", "link"]
# A page of a list; an index is worth nothing beyond what a reader scans.
ARTICLES_A_PAGE = 12
# The windows of the ranking that editors and readers choose from, in days.
WINDOW_NAMES = {TRENDING: _("right now"), 7: _("last 7 days"), 30: _("last 30 days"), 365: _("last 12 months")}
# What the news index shows of each category.
ARTICLES_A_CATEGORY = 3
# As long a story may be dated ahead: "this evening".
A_DAY = timedelta(days=1)
# What a card shows under the title, in characters.
TEASER_LENGTH = 220


class NewsIndexPage(SitePage):
    """The section of the tree that holds categories and articles. Shows the newest articles of each category."""

    intro = RichTextField(
        _("introduction"),
        features=INTRO_FEATURES,
        blank=True,
        help_text=_("Shown under the title of the page."),
    )

    parent_page_types = ["home.HomePage"]
    subpage_types = ["articles.ArticlePage", "articles.CategoryPage"]
    max_count_per_parent = 1
    template = "articles/news_index.html"
    content_panels = [*SitePage.content_panels, FieldPanel("intro")]
    search_fields = [*SitePage.search_fields, index.SearchField("intro")]

    class Meta:
        verbose_name = _("news index")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        language = self.locale.language_code
        context["categories"] = categories = self._categories()
        context["latest_page"] = LatestNewsPage.objects.live_in(language).first()
        context["has_stories"] = any(category.newest for category in categories)
        if not context["has_stories"]:
            # Articles whose category has no page in this language, or that have none, must be found here all the same.
            newest = ArticlePage.objects.published().in_language(language).newest()
            context["articles"] = newest[:ARTICLES_A_PAGE].cards()
        return context

    def _categories(self) -> list[CategoryPage]:
        """The live categories of this language, each with `newest`: the cards of its newest articles. Two queries and
        those of the cards, however many categories and articles there are."""
        language = self.locale.language_code
        newest = ArticlePage.objects.published().in_language(language).newest().values("pk")
        of_category = newest.filter(category_key=models.OuterRef("translation_key"))
        nth = {f"newest_{n}": models.Subquery(of_category[n : n + 1]) for n in range(ARTICLES_A_CATEGORY)}
        categories = list(CategoryPage.objects.live_in(language).annotate(**nth).order_by("path"))
        keys = {category: [getattr(category, name) for name in nth] for category in categories}
        wanted = [key for found in keys.values() for key in found if key]
        by_key = {card.pk: card for card in ArticlePage.objects.filter(pk__in=wanted).cards()}
        for category in categories:
            category.newest = [by_key[key] for key in keys[category] if key in by_key]
        return categories


class ArticleListPage(RoutablePageMixin, SitePage):
    """A page that lists articles, numbered pages of them, with a feed of the newest under `feed/`."""

    intro = RichTextField(
        _("introduction"),
        features=INTRO_FEATURES,
        blank=True,
        help_text=_("Shown under the title of the page."),
    )

    subpage_types: list[str] = []
    show_in_menus_default = True
    # Whether the order is a ranking, so that numbers stand before the articles.
    numbered = False
    # Whether all the articles have the same category, so that the cards need not name it.
    of_one_category = False
    content_panels = [*SitePage.content_panels, FieldPanel("intro")]
    search_fields = [*SitePage.search_fields, index.SearchField("intro")]

    class Meta:
        abstract = True

    def search_text(self) -> SearchText:
        return SearchText(lead=plain(self.intro))

    def articles(self) -> ArticleQuerySet:
        """The articles this page lists, in order."""
        return self.articles_in(self.locale.language_code)

    def articles_in(self, language: str) -> ArticleQuerySet:
        """The articles that the translation of this page into a language lists, in order."""
        raise NotImplementedError

    def filters(self, request: HttpRequest, selection: Selection) -> list[Filter]:
        """The links that narrow this list, for the reader who sees `selection` of it."""
        return []

    def rail(self) -> Rail:
        """What stands beside the list: what is read most of all, unless the page has something nearer."""
        from articles import rails  # rails are made of these models

        return rails.most_read(self.locale.language_code)

    def get_context(
        self, request: HttpRequest, *args: Any, selection: Selection | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        selection = selection or Selection(self.articles())
        page = cards.page_of(selection.articles, request.GET.get("page"), ARTICLES_A_PAGE)
        context["selection"] = selection
        context["filters"] = self.filters(request, selection)
        context["articles"] = page.object_list
        context["page_of_articles"] = page
        context["rail"] = self.rail()
        if not page.object_list:
            context["way_on"] = LatestNewsPage.objects.live_in(self.locale.language_code).exclude(pk=self.pk).first()
        return context

    def show(self, request: HttpRequest, selection: Selection) -> HttpResponse:
        """This page with a part of its list."""
        return self.render(request, selection=selection)

    @path("feed/", name="feed")
    def feed(self, request: HttpRequest) -> HttpResponse:
        """The first articles of this page as RSS."""
        return feeds.rss(request, self)

    @re_path(r"^feed\.json/?$", name="json_feed")  # Wagtail asks with a slash; the address has none
    def json_feed(self, request: HttpRequest) -> HttpResponse:
        """The same as JSON Feed."""
        return feeds.json_feed(request, self)


class NewestFirstPage(ArticleListPage):
    """A list by date, with an archive of each year under `2025/`."""

    class Meta:
        abstract = True

    @cached_property
    def years(self) -> list[int]:
        """The years that have articles, latest first."""
        return self.articles().years()

    @re_path(r"^(?P<year>[0-9]{4})/$", name="year")
    def year(self, request: HttpRequest, year: str) -> HttpResponse:
        """The articles of one year. 404 if there are none."""
        if int(year) not in self.years:
            raise Http404
        return self.show(request, Selection(self.articles().in_year(int(year)), year))

    def filters(self, request: HttpRequest, selection: Selection) -> list[Filter]:
        if len(self.years) < 2:
            return []
        url = self.get_url(request) or ""
        every = Choice(gettext("All years"), url, not selection.name)
        years = [
            Choice(year, url + self.reverse_subpage("year", [year]), selection.name == year)
            for year in map(str, self.years)
        ]
        return [Filter(gettext("Year"), [every, *years])]

    def same_view(self, translation: Page, request: HttpRequest | None) -> str:
        match = getattr(request, "routable_resolver_match", None)
        url = super().same_view(translation, request)
        if match and match.url_name == "year":
            year = match.kwargs["year"]
            if self.articles_in(translation.locale.language_code).in_year(int(year)).exists():
                return url + self.reverse_subpage("year", [year])
        return url


class CategoryPage(NewestFirstPage):
    """A category, and the list of its articles, which name it by its translation key whatever their language."""

    artwork = models.ForeignKey(
        "articles.Photo",
        verbose_name=_("picture for sharing"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown when someone shares an article of this category that has no picture."),
    )

    of_one_category = True
    pairable = True
    parent_page_types = ["articles.NewsIndexPage"]
    template = "articles/article_list.html"
    promote_panels = [*ArticleListPage.promote_panels, FieldPanel("artwork")]

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def articles_in(self, language: str) -> ArticleQuerySet:
        return ArticlePage.objects.published().in_language(language).in_category(self.translation_key).newest()

    def rail(self) -> Rail:
        from articles import rails

        return rails.most_read(self.locale.language_code, self.translation_key)


class LatestNewsPage(NewestFirstPage):
    """Latest news of this language. The rails take their heading and link from this page."""

    parent_page_types = ["home.HomePage"]
    template = "articles/article_list.html"
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("latest news")

    def articles_in(self, language: str) -> ArticleQuerySet:
        return ArticlePage.objects.published().in_language(language).newest()

    def filters(self, request: HttpRequest, selection: Selection) -> list[Filter]:
        categories = CategoryPage.objects.live_in(self.locale.language_code).order_by("path")
        choices = [Choice(one_line(category.title), category.get_url(request) or "") for category in categories]
        by_category = [Filter(gettext("Category"), choices)] if choices else []
        return [*by_category, *super().filters(request, selection)]


class OwnCategoriesForm(SitePageForm):
    """An editor's form that offers the categories of the page's own language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            own = models.Q(locale_id=self.instance.locale_id) | models.Q(pk=self.instance.category_id)
            self.fields["category"].queryset = CategoryPage.objects.originals().filter(own).order_by("title")


class MostReadPage(ArticleListPage):
    """What readers of this language read most, over the days that an editor chose; the other windows stand under
    `now/`, `7/`, `30/` and `365/`. The rails take their heading, link and order from this page."""

    window = models.PositiveSmallIntegerField(
        _("period"),
        choices=WINDOW_NAMES,
        default=30,
        help_text=_(
            "Shown on the page itself and beside articles. On the page, readers can choose the others. “Right now” "
            "gives the newest reads the most weight."
        ),
    )
    category = models.ForeignKey(
        CategoryPage,
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("To list its articles only. Leave empty for all."),
    )
    together = models.BooleanField(
        _("count the reads of all languages together"),
        default=False,
        help_text=_(
            "A story that many read in another language then stands high in this one too, if it is translated. "
            "For sites with few readers in a language."
        ),
    )

    numbered = True
    parent_page_types = ["home.HomePage"]
    template = "articles/article_list.html"
    max_count_per_parent = 1
    base_form_class = OwnCategoriesForm

    override_translatable_fields = [
        *ArticleListPage.override_translatable_fields,
        SynchronizedField("window", overridable=False),
        SynchronizedField("category", overridable=False),
        SynchronizedField("together", overridable=False),
    ]
    followed_fields = (*ArticleListPage.followed_fields, "window", "category", "together")
    content_panels = [
        *ArticleListPage.content_panels,
        MultiFieldPanel(
            [FieldPanel("window"), FieldPanel("category", widget=forms.Select), FieldPanel("together")],
            heading=_("What is listed"),
        ),
    ]

    class Meta:
        verbose_name = _("most read")

    @property
    def of_one_category(self) -> bool:  # type: ignore[override]
        return self.category_id is not None

    def articles_in(self, language: str) -> ArticleQuerySet:
        return self.ranked(ArticlePage.objects.in_language(language))

    def ranked(
        self, articles: ArticleQuerySet, category_key: uuid.UUID | None = None, window: int | None = None
    ) -> ArticleQuerySet:
        """Some articles in the order of this page, or of one category or window instead of its own."""
        key = category_key or self._category_key or ALL_CATEGORIES
        days = self.window if window is None else window
        return articles.most_read(days, key, together=self.together)

    def unranked(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Those of some articles that this page might list, newest first: what stands where nothing is ranked yet."""
        rankable = articles.rankable().newest()
        return rankable.in_category(self._category_key) if self._category_key else rankable

    @property
    def _category_key(self) -> uuid.UUID | None:
        return self.category.translation_key if self.category else None

    def rail(self) -> Rail:
        from articles import rails

        return rails.latest(self.locale.language_code)

    @re_path(r"^(?P<days>now|7|30|365)/$", name="window")
    def other_window(self, request: HttpRequest, days: str) -> HttpResponse:
        """What was read most in another window. (This page's own is the page itself.)"""
        window = TRENDING if days == "now" else int(days)
        if window == self.window:
            return redirect(self.get_url(request) or "/")
        articles = ArticlePage.objects.in_language(self.locale.language_code)
        return self.show(request, Selection(self.ranked(articles, window=window), str(WINDOW_NAMES[window])))

    def filters(self, request: HttpRequest, selection: Selection) -> list[Filter]:
        current = selection.name or WINDOW_NAMES[self.window]
        choices = [
            Choice(str(name), self._url_of_window(days, request), name == current)
            for days, name in WINDOW_NAMES.items()
        ]
        return [Filter(gettext("Period"), choices)]

    def _url_of_window(self, days: int, request: HttpRequest) -> str:
        url = self.get_url(request) or ""
        return url if days == self.window else url + self.reverse_subpage("window", [days or "now"])

    def same_view(self, translation: Page, request: HttpRequest | None) -> str:
        match = getattr(request, "routable_resolver_match", None)
        url = super().same_view(translation, request)
        if match and match.url_name == "window":
            return url + self.reverse_subpage("window", kwargs=match.kwargs)
        return url


@dataclass(frozen=True)
class Reason:
    """Why something was withdrawn, and the language in which that is said."""

    text: str
    language: str


class ArticlePageForm(OwnCategoriesForm):
    """The editor's form of an article."""

    def clean(self) -> dict[str, Any]:
        """Refuses to publish what would stand above all newer stories until its date has come."""
        data = super().clean()
        date, now = data.get("date"), timezone.now()
        if "action-publish" in self.data and date and date > max(now, data.get("go_live_at") or now) + A_DAY:
            message = _("This date is in the future. To publish the story later, set a schedule.")
            self.add_error("date", message)
        if data.get("withdrawn_reason") and not data.get("withdrawn_at"):
            message = _("Without a date the article is not withdrawn: set the date, or clear the reason.")
            self.add_error("withdrawn_at", message)
        return data


class ArticlePage(SitePage):
    """One story in one language."""

    date = models.DateTimeField(
        _("date"),
        null=True,
        blank=True,
        help_text=_("Set at the first publication if left empty. Every language shows the same date."),
    )
    dateline = models.CharField(
        _("place"),
        max_length=80,
        blank=True,
        help_text=_("Where the story was written, for example “UN Geneva”."),
    )
    standfirst = models.CharField(
        _("standfirst"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences under the title and on the cards. Made from the text if left empty."),
    )
    lead_image = models.ForeignKey(
        "articles.Photo",
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    lead_image_alt = models.CharField(
        _("alternative text"),
        max_length=250,
        blank=True,
        help_text=_("What the picture shows, for those who cannot see it. Empty only if it is mere decoration."),
    )
    lead_image_caption = models.CharField(_("caption"), max_length=500, blank=True)
    category = models.ForeignKey(
        CategoryPage,
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    withdrawn_at = models.DateTimeField(
        _("withdrawn on"),
        null=True,
        blank=True,
        help_text=_("Once set, the address answers “gone” with the reason below, and no list shows the article."),
    )
    withdrawn_reason = models.TextField(
        _("reason of the withdrawal"), blank=True, validators=[MaxLengthValidator(1000)]
    )

    left_out_of_most_read = models.BooleanField(
        _("leave out of “most read”"),
        default=False,
        help_text=_("For what should not be recommended for being read: a vacancy, an obituary. Reads are counted."),
    )

    # Kept by save(), so that lists filter, sort and show cards from one table.
    language = models.CharField(max_length=12, editable=False, default="")
    public = models.BooleanField(editable=False, default=False)
    story_key = models.UUIDField(editable=False, null=True)
    category_key = models.UUIDField(editable=False, null=True)
    teaser = models.CharField(max_length=400, editable=False, default="")

    objects = PageManager.from_queryset(ArticleQuerySet)()

    pairable = True
    parent_page_types = ["articles.NewsIndexPage"]
    subpage_types: list[str] = []
    template = "articles/article.html"
    base_form_class = ArticlePageForm

    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("date", overridable=False),
        SynchronizedField("category", overridable=False),
        SynchronizedField("withdrawn_at", overridable=False),
        SynchronizedField("left_out_of_most_read", overridable=False),
    ]
    followed_fields = (*SitePage.followed_fields, "date", "category", "withdrawn_at", "left_out_of_most_read")

    content_panels = [
        TitleFieldPanel(
            "title",
            widget=AdminAutoHeightTextInput,
            help_text=_("A long title may have a line break: press Enter where the line should end."),
        ),
        FieldPanel("standfirst", widget=AdminAutoHeightTextInput(attrs={"rows": 2})),
        FieldRowPanel([FieldPanel("category", widget=forms.Select), FieldPanel("dateline")]),
        MultiFieldPanel(
            [FieldPanel("lead_image"), FieldPanel("lead_image_alt"), FieldPanel("lead_image_caption")],
            heading=_("Lead picture"),
        ),
        FieldPanel("body"),
        InlinePanel("bylines", heading=_("Authors"), label=_("Author")),
        InlinePanel("related_articles", heading=_("Related articles"), label=_("Article"), max_num=3),
    ]
    settings_panels = [
        *SitePage.settings_panels,
        FieldPanel("date"),
        FieldPanel("left_out_of_most_read"),
        MultiFieldPanel(
            [
                HelpPanel(
                    _("Withdraw an article instead of deleting it, so that readers who follow a link learn why.")
                ),
                FieldPanel("withdrawn_at"),
                FieldPanel("withdrawn_reason"),
            ],
            heading=_("Withdrawal"),
            classname="collapsed",
        ),
    ]
    search_fields = [
        *SitePage.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("dateline"),
        index.SearchField("body"),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [
            models.Index(
                fields=["language", "-date", "story_key"],
                condition=models.Q(public=True),
                name="articles_newest",
            ),
            models.Index(
                fields=["language", "category_key", "-date", "story_key"],
                condition=models.Q(public=True),
                name="articles_newest_of_category",
            ),
            # With all that ranking asks of an article, so that it need not be fetched.
            models.Index(
                fields=["story_key", "language", "category_key", "date"],
                condition=models.Q(public=True, left_out_of_most_read=False),
                name="articles_ranked",
            ),
            models.Index(fields=["story_key", "language"], name="articles_of_story"),
        ]

    @property
    def reason_of_withdrawal(self) -> Reason:
        """Why the article was withdrawn: in its own language, or else as another language of the story says it; the
        withdrawal itself reaches them all at once."""
        if self.withdrawn_reason:
            return Reason(self.withdrawn_reason, self.language)
        others = type(self).objects.live().filter(story_key=self.story_key).exclude(withdrawn_reason="")
        other = others.order_by("pk").first()
        return Reason(other.withdrawn_reason, other.language) if other else Reason("", self.language)

    @property
    def status_string(self) -> str:
        """What the admin calls the state of the page: a withdrawn article is not what readers would call live."""
        return gettext("withdrawn") if self.live and self.withdrawn_at else super().status_string

    def clean(self) -> None:
        self.title = self.title.replace("\r\n", "\n")  # type: ignore[has-type]
        self.standfirst = one_line(self.standfirst)
        super().clean()
        if self.date and self.date.year < EARLIEST_YEAR:
            message = _("The year of the date cannot be before %(year)s.")
            raise ValidationError({"date": message % {"year": EARLIEST_YEAR}})
        if self.withdrawn_at and self.withdrawn_at > timezone.now():
            raise ValidationError({"withdrawn_at": _("An article cannot be withdrawn in the future.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._keep_date()
        self.language = self.locale.language_code
        self.public = self.live and self.alias_of_id is None and self.withdrawn_at is None
        self.story_key = self.translation_key
        self.category_key = self.category.translation_key if self.category else None
        self.teaser = cut_at_word(self.standfirst or self._opening(), TEASER_LENGTH)
        super().save(*args, **kwargs)

    def _keep_date(self) -> None:
        """A story is as old as its first publication in any language."""
        if self.date is None and self.live:
            twins = ArticlePage.objects.filter(translation_key=self.translation_key, date__isnull=False)
            self.date = twins.values_list("date", flat=True).first() or timezone.now()

    def _opening(self) -> str:
        """The first paragraph as plain text, or nothing."""
        paragraphs = (block.value.source for block in self.body if block.block_type == "paragraph")
        return next((text for text in map(plain, paragraphs) if text), "")

    def with_content_json(self, content: dict[str, Any]) -> ArticlePage:
        """A draft made before the first publication must not take away the date that publication has set."""
        page = super().with_content_json(content)
        if page.date is None:
            page.date = self.date
        return page

    def search_text(self) -> SearchText | None:
        if not self.public:
            return None
        category = CategoryPage.objects.live_in(self.language).filter(translation_key=self.category_key)
        return SearchText(
            lead=self.standfirst,
            body=lines_of(self.body),
            names=[
                self.dateline,
                *(author.name for author in self._signatures()),
                *category.values_list("title", flat=True),
            ],
            date=self.date,
            category_key=self.category_key,
        )

    @cached_property
    def authors(self) -> list[Author]:
        """Who signs, in order, each in the language of this page, or as they were entered where that is missing."""
        return self._signatures()

    def _signatures(self) -> list[Author]:
        keys = [byline.author.translation_key for byline in self.bylines.select_related("author")]
        by_key = Author.objects.by_key(keys, self.locale_id)
        return [by_key[key] for key in keys]

    @property
    def updated_at(self) -> datetime | None:
        """When the text last changed, if that is more than a day after the story's date; else None."""
        if self.date and self.last_published_at and self.first_published_at:
            shown_since = max(self.date, self.first_published_at)
            if self.last_published_at - shown_since > timedelta(days=1):
                return self.last_published_at
        return None

    @property
    def years_old(self) -> int:
        """How many whole years ago the story is dated."""
        if self.date is None:
            return 0
        written, today = timezone.localdate(self.date), timezone.localdate()
        return max(0, today.year - written.year - ((today.month, today.day) < (written.month, written.day)))

    @property
    def reading_minutes(self) -> int:
        """How long the text takes to read, in minutes; 0 for one without words."""
        return minutes_to_read([self.standfirst, *lines_of(self.body)], self.language)

    @cached_property
    def source(self) -> ArticlePage | None:
        """The article that this one is the translation of; None for a text of its own, or when readers cannot open the
        source."""
        task = made_from(self)
        if task is None:
            return None
        return ArticlePage.objects.published().filter(story_key=self.story_key, locale_id=task.source.locale_id).first()

    def category_page(self) -> CategoryPage | None:
        """The page of its category in its own language, if readers can open one."""
        return CategoryPage.objects.live_in(self.language).filter(translation_key=self.category_key).first()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from articles import pictures, rails, related  # they are made of these models

        context = super().get_context(request, *args, **kwargs)
        pictures.prefetch_figures(self.body)
        category = self.category_page()
        context["category"] = category
        context["source"] = self.source
        # From top to bottom, each leaving out what stands above it.
        context["related"] = related.related_to(self)
        shown = [self.pk, *(article.pk for article in context["related"])]
        context["most_read"] = rails.most_read(self.language, self.category_key if category else None, leave_out=shown)
        shown += [article.pk for article in context["most_read"].articles]
        context["latest"] = rails.latest(self.language, leave_out=shown)
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.withdrawn_at and not getattr(request, "is_preview", False):
            context = {"page": self, "category": self.category_page()}
            return TemplateResponse(request, "articles/withdrawn.html", context, status=410)
        return videos.allow_players(super().serve(request, *args, **kwargs), self.body)


class ArticleByline(Orderable):
    """An author of an article. Every language has the same."""

    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+")

    panels = [FieldPanel("author")]

    class Meta(Orderable.Meta):
        verbose_name = _("author")


class RelatedArticle(Orderable):
    """An article an editor chose to go with another. Every language has the same, shown where it is translated."""

    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="related_articles")
    article = models.ForeignKey(ArticlePage, verbose_name=_("article"), on_delete=models.CASCADE, related_name="+")

    panels = [PageChooserPanel("article", "articles.ArticlePage")]

    class Meta(Orderable.Meta):
        verbose_name = _("related article")
