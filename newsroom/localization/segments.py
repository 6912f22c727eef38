"""What may be stored as the translation of a segment, and how it is written.

wagtail-localize stores everything and looks at links only, when a page is made of it. Here a text is looked at before
it is stored, wherever it comes from: the editor, a PO file, a machine, code (`connect`).
"""

import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.signals import post_save, pre_save
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Locale, Page
from wagtail_localize.models import String, StringTranslation, TranslationContext, TranslationSource
from wagtail_localize.strings import INLINE_TAGS

from newsroom.localization.typography import set_right
from newsroom.text import plain, without_control_characters

# What may be said in more than one way counts as the same.
STRESS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "code": "code"}
# What begins an entity is followed by its name or number, and ends with a semicolon.
_AMPERSAND = re.compile(r"&(?!#\d+;|#[xX][0-9a-fA-F]+;)(?P<name>\w+;)?")
# Holes that something else fills in: {name}, {{ name }}, %(name)s.
_HOLES = re.compile(r"\{\{? ?[a-zA-Z_][\w.]* ?\}?\}|%\([a-zA-Z_]\w*\)[sd]")


@dataclass(frozen=True)
class Place:
    """What the field or block that a segment stands in can hold: text with links and stress, or text only; and how many
    characters."""

    rich: bool = True
    limit: int | None = None


def connect() -> None:
    """Look at every text before it is stored, once."""
    pre_save.connect(_before_save, sender=StringTranslation, dispatch_uid="localization.segments")
    post_save.connect(_name_draft, sender=StringTranslation, dispatch_uid="localization.segments.title")


def check(string: String, context: TranslationContext | None, locale: Locale, text: str) -> str:
    """`text` as it is to be stored as the translation of a source's string into a language: an HTML fragment with
    inline tags, set as the language sets it.

    Raises ValidationError with a message for each thing that is wrong: nothing there, too long, a link or a hole that
    is missing or too many, stress lost, a tag that cannot be.
    """
    place = place_of(context)
    soup = _parsed(_one_paragraph(text, place))
    problems = list(_problems(_parsed(string.data), soup, place))
    if problems:
        raise ValidationError(problems)
    written = set_right(str(soup), locale.language_code)
    length = len(_parsed(written).get_text())
    if place.limit is not None and length > place.limit:
        values = {"length": length, "limit": place.limit}
        raise ValidationError(_("Too long: %(length)d characters, at most %(limit)d.") % values, code="length")
    return written


def place_of(context: TranslationContext | None) -> Place:
    """What can stand at a place of a page or snippet."""
    if context is None:
        return Place()
    try:
        return _place(_model_of(context.object_id), context.field_path or context.path)
    except (TranslationSource.DoesNotExist, LookupError, FieldDoesNotExist):  # its source is gone, or changed
        return Place()


