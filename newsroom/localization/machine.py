"""Machine translation, where the settings name a service. What a machine wrote is marked, and counts as not translated
until a person has accepted it.

The services are wagtail-localize's own classes. They raise whatever happens; here it becomes one exception that says
what to tell people, and nothing is stored unless everything has come back.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from wagtail_localize.machine_translators import get_machine_translator
from wagtail_localize.machine_translators.base import BaseMachineTranslator
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.strings import StringValue

from newsroom.localization import segments

logger = logging.getLogger(__name__)

# DeepL takes 50 texts in a request (developers.deepl.com/docs/api-reference/translate), and 128 KiB.
BATCH = 40
BATCH_CHARACTERS = 20_000
# What is made from the title, in every language for itself.
NOT_TRANSLATED = {"slug"}


class Failed(Exception):
    """The service did not translate. Its text is for the user; nothing was stored."""


@dataclass(frozen=True)
class Outcome:
    """How many texts were `stored`, and how many came back `damaged` (a link lost, too long) and were left alone."""

    stored: int = 0
    damaged: int = 0


def service_for(translation: Translation) -> BaseMachineTranslator | None:
    """The service that can make this translation; None without one."""
    service = get_machine_translator()
    if service and service.can_translate(translation.source.locale, translation.target_locale):
        return service
    return None


def translate(translation: Translation, user: Any = None) -> Outcome:
    """Have a machine translate what nobody has translated yet. Texts of people are never replaced.

    Talks to the service, which takes its time: not to be called inside a transaction. Raises Failed.
    """
    service = service_for(translation)
    if service is None:
        raise Failed(_("No machine translation is set up for these languages."))
    waiting = list(untranslated(translation))
    texts = _ask(service, translation, list(dict.fromkeys(segment.string.data for segment in waiting)))
    return _store(translation, waiting, texts, service.display_name, user)


def untranslated(translation: Translation) -> QuerySet[StringSegment]:
    """The segments that nobody has translated and a machine could."""
    there = StringTranslation.objects.filter(
        translation_of_id=OuterRef("string_id"),
        context_id=OuterRef("context_id"),
        locale_id=translation.target_locale_id,
    )
    found = StringSegment.objects.filter(~Exists(there), source=translation.source_id)
    return found.exclude(context__path__in=NOT_TRANSLATED).select_related("string", "context").order_by("order")


def unaccepted(translation: Translation) -> QuerySet[StringTranslation]:
    """What a machine wrote of the texts that were sent, and no person has accepted."""
    sent = StringSegment.objects.filter(
        source=translation.source_id, string_id=OuterRef("translation_of_id"), context_id=OuterRef("context_id")
    )
    return StringTranslation.objects.filter(
        Exists(sent),
        locale=translation.target_locale_id,
        translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE,
        has_error=False,
    )


@transaction.atomic
def accept(translation: Translation, user: Any) -> int:
    """Say that all the words of a machine are right. Returns how many texts that were. What cannot stand in the page
    stays as it is, for a person to mend. (One text is accepted by storing it: `newsroom.localization.editor_views`.)"""
    return sum(_accept(text, user) for text in unaccepted(translation).select_for_update())


def _accept(text: StringTranslation, user: Any) -> bool:
    text.translation_type = StringTranslation.TRANSLATION_TYPE_MANUAL
    text.last_translated_by = user
    try:
        text.save()
    except ValidationError:
        return False
    return True


def _ask(service: BaseMachineTranslator, translation: Translation, sources: list[str]) -> dict[str, str]:
    """Translations by source text. Raises Failed."""
    source, target = translation.source.locale, translation.target_locale
    texts: dict[str, str] = {}
    for batch in _batches(sources):
        values = [StringValue(text) for text in batch]
        try:
            answer = service.translate(source, target, values)
            texts.update({value.data: answer[value].data for value in values})
        except (requests.RequestException, LookupError, TypeError, ValueError, AttributeError) as error:
            # Whatever they do not expect, their classes meet as one of these: no JSON, other JSON, too few texts.
            logger.warning("%s did not translate: %s: %s", service.display_name, type(error).__name__, error)
            raise Failed(_message(service.display_name, error)) from error
    if not all(isinstance(text, str) for text in texts.values()):
        raise Failed(_message(service.display_name, None))
    return texts


def _batches(texts: list[str]) -> Iterator[list[str]]:
    """As many texts at a time as a service takes."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == BATCH or size + len(text) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _message(name: str, error: Exception | None) -> str:
    """What to tell the user. Never what the service said: that may hold addresses and keys."""
    if isinstance(error, requests.Timeout):
        said = _("%(name)s did not answer in time. Nothing was stored: try again later.")
    elif isinstance(error, requests.ConnectionError):
        said = _("%(name)s cannot be reached. Nothing was stored: try again later.")
    else:
        said = _("%(name)s did not translate. Nothing was stored; whoever runs the site finds the reason in the log.")
    return said % {"name": name}


@transaction.atomic
def _store(
    translation: Translation, waiting: list[StringSegment], texts: dict[str, str], tool: str, user: Any
) -> Outcome:
    """Store what can stand in the page, where nobody has written anything in the meantime."""
    stored = damaged = 0
    for segment in waiting:
        text = texts.get(segment.string.data, "")
        try:
            text = segments.check(segment.string, segment.context, translation.target_locale, text)
        except ValidationError:
            damaged += 1
            continue
        _text, created = StringTranslation.objects.get_or_create(
            translation_of_id=segment.string_id,
            context_id=segment.context_id,
            locale_id=translation.target_locale_id,
            defaults={
                "data": text,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MACHINE,
                "tool_name": tool,
                "last_translated_by": user,
            },
        )
        stored += created
    return Outcome(stored, damaged)
