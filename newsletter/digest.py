"""What one language's readers get, collected: words from the digest, stories from the articles of that
language."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from wagtail.contrib.settings.registry import registry
from wagtail.models import Page, Site
from wagtail.rich_text import expand_db_html

from articles.models import ArticlePage, Photo
from articles.sharing import rendition
from newsletter import rich_text
from newsroom.localization.state import sources
from newsroom.localization.translating import translation_into
from newsroom.text import one_line, without_control_characters

if TYPE_CHECKING:
    from newsletter.models import DigestPage

# JPEG and PNG, because Outlook shows nothing newer; twice the width they are shown at.
LEAD_PICTURE = "fill-1104x621|format-jpeg|jpegquality-75"
PICTURE = "fill-720x480|format-jpeg|jpegquality-70"
LOGO = "max-400x80|format-png"


@dataclass(frozen=True)
class Picture:
    """A picture under an absolute address. `alt` is never empty: in a mail it stands inside a link."""

    url: str
    alt: str


@dataclass(frozen=True)
class Story:
    """An article, as it is shown in a digest. `lead`: the first of the digest, shown larger."""

    kind: ClassVar[str] = "story"
    title: str
    teaser: str
    category: str
    url: str
    picture: Picture | None
    lead: bool


@dataclass(frozen=True)
class Heading:
    """A heading between stories."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Text:
    """Words of the editors between stories, as HTML that a mail can carry."""

    kind: ClassVar[str] = "text"
    html: SafeString


@dataclass(frozen=True)
class Logo:
    """Where a logo is, and how wide it is shown, in pixels."""

    url: str
    width: int


@dataclass(frozen=True)
class Organisation:
    """Who sends, as the law asks to be told in every mail (LCEN art. 20, CDE art. XII.6, GDPR art. 13), and how they
    look: their accent colour, empty for the house's own, and their logo."""

    legal_name: str = ""
    postal_address: str = ""
    contact_email: str = ""
    accent: str = ""
    logo: Logo | None = None


@dataclass(frozen=True)
class EditionContent:
    """Everything a mail in one language says, in that language, with absolute addresses.

    `stories` are the keys of the stories chosen, in order; `untranslated` and `unpublished` name those that
    are left out, and `deleted` counts the choices whose article no longer exists.
    """

    language: str
    subject: str
    preheader: str
    greeting: str
    intro: SafeString
    sections: tuple[Story | Heading | Text, ...]
    closing: SafeString
    site_name: str
    newsletter: str
    home_url: str
    online_url: str
    privacy_url: str
    sign_up_url: str
    why_you_receive: str
    organisation: Organisation
    from_name: str
    reply_to: str
    stories: tuple[uuid.UUID, ...]
    untranslated: tuple[str, ...]
    unpublished: tuple[str, ...]
    deleted: int

    @property
    def empty(self) -> bool:
        """Whether it has neither stories nor texts."""
        return not (self.sections or self.intro or self.closing)


def languages_of(digest: DigestPage) -> dict[str, DigestPage]:
    """The pages of a digest, by language, in the order of the settings, each as its text stands now, draft or
    not."""
    pages = type(digest).objects.originals().filter(translation_key=digest.translation_key)
    by_language = {page.locale.language_code: page for page in pages.select_related("locale", "latest_revision")}
    codes = [code for code, _ in settings.LANGUAGES if code in by_language]
    return {code: as_it_stands(by_language[code]) for code in codes}


def stories_of(digest: DigestPage) -> list[int]:
    """The numbers of the articles that the latest draft of a digest shows, in order, each once; of a translated article
    that of its source, which is what one translates from."""
    articles = _Choices(digest.get_latest_revision_as_object()).chosen
    keys = {article.translation_key for article in articles}
    written = dict(sources().filter(translation_key__in=keys).values_list("translation_key", "pk"))
    return list(dict.fromkeys(written[one.translation_key] for one in articles if one.translation_key in written))


def as_it_stands(digest: DigestPage) -> DigestPage:
    """A digest page with its newest words: of a translation those in the translation editor, else the latest
    draft."""
    task = translation_into(digest)
    if task:
        return task.source.get_ephemeral_translated_instance(digest.locale, fallback=True)
    return digest.get_latest_revision_as_object()