def _before_save(
    sender: type, instance: StringTranslation, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    if not raw and (update_fields is None or "data" in update_fields):
        instance.data = check(instance.translation_of, instance.context, instance.locale, instance.data)


def _name_draft(sender: type, instance: StringTranslation, **kwargs: Any) -> None:
    """wagtail-localize gives the admin the title of a draft as it stands in HTML: with "&amp;" for "&"."""
    if instance.context.path == "title" and "&" in instance.data:  # type: ignore[union-attr]
        pages = Page.objects.filter(translation_key=instance.context.object_id, locale=instance.locale_id)  # type: ignore[union-attr]
        pages.update(draft_title=plain(instance.data))


@lru_cache(maxsize=1024)
def _model_of(object_id: uuid.UUID) -> type[models.Model]:
    """The type of a page or snippet; it never changes."""
    source = TranslationSource.objects.filter(object_id=object_id).first()
    if source is None:
        raise TranslationSource.DoesNotExist
    return source.specific_content_type.model_class()


def _place(model: type[models.Model], path: str) -> Place:
    name, _dot, rest = path.partition(".")
    field = model._meta.get_field(name)
    if isinstance(field, StreamField):
        return _place_in_block(field.stream_block, rest.split("."))
    if isinstance(field, RichTextField):
        return Place()
    if not isinstance(field, models.Field) or field.is_relation:
        return _place(field.related_model, rest)  # type: ignore[arg-type]
    limits = [_limit(validator) for validator in field.validators if isinstance(validator, MaxLengthValidator)]
    return Place(rich=False, limit=min(limits, default=None))


def _place_in_block(block: blocks.Block, names: list[str]) -> Place:
    if isinstance(block, blocks.ListBlock):
        return _place_in_block(block.child_block, names[1:])
    if isinstance(block, blocks.BaseStructBlock | blocks.BaseStreamBlock):
        return _place_in_block(block.child_blocks[names[0]], names[1:])
    if isinstance(block, blocks.RichTextBlock):
        return Place()
    return Place(rich=False, limit=getattr(getattr(block, "field", None), "max_length", None))


def _limit(validator: MaxLengthValidator) -> int:
    value: Any = validator.limit_value
    return value() if callable(value) else value


def _one_paragraph(text: str, place: Place) -> str:
    """`text` without what no segment has: line ends (in a field of plain text they mean something), other white space
    than spaces, spaces at its ends."""
    text = without_control_characters(text).strip()
    if not place.rich:
        text = re.sub(r"\r\n?|\n", "<br>", text)
    return re.sub(r"[ \t\r\n]+", " ", text)


def _parsed(fragment: str) -> BeautifulSoup:
    """An HTML fragment as a tree. An ampersand that begins no entity stands for itself, as in R&D: the parser loses
    it."""
    return BeautifulSoup(_AMPERSAND.sub(_entity, fragment), "html.parser")


def _entity(ampersand: re.Match[str]) -> str:
    name = ampersand["name"] or ""
    return ampersand[0] if name in html5 else f"&amp;{name}"


def _problems(source: BeautifulSoup, text: BeautifulSoup, place: Place) -> Iterator[ValidationError]:
    if not plain(text.get_text()):
        yield ValidationError(_("There is no translation yet: the text is empty."), code="empty")
        return
    yield from _strange_tags(text, place)
    yield from _links(source, text)
    yield from _lost_stress(source, text)
    yield from _holes(source.get_text(), text.get_text())


def _strange_tags(text: BeautifulSoup, place: Place) -> Iterator[ValidationError]:
    allowed = [name for name in INLINE_TAGS if name != "a"] if place.rich else ["br"]
    for tag in text.find_all(True):
        if tag.name == "a":
            continue
        if tag.name not in allowed and tag.name in INLINE_TAGS:
            yield ValidationError(_("This is plain text: it cannot have bold, italic or links."), code="tag")
            return
        if tag.name not in allowed or tag.attrs:
            yield ValidationError(_("A text cannot hold this: %(tag)s") % {"tag": _opening(tag)}, code="tag")


def _opening(tag: Tag) -> str:
    return str(tag).partition(">")[0] + ">"


def _links(source: BeautifulSoup, text: BeautifulSoup) -> Iterator[ValidationError]:
    """Every link of the source has to stand in the translation once, round some words."""
    theirs = {link.get("id"): plain(link.get_text()) for link in source.find_all("a")}
    ours = text.find_all("a")
    for key, words in theirs.items():
        found = sum(link.get("id") == key for link in ours)
        if found == 0:
            yield ValidationError(_("The link “%(words)s” is missing.") % {"words": words}, code="link")
        elif found > 1:
            yield ValidationError(_("The link “%(words)s” stands here twice.") % {"words": words}, code="link")
    for link in ours:
        words = plain(link.get_text())
        if link.get("id") not in theirs or set(link.attrs) != {"id"}:
            yield ValidationError(_("The source has no such link: “%(words)s”.") % {"words": words}, code="link")
        elif not words:
            words = theirs[link.get("id")]
            yield ValidationError(_("The link “%(words)s” has no words here.") % {"words": words}, code="link")


def _lost_stress(source: BeautifulSoup, text: BeautifulSoup) -> Iterator[ValidationError]:
    """What the source stresses has to be stressed. More may be: French sets foreign words in italics, for one."""
    messages = {
        "bold": _("The source says “%(words)s” in bold; here nothing is bold."),
        "italic": _("The source says “%(words)s” in italics; here nothing is in italics."),
        "code": _("The source says “%(words)s” as code; here nothing is code."),
    }
    ours = {STRESS.get(tag.name) for tag in text.find_all(True)}
    said = set()
    for tag in source.find_all(True):
        kind = STRESS.get(tag.name)
        if kind and kind not in ours and kind not in said and plain(tag.get_text()):
            said.add(kind)
            yield ValidationError(messages[kind] % {"words": plain(tag.get_text())}, code="stress")


def _holes(source: str, text: str) -> Iterator[ValidationError]:
    theirs, ours = Counter(_HOLES.findall(source)), Counter(_HOLES.findall(text))
    for name in theirs - ours:
        yield ValidationError(_("“%(name)s” is missing: something is filled in there.") % {"name": name}, code="hole")
    for name in ours - theirs:
        message = _("“%(name)s” is too many: the source has no such place to fill in.")
        yield ValidationError(message % {"name": name}, code="hole")
