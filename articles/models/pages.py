"""The pages of the journalism: the index, categories, articles, and the two feeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import cached_property
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
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, PageManager
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from articles import cards, feeds
from articles.blocks import BodyBlock
from articles.models.people import Author
from articles.models.readership import RANK_WINDOW
from articles.querysets import ArticleQuerySet
from newsroom.pages import SitePage, SitePageForm
from newsroom.text import cut_at_word, plain

INTRO_FEATURES = ["bold", "italic", "link"]
# A page of a list; an index is worth nothing beyond what a reader scans.
ARTICLES_A_PAGE = 12
# What a card shows under the title, in characters.
TEASER_LENGTH = 220


class NewsIndexPage(SitePage):
    """The section of the tree that holds categories and articles. Shows the categories and the newest articles."""

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
        context["categories"] = CategoryPage.objects.live_in(self.locale.language_code).order_by("path")
        newest = ArticlePage.objects.published().in_language(self.locale.language_code).newest()
        context["articles"] = newest[:ARTICLES_A_PAGE].cards()
        return context


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
    content_panels = [*SitePage.content_panels, FieldPanel("intro")]
    search_fields = [*SitePage.search_fields, index.SearchField("intro")]

    class Meta:
        abstract = True

    def articles(self) -> ArticleQuerySet:
        """The articles this page lists, in order."""
        raise NotImplementedError

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        page = cards.page_of(self.articles(), request.GET.get("page"), ARTICLES_A_PAGE)
        context["articles"] = page.object_list
        context["page_of_articles"] = page
        return context

    @path("feed/", name="feed")
    def feed(self, request: HttpRequest) -> HttpResponse:
        """The newest articles of this page as RSS."""
        return feeds.ArticleFeed()(request, page=self)


class CategoryPage(ArticleListPage):
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

    parent_page_types = ["articles.NewsIndexPage"]
    template = "articles/article_list.html"
    promote_panels = [*ArticleListPage.promote_panels, FieldPanel("artwork")]

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def articles(self) -> ArticleQuerySet:
        return (
            ArticlePage.objects.published()
            .in_language(self.locale.language_code)
            .in_category(self.translation_key)
            .newest()
        )

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from articles import rails  # rails are made of these models

        context = super().get_context(request, *args, **kwargs)
        context["most_read"] = rails.most_read(self.locale.language_code, self.translation_key)
        return context


class LatestNewsPage(ArticleListPage):
    """Latest news of this language. The rails take their heading and link from this page."""

    parent_page_types = ["home.HomePage"]
    template = "articles/article_list.html"
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("latest news")

    def articles(self) -> ArticleQuerySet:
        return ArticlePage.objects.published().in_language(self.locale.language_code).newest()


class MostReadPage(ArticleListPage):
    """What readers of this language read most. The rails take their heading and link from this page."""

    numbered = True
    parent_page_types = ["home.HomePage"]
    template = "articles/article_list.html"
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("most read")

    def articles(self) -> ArticleQuerySet:
        return ArticlePage.objects.published().in_language(self.locale.language_code).most_read(RANK_WINDOW)


class ArticlePageForm(SitePageForm):
    """The editor's form: offers the categories of the article's own language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            own = models.Q(locale_id=self.instance.locale_id) | models.Q(pk=self.instance.category_id)
            self.fields["category"].queryset = CategoryPage.objects.originals().filter(own).order_by("title")


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

    # Kept by save(), so that lists filter, sort and show cards from one table.
    language = models.CharField(max_length=12, editable=False, default="")
    public = models.BooleanField(editable=False, default=False)
    story_key = models.UUIDField(editable=False, null=True)
    category_key = models.UUIDField(editable=False, null=True)
    teaser = models.CharField(max_length=400, editable=False, default="")

    objects = PageManager.from_queryset(ArticleQuerySet)()

    parent_page_types = ["articles.NewsIndexPage"]
    subpage_types: list[str] = []
    template = "articles/article.html"
    base_form_class = ArticlePageForm

    override_translatable_fields = [
        *SitePage.override_translatable_fields,
        SynchronizedField("date", overridable=False),
        SynchronizedField("category", overridable=False),
        SynchronizedField("withdrawn_at", overridable=False),
    ]
    followed_fields = (*SitePage.followed_fields, "date", "category", "withdrawn_at")

    content_panels = [
        TitleFieldPanel(
            "title",
            widget=AdminAutoHeightTextInput,
            help_text=_("A long title may have a line break: press Enter where the line should end."),
        ),
        FieldPanel("standfirst"),
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
            models.Index(fields=["story_key", "language"], name="articles_of_story"),
        ]

    def clean(self) -> None:
        self.title = self.title.replace("\r\n", "\n")  # type: ignore[has-type]
        super().clean()
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

    @cached_property
    def authors(self) -> list[Author]:
        """Who signs, in order, each in the language of this page, or as they were entered where that is missing."""
        keys = [byline.author.translation_key for byline in self.bylines.select_related("author")]
        entries = (
            Author.objects.filter(translation_key__in=keys)
            .select_related("locale")
            .order_by(models.Case(models.When(locale=self.locale_id, then=1), default=0))
        )
        by_key = {author.translation_key: author for author in entries}
        return [by_key[key] for key in keys]

    @property
    def updated_at(self) -> datetime | None:
        """When the text last changed, if that is more than a day after the story's date; else None."""
        if self.date and self.last_published_at and self.first_published_at:
            shown_since = max(self.date, self.first_published_at)
            if self.last_published_at - shown_since > timedelta(days=1):
                return self.last_published_at
        return None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from articles import rails, related  # they are made of these models

        context = super().get_context(request, *args, **kwargs)
        category = CategoryPage.objects.live_in(self.language).filter(translation_key=self.category_key).first()
        context["category"] = category
        context["related"] = related.related_to(self)
        context["most_read"] = rails.most_read(
            self.language, self.category_key if category else None, leave_out=[self.pk]
        )
        context["latest"] = rails.latest(self.language, leave_out=[self.pk])
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.withdrawn_at and not getattr(request, "is_preview", False):
            return TemplateResponse(request, "articles/withdrawn.html", {"page": self}, status=410)
        return super().serve(request, *args, **kwargs)


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
