"""What one language's readers get, collected: words from the digest, stories from the articles of that
language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.contrib.settings.registry import registry
from wagtail.models import Page

from articles.models import ArticlePage, Photo
from newsletter import rich_text
from newsletter.blocks import WhereMissing
from newsletter.contents import (
    CallToAction,
    Document,
    EditionContent,
    Heading,
    Image,
    LeftOut,
    Logo,
    Organisation,
    Picture,
    Quote,
    Section,
    Story,
    StoryList,
    Text,
    Twin,
)
from newsletter.kept_pictures import kept
from newsletter.links import Addresses, Targets, linked_pages
from newsletter.stories import Stories, titles
from newsroom.localization.state import sources
from newsroom.localization.translating import translation_into
from newsroom.text import one_line, without_control_characters

if TYPE_CHECKING:
    from wagtail.blocks import StreamValue, StructValue

    from newsletter.models import DigestPage

# JPEG and PNG, because Outlook shows nothing newer; twice the width they are shown at.
LEAD_PICTURE = "fill-1104x621|format-jpeg|jpegquality-75"
PICTURE = "fill-720x480|format-jpeg|jpegquality-70"
WHOLE_PICTURE = "max-1104x1656|bgcolor-fdfcfa|format-jpeg|jpegquality-75"
LOGO = "max-400x80|format-png"
# How wide a mail shows pictures, in pixels.
FULL_WIDTH = 552


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
    articles = Stories(digest.get_latest_revision_as_object()).chosen
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
        newsletter = digest.newsletter
        home = newsletter.get_parent()
        privacy_page = newsletter.privacy_page_in(language)
        collected = _Collected(digest)
        address = collected.address
        return EditionContent(
            language=language,
            subject=one_line(digest.title),
            preheader=one_line(digest.preheader),
            number=digest.number,
            date=digest.date,
            greeting=one_line(digest.greeting),
            intro=collected.html(digest.intro),
            sections=tuple(collected.sections()),
            left_out=tuple(collected.left_out()),
            closing=collected.html(digest.closing),
            site_name=one_line(home.title),
            newsletter=one_line(newsletter.title),
            home_url=address.of(home),
            online_url=address.plain(_stored(digest)),
            privacy_url=address.plain(privacy_page) if privacy_page else "",
            sign_up_url="" if newsletter.by_invitation else settings.SITE_URL + reverse("sign_up"),
            why_you_receive=one_line(newsletter.why_you_receive),
            organisation=organisation(),
            from_name=one_line(newsletter.from_name or home.title),
            from_address=newsletter.from_address,
            reply_to=newsletter.reply_to,
            stories=tuple(article.translation_key for article in collected.stories.chosen),
            decisions=tuple(choice.where_missing.value for choice in collected.stories.all),
            untranslated=titles(collected.stories.untranslated(WhereMissing.LEAVE_OUT)),
            foreign=titles(collected.stories.untranslated(WhereMissing.SHOW)),
            unpublished=titles(collected.stories.unpublished),
            deleted=collected.stories.deleted,
            lost=collected.lost,
            dead_ends=tuple(collected.dead_ends),
        )


def _stored(digest: DigestPage) -> Page:
    """The page as the archive's address finds it: a draft may have another slug. One that was never saved is given
    back as it is."""
    return Page.objects.filter(pk=digest.pk).select_related("locale").first() or digest


class _Collected:
    """A digest with all that its sections refer to. `lost` counts the pictures and documents that are no more;
    `dead_ends` are the words on buttons that lead nowhere. Both are known once `sections` was read to its end."""

    def __init__(self, digest: DigestPage) -> None:
        self._digest = digest
        self._language = digest.locale.language_code
        self.address = Addresses(campaign=f"digest-{digest.translation_key.hex[:8]}")
        self.stories = Stories(digest)
        self._targets = Targets(_keys_of_links(digest), self._language)
        self.lost = 0
        self.dead_ends: list[str] = []
        photos = [section.value["image"] for section in digest.sections if section.block_type == "image"]
        prefetch_related_objects([photo for photo in photos if photo], "renditions")

    def html(self, source: str) -> SafeString:
        """Rich text as a mail can carry it."""
        return rich_text.to_mail(source, self.address.absolute, self._address_of_page)

    def sections(self) -> Iterator[Section]:
        """What readers are shown, in order."""
        for number, section in enumerate(self._digest.sections):
            yield from self._section(number, section)

    def left_out(self) -> Iterator[LeftOut]:
        """The stories that stand in another language only, by language, if the digest is to name them."""
        articles = self.stories.untranslated(WhereMissing.LEAVE_OUT) if self._digest.name_left_out else []
        for code, _name in settings.LANGUAGES:
            stories = tuple(self._bare(article) for article in articles if article.language == code)
            if stories:
                yield LeftOut(code, stories)

    def _section(self, number: int, section: StreamValue.StreamChild) -> Iterator[Section]:
        value = section.value
        match section.block_type:
            case "lead_story" | "story":
                for article in self.stories.in_section(number):
                    yield self._story(article, value["teaser"], lead=number == self.stories.lead)
            case "latest" | "most_read":
                yield from self._story_list(number, section)
            case "heading":
                yield Heading(one_line(value))
            case "text":
                yield Text(self.html(value.source))
            case "image":
                yield from self._image(value)
            case "quote":
                yield Quote(one_line(value["text"]), one_line(value["attribution"]))
            case "call_to_action":
                yield from self._call_to_action(value)
            case "document":
                yield from self._document(value)

    # -- Stories ----------------------------------------------------------------------------------------------------

    def _story(self, article: ArticlePage, teaser: str, *, lead: bool) -> Story:
        title = one_line(article.title)
        # An editor's own teaser is in the language of the digest: it does not go with a story in another one.
        own = teaser if article.language == self._language else ""
        return Story(
            title=title,
            teaser=one_line(own or article.teaser),
            category=one_line(article.shown_category.title) if article.shown_category else "",
            url=self.address.of(article),
            picture=_picture(article, title, LEAD_PICTURE if lead else PICTURE),
            lead=lead,
            language=self._foreign(article.language),
            twins=tuple(self._twins(article)),
        )

    def _story_list(self, number: int, section: StreamValue.StreamChild) -> Iterator[StoryList]:
        stories = tuple(self._bare(article) for article in self.stories.in_section(number))
        most_read = section.block_type == "most_read"
        heading = one_line(section.value["heading"]) or (_("Most read") if most_read else _("Latest news"))
        if stories:
            yield StoryList(heading, stories, numbered=most_read)

    def _bare(self, article: ArticlePage) -> Story:
        """A story as a line of a list."""
        return Story(
            title=one_line(article.title),
            teaser="",
            category="",
            url=self.address.of(article),
            picture=None,
            lead=False,
            language=self._foreign(article.language),
            twins=tuple(self._twins(article)),
        )

    def _twins(self, article: ArticlePage) -> Iterator[Twin]:
        for twin in self.stories.twins(article):
            yield Twin(twin.language, self.address.of(twin))

    def _foreign(self, language: str) -> str:
        return "" if language == self._language else language

    # -- Everything else --------------------------------------------------------------------------------------------

    def _image(self, value: StructValue) -> Iterator[Image]:
        photo: Photo | None = value["image"]
        file = kept(photo, WHOLE_PICTURE)
        if photo is None or file is None:
            self.lost += 1
            return
        picture = Picture(file.url, one_line(value["alt_text"]), min(FULL_WIDTH, file.width))
        yield Image(picture, one_line(value["caption"]), one_line(photo.credit))

    def _call_to_action(self, value: StructValue) -> Iterator[CallToAction]:
        target = self._targets.page(value["page"].pk) if value["page"] else None
        label = one_line(value["label"])
        if target and target.locale.language_code == self._language:
            yield CallToAction(one_line(value["text"]), label, self.address.of(target))
        elif value["url"]:
            yield CallToAction(one_line(value["text"]), label, self.address.absolute(value["url"]))
        elif target:
            code = target.locale.language_code
            yield CallToAction(one_line(value["text"]), label, self.address.of(target), code)
        else:
            self.dead_ends.append(label)

    def _document(self, value: StructValue) -> Iterator[Document]:
        if value["document"] is None:
            self.lost += 1
            return
        document = value["document"]
        yield Document(one_line(value["label"]), document.facts, urljoin(settings.SITE_URL, document.url))

    def _address_of_page(self, key: int) -> str:
        page = self._targets.page(key)
        return self.address.of(page) if page else ""


def _keys_of_links(digest: DigestPage) -> Iterable[int]:
    """The ids of the pages that its texts and buttons lead to."""
    yield from linked_pages(digest.intro)
    yield from linked_pages(digest.closing)
    for section in digest.sections:
        if section.block_type == "text":
            yield from linked_pages(section.value.source)
        elif section.block_type == "call_to_action" and section.value["page"]:
            yield section.value["page"].pk


def _picture(article: ArticlePage, title: str, size: str) -> Picture | None:
    """None, too, when the file is lost or damaged."""
    file = kept(article.lead_image, size)
    return Picture(file.url, one_line(article.lead_image_alt) or title) if file else None


def organisation() -> Organisation:
    """Who sends, from the site's settings, found by name: they belong to an app that this one does not import."""
    model = registry.get_by_natural_key("home", "SiteSettings")
    if model is None:
        return Organisation()
    stored = model.objects.filter(site__is_default_site=True).select_related("logo").first()
    if stored is None:
        return Organisation()
    address = without_control_characters(stored.postal_address)
    return Organisation(one_line(stored.legal_name), address, stored.contact_email, stored.accent, _logo(stored.logo))


def _logo(photo: Photo | None) -> Logo | None:
    """None, too, when the file is lost or damaged: a mail goes without a logo rather than not at all."""
    file = kept(photo, LOGO)
    return Logo(file.url, max(1, file.width // 2)) if file else None
