"""The sign-up form for any page, and what the templates of mails ask."""

from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from newsletter import rich_text
from newsletter.contents import EditionContent, LeftOut
from newsletter.forms import SignUpForm
from newsletter.models import NewsletterPage
from newsroom.language import name_in_a_sentence
from newsroom.templatetags.site_tags import long_date

register = template.Library()


@register.inclusion_tag("newsletter/sign_up_form.html", takes_context=True)
def sign_up_form(context: template.Context) -> dict[str, Any]:
    """The sign-up form of the page's language, for any page, more than once if need be: for the newsletter whose page
    it is, on other pages for the default one; where it stands alone, for all. Nothing where that language has none. A
    view that has a form to show again puts it into the context as `form`."""
    request: HttpRequest | None = context.get("request")
    language = get_language()
    page = context.get("page")
    newsletters = _newsletters(request, language)
    offered = newsletters
    if page:
        offered = [newsletter for newsletter in newsletters if newsletter.pk == page.pk] or newsletters[:1]
    form = context.get("form") if isinstance(context.get("form"), SignUpForm) else None
    if form is None:
        where = page.get_url(request) if page else reverse("sign_up")
        auto_id = f"sign-up-{_count(request)}-%s"
        form = SignUpForm(language=language, newsletters=offered, initial={"page": where}, auto_id=auto_id)
    newsletter = offered[0] if offered else None
    return {
        "newsletters": offered,
        "newsletter": newsletter,
        "privacy_page": newsletter.privacy_page_in(language) if newsletter else None,
        "form": form,
    }


def _newsletters(request: HttpRequest | None, language: str) -> list[NewsletterPage]:
    """The newsletters of a language, asked for once a request."""
    known = getattr(request, "_newsletters", {})
    if language not in known:
        open_ones = NewsletterPage.objects.open_in(language).select_related("locale", "privacy_page")
        known = {**known, language: list(open_ones)}
        if request is not None:
            request._newsletters = known  # type: ignore[attr-defined]
    return known[language]


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


@register.filter
def links_in(html: SafeString, colour: str) -> SafeString:
    """HTML of a mail whose links have a colour of their own: without a stylesheet, a reader in the dark would get links
    for dark paper on the light one."""
    return mark_safe(html.replace("<a href=", f'<a style="color:{colour}" href='))  # text is escaped: this is a tag


@register.filter
def dated(content: EditionContent) -> str:
    """The number and the date of a digest, as far as it has them: "No. 12 · 26 November 2026"."""
    number = _("No. %(number)d") % {"number": content.number} if content.number is not None else ""
    return " · ".join(part for part in (number, long_date(content.date)) if part)


@register.filter
def read_in(language: str, what: str = "") -> str:
    """What a link to the same story in another language says, in that language: "Read in English"; with `what` after it
    if given, the address."""
    with override(language):
        values = {"language": name_in_a_sentence(language), "what": what}
        return (_("Read in %(language)s: %(what)s") if what else _("Read in %(language)s")) % values


@register.filter
def how_many(left_out: LeftOut) -> str:
    """How many stories stand in another language only: "Two more stories, in English only"."""
    count = len(left_out.stories)
    message = ngettext(
        "%(count)s more story, in %(language)s only", "%(count)s more stories, in %(language)s only", count
    )
    return message % {"count": capfirst(str(apnumber(count))), "language": name_in_a_sentence(left_out.language)}
