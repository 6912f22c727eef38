"""Translations follow their source: what is not text changes in every language when the source is published."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q, QuerySet
from wagtail.models import Page, Revision, TaskState
from wagtail.signals import page_published
from wagtail_localize.models import TranslationSource

from newsroom.pages import SitePage


def connect() -> None:
    """Listen to publications, once."""
    page_published.connect(_on_published, dispatch_uid="localization.follow")


def _on_published(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    if isinstance(instance, SitePage):
        follow_source(instance)


@transaction.atomic
def follow_source(source: SitePage) -> int:
    """Copy `followed_fields` of a published source to the row of each of its translations, and to the drafts of it that
    may still go live.

    Returns the number of translations changed: 0 for a page that is nobody's source. Text is never touched.
    """
    is_source = TranslationSource.objects.filter(
        object_id=source.translation_key, locale_id=source.locale_id, translations__isnull=False
    ).exists()
    if not is_source:
        return 0
    fields = [source._meta.get_field(name) for name in source.followed_fields]
    values = {field.attname: getattr(source, field.attname) for field in fields}
    # Revisions hold what JSON can hold: a foreign key under its field's name, a date as text.
    in_revision = {field.name: getattr(source, field.attname) for field in fields}
    in_revision = json.loads(json.dumps(in_revision, cls=DjangoJSONEncoder))

    changed = 0
    translations = (
        type(source)
        .objects.originals()
        .filter(translation_key=source.translation_key)
        .exclude(pk=source.pk)
        # Somebody may be saving one of them: what was read here must be what stands there when it is written.
        .select_for_update()
    )
    for translation in translations:
        if any(getattr(translation, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(translation, name, value)
            translation.save(clean=False)
            changed += 1
        for revision in _may_go_live(translation):
            if any(revision.content.get(name) != value for name, value in in_revision.items()):
                revision.content.update(in_revision)
                revision.save(update_fields=["content"])
    return changed


def _may_go_live(page: Page) -> QuerySet[Revision]:
    """The latest draft of a page, those that are scheduled, and those in review."""
    waiting = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).values("revision")
    may = Q(pk=page.latest_revision_id) | Q(approved_go_live_at__isnull=False) | Q(pk__in=waiting)
    return page.revisions.filter(may).select_for_update()
