"""A reader's settings: which newsletters, in which language, and pauses."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from newsletter import limits, personal_data, subscriptions, tokens
from newsletter.addresses import masked
from newsletter.forms import language_choices
from newsletter.mails import MailNotSent
from newsletter.models import NewsletterPage, Subscriber, Subscription
from newsletter.subscriptions import Wish
from newsletter.views.pages import bad_link, personal

State = Subscription.State


@dataclass(frozen=True)
class Choice:
    """A newsletter, and what the reader has of it."""

    newsletter: NewsletterPage
    subscription: Subscription | None

    @property
    def key(self) -> str:
        """By which the form names it."""
        return self.newsletter.translation_key.hex

    @property
    def chosen(self) -> bool:
        """Whether it is being received, or is paused."""
        return self.subscription is not None and self.subscription.state in (State.ACTIVE, State.PAUSED)

    @property
    def paused_until(self) -> date | None:
        """The day it comes again, if it is paused."""
        return self.subscription.paused_until if self.subscription else None

    @property
    def language(self) -> str:
        """The language setting."""
        return self.subscription.language if self.subscription else get_language()


# -- /<language>/subscription/settings/<token>/ --------------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the settings, POST changes them, pauses, resumes, or sends the link to the reader's own data."""
    try:
        [key] = tokens.PREFERENCES.read(token)
    except tokens.BadToken as error:
        return bad_link(request, error, "preferences")
    subscriber = Subscriber.objects.filter(pk=key).first()
    if subscriber is None:
        return render(request, "newsletter/nothing_known.html")
    done, status = "", 200
    if request.method == "POST":
        done, status = _do(request, subscriber)
    choices = choices_of(subscriber)
    context = {
        "email": masked(subscriber.email),
        "choices": choices,
        "language_choices": language_choices(get_language()),
        "paused_until": next((choice.paused_until for choice in choices if choice.paused_until), None),
        "receives": any(choice.chosen and not choice.paused_until for choice in choices),
        "done": done,
        "status": status,
    }
    return render(request, "newsletter/preferences.html", context, status=status)


def choices_of(subscriber: Subscriber) -> list[Choice]:
    """The newsletters that anybody can have, and those that this reader has had by invitation, in the reader's language
    where they have it."""
    language = get_language()
    known = {subscription.newsletter_key: subscription for subscription in subscriber.subscriptions.all()}
    pages = {page.translation_key: page for page in NewsletterPage.objects.open_in(language)}
    for key in known:
        page = pages.get(key) or NewsletterPage.objects.named(key, language)
        if page:
            pages[key] = page
    return [Choice(page, known.get(key)) for key, page in pages.items()]


def _do(request: HttpRequest, subscriber: Subscriber) -> tuple[str, int]:
    """What the button that was pressed stands for. Returns what was done, for the page, and the status."""
    match request.POST.get("action"):
        case "save":
            return _save(request, subscriber)
        case "pause":
            for subscription in subscriber.subscriptions.filter(state=State.ACTIVE):
                subscriptions.pause(subscription)
            return "paused", 200
        case "resume":
            for subscription in subscriber.subscriptions.filter(state=State.PAUSED):
                subscriptions.resume(subscription)
            return "resumed", 200
        case "link":
            return _send_link(request, subscriber)
    return "", 400


def _save(request: HttpRequest, subscriber: Subscriber) -> tuple[str, int]:
    done = "saved", 200
    wanted = request.POST.getlist("newsletters")
    labels = dict(language_choices(get_language()))
    for choice in choices_of(subscriber):
        setting = request.POST.get(f"language-{choice.key}", choice.language)
        setting = setting if setting in labels else choice.language
        if choice.key not in wanted:
            if choice.chosen and choice.subscription:
                subscriptions.unsubscribe(choice.subscription)
        elif choice.chosen and choice.subscription:
            subscriptions.set_language(choice.subscription, setting)
        elif not choice.newsletter.by_invitation:
            wish = Wish(choice.newsletter, choice.newsletter.wording(str(labels[setting])))
            page_url = settings.SITE_URL + reverse("sign_up")
            try:
                subscriptions.add(subscriber, wish, choice=setting, language=get_language(), page_url=page_url)
            except subscriptions.AddressSuppressed:
                done = "suppressed", 409
    return done


def _send_link(request: HttpRequest, subscriber: Subscriber) -> tuple[str, int]:
    try:
        limits.count_form(request)
        limits.count_mail(subscriber.email)
        personal_data.send_link(subscriber, get_language())
    except limits.TooMany:
        return "too_many", 429
    except MailNotSent:
        return "mail_not_sent", 503
    return "link_sent", 200
