"""What becomes of a translation's texts: a draft, a page under review, a public page. Verbs only; views show."""

import json
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page, PageLogEntry, Revision
from wagtail_localize.models import Translation, TranslationLog

from newsroom.localization.doubts import Doubt, doubts, waive
from newsroom.localization.readiness import Readiness, before_source, readiness
from newsroom.localization.translating import made_from

# Entries of the audit log: who said that a translation may be public although …
INCOMPLETE = "newsroom.incomplete_translation"
BEFORE_SOURCE = "newsroom.translation_before_source"


class NotReady(Exception):
    """Something speaks against publishing and nobody said that it may be; or a title is missing, which nobody can say.
    `readiness` and `doubts` tell what."""

    def __init__(self, readiness: Readiness, doubts: list[Doubt]) -> None:
        super().__init__("The translation is not ready to be published.")
        self.readiness = readiness
        self.doubts = doubts


@transaction.atomic
def save_draft(translation: Translation, user: AbstractBaseUser | None = None) -> Revision:
    """Make the texts translated so far the latest draft of the page; what readers see stays as it is.

    (wagtail-localize's own way writes them into the row of a public page.) Raises ValidationError for texts that the
    page cannot take.
    """
    if translation.get_target_instance().live:
        draft = translation.source.get_ephemeral_translated_instance(translation.target_locale, fallback=True)
        revision = draft.save_revision(user=user, log_action=True)
        TranslationLog.objects.create(source=translation.source, locale=translation.target_locale, revision=revision)
    else:
        translation.save_target(user=user, publish=False)
        revision = translation.get_target_instance().latest_revision
    _take_schedule(revision, translation)
    return revision


@transaction.atomic
def submit(translation: Translation, user: AbstractBaseUser, *, confirmed: bool = False) -> Page:
    """Save a draft and start the workflow of the page's own tree with it; approving publishes. Returns the page.

    Raises NotReady unless ready or `confirmed`, and ValidationError for texts that the page cannot take.
    """
    _save_what_may_go_live(translation, user, confirmed)
    page = translation.get_target_instance()
    page.get_workflow().start(page, user)
    return page


@transaction.atomic
def approve(translation: Translation, user: AbstractBaseUser, comment: str = "", *, confirmed: bool = False) -> Page:
    """Let the task that the page is in pass, with the texts as they are now: a reviewer may have mended some. The last
    task publishes. Returns the page.

    Raises NotReady unless ready or `confirmed`, and ValidationError for texts that the page cannot take.
    """
    _save_what_may_go_live(translation, user, confirmed)
    page = translation.get_target_instance()
    page.current_workflow_task.on_action(page.current_workflow_task_state, user, "approve", comment=comment)
    return translation.get_target_instance()


@transaction.atomic
def publish(translation: Translation, user: AbstractBaseUser, *, confirmed: bool = False) -> datetime | None:
    """Publish the texts translated so far, or schedule them when the source is due later. Returns when, or None for
    now.

    Raises NotReady unless ready or `confirmed`, and ValidationError for texts that the page cannot take.
    """
    revision = _save_what_may_go_live(translation, user, confirmed)
    revision.publish(user=user)
    revision.refresh_from_db(fields=["approved_go_live_at"])
    return revision.approved_go_live_at


def _save_what_may_go_live(translation: Translation, user: AbstractBaseUser, confirmed: bool) -> Revision:
    state = readiness(translation)
    found = doubts(translation)
    if state.title_missing or not (confirmed or (state.ready and not found)):
        raise NotReady(state, found)
    if found:
        waive(translation, found, user)
    revision = save_draft(translation, user)
    said = {INCOMPLETE: state.incomplete, BEFORE_SOURCE: state.before_source}
    for action in (action for action, applies in said.items() if applies):
        log(
            instance=revision.content_object,
            action=action,
            user=user,
            revision=revision,
            data={name: len(getattr(state, name)) for name in ("missing", "unaccepted", "unchecked")},
        )
    return revision


def _take_schedule(revision: Revision, translation: Translation) -> None:
    """A translation goes public, and stops being so, when its source does."""
    source = translation.source.get_source_instance()
    times = {"go_live_at": source.go_live_at, "expire_at": source.expire_at}
    times = json.loads(json.dumps(times, cls=DjangoJSONEncoder))
    if any(revision.content.get(name) != value for name, value in times.items()):
        revision.content.update(times)
        revision.save(update_fields=["content"])


def may_go_live(page: Page, revision: Revision) -> bool:
    """Whether nobody is surprised when this draft goes public: its source is there, or somebody said it need not be."""
    translation = made_from(page)
    if translation is None or not before_source(translation):
        return True
    return PageLogEntry.objects.filter(page=page.pk, action=BEFORE_SOURCE, revision=revision).exists()


@transaction.atomic
def hold_back() -> int:
    """Take back what was scheduled when a translation is due whose source is not: the source was put off or withdrawn
    since. The translation stays a draft, or waits for its source's new time. Returns how many."""
    held = 0
    for revision in Revision.objects.page_revisions().filter(approved_go_live_at__lte=timezone.now()):
        page = revision.content_object
        later = _later_time_of_source(page)
        if later is None and may_go_live(page, revision):
            continue
        revision.approved_go_live_at = later
        if later is not None:
            revision.content["go_live_at"] = json.loads(json.dumps(later, cls=DjangoJSONEncoder))
        revision.save(update_fields=["approved_go_live_at", "content"])
        held += 1
    return held


def _later_time_of_source(page: Page) -> datetime | None:
    translation = made_from(page)
    source = translation.source.get_source_instance() if translation else None
    if source is None or source.live:
        return None
    times = source.revisions.filter(approved_go_live_at__gt=timezone.now())
    return times.values_list("approved_go_live_at", flat=True).first()
