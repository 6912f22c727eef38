"""Numbers, dates and times that the editions say differently."""

from collections.abc import Iterable, Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsletter.checks import wording
from newsletter.checks.problems import Problem
from newsletter.contents import EditionContent, Story
from newsletter.models import DigestPage
from newsroom.language import name_in_a_sentence
from newsroom.localization import doubts
from newsroom.localization.doubts import Doubt
from newsroom.localization.figures import differing
from newsroom.localization.translating import translation_into
from newsroom.text import cut_at_word, plain


def problems(page: DigestPage, content: EditionContent, first: EditionContent, url: str) -> Iterator[Problem]:
    """What an edition says otherwise than that of the first language. What somebody has called right in the translation
    editor is not asked again."""
    translation = translation_into(page)
    found = doubts.doubts(translation) if translation else _in_texts(content, first)
    if content is not first:
        found = [*found, *_in_stories(content, first)]
    language = capfirst(name_in_a_sentence(content.language))
    for doubt in found:
        message = _("%(language)s: “%(text)s” – %(doubt)s")
        values = {"language": language, "text": cut_at_word(plain(doubt.text), 60), "doubt": str(doubt)}
        about = f"{doubt.source}\0{doubt.text}"
        yield Problem(message % values, False, "figures", content.language, about=about, url=url)


def _in_texts(content: EditionContent, first: EditionContent) -> list[Doubt]:
    """For texts that are written by hand, and for the source of the others."""
    ours, theirs = [list(wording.own_texts(one)) for one in (content, first)]
    if content is first or len(ours) != len(theirs):
        return []
    return list(_compared(zip([first.subject, *theirs], [content.subject, *ours], strict=True), content, first))


def _in_stories(content: EditionContent, first: EditionContent) -> list[Doubt]:
    """What titles and teasers say, where both show the same stories."""
    ours, theirs = _stories(content), _stories(first)
    if content.untranslated or first.untranslated or len(ours) != len(theirs):
        return []
    return list(_compared(zip(theirs, ours, strict=True), content, first))


def _stories(content: EditionContent) -> list[str]:
    return [f"{one.title} – {one.teaser}" for one in content.sections if isinstance(one, Story)]


def _compared(pairs: Iterable[tuple[str, str]], content: EditionContent, first: EditionContent) -> Iterator[Doubt]:
    for theirs, ours in pairs:
        missing, extra = differing(theirs, first.language, ours, content.language)
        if missing or extra:
            yield Doubt("", theirs, ours, tuple(sorted(missing.elements())), tuple(sorted(extra.elements())), 0)
