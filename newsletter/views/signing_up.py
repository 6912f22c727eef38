"""Signing up and confirming."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletter import limits, subscriptions, tokens, welcomes
from newsletter.addresses import masked
from newsletter.forms import SignUpForm
from newsletter.mails import MailNotSent
from newsletter.models import NewsletterPage
from newsletter.subscriptions import Wish
from newsletter.views.pages import bad_link, personal


# -- /<language>/subscription/ -------------------------------------------------------------------------------
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The sign-up form as a page of its own, and where every form of the site leads."""
    newsletters = list(NewsletterPage.objects.open_in(get_language()))
    if not newsletters:
        raise Http404
    if request.method != "POST":
        return render(request, "newsletter/sign_up.html")
    if not _comes_from_this_site(request):
        return render(request, "newsletter/foreign_form.html", status=403)
    form = SignUpForm(request.POST, language=get_language(), newsletters=newsletters, auto_id="sign-up-0-%s")
    if not form.is_valid():
        return _again(request, form, "errors", 422)
    if not form.is_from_a_robot:
        if form.is_too_fast:
            return _again(request, form, "too_fast", 422)
        try:
            limits.count_form(request)
            _sign_up(form)
        except limits.TooMany:
            return _again(request, form, "too_many", 429)
        except MailNotSent:
            return _again(request, form, "mail_not_sent", 503)
    return render(request, "newsletter/sign_up_done.html", {"email": form.cleaned_data["email"]})


def _again(request: HttpRequest, form: SignUpForm, reason: str, status: int) -> HttpResponse:
    """The form as it was filled in, and why it has to be sent once more."""
    return render(request, "newsletter/sign_up.html", {"form": form, "reason": reason}, status=status)


def _comes_from_this_site(request: HttpRequest) -> bool:
    """Whether a form was filled in on one of our own pages, by the browser's word (W3C Fetch Metadata), or by
    the origin for browsers that do not say."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") in (settings.SITE_URL, f"{request.scheme}://{request.get_host()}")


def _sign_up(form: SignUpForm) -> None:
    data = form.cleaned_data
    subscriptions.sign_up(
        wishes=[Wish(newsletter, newsletter.wording(form.wording_of(data["language"]))) for newsletter in form.chosen],
        email=data["email"],
        choice=data["language"],
        language=get_language(),
        page_url=settings.SITE_URL + (data["page"] or reverse("sign_up")),
    )


# -- /<language>/subscription/confirm/<token>/ ---------------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button, POST confirms: programs that scan mails follow links, they do not press buttons."""
    try:
        if request.method == "POST":
            confirmed = subscriptions.confirm(token)
            welcomes.note(confirmed)
            settings_token = tokens.PREFERENCES.token(confirmed[0].subscriber_id)
            return render(request, "newsletter/confirmed.html", {"settings_token": settings_token})
        consents = subscriptions.find_request(token)
    except subscriptions.AlreadyConfirmed:
        return render(request, "newsletter/confirmed.html", {"before": True})
    except tokens.BadToken as error:
        return bad_link(request, error, "confirm")
    email = consents[0].subscription.subscriber.email
    context = {"email": masked(email), "newsletters": [consent.purpose for consent in consents]}
    return render(request, "newsletter/confirm.html", context)
