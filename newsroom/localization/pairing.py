"""Translations whose text is written in the ordinary editor: paired with their source, told when it moves, never
overwritten by it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.dispatch import Signal
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from newsroom.localization import drafts, permissions
from newsroom.localization.follow import follow_source
from newsroom.localization.models import Pairing, PublishedText
from newsroom.localization.readiness import before_source
from newsroom.localization.state import accepted
from newsroom.localization.translating import SegmentsDiffer, matched, take_over, text_to_translate
from newsroom.localization.watching import Difference, Texts, compare, look_at_source, texts_from, texts_of
from newsroom.pages import SitePage
from newsroom.text import plain

# A page has got the key of another story. Sent with `page` and `old_key`, for all that names stories by their keys.
key_changed = Signal()

# Entries of the audit log.
PAIRED = "newsroom.pair"
UNPAIRED = "newsroom.unpair"
BY_HAND = "newsroom.write_by_hand"
IN_STEP = "newsroom.in_step"

# A text of so many words that is the same in two languages has not been translated. (Names and numbers are shorter.)
A_SENTENCE = 4


class NotPairable(ValueError):
    """Two pages cannot be paired; the message says why, to the person who asked."""


@dataclass(frozen=True)
class Doubts:
    """What speaks against publishing a text written by hand: sentences that are still the source's, and that readers do
    not have the source yet."""

    left: tuple[str, ...]
    before_source: bool

    def __bool__(self) -> bool:
        return bool(self.left) or self.before_source


def pairing_of(page: Page) -> Pairing | None:
    """How a page is paired with its source; None unless its text is written by hand."""
    return (
        Pairing.objects.filter(
            translation__source__object_id=page.translation_key, translation__target_locale=page.locale_id
        )
        .select_related("translation__source", "translation__target_locale")
        .first()
    )


# -- Writing a translation oneself -------------------------------------------------------------------------------------


@transaction.atomic
def write_by_hand(translation: Translation, user: AbstractBaseUser | None = None) -> Pairing:
    """From now on the text of a page is written in the ordinary editor. What was translated so far is its latest draft.

    Raises ValidationError for texts that the page cannot take.
    """
    page = translation.get_target_instance()
    if differs_from_draft(translation, page):
        drafts.save_draft(translation, user)
    translation.enabled = False
    translation.save(update_fields=["enabled"])
    said = texts_of(translation.source.as_instance())
    if page.live:
        # What readers see does not say these yet: outdated until somebody says that it does. (A draft is a draft.)
        said -= _not_published(translation)
    pairing, _created = Pairing.objects.update_or_create(
        translation=translation, defaults={"words": _words(said), "independent": False}
    )
    look_at_source(translation.source)
    log(instance=page, action=BY_HAND, user=user)
    return pairing


@transaction.atomic
def keep_in_step(pairing: Pairing, user: AbstractBaseUser | None = None) -> None:
    """Somebody says that the text says what its source says now."""
    source = pairing.translation.source
    pairing.words = _words(texts_of(text_to_translate(source.get_source_instance())))
    pairing.save(update_fields=["words"])
    look_at_source(source)
    log(instance=pairing.translation.get_target_instance(), action=IN_STEP, user=user)


def changes(pairing: Pairing) -> list[Difference]:
    """What has changed in the source since somebody said that both say the same, in the order of the page."""
    now = texts_of(text_to_translate(pairing.translation.source.get_source_instance()))
    return compare(texts_from(pairing.words), now)


# -- Publishing what was written ---------------------------------------------------------------------------------------


def doubts(page: Page) -> Doubts:
    """What speaks against publishing `page`, with the text it has: nothing for a page that is not written by hand, or
    was written on its own."""
    pairing = pairing_of(page)
    if pairing is None or pairing.independent:
        return Doubts((), False)
    known = texts_from(pairing.words) | texts_of(pairing.translation.source.as_instance())
    theirs = {text for _path, text in known}
    left = dict.fromkeys(plain(text) for _path, text in texts_of(page) if text in theirs)
    return Doubts(
        left=tuple(text for text in left if len(text.split()) >= A_SENTENCE),
        before_source=not page.live and _before_source(pairing.translation, page),
    )


@transaction.atomic
def publish_anyway(page: Page, user: AbstractBaseUser) -> None:
    """Publish the latest draft of a page, although there were doubts; the history keeps who said so."""
    draft = page.get_latest_revision_as_object()
    found = doubts(draft)
    revision = page.get_latest_revision()
    for doubt, action in ((found.left, drafts.INCOMPLETE), (found.before_source, drafts.BEFORE_SOURCE)):
        if doubt:
            log(instance=page, action=action, user=user, revision=revision)
    revision.publish(user=user)


def _before_source(translation: Translation, page: Page) -> bool:
    """Whether readers would get the page earlier than its source, of which only the schedule may be known."""
    if before_source(translation):
        return True
    source = translation.source.get_source_instance()
    due = source.revisions.filter(approved_go_live_at__isnull=False).values_list("approved_go_live_at", flat=True)
    return not source.live and any(page.go_live_at is None or page.go_live_at < time for time in due)


# -- Making it from segments again -------------------------------------------------------------------------------------


def losses(translation: Translation, page: Page) -> list[Difference]:
    """What of the latest draft of a page making it from segments would overwrite, and with what."""
    return compare(texts_of(page.get_latest_revision_as_object()), texts_of(_from_segments(translation)))


@transaction.atomic
def make_from_segments(translation: Translation, page: Page, user: AbstractBaseUser | None, *, keep: bool) -> None:
    """Let segments make the page again. With `keep` its sentences become those of the segments.

    Raises SegmentsDiffer, and changes nothing, when they cannot be matched one by one with the source's.
    """
    if keep:
        take_over(translation, page.get_latest_revision_as_object(), user)
        untouched = StringTranslation.objects.filter(
            locale=translation.target_locale_id,
            context__object=translation.source.object_id,
            data=F("translation_of__data"),
        )
        # Sentences that were never translated.
        untouched.filter(pk__in=[text.pk for text in untouched if len(plain(text.data).split()) >= A_SENTENCE]).delete()
    translation.enabled = True
    translation.save(update_fields=["enabled"])
    look_at_source(translation.source)


def can_keep(translation: Translation, page: Page) -> bool:
    """Whether `make_from_segments` can keep the sentences of a page."""
    try:
        matched(translation, page.get_latest_revision_as_object())
    except SegmentsDiffer:
        return False
    return True


# -- Pairing what was written on its own -------------------------------------------------------------------------------


def check(page: SitePage, source: Page) -> None:
    """Raises NotPairable unless `page` can become a translation of `source`."""
    if not page.pairable:
        raise NotPairable(_("Pages of this type are translated from the beginning."))
    if type(source.specific) is not type(page):
        raise NotPairable(_("These are pages of two types."))
    if source.locale_id == page.locale_id:
        raise NotPairable(_("Both pages are in the same language."))
    if source.alias_of_id or page.alias_of_id:
        raise NotPairable(_("One of the pages shows the text of another page instead of its own."))
    if _with_key_of(page).exclude(pk=page.pk).exists():
        raise NotPairable(_("This page is paired already. Choose it from the page that has no counterpart yet."))
    if _with_key_of(source).filter(locale=page.locale_id).exists():
        raise NotPairable(_("The page chosen has a page in this language already."))
    if Translation.objects.filter(source__object_id=source.translation_key, target_locale=source.locale_id).exists():
        raise NotPairable(_("The page chosen is a translation itself. Choose the page that it was translated from."))


@transaction.atomic
def pair(page: SitePage, source: SitePage, user: AbstractBaseUser | None = None) -> Pairing:
    """Make a page that was written on its own a translation of another one. No text is changed; what all languages
    share (date, category, schedule) becomes that of the source once that is public.

    (What wagtail-localize remembers of translations that `page` had in the past stays under its old key, with the words
    that translators delivered.) Raises NotPairable.
    """
    check(page, source)
    old_key = page.translation_key
    page.translation_key = source.translation_key
    try:
        with transaction.atomic():
            page.save(clean=False)
    except IntegrityError as error:  # somebody else was faster
        page.translation_key = old_key
        raise NotPairable(_("The page chosen has a page in this language already.")) from error
    key_changed.send(sender=type(page), page=page, old_key=old_key)
    sent, _created = TranslationSource.get_or_create_from_instance(text_to_translate(source))
    # wagtail-localize keeps what it knows of a page that was deleted.
    translation, _created = Translation.objects.update_or_create(
        source=sent, target_locale=page.locale, defaults={"enabled": False}
    )
    words = _words(texts_of(text_to_translate(source)))
    pairing, _created = Pairing.objects.update_or_create(
        translation=translation, defaults={"words": words, "independent": True}
    )
    look_at_source(sent)
    if source.live:
        follow_source(source)
    log(instance=page, action=PAIRED, user=user, data={"source": {"id": source.pk, "title": str(source)}})
    return pairing


@transaction.atomic
def unpair(pairing: Pairing, user: AbstractBaseUser | None = None) -> None:
    """Make a page that was paired by mistake a text of its own again. Only for one that was written on its own."""
    page = pairing.translation.get_target_instance()
    old_key = page.translation_key
    pairing.delete()
    page.translation_key = uuid.uuid4()
    page.save(clean=False)
    key_changed.send(sender=type(page), page=page, old_key=old_key)
    log(instance=page, action=UNPAIRED, user=user)


def may_pair(user: Any, page: Page) -> bool:
    """Whether the user may pair this page with one that says the same: who may publish it, if readers have it."""
    if page.is_root() or not getattr(page.specific_class, "pairable", False):
        return False
    return may_change_key(user, page) and not _with_key_of(page).exclude(pk=page.pk).exists()


def may_change_key(user: Any, page: Page) -> bool:
    """Whether the user may change which pages readers are offered as translations of this one."""
    allowed = permissions.may_publish if page.live else permissions.may_edit
    return allowed(user, page)


def _with_key_of(page: Page) -> Any:
    return Page.objects.filter(translation_key=page.translation_key)


def _words(texts: Texts) -> list[list[str]]:
    return [[path, text] for path, text in texts.elements()]


def _not_published(translation: Translation) -> Texts:
    """The texts of the source as it was sent whose translation readers do not have as a person has accepted it."""
    public = PublishedText.objects.filter(
        translation=translation, context_id=OuterRef("context_id"), text=OuterRef("data")
    )
    done = accepted().filter(Exists(public), locale_id=translation.target_locale_id)
    segments = StringSegment.objects.filter(~Exists(done), source_id=translation.source_id)
    return texts_from(segments.values_list("context__path", "string__data"))


def differs_from_draft(translation: Translation, page: Page) -> bool:
    """Whether the latest draft of a page has other texts than its segments."""
    return texts_of(_from_segments(translation)) != texts_of(page.get_latest_revision_as_object())


def _from_segments(translation: Translation) -> Page:
    return translation.source.get_ephemeral_translated_instance(translation.target_locale, fallback=True)
