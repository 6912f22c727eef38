"""Where the personal links of a test mail lead."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def test_mail(request: HttpRequest) -> HttpResponse:
    """Says that it was a test."""
    response = render(request, "newsletter/test_mail.html")
    response["X-Robots-Tag"] = "noindex"
    return response
