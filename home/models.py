"""The home page, standard pages, and the settings that have no language."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.search import index

from articles import pictures, videos
from articles.blocks import lines_of
from home import front_page, theme
from home.blocks import PageBodyBlock, SectionsBlock, default_sections
from newsroom.pages import SearchText, SitePage


class HomePage(SitePage):
    """The front page of one language. It also holds the words that stand on every page of that language."""

    tagline = models.CharField(
        _("tagline"), max_length=200, blank=True, help_text=_("One line under the name of the site.")
    )
    sections = StreamField(
        SectionsBlock(),
        verbose_name=_("sections"),
        default=default_sections,
        help_text=_("From top to bottom. No story stands on the page twice: a section leaves out what stands already."),
    )
    footer_text = models.CharField(
        _("about us, in the footer"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences that say who publishes this site. On every page."),
    )

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "articles.NewsIndexPage",
        "articles.LatestNewsPage",
        "articles.MostReadPage",
        "newsletter.NewsletterPage",
        "home.StandardPage",
    ]
    template = "home/home_page.html"
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("tagline"),
        FieldPanel("sections"),
        MultiFieldPanel([FieldPanel("footer_text")], heading=_("On every page")),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("tagline")]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["front"] = front_page.compose(self.sections, self.locale.language_code)
        return context


class StandardPage(SitePage):
    """A page of its own: about us, legal notice, privacy, accessibility."""

    body = StreamField(PageBodyBlock(), verbose_name=_("text"), blank=True)
    in_footer = models.BooleanField(
        _("link in the footer"),
        default=False,
        help_text=_("Show a link to this page at the foot of every page."),
    )

    pairable = True
    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]
    template = "home/standard_page.html"
    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    promote_panels = [*SitePage.promote_panels, FieldPanel("in_footer")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")

    def search_text(self) -> SearchText:
        return SearchText(body=lines_of(self.body))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        pictures.prefetch_figures(self.body)
        return super().get_context(request, *args, **kwargs)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return videos.allow_players(super().serve(request, *args, **kwargs), self.body)


class FeedContent(models.TextChoices):
    """How much of an article stands in the feeds."""

    FULL = "full", _("The whole text")
    SUMMARY = "summary", _("Title and summary")


class Crawlers(models.TextChoices):
    """What robots.txt says to the robots that collect texts to train language models."""

    ALLOW = "allow", _("May read everything")
    NO_TRAINING = "no_training", _("May not take texts for training")


@register_setting(icon="home")
class SiteSettings(BaseSiteSetting):
    """What is the same in every language: who publishes, and how it looks."""

    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    postal_address = models.CharField(
        _("postal address"),
        max_length=300,
        blank=True,
        help_text=_("On one line. In the footer and in every mail."),
    )
    contact_email = models.EmailField(_("contact address"), blank=True)
    logo = models.ForeignKey(
        "articles.Photo",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Write a colour like #8a1c1c."))],
        help_text=_("Of links and buttons, on the site and in the mails, for example #8a1c1c. Ours if left empty."),
    )
    share_picture = models.ForeignKey(
        "articles.Photo",
        verbose_name=_("picture for sharing"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown when someone shares a page that has no picture of its own."),
    )
    feed_content = models.CharField(
        _("articles in feeds"), max_length=10, choices=FeedContent.choices, default=FeedContent.FULL
    )
    crawlers = models.CharField(
        _("robots of AI companies"),
        max_length=20,
        choices=Crawlers.choices,
        default=Crawlers.ALLOW,
        help_text=_("Search engines are welcome in any case. Robots follow this if they are honest."),
    )

    digest_approval = models.BooleanField(
        _("digests need approval"),
        default=False,
        help_text=_(
            "On: a digest leaves only when every language’s edition was approved as it is. "
            "Off: whoever sends it approves it, too."
        ),
    )

    panels = [
        MultiFieldPanel(
            [FieldPanel("legal_name"), FieldPanel("postal_address"), FieldPanel("contact_email")],
            heading=_("Who publishes"),
        ),
        MultiFieldPanel(
            [FieldPanel("logo"), FieldPanel("accent"), FieldPanel("share_picture")], heading=_("How it looks")
        ),
        MultiFieldPanel([FieldPanel("feed_content"), FieldPanel("crawlers")], heading=_("What machines get")),
        MultiFieldPanel([FieldPanel("digest_approval")], heading=_("Newsletter")),
    ]

    class Meta:
        verbose_name = _("organisation")

    def clean(self) -> None:
        super().clean()
        try:
            theme.check_readable(self.accent)
        except ValidationError as error:
            raise ValidationError({"accent": error}) from error
