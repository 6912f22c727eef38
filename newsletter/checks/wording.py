"""What an edition says: how long its subject and preheader are, whether all of it is in its language, and what was
meant to be replaced."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from newsletter import rendering
from newsletter.checks.problems import Problem
from newsletter.contents import EditionContent
from newsletter.rendering import RenderedEdition
from newsroom.language import name_in_a_sentence
from newsroom.text import cut_at_word, one_line, plain

# Longer subjects are cut off on a phone. A shorter preheader is filled up with what stands next in the mail; of a
# longer one nothing more is shown.
SUBJECT = 60
PREHEADER = (35, 140)
# As many words tell a language.
ENOUGH_WORDS = 8

LEFTOVERS = re.compile(r"\bTK(?:TK)*\b|\bTODO\b|\bXXX+\b|\b(?i:lorem)\b|\{\{|\{%|\[\[")
_AROUND = 30

# Frequent words that other languages of ours do not have, or that stand in the list of each that has them.
_COMMON = {
    "en": "the and of to in is are was were for with that this from our we you your what how not has have been its "
    "their they will which who at by it as be after about more than when where",
    "fr": "le la les des du de et un une dans pour avec que qui est sont sur nos notre nous vous votre au aux par ce "
    "cette ces ses sa ont été pas plus mais leur leurs elle ils où après en",
    "es": "el la los las una un y de del en con por que para es su sus se al lo como más pero este esta son fue sobre "
    "nos nuestro nuestra donde cuando",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
# Fields of a section that hold no prose in the edition's language.
_NO_PROSE = {"url", "language", "facts", "credit", "attribution"}


def problems(
    content: EditionContent, edition: RenderedEdition | None, first: EditionContent, url: str
) -> Iterator[Problem]:
    """What is wrong with the words of an edition. `edition` is None if it could not be rendered, `first` the content in
    the first language, `url` where the words are edited."""
    for problem in (
        *_subject(content, first),
        *_preheader(content),
        *_other_language(content),
        *(_leftovers(content, edition) if edition else ()),
    ):
        yield dataclasses.replace(problem, language=content.language, url=url)


def seems(text: str) -> str:
    """The language that a text seems to be in, by its frequent words; "" if they do not tell."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {code: sum(word in common for word in words) for code, common in _WORDS.items()}
    (_second, most), (code, best) = sorted(counts.items(), key=lambda item: item[1])[-2:]
    return code if best >= 2 and best > 2 * most else ""


def own_texts(content: EditionContent) -> Iterator[str]:
    """The texts that editors wrote for this digest: everything but its stories, which are articles' own."""
    yield from (content.preheader, content.greeting, plain(content.intro))
    for section in content.sections:
        if not section.kind.startswith("story"):
            for field in dataclasses.fields(section):
                value: Any = getattr(section, field.name)
                if isinstance(value, str) and field.name not in _NO_PROSE:
                    yield plain(value)
    yield plain(content.closing)


def _subject(content: EditionContent, first: EditionContent) -> Iterator[Problem]:
    values = {"language": name_in_a_sentence(content.language), "length": len(content.subject), "most": SUBJECT}
    if not content.subject:
        yield Problem(_("The %(language)s edition has no subject.") % values, blocks=True, code="no-subject")
        return
    if len(content.subject) > SUBJECT:
        message = _("The %(language)s subject is long: %(length)d characters. Phones show about %(most)d.")
        yield Problem(message % values, blocks=False, code="subject-long")
    values["other"] = name_in_a_sentence(first.language)
    if content is not first and _bare(content.subject) == _bare(first.subject):
        message = _("The %(language)s subject is the same as the %(other)s one.")
        yield Problem(message % values, blocks=True, code="subject-same")
    elif (found := seems(content.subject)) and _is_another(found, content.language):
        values["other"] = name_in_a_sentence(found)
        message = _("The %(language)s subject seems to be in %(other)s.")
        yield Problem(message % values, blocks=False, code="subject-language")


def _bare(text: str) -> str:
    """Letters and digits alone: languages set their signs differently."""
    return re.sub(r"\W+", "", text.casefold())


def _preheader(content: EditionContent) -> Iterator[Problem]:
    least, most = PREHEADER
    length = len(content.preheader)
    values = {"language": name_in_a_sentence(content.language), "length": length, "least": least, "most": most}
    if not content.preheader:
        message = _("The %(language)s edition has no preheader, the line shown after the subject.")
        yield Problem(message % values, blocks=False, code="no-preheader")
    elif _bare(content.preheader) == _bare(content.subject):
        message = _("The %(language)s preheader says the same as the subject.")
        yield Problem(message % values, blocks=False, code="preheader-same")
    elif length < least:
        message = _(
            "The %(language)s preheader is short: %(length)d characters. Under %(least)d, mail programs fill up with "
            "what stands next in the mail."
        )
        yield Problem(message % values, blocks=False, code="preheader-short")
    elif length > most:
        message = _("The %(language)s preheader is long: %(length)d characters. Mail programs show at most %(most)d.")
        yield Problem(message % values, blocks=False, code="preheader-long")


def _other_language(content: EditionContent) -> Iterator[Problem]:
    message = _("A text of the %(language)s edition seems to be in %(other)s: “%(text)s”")
    for text in own_texts(content):
        found = seems(text) if len(text.split()) >= ENOUGH_WORDS else ""
        if found and _is_another(found, content.language):
            values = {
                "language": name_in_a_sentence(content.language),
                "other": name_in_a_sentence(found),
                "text": cut_at_word(text, 80),
            }
            yield Problem(message % values, blocks=False, code="text-language", about=text)


def _is_another(found: str, language: str) -> bool:
    """Whether `found` is surely not the language: one whose words we do not know may be taken for another."""
    return language.partition("-")[0] in _WORDS and found != language.partition("-")[0]


def _leftovers(content: EditionContent, edition: RenderedEdition) -> Iterator[Problem]:
    message = _("“%(leftover)s” has been left in the %(language)s edition: “%(text)s”")
    seen = set()
    text_edition = rendering.personalise(edition.text, edition.mark, rendering.NO_LINKS)
    for text in (content.preheader, one_line(text_edition)):
        for found in LEFTOVERS.finditer(text):
            around = text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
            # Whole words only, as far as there are any.
            around = around.partition(" ")[2] or around if found.start() > _AROUND else around
            around = around.rpartition(" ")[0] or around if found.end() + _AROUND < len(text) else around
            if around not in seen:
                seen.add(around)
                values = {
                    "leftover": found[0],
                    "language": name_in_a_sentence(content.language),
                    "text": around,
                }
                yield Problem(message % values, blocks=True, code="leftover", about=around)
