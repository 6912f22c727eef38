"""How many words a translator has before them, told apart by how much work they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wagtail_localize.models import StringSegment, StringTranslation, Translation

from newsroom.localization.state import ACCEPTED
from newsroom.text import plain


@dataclass(frozen=True)
class Words:
    """Words of a source that wait for translation: `new` ones; those of texts that have `changed` since they were
    translated; `repeated` ones, which stand translated, or to be translated, somewhere else."""

    new: int = 0
    changed: int = 0
    repeated: int = 0

    @property
    def total(self) -> int:
        """All words, of whatever kind."""
        return self.new + self.changed + self.repeated


def count(text: str) -> int:
    """The words of an HTML fragment. A word is what stands between spaces and has a letter or a digit, as word
    processors and translators' bills count them."""
    return sum(bool(re.search(r"\w", word)) for word in plain(text).split())


@dataclass(frozen=True)
class Text:
    """A text of a source that waits for translation: the numbers of its context and of its string, what kind of work it
    is, and its words."""

    context: int
    string: int
    kind: str
    words: int


def words_of(translations: Iterable[Translation]) -> list[Words]:
    """What waits in each of some translations into one language. Four queries, however many."""
    found = []
    for texts in waiting(translations):
        kinds = {
            kind: sum(text.words for text in texts if text.kind == kind) for kind in ("new", "changed", "repeated")
        }
        found.append(Words(**kinds))
    return found


def waiting(translations: Iterable[Translation]) -> list[list[Text]]:
    """The texts that wait in each of some translations into one language. A text that stands in several of them is new
    in the first, and repeated in the others."""
    translations = list(translations)
    if not translations:
        return []
    segments = StringSegment.objects.filter(source__in=[one.source_id for one in translations])
    columns = ("source_id", "context_id", "string_id", "string__data")
    rows = list(segments.order_by("source_id", "order").values_list(*columns, named=True))
    stored = StringTranslation.objects.filter(locale_id=translations[0].target_locale_id)
    in_place = stored.filter(context_id__in=segments.values("context_id"))
    done = set(in_place.filter(ACCEPTED).values_list("context_id", "translation_of_id"))
    by_people = in_place.exclude(translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE)
    # Of what is not done: what was carried over from other words, and what is wrong.
    touched = set(by_people.values_list("context_id", "translation_of_id"))
    elsewhere = stored.filter(ACCEPTED, translation_of_id__in=segments.values("string_id"))
    known = set(elsewhere.values_list("translation_of_id", flat=True))
    found = []
    for translation in translations:
        texts = []
        for row in rows:
            place = (row.context_id, row.string_id)
            if row.source_id != translation.source_id or place in done:
                continue
            kind = "repeated" if row.string_id in known else "changed" if place in touched else "new"
            known.add(row.string_id)
            texts.append(Text(row.context_id, row.string_id, kind, count(row.string__data)))
        found.append(texts)
    return found
