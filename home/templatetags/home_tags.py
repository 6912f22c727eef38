"""What stands on every page: the name of the site, its menu and its foot."""

from django import template
from django.db.models import QuerySet
from django.template import Context
from django.urls import reverse
from wagtail.models import Page, Site

from home.models import HomePage, SiteSettings, StandardPage
from home.theme import Theme, theme_of
from newsroom.pages import answering

register = template.Library()


@register.simple_tag
def site_home(language: str) -> HomePage | None:
    """The home page of a language, or None while there is none."""
    return HomePage.objects.live_in(language).order_by("path").first()


@register.simple_tag
def menu_pages(home: HomePage | None) -> list[Page]:
    """The pages of the menu: those that editors show in menus, in the order of the tree, as far as two levels
    below the home page."""
    if home is None:
        return []
    below = Page.objects.live().in_menu().descendant_of(home).filter(alias_of__isnull=True)
    return sorted(answering(below.filter(depth__lte=home.depth + 2)), key=lambda page: page.path)


@register.simple_tag
def footer_pages(home: HomePage | None) -> QuerySet[StandardPage]:
    """The standard pages that editors link at the foot of every page, in the order of the tree."""
    if home is None:
        return StandardPage.objects.none()
    below = StandardPage.objects.live().originals().descendant_of(home).filter(in_footer=True)
    return below.defer("body").order_by("path")


@register.simple_tag(takes_context=True)
def organisation(context: Context) -> SiteSettings | None:
    """Who publishes, or None while the site has not been set up."""
    site = Site.find_for_request(context.get("request"))
    return SiteSettings.for_site(site) if site else None


@register.simple_tag
def theme_address(accent: str) -> str:
    """The address of the stylesheet of an accent colour ("#8a1c1c")."""
    theme = theme_of(accent)
    return reverse("theme_stylesheet", args=[theme.accent.removeprefix("#"), theme.digest])


@register.simple_tag
def theme_colours(accent: str) -> Theme:
    """The colours of a mail: those of an accent colour, or the house's own for ""."""
    return theme_of(accent)
