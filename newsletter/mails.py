"""The mails about a subscription itself: what each says, and handing it over. Those of digests are made elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from newsletter import digest, rendering, transport
from newsletter.models import NewsletterPage
from newsletter.transport import Outcome, Result


class MailNotSent(Exception):
    """The mail could not be handed over; the request may be repeated."""


@dataclass(frozen=True)
class Letter:
    """What a mail says: a subject, some paragraphs, one button, and what stands below it."""

    subject: str
    paragraphs: Sequence[str]
    button: str
    url: str
    below: Sequence[str] = field(default_factory=tuple)


def hand_over(letter: Letter, *, to: str, newsletter: NewsletterPage, language: str, key: str) -> Outcome:
    """Hand over a letter in one language; `key` names it, so that a second attempt is the same mail."""
    with translation.override(language):
        context = {
            "letter": letter,
            "newsletter": newsletter,
            "site_name": newsletter.get_parent().title,
            "language": language,
            "organisation": digest.organisation(),
        }
        mail = transport.build(
            to=to,
            subject=letter.subject,
            text=rendering.tidy_text(render_to_string("email/letter.txt", context)),
            html=rendering.compile_mjml(render_to_string("email/letter.mjml", context)),
            from_name=newsletter.from_name or context["site_name"],
            from_address=newsletter.from_address,
            reply_to=newsletter.reply_to,
            language=language,
            key=key,
        )
    with transport.Connection() as connection:
        return connection.hand_over(mail)


def send(letter: Letter, *, to: str, newsletter: NewsletterPage, language: str, key: str) -> None:
    """Hand over a letter that somebody waits for. Raises MailNotSent. One that may have arrived is not repeated: its
    link must work."""
    outcome = hand_over(letter, to=to, newsletter=newsletter, language=language, key=key)
    if outcome.result in (Result.REFUSED, Result.LATER):
        raise MailNotSent(outcome.reason)


def address(path: str) -> str:
    """The address of a page of ours, for a mail."""
    return settings.SITE_URL + path


# -- What they say --------------------------------------------------------------------------------------------
def confirmation(names: Sequence[str], url: str, *, reminder: bool = False) -> Letter:
    """Asks for the confirmation of a request for some newsletters."""
    quoted = _enumerated([_("“{name}”").format(name=name) for name in names])
    opening = _("Somebody, most likely you, asked for {newsletters} to be sent to this address.")
    return Letter(
        subject=_("Please confirm: {newsletters}").format(newsletters=_enumerated(names)),
        paragraphs=[
            opening.format(newsletters=quoted),
            *([_("Nobody has confirmed it yet. This is our only reminder.")] if reminder else []),
        ],
        button=_("Open the page and confirm"),
        url=url,
        below=[
            _(
                "The link works once, for seven days. If it was not you, there is nothing to do: without your "
                "confirmation we send you nothing more."
            )
        ],
    )


def farewell(newsletter: str, url: str) -> Letter:
    """Says that a subscription has ended, for forwarded mails get clicked by others."""
    return Letter(
        subject=_("You are unsubscribed: {newsletter}").format(newsletter=newsletter),
        paragraphs=[
            _("This address has been unsubscribed from {newsletter}.").format(newsletter=newsletter),
            _("If it was you, there is nothing to do, and this is the last mail. If it was not, you can stay."),
        ],
        button=_("It was not me: stay subscribed"),
        url=url,
        below=[_("The link works for seven days.")],
    )


def personal_link(url: str) -> Letter:
    """Brings the link to what only the person may see or do."""
    return Letter(
        subject=_("Your data: a link that works for two hours"),
        paragraphs=[_("Somebody, most likely you, asked to see, change or erase what we know of this address.")],
        button=_("Open the page"),
        url=url,
        below=[_("If it was not you, there is nothing to do: nobody else can open the page.")],
    )


def new_address(old: str, url: str) -> Letter:
    """Asks the new address of a subscriber whether it is theirs."""
    return Letter(
        subject=_("Please confirm your new address"),
        paragraphs=[
            _("Somebody, most likely you, asked us to write to this address instead of {old}.").format(old=old)
        ],
        button=_("Open the page and confirm"),
        url=url,
        below=[_("The link works for one day. Until then, and without your confirmation, nothing changes.")],
    )


def address_changed(new: str, url: str) -> Letter:
    """Tells the old address of a subscriber."""
    return Letter(
        subject=_("Your address was changed"),
        paragraphs=[
            _("From now on we write to {new}. This is the last mail to your old address.").format(new=new),
            _("If it was not you who changed it, please write to us: just answer this mail."),
        ],
        button=_("Go to the website"),
        url=url,
    )


def welcome(newsletter: str, subject: str, url: str) -> Letter:
    """Greets a new subscriber with the latest digest."""
    return Letter(
        subject=_("Welcome: {newsletter}").format(newsletter=newsletter),
        paragraphs=[
            _("Thank you for subscribing. Until the next one, here is the latest: {subject}").format(subject=subject)
        ],
        button=_("Read it on the web"),
        url=url,
    )


def _enumerated(names: Sequence[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    *others, last = names
    return _("{others} and {last}").format(others=", ".join(others), last=last) if others else last
