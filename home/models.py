"""The home page, standard pages, and the settings that have no language."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.search import index

from articles.blocks import BodyBlock
from home import front_page
from newsroom.pages import SitePage


class HomePage(SitePage):
    """The front page of one language. It also holds the words that stand on every page of that language."""

    tagline = models.CharField(
        _("tagline"), max_length=200, blank=True, help_text=_("One line under the name of the site.")
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
        MultiFieldPanel([FieldPanel("footer_text")], heading=_("On every page")),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("tagline")]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["front"] = front_page.compose(self.locale.language_code)
        return context


class StandardPage(SitePage):
    """A page of its own: about us, legal notice, privacy, accessibility."""

    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    in_footer = models.BooleanField(
        _("link in the footer"),
        default=False,
        help_text=_("Show a link to this page at the foot of every page."),
    )

    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage"]
    template = "home/standard_page.html"
    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    promote_panels = [*SitePage.promote_panels, FieldPanel("in_footer")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")


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

    panels = [
        FieldPanel("legal_name"),
        FieldPanel("postal_address"),
        FieldPanel("contact_email"),
        FieldPanel("logo"),
    ]

    class Meta:
        verbose_name = _("organisation")