def edition_content(digest: DigestPage) -> EditionContent:
    """What the readers of the digest page's language get, from the page as it is given. The number of queries
    does not depend on the number of stories."""
    language = digest.locale.language_code
    with translation.override(language):
        newsletter = digest.get_parent().specific
        address = _Addresses(campaign=f"digest-{digest.translation_key.hex[:8]}")
        choices = _Choices(digest)
        privacy_page = newsletter.privacy_page_in(language)
        home = newsletter.get_parent()
        return EditionContent(
            language=language,
            subject=one_line(digest.title),
            preheader=one_line(digest.preheader),
            greeting=one_line(digest.greeting),
            intro=rich_text.to_mail(expand_db_html(digest.intro), address.absolute),
            sections=tuple(_sections(digest, choices, address)),
            closing=rich_text.to_mail(expand_db_html(digest.closing), address.absolute),
            site_name=one_line(home.title),
            newsletter=one_line(newsletter.title),
            home_url=address.of(home),
            online_url=address.plain(_stored(digest)),
            privacy_url=address.plain(privacy_page) if privacy_page else "",
            sign_up_url="" if newsletter.by_invitation else settings.SITE_URL + reverse("sign_up"),
            why_you_receive=one_line(newsletter.why_you_receive),
            organisation=organisation(),
            from_name=one_line(newsletter.from_name or home.title),
            reply_to=newsletter.reply_to,
            stories=tuple(article.translation_key for article in choices.chosen),
            untranslated=choices.untranslated,
            unpublished=choices.unpublished,
            deleted=choices.deleted,
        )


def _stored(digest: DigestPage) -> Page:
    """The page as the archive's address finds it: a draft may have another slug. One that was never saved is given
    back as it is."""
    return Page.objects.filter(pk=digest.pk).first() or digest


class _Choices:
    """The stories an editor chose, and what each is in the digest's language."""

    def __init__(self, digest: DigestPage) -> None:
        values = [section.value["article"] for section in digest.sections if section.block_type == "story"]
        self.chosen: list[ArticlePage] = [article for article in values if article]
        self.deleted = len(values) - len(self.chosen)
        keys = {article.translation_key for article in self.chosen}
        readable = ArticlePage.objects.published().in_language(digest.locale.language_code)
        self._shown = {article.story_key: article for article in readable.filter(story_key__in=keys).cards()}
        missing = [article for article in self.chosen if article.translation_key not in self._shown]
        self.untranslated = tuple(one_line(article.title) for article in missing if article.public)
        self.unpublished = tuple(one_line(article.title) for article in self.chosen if not article.public)

    def shown(self, article: ArticlePage | None) -> ArticlePage | None:
        """The story of a chosen article in the digest's language, or None when readers of it may not see
        any."""
        return self._shown.get(article.translation_key) if article else None


class _Addresses:
    """Absolute addresses under SITE_URL. Those of the site name the campaign, never the reader."""

    def __init__(self, campaign: str) -> None:
        self._query = urlencode({"utm_source": "newsletter", "utm_campaign": campaign})

    def plain(self, page: Page) -> str:
        """The address of a page."""
        _, _, path = page.get_url_parts()
        return settings.SITE_URL + path

    def of(self, page: Page) -> str:
        """The address of a page, naming the campaign."""
        return self.absolute(self.plain(page))

    def absolute(self, url: str) -> str:
        """`url` made absolute, naming the campaign if it leads to a page of the site."""
        if url.startswith("/") and not url.startswith("//"):
            url = settings.SITE_URL + url
        if not url.startswith(settings.SITE_URL + "/") or urlsplit(url).query:
            return url
        address, hash_sign, fragment = url.partition("#")
        return f"{address}?{self._query}{hash_sign}{fragment}"


def _sections(digest: DigestPage, choices: _Choices, address: _Addresses) -> Iterator[Story | Heading | Text]:
    lead = True
    for section in digest.sections:
        if section.block_type == "heading":
            yield Heading(one_line(section.value))
        elif section.block_type == "text":
            yield Text(rich_text.to_mail(expand_db_html(section.value.source), address.absolute))
        elif article := choices.shown(section.value["article"]):
            yield _story(article, section.value["teaser"], address, lead)
            lead = False


def _story(article: ArticlePage, teaser: str, address: _Addresses, lead: bool) -> Story:
    title = one_line(article.title)
    return Story(
        title=title,
        teaser=one_line(teaser or article.teaser),
        category=one_line(article.shown_category.title) if article.shown_category else "",
        url=address.of(article),
        picture=_picture(article, title, LEAD_PICTURE if lead else PICTURE),
        lead=lead,
    )


def _picture(article: ArticlePage, title: str, size: str) -> Picture | None:
    if article.lead_image is None:
        return None
    return Picture(article.lead_image.get_rendition(size).full_url, one_line(article.lead_image_alt) or title)


def organisation() -> Organisation:
    """Who sends, from the site's settings, found by name: they belong to an app that this one does not import."""
    site = Site.objects.filter(is_default_site=True).first()
    model = registry.get_by_natural_key("home", "SiteSettings")
    if site is None or model is None:
        return Organisation()
    stored = model.for_site(site)
    address = without_control_characters(stored.postal_address)
    return Organisation(one_line(stored.legal_name), address, stored.contact_email, stored.accent, _logo(stored.logo))


def _logo(photo: Photo | None) -> Logo | None:
    """None, too, when the file is lost or damaged: a mail goes without a logo rather than not at all."""
    file = rendition(photo, LOGO)
    return Logo(file.full_url, max(1, file.width // 2)) if file else None
