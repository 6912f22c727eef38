"""The sign-up form for any page, and filters of the text mails."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from newsletter import rich_text
from newsletter.forms import SignUpForm
from newsletter.models import NewsletterPage

register = template.Library()


@register.inclusion_tag("newsletter/sign_up_form.html", takes_context=True)
def sign_up_form(context: template.Context) -> dict[str, Any]:
    """The sign-up form of the page's language, for any page, more than once if need be. Nothing where that
    language has no newsletter. A view that has a form to show again puts it into the context as `form`."""
    request: HttpRequest | None = context.get("request")
    language = get_language()
    newsletter = _newsletter(request, language)
    page = context.get("page")
    form = context.get("form") if isinstance(context.get("form"), SignUpForm) else None
    if form is None:
        where = page.get_url(request) if page else reverse("sign_up")
        form = SignUpForm(language=language, initial={"page": where}, auto_id=f"sign-up-{_count(request)}-%s")
    return {
        "newsletter": newsletter,
        "privacy_page": newsletter.privacy_page_in(language) if newsletter else None,
        "form": form,
    }


def _newsletter(request: HttpRequest | None, language: str) -> NewsletterPage | None:
    """The newsletter of a language, asked for once a request."""
    known = getattr(request, "_newsletter", None)
    if known is None or known.locale.language_code != language:
        known = NewsletterPage.objects.open_in(language).select_related("locale", "privacy_page").first()
        if request is not None:
            request._newsletter = known  # type: ignore[attr-defined]
    return known


def _count(request: HttpRequest | None) -> int:
    """How many forms this response has had: their fields need ids of their own."""
    number = getattr(request, "_sign_up_forms", 0) + 1
    if request is not None:
        request._sign_up_forms = number  # type: ignore[attr-defined]
    return number


@register.filter
def as_text(html: str) -> str:
    """HTML of a mail as wrapped plain text."""
    return rich_text.to_text(html)


@register.filter
def wrapped(text: str) -> str:
    """Plain text in lines that every mail program shows whole."""
    return rich_text.wrap(text)


@register.filter
def underline(text: str) -> str:
    """A line of dashes as long as the last line that the text is wrapped to."""
    return "-" * len(rich_text.wrap(text).split("\n")[-1])
