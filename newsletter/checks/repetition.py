"""Stories that readers of the newsletter had before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from newsletter.checks.problems import Problem
from newsletter.models import CampaignStory
from newsroom.text import one_line

if TYPE_CHECKING:
    from newsletter.models import DigestPage


def problems(digest: DigestPage, url: str) -> Iterator[Problem]:
    """A warning for each story of a digest that another one has shown, with the last that did. It is mended at `url`.
    One query and those it takes to read the stories."""
    articles = {article.translation_key: article for article in digest.parts()}
    for key, sent in CampaignStory.objects.shown_before(digest, articles).items():
        title = one_line(articles[key].title)
        values = {
            "title": title,
            "digest": sent.subject,
            "date": date_format(localtime(sent.campaign.confirmed_at), "DATE_FORMAT"),
        }
        message = _("“%(title)s” stood in “%(digest)s” of %(date)s already.")
        yield Problem(message % values, blocks=False, code="sent-before", about=str(key), url=url)
