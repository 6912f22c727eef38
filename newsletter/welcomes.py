"""The mail that greets who has just confirmed, where a newsletter has it switched on."""

from collections.abc import Iterable

from newsletter import mails
from newsletter.models import DigestPage, NewsletterPage, Subscription


def note(confirmed: Iterable[Subscription]) -> None:
    """Greet the subscribers of those newsletters that do so, with the latest digest in their language. A mail that
    cannot be sent is not tried again: the subscription is confirmed all the same."""
    for subscription in confirmed:
        newsletter = NewsletterPage.objects.named(subscription.newsletter_key, subscription.interface_language)
        digest = _latest(newsletter) if newsletter and newsletter.welcome else None
        if newsletter and digest:
            letter = mails.welcome(newsletter.title, digest.subject, digest.full_url)
            mails.hand_over(
                letter,
                to=subscription.subscriber.email,
                newsletter=newsletter,
                language=subscription.interface_language,
                key=f"welcome-{subscription.pk}-{subscription.changed_at:%Y%m%d%H%M%S}",
            )


def _latest(newsletter: NewsletterPage) -> DigestPage | None:
    return DigestPage.objects.child_of(newsletter).sent().first()
