"""Leaving, and coming back from a mistake."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from newsletter import subscriptions, tokens
from newsletter.addresses import masked
from newsletter.models import NewsletterPage, Subscriber, Subscription
from newsletter.views.pages import bad_link, personal


# -- /<language>/subscription/unsubscribe/<token>/ -----------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button, POST acts."""
    try:
        subscription = subscriptions.find_subscription(token)
    except tokens.BadToken as error:
        return bad_link(request, error, "unsubscribe")
    if subscription is None:  # erased since: there is nothing left to end
        return render(request, "newsletter/unsubscribed.html")
    if request.method == "POST":
        subscriptions.unsubscribe(subscription)
    elif subscription.state != Subscription.State.UNSUBSCRIBED:
        context = {
            "newsletter": _title(subscription),
            "email": masked(subscription.subscriber.email),
            "action": reverse("unsubscribe", args=[token]),
            "settings_token": tokens.PREFERENCES.token(subscription.subscriber_id),
        }
        return render(request, "newsletter/unsubscribe.html", context)
    back = subscriptions.may_come_back(subscription)
    context = {
        "newsletter": _title(subscription),
        "undo_token": tokens.UNDO.token(subscription.pk) if back else "",
    }
    return render(request, "newsletter/unsubscribed.html", context)


def _title(subscription: Subscription) -> str:
    """The newsletter it is about, for who has several; empty for one that is gone."""
    return NewsletterPage.objects.titles(get_language() or "").get(subscription.newsletter_key, "")


# -- /unsubscribe/<token>/ -----------------------------------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def one_click_unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the List-Unsubscribe header (RFC 8058, 3.1 and 3.2): a mail program posts to it and the
    subscription ends, without a cookie, a second step or a redirect, whatever the body and the origin. GET
    and HEAD never act."""
    try:
        subscription = subscriptions.find_subscription(token)
    except tokens.BadToken:
        return unsubscribe(request, token)  # 400, not 404: that would be redirected to an address with a language
    language = subscription.interface_language if subscription else get_language()
    with translation.override(language):
        if request.method == "POST":
            response = _one_click(subscription)
        else:
            request.path = reverse("unsubscribe", args=[token])  # where the language switcher starts from
            response = unsubscribe(request, token)
    response.headers["Content-Language"] = language
    return response


def _one_click(subscription: Subscription | None) -> HttpResponse:
    if subscription:
        subscriptions.unsubscribe(subscription)
    return HttpResponse(translation.gettext("You are unsubscribed."), content_type="text/plain; charset=utf-8")


# -- /<language>/subscription/stay/<token>/ ------------------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Takes back an unsubscription. GET shows a button, POST acts."""
    try:
        subscription = subscriptions.find_left(token)
        if subscription is None:
            raise subscriptions.LinkUsedUp
        if request.method == "POST" or subscription.state == Subscription.State.ACTIVE:
            if request.method == "POST":
                subscriptions.undo(subscription)
            settings_token = tokens.PREFERENCES.token(subscription.subscriber_id)
            return render(request, "newsletter/stayed.html", {"settings_token": settings_token})
    except tokens.BadToken as error:
        return bad_link(request, error, "undo")
    context = {"email": masked(subscription.subscriber.email), "newsletter": _title(subscription)}
    return render(request, "newsletter/stay.html", context)


# -- /<language>/subscription/keep/<token>/ ------------------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, token: str) -> HttpResponse:
    """A reader who has been silent for long says that we should go on. GET shows a button, POST acts."""
    try:
        [key] = tokens.KEEP.read(token)
    except tokens.BadToken as error:
        return bad_link(request, error, "preferences")
    subscriber = Subscriber.objects.filter(pk=key).first()
    if subscriber is None:
        return render(request, "newsletter/nothing_known.html")
    if not subscriber.subscriptions.filter(state__in=subscriptions.RECEIVING).exists():
        return render(request, "newsletter/unsubscribed.html")  # they left, or staff ended it: nothing is kept
    if request.method == "POST":
        subscriptions.keep(subscriber)
        context = {"settings_token": tokens.PREFERENCES.token(subscriber.pk)}
        return render(request, "newsletter/stayed.html", context)
    return render(request, "newsletter/stay.html", {"email": masked(subscriber.email)})
