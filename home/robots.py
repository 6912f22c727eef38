"""robots.txt: what the robots that respect it (RFC 9309) may fetch."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control

from home.models import Crawlers
from newsroom.site_settings import site_settings

# The robots, or names that robots obey, that collect texts to train language models, as their companies document them.
# Those that answer questions of readers with links to sources (OAI-SearchBot, Claude-SearchBot, PerplexityBot) are not
# among them; nor do these names keep a site out of search results.
TRAINING_ROBOTS = [
    "AI2Bot",
    "Amazonbot",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ClaudeBot",
    "cohere-training-data-crawler",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "meta-externalagent",
]


@cache_control(public=True, max_age=300)
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Keeps robots out of the admin, the search results and the counting of reads; names the sitemaps; and turns away
    those that train language models if the settings of the site say so."""
    organisation = site_settings(request)
    no_training = organisation is not None and organisation.crawlers == Crawlers.NO_TRAINING
    context = {
        "closed": [reverse("wagtailadmin_home"), *_searches(), reverse("count_read", args=[0]).removesuffix("0/")],
        "training_robots": TRAINING_ROBOTS if no_training else [],
        "sitemaps": [settings.SITE_URL + reverse(name) for name in ("sitemap", "news_sitemap")],
    }
    return render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")


def _searches() -> list[str]:
    """The address of the search in each language."""
    addresses = []
    for language, _ in settings.LANGUAGES:
        with override(language):
            addresses.append(reverse("search"))
    return addresses
