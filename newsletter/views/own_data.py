"""What reveals or destroys: behind a link that was just sent to the address on file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from newsletter import limits, personal_data, tokens
from newsletter.addresses import masked
from newsletter.forms import NewAddressForm
from newsletter.mails import MailNotSent
from newsletter.models import Subscriber
from newsletter.views.pages import bad_link, personal


# -- /<language>/subscription/my-data/<token>/ ---------------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def personal_data_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows three buttons; POST downloads what we know, sends a link to a new address, or erases."""
    try:
        subscriber = personal_data.find(token)
    except tokens.BadToken as error:
        return bad_link(request, error, "personal")
    if subscriber is None:
        return render(request, "newsletter/nothing_known.html")
    match request.POST.get("action") if request.method == "POST" else None:
        case "download":
            return _download(subscriber)
        case "erase":
            personal_data.erase(subscriber)
            return render(request, "newsletter/erased.html")
        case "address":
            return _ask_new_address(request, subscriber)
    status = 400 if request.method == "POST" else 200
    return _show(request, subscriber, NewAddressForm(), status=status)


def _show(
    request: HttpRequest, subscriber: Subscriber, form: NewAddressForm, done: str = "", status: int = 200
) -> HttpResponse:
    context = {"email": masked(subscriber.email), "form": form, "done": done}
    return render(request, "newsletter/own_data.html", context, status=status)


def _download(subscriber: Subscriber) -> HttpResponse:
    response = HttpResponse(personal_data.as_json(subscriber), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _ask_new_address(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    form = NewAddressForm(request.POST)
    if not form.is_valid():
        return _show(request, subscriber, form, status=422)
    try:
        limits.count_form(request)
        limits.count_mail(form.cleaned_data["email"])
        personal_data.ask_new_address(subscriber, form.cleaned_data["email"], get_language())
    except limits.TooMany:
        return _show(request, subscriber, form, done="too_many", status=429)
    except MailNotSent:
        return _show(request, subscriber, form, done="mail_not_sent", status=503)
    return _show(request, subscriber, form, done="address_asked")


# -- /<language>/subscription/new-address/<token>/ -----------------------------------------------------------
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest, token: str) -> HttpResponse:
    """Confirms a new address from itself. GET shows a button, POST acts."""
    try:
        if request.method == "POST":
            personal_data.take_new_address(token, get_language())
            return render(request, "newsletter/address_changed.html")
        _subscriber, address = personal_data.find_new_address(token)
    except personal_data.AddressTaken:
        return render(request, "newsletter/address_taken.html", status=409)
    except tokens.BadToken as error:
        return bad_link(request, error, "new_address")
    return render(request, "newsletter/new_address.html", {"email": masked(address)})
