"""What the pages behind a link have in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from newsletter import tokens
from newsletter.subscriptions import LinkUsedUp

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


def bad_link(request: HttpRequest, error: tokens.BadToken, purpose: str) -> HttpResponse:
    """Why a link does not work, and what to do instead; `purpose` is what it was for."""
    if isinstance(error, tokens.ExpiredToken):
        reason, status = "expired", 410
    elif isinstance(error, LinkUsedUp):
        reason, status = "used", 410
    else:
        reason, status = "damaged", 400
    return render(request, "newsletter/bad_link.html", {"reason": reason, "purpose": purpose}, status=status)
