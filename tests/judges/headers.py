"""Do the headers of an answer keep readers private and pages safe?"""

from collections.abc import Iterator

from tests.judges.answers import Answer

# Everything a reader gets carries these, pages and files alike.
ALWAYS = {"X-Content-Type-Options": ["nosniff"]}
REFERRER_POLICIES = ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"]
ON_PAGES = {
    **ALWAYS,
    "Referrer-Policy": REFERRER_POLICIES,
    "Cross-Origin-Opener-Policy": ["same-origin"],
}
# What a page may be allowed beyond its own site: the players of videos a reader asks for, and pictures in the style
# sheet. Everything else comes from here.
OWN = {"'self'", "'none'"}
ALLOWED_SOURCES = {"frame-src": {"https://www.youtube-nocookie.com", "https://player.vimeo.com"}, "img-src": {"data:"}}
# Without these the default would be: anything. (`default-src` does not stand in for them: CSP level 3, 6.1.2.)
NEEDED = ("default-src", "base-uri", "form-action", "frame-ancestors")


def header_complaints(answer: Answer) -> list[str]:
    """What is wrong with the headers of an answer to a reader."""
    return [*_about_cookies(answer), *_about_values(answer), *(_about_policies(answer) if answer.is_html else ())]


def _about_cookies(answer: Answer) -> Iterator[str]:
    if "Set-Cookie" in answer.headers:
        yield f"sets a cookie: {answer.headers['Set-Cookie']}"
    if "cookie" in answer.headers.get("Vary", "").lower():
        yield "varies by cookie, so that no cache may keep it"


def _about_values(answer: Answer) -> Iterator[str]:
    for name, values in (ON_PAGES if answer.is_html else ALWAYS).items():
        value = answer.headers.get(name)
        if value not in values:
            yield f"{name} is {value}"


def _about_policies(answer: Answer) -> Iterator[str]:
    if not answer.headers.get("Permissions-Policy"):
        yield "has no Permissions-Policy"
    policy = directives_of(answer.headers.get("Content-Security-Policy", ""))
    for name in NEEDED:
        if name not in policy:
            yield f"the content policy has no {name}"
    if policy.get("default-src") != ["'none'"]:
        yield f"what the content policy does not name is allowed: {policy.get('default-src')}"
    for name, sources in policy.items():
        allowed = OWN | ALLOWED_SOURCES.get(name, set())
        if answer.is_archived_mail and name == "style-src":
            allowed = {"'unsafe-inline'"}  # a mail as it was sent; its policy allows no script
        for source in sources:
            if source not in allowed:
                yield f"the content policy allows {name} {source}"


def directives_of(policy: str) -> dict[str, list[str]]:
    """The directives of a Content-Security-Policy by name."""
    words = (directive.split() for directive in policy.split(";"))
    return {name: sources for name, *sources in filter(None, words)}
