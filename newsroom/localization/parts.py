"""Where the parts of a page stand in other languages: its fields, and the blocks of its streams."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Case, Value, When
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, TranslationSource

from newsroom.localization.state import ACCEPTED, State, States, Status
from newsroom.localization.watching import texts_of

# Place and words of a text.
Text = tuple[str, str]


def states_of_parts(source: Page, languages: States) -> dict[str, States]:
    """The state of each part of a page that has texts ("title", "sections.<id of the block>"), in the order of the
    page, in each language it was not written in. `source` is given with the words it has now, `languages` is where the
    page stands as a whole.

    A part is missing where a text of it was never translated, outdated where the source says something else than what
    was sent, or where nobody has accepted the translation yet; else complete. Two queries.
    """
    now = _by_part(texts_of(source).elements())
    sent, stored = _sent(source), _stored(source)
    found: dict[str, States] = {}
    for part, texts in now.items():
        found[part] = {
            code: State(code, _status(texts, sent.get(part, {}), stored.get(code, {}), language))
            for code, language in languages.items()
            if not language.is_source
        }
    return found


def _status(texts: Counter[Text], sent: dict[Text, tuple[int, int]], stored: dict, language: State) -> Status:
    if language.status == Status.MISSING:
        return Status.MISSING
    if language.by_hand:
        # What was written by hand is not told apart: it says the same as its source, or does not.
        return Status.OUTDATED if language.status == Status.OUTDATED else Status.COMPLETE
    if all(stored.get(keys) is None for keys in sent.values()):
        return Status.MISSING
    kept = [stored.get(sent[text]) for text in texts if text in sent]
    if None in kept:
        return Status.MISSING
    return Status.COMPLETE if set(texts) == set(sent) and all(kept) else Status.OUTDATED


def _by_part(texts: Iterable[Text]) -> dict[str, Counter[Text]]:
    found: dict[str, Counter[Text]] = {}
    for path, text in texts:
        found.setdefault(_part(path), Counter())[path, text] += 1
    return found


def _sent(source: Page) -> dict[str, dict[Text, tuple[int, int]]]:
    """What was sent for translation, by part: the texts, each with the numbers it is stored under."""
    sources = TranslationSource.objects.filter(object_id=source.translation_key, locale=source.locale_id)
    segments = StringSegment.objects.filter(source__in=sources)
    found: dict[str, dict[Text, tuple[int, int]]] = {}
    for path, text, *keys in segments.values_list("context__path", "string__data", "context_id", "string_id"):
        found.setdefault(_part(path), {})[path, text] = (keys[0], keys[1])
    return found


def _stored(source: Page) -> dict[str, dict[tuple[int, int], bool]]:
    """Which texts have a translation, by language, and whether it counts."""
    counts = Case(When(ACCEPTED, then=Value(True)), default=Value(False))
    texts = StringTranslation.objects.filter(context__object_id=source.translation_key, has_error=False)
    rows = texts.annotate(counts=counts).values_list(
        "locale__language_code", "context_id", "translation_of_id", "counts"
    )
    found: dict[str, dict[tuple[int, int], bool]] = {}
    for code, context, string, accepted in rows:
        found.setdefault(code, {})[context, string] = accepted
    return found


def _part(path: str) -> str:
    return ".".join(path.split(".")[:2])
