"""Drafting digests on a schedule: a start, which a person looks through, approves and sends, or deletes."""

import logging
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.formats import date_format

from newsletter import suggestions
from newsletter.models import DigestPage, NewsletterPage
from newsroom.localization.state import sources

logger = logging.getLogger(__name__)

# In the site's time zone: before anybody comes to work.
FIRST_HOUR = 5


def draft_due(now: datetime | None = None) -> int:
    """Draft a digest for every newsletter whose day has come. Returns how many were made."""
    local = timezone.localtime(now)
    if local.hour < FIRST_HOUR:
        return 0
    written = NewsletterPage.objects.live().filter(pk__in=sources().values("pk"), drafted_on=local.weekday())
    return sum(_draft_once(newsletter, local) for newsletter in written.exclude(drafted_every=0))


def _draft_once(newsletter: NewsletterPage, local: datetime) -> bool:
    """Whichever clock moves the date drafts; the others find nothing to do."""
    today = local.date()
    long_ago = Q(last_drafted=None) | Q(last_drafted__lte=today - timedelta(weeks=newsletter.drafted_every))
    with transaction.atomic():
        mine = NewsletterPage.objects.filter(long_ago, pk=newsletter.pk).update(last_drafted=today)
        return bool(mine) and _draft(newsletter, today, local)


def _draft(newsletter: NewsletterPage, today: date, now: datetime) -> bool:
    """Make the draft in the newsletter's language; without anything to tell, none."""
    with translation.override(newsletter.locale.language_code):
        title = f"{newsletter.title}, {date_format(today, 'DATE_FORMAT')}"
    digest = DigestPage(
        title=title, locale=newsletter.locale, live=False, date=today, number=DigestPage.objects.next_number(newsletter)
    )
    newsletter.add_child(instance=digest)
    found = suggestions.suggest(digest, now)
    if not found:
        digest.delete()
        logger.info("No digest was drafted for %s: there is nothing new", newsletter)
        return False
    suggestions.append(digest, found)
    digest.save_revision(log_action=True)
    return True
