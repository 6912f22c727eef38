"""Addresses of the house's look, outside the page tree."""

from django.http import Http404, HttpRequest, HttpResponse

from home import theme


def theme_stylesheet(request: HttpRequest, accent: str, digest: str) -> HttpResponse:
    """The colours of an accent, named in the address with the digest of what they lead to: nothing is looked up, and
    nothing ever changes under an address. Raises Http404 for a colour that cannot be read."""
    if not theme.is_readable(f"#{accent}"):
        raise Http404
    response = HttpResponse(theme.theme_of(f"#{accent}").stylesheet, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
