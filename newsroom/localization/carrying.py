"""What becomes of the translations of a text when its source is changed: they are carried over to the new words, where
they wait until somebody has looked at them; at once accepted if the change was a small one."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.signals import post_save
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource

from newsroom.localization import segments
from newsroom.localization.matching import Match, Words, matches
from newsroom.localization.models import CarriedText

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


def connect() -> None:
    """A text that somebody stores has been looked at."""
    post_save.connect(_on_stored, sender=StringTranslation, dispatch_uid="localization.carrying")


def words_of(source: TranslationSource | None) -> list[Words]:
    """The words that were sent for translation, in the order of the page."""
    if source is None:
        return []
    rows = StringSegment.objects.filter(source=source).order_by("order")
    fields = ("context__path", "string__data", "context_id", "string_id", "attrs")
    return [
        Words(path, text, context, string, json.loads(attrs or "{}") or {})
        for path, text, context, string, attrs in rows.values_list(*fields)
    ]


@transaction.atomic
def carry_over(source: TranslationSource, before: Sequence[Words], *, small: bool = False) -> None:
    """Give the words of a source that are new the translations of those that stood there `before`, in each language.

    After a `small` change they count as translated, but those that cannot: because a link is missing now, or because
    nobody had looked at them since an earlier change. Words moved to another place are the same words.
    """
    found = matches(before, words_of(source)) if before else []
    if not found:
        return
    contexts = {words.context_id for match in found for words in (match.new, *match.old)}
    texts = StringTranslation.objects.filter(
        context_id__in=contexts, locale_id__in=source.translations.values("target_locale_id")
    )
    stored: dict[int, dict[tuple[int, int], StringTranslation]] = {}
    for text in texts.select_related("carried", "locale"):
        stored.setdefault(text.locale_id, {})[text.context_id, text.translation_of_id] = text  # type: ignore[index]
    carried = [pair for by_words in stored.values() for pair in _carried_in(found, by_words, small)]
    StringTranslation.objects.bulk_create([text for text, _made_for in carried])
    CarriedText.objects.bulk_create(
        [CarriedText(text=text, made_for=made_for) for text, made_for in carried if made_for is not None]
    )


def made_for(text: StringTranslation) -> str | None:
    """The source's words that a text was made for, if it waits to be looked at; None for any other."""
    try:
        return text.carried.made_for
    except CarriedText.DoesNotExist:
        return None


def _on_stored(sender: type, instance: StringTranslation, created: bool, update_fields: Any, **kwargs: Any) -> None:
    if not created and (update_fields is None or "data" in update_fields):
        CarriedText.objects.filter(text=instance).delete()


def _carried_in(
    found: list[Match], by_words: dict[tuple[int, int], StringTranslation], small: bool
) -> list[tuple[StringTranslation, str | None]]:
    """What is carried over in one language, whose stored texts are given by context and string: one text for each
    wording of a place, as two paragraphs of a block may say the same; none where one stands, right or wrong."""
    right = {key: text for key, text in by_words.items() if not text.has_error}
    taken, carried = set(by_words), []
    for match in found:
        key = (match.new.context_id, match.new.string_id)
        if key not in taken:
            pairs = list(_carried(match, right, small))
            carried += pairs
            taken |= {key} if pairs else set()
    return carried


def _carried(
    match: Match, by_words: dict[tuple[int, int], StringTranslation], small: bool
) -> Iterable[tuple[StringTranslation, str | None]]:
    """The text for the new words of a match, and the words it was made for unless it is accepted; nothing without a
    translation to carry over."""
    texts = [by_words.get((words.context_id, words.string_id)) for words in match.old]
    known = [text for text in texts if text is not None]
    if len(known) < len(texts):
        return
    data = " ".join(_relinked(text.data, old, match.new) for text, old in zip(known, match.old, strict=True))
    if match.parts:
        part = _part(match, data)
        if part is None:
            return
        data = part
    model = known[0]
    text = StringTranslation(
        translation_of_id=match.new.string_id,
        context_id=match.new.context_id,
        locale=model.locale,
        data=data,
        translation_type=model.translation_type,
        tool_name=model.tool_name,
        last_translated_by_id=model.last_translated_by_id,
    )
    waits = any(made_for(one) is not None for one in known)
    accepted = not waits and (match.is_moved or small) and _fits(text)
    yield (
        text,
        None if accepted else " ".join(made_for(one) or old.text for one, old in zip(known, match.old, strict=True)),
    )


def _fits(text: StringTranslation) -> bool:
    try:
        segments.check(text.translation_of, text.context, text.locale, text.data)
    except ValidationError:
        return False
    return True


def _relinked(text: str, old: Words, new: Words) -> str:
    """A text whose links are those of the new words: found by where they lead, else by their number. What leads nowhere
    any more is plain words."""
    soup = BeautifulSoup(text, "html.parser")
    targets = {json.dumps(attrs, sort_keys=True): key for key, attrs in new.attrs.items()}
    same = {key: targets.get(json.dumps(attrs, sort_keys=True)) for key, attrs in old.attrs.items()}
    taken = set(same.values())
    for link in soup.find_all("a"):
        key = str(link.get("id"))
        target = same.get(key) or (key if key in new.attrs and key not in taken else None)
        if target:
            link["id"] = target
        else:
            link.unwrap()
    return str(soup)


def _part(match: Match, text: str) -> str | None:
    """What a translation of the whole says for one of the parts: as many sentences as the part has. Where sentences do
    not match one by one, the first part has it all."""
    counts = [len(_SENTENCE_END.split(part.text)) for part in match.parts]
    sentences = _SENTENCE_END.split(text)
    index = match.parts.index(match.new)
    whole = all(str(BeautifulSoup(sentence, "html.parser")) == sentence for sentence in sentences)
    if len(sentences) != sum(counts) or not whole:
        return text if index == 0 else None
    start = sum(counts[:index])
    return " ".join(sentences[start : start + counts[index]])
