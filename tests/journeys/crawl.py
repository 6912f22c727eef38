"""One walk through the whole site, as a search engine and a patient reader would take it. Every answer is kept."""

import html
import re
import uuid
from collections.abc import Iterable, Iterator
from urllib.parse import urldefrag, urlsplit

import requests

from tests.journeys.page_types import PLACES
from tests.judges import feeds, links
from tests.judges.answers import Answer, words_of

LANGUAGES = ("en", "fr")
# Where nothing links to, and machines look all the same.
KNOWN_PLACES = ["/robots.txt", "/sitemap.xml", "/news-sitemap.xml", "/favicon.ico"]
# What nobody links to on purpose.
WRONG_TURNS = ["/nothing-here", "/en/latest-news/?page=9999999"]
# Subscribers of the demo whose last mail has a link to leave.
LEAVING = {"en": "noor@readers.example", "fr": "bruno@lecteurs.example"}
BAD_TOKEN = "no-such-token"


class Crawl:
    """The answers of a site, by absolute address; and those of the sign-up flow, by language and step."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.answers: dict[str, Answer] = {}
        self.flow: dict[tuple[str, str], Answer] = {}
        self.session = requests.Session()
        # A browser says of a form where it comes from (W3C Fetch Metadata).
        self.own_form = {"Sec-Fetch-Site": "same-origin"}

    # -- What was found ----------------------------------------------------------------------------------------------

    def __getitem__(self, path: str) -> Answer:
        return self.answers[self.site + path]

    def page_of(self, name: str, language: str) -> Answer:
        """The page of a type in a language, or what a step of the sign-up flow answered."""
        return self[PLACES[name][language]] if name in PLACES else self.flow[language, name]

    @property
    def pages(self) -> list[Answer]:
        """Every page a reader can come to by links, in HTML."""
        return [answer for answer in self.answers.values() if answer.is_html and answer.status == 200]

    @property
    def documents(self) -> list[Answer]:
        """Every HTML answer, those that say no and those of the sign-up flow among them."""
        every = (*self.answers.values(), *self.flow.values())
        return [answer for answer in every if answer.is_html and answer.status // 100 != 3]

    @property
    def feeds(self) -> list[Answer]:
        return [answer for answer in self.answers.values() if answer.content_type in feeds.FEED_TYPES]

    @property
    def sitemaps(self) -> list[Answer]:
        """The sitemaps with pages, and the index over them."""
        return [answer for answer in self.answers.values() if "sitemap" in answer.path]

    # -- Walking -----------------------------------------------------------------------------------------------------

    def walk(self, starts: Iterable[str]) -> None:
        """Follow every link inside the site, and fetch what pages fetch and name."""
        waiting = [self.site + path for path in starts]
        while waiting:
            url = urldefrag(waiting.pop()).url
            if url not in self.answers and links.is_inside(url, self.site):
                self.answers[url] = answer = self.ask("GET", url)
                waiting += _leads_of(answer)

    def ask(self, method: str, url: str, data: dict[str, str] | None = None, **headers: str) -> Answer:
        """One request, redirects not followed. Nothing is remembered from one to the next."""
        self.session.cookies.clear()
        reply = self.session.request(method, url, data=data, headers=headers, allow_redirects=False, timeout=60)
        return Answer(url, reply.status_code, reply.headers, reply.content)

    # -- The sign-up flow --------------------------------------------------------------------------------------------

    def sign_up_and_leave(self, language: str) -> None:
        """Go through signing up, confirming and leaving, with the mistakes one can make on the way."""
        form = f"{self.site}/{language}/subscription/"
        email = f"crawl-{uuid.uuid4().hex[:8]}@readers.example"
        data = {"email": email, "language": language}
        leaving = self.link_in_mail(LEAVING[language], "unsubscribe")
        steps = {
            "form": ("GET", form, None),
            "form-of-another-site": ("POST", form, data),
            "not-an-address": ("POST", form, {**data, "email": "somebody"}),
            "asked": ("POST", form, data),
            "bad-confirmation": ("GET", f"{form}confirm/{BAD_TOKEN}/", None),
            "bad-leaving": ("GET", f"{form}unsubscribe/{BAD_TOKEN}/", None),
            "leaving": ("GET", leaving, None),
            "left": ("POST", leaving, None),
        }
        for step, (method, url, sent) in steps.items():
            headers = {} if step == "form-of-another-site" else self.own_form
            self.flow[language, step] = self.ask(method, url, sent, **headers)
        confirmation = self.link_in_mail(email, "confirm")
        for step, method in (("confirmation", "GET"), ("confirmed", "POST"), ("confirmed-before", "GET")):
            self.flow[language, step] = self.ask(method, confirmation, **self.own_form)

    def link_in_mail(self, email: str, purpose: str) -> str:
        """The link of that purpose in the last mail to a reader."""
        entries = self.ask("GET", f"{self.site}/mailbox/").elements("li")
        [mail, *_older] = [next(entry.iter("a")) for entry in entries if email in words_of(entry)]
        text = self.ask("GET", self.site + mail.get("href", "")).text
        match = re.search(rf"{re.escape(self.site)}/\w\w/subscription/{purpose}/[^\s\"<]+", html.unescape(text))
        assert match, f"the last mail to {email} has no link to {purpose}"
        return match[0]


def _leads_of(answer: Answer) -> Iterator[str]:
    """Every address an answer names."""
    if answer.is_html:
        yield from links.anchors_of(answer)
        yield from links.named_addresses_of(answer)
        yield from links.fetched_by(answer)
    elif answer.content_type in feeds.FEED_TYPES:
        yield from feeds.feed_links(answer)
    elif "sitemap" in answer.path and answer.status == 200:
        yield from feeds.sitemap_addresses(answer)


def crawl_site(site: str) -> Crawl:
    """Walk through the site from its front pages, and through its sign-up flow."""
    walked = Crawl(site)
    walked.walk([*(path for places in PLACES.values() for path in places.values()), *KNOWN_PLACES, *WRONG_TURNS])
    for language in LANGUAGES:
        walked.sign_up_and_leave(language)
    return walked


def step_of(path: str) -> str:
    """The path alone, for messages: personal links stay out of them."""
    return urlsplit(path).path
