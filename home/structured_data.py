"""Who publishes, and the site as a whole, in the words of schema.org."""

from django.conf import settings
from django.urls import reverse

from articles.sharing import rendition
from articles.structured_data import Node, identifier
from home.models import HomePage, SiteSettings
from newsroom.text import one_line

# Search engines take no AVIF for a logo, and ask for 112 pixels at least.
LOGO = "max-600x600|format-png"


def organisation(settings_of_site: SiteSettings | None, home: HomePage) -> Node:
    """The organisation that publishes, under the name it has in the language of `home`."""
    node: Node = {
        "@type": "NGO",
        "@id": identifier("organisation"),
        "name": one_line(home.title),
        "url": home.full_url,
    }
    if settings_of_site is None:
        return node
    for name, value in (
        ("legalName", settings_of_site.legal_name),
        ("address", settings_of_site.postal_address),
        ("email", settings_of_site.contact_email),
    ):
        if value:
            node[name] = one_line(value)
    if logo := rendition(settings_of_site.logo, LOGO):
        node["logo"] = {"@type": "ImageObject", "url": logo.full_url, "width": logo.width, "height": logo.height}
    return node


def website(home: HomePage, publisher: Node) -> Node:
    """The site in the language of its home page, with the address of its search."""
    search = settings.SITE_URL + reverse("search")
    return {
        "@type": "WebSite",
        "@id": f"{home.full_url}#website",
        "url": home.full_url,
        "name": one_line(home.title),
        "description": one_line(home.tagline),
        "inLanguage": home.locale.language_code,
        "publisher": {"@id": publisher["@id"]},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }
