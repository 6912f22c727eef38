"""The newsletter's pages for readers: signing up, confirming, leaving.

None sets a cookie, so none can have a CSRF token. Signing up is protected by what the browser says about
where a form comes from; where a link from a mail leads, the signed token in it is the authority, and the only
one.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter import subscriptions, tokens
from newsletter.forms import SignUpForm
from newsletter.models import NewsletterPage, Subscription

View = Callable[..., HttpResponse]


def personal(view: View) -> View:
    """For pages whose address holds a token: kept by nobody, told to nobody. A browser then sends `Origin:
    null` with the form, so there is no origin to check, nor need for it."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return csrf_exempt(wrapped)


# -- /<language>/subscription/ -------------------------------------------------------------------------------
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The sign-up form as a page of its own, and where every form of the site leads."""
    newsletter = NewsletterPage.objects.open_in(get_language()).first()
    if newsletter is None:
        raise Http404
    if request.method != "POST":
        return render(request, "newsletter/sign_up.html")
    if not _comes_from_this_site(request):
        return render(request, "newsletter/foreign_form.html", status=403)
    form = SignUpForm(request.POST, language=get_language(), auto_id="sign-up-0-%s")
    if not form.is_valid():
        return render(request, "newsletter/sign_up.html", {"form": form}, status=422)
    if not form.is_from_a_robot:
        try:
            _sign_up(newsletter, form)
        except subscriptions.MailNotSent:
            context = {"form": form, "mail_not_sent": True}
            return render(request, "newsletter/sign_up.html", context, status=503)
    return render(request, "newsletter/sign_up_done.html", {"email": form.cleaned_data["email"]})


def _comes_from_this_site(request: HttpRequest) -> bool:
    """Whether a form was filled in on one of our own pages, by the browser's word (W3C Fetch Metadata), or by
    the origin for browsers that do not say."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") in (settings.SITE_URL, f"{request.scheme}://{request.get_host()}")


def _sign_up(newsletter: NewsletterPage, form: SignUpForm) -> None:
    wording = [
        newsletter.title,
        newsletter.pitch,
        form.wording_of(form.cleaned_data["language"]),
        newsletter.privacy_line,
    ]
    subscriptions.sign_up(
        newsletter=newsletter,
        email=form.cleaned_data["email"],
        choice=form.cleaned_data["language"],
        language=get_language(),
        wording="\n".join(line for line in wording if line),
        page_url=settings.SITE_URL + (form.cleaned_data["page"] or reverse("sign_up")),
    )


# -- /<language>/subscription/confirm/<token>/ ---------------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button, POST confirms: programs that scan mails follow links, they do not press buttons."""
    try:
        if request.method == "POST":
            subscriptions.confirm(token)
            return render(request, "newsletter/confirmed.html")
        consent = subscriptions.find_request(token)
    except subscriptions.AlreadyConfirmed:
        return render(request, "newsletter/confirmed.html", {"before": True})
    except tokens.ExpiredToken:
        return render(request, "newsletter/bad_link.html", {"reason": "expired"}, status=410)
    except subscriptions.LinkUsedUp:
        return render(request, "newsletter/bad_link.html", {"reason": "used"}, status=410)
    except tokens.BadToken:
        return render(request, "newsletter/bad_link.html", {"reason": "damaged"}, status=400)
    return render(request, "newsletter/confirm.html", {"email": masked(consent.subscription.subscriber.email)})


# -- /<language>/subscription/unsubscribe/<token>/ -----------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button, POST acts."""
    try:
        subscription = subscriptions.find_subscription(token)
    except tokens.BadToken:
        return render(request, "newsletter/bad_link.html", {"reason": "damaged", "leaving": True}, status=400)
    if subscription is None:  # erased since: there is nothing left to end
        return render(request, "newsletter/unsubscribed.html")
    if request.method == "POST":
        subscriptions.unsubscribe(subscription)
        return render(request, "newsletter/unsubscribed.html")
    context = {"email": masked(subscription.subscriber.email), "action": reverse("unsubscribe", args=[token])}
    return render(request, "newsletter/unsubscribe.html", context)


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


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else learns: forwarded mails get opened, too."""
    mailbox, _, domain = email.rpartition("@")
    return f"{mailbox[:1]}…@{domain}"
