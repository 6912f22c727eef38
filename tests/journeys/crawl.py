"""One walk through the whole site, as a search engine and a patient reader would take it. Every answer is kept."""

import html
import re
import time
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
# The form takes who fills it in faster for a robot. In seconds.
AS_LONG_AS_A_PERSON = 2.5


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
        """Go through signing up, confirming, settings, one's own data, leaving and staying, with the mistakes one can
        make on the way."""
        form = f"{self.site}/{language}/subscription/"
        email = f"crawl-{uuid.uuid4().hex[:8]}@readers.example"
        self.step(language, "form", "GET", form)
        data = {"email": email, "language": language, "shown": _field(self.flow[language, "form"], "shown")}
        self.flow[language, "form-of-another-site"] = self.ask("POST", form, data)
        self.step(language, "not-an-address", "POST", form, {**data, "email": "somebody"})
        self.step(language, "too-fast", "POST", form, data)
        time.sleep(AS_LONG_AS_A_PERSON)
        self.step(language, "asked", "POST", form, data)
        confirmation = self.link_in_mail(email, "confirm")
        self.step(language, "bad-confirmation", "GET", f"{form}confirm/{BAD_TOKEN}/")
        self.step(language, "confirmation", "GET", confirmation)
        self.step(language, "confirmed", "POST", confirmation)
        self.step(language, "confirmed-before", "GET", confirmation)
        self.settings_and_own_data(language, email)
        self.leave_and_stay(language)

    def settings_and_own_data(self, language: str, email: str) -> None:
        """A reader who has just confirmed changes what can be changed, and is forgotten in the end."""
        settings = self.link_on("confirmed", language, "settings")
        self.step(language, "settings", "GET", settings)
        self.step(language, "paused", "POST", settings, {"action": "pause"})
        self.step(language, "link-asked", "POST", settings, {"action": "link"})
        own_data = self.link_in_mail(email, "my-data")
        self.step(language, "own-data", "GET", own_data)
        self.step(language, "not-a-new-address", "POST", own_data, {"action": "address", "email": "somebody"})
        self.step(language, "address-asked", "POST", own_data, {"action": "address", "email": f"new-{email}"})
        new_address = self.link_in_mail(f"new-{email}", "new-address")
        self.step(language, "new-address", "GET", new_address)
        self.step(language, "address-changed", "POST", new_address)
        self.step(language, "erased", "POST", own_data, {"action": "erase"})
        self.step(language, "nothing-known", "GET", settings)

    def leave_and_stay(self, language: str) -> None:
        """A subscriber of the demo leaves, and comes back."""
        form = f"{self.site}/{language}/subscription/"
        leaving = self.link_in_mail(LEAVING[language], "unsubscribe")
        self.step(language, "bad-leaving", "GET", f"{form}unsubscribe/{BAD_TOKEN}/")
        self.step(language, "leaving", "GET", leaving)
        self.step(language, "left", "POST", leaving)
        stay = self.link_on("left", language, "stay")
        self.step(language, "staying", "GET", stay)
        self.step(language, "stayed", "POST", stay)

    def step(self, language: str, name: str, method: str, url: str, data: dict[str, str] | None = None) -> None:
        """One step of the flow, by a form of our own."""
        self.flow[language, name] = self.ask(method, url, data, **self.own_form)

    def link_on(self, step: str, language: str, purpose: str) -> str:
        """The link of that purpose on the page that a step has answered."""
        path = re.search(rf'"(/\w\w/subscription/{purpose}/[^"]+)"', self.flow[language, step].text)
        assert path, f"the page of the step {step} has no link to {purpose}"
        return self.site + html.unescape(path[1])

    def link_in_mail(self, email: str, purpose: str) -> str:
        """The link of that purpose in the last mail to a reader that has one."""
        entries = self.ask("GET", f"{self.site}/mailbox/").elements("li")
        for mail in [next(entry.iter("a")) for entry in entries if email in words_of(entry)]:
            text = self.ask("GET", self.site + mail.get("href", "")).text
            match = re.search(rf"{re.escape(self.site)}/\w\w/subscription/{purpose}/[^\s\"<]+", html.unescape(text))
            if match:
                return match[0]
        raise AssertionError(f"no mail to {email} has a link to {purpose}")


def _field(answer: Answer, name: str) -> str:
    """The value of a hidden field of a form."""
    field = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert field, f"the form has no field {name}"
    return html.unescape(field[1])


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
