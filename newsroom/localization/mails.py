"""The mails about jobs and questions: what stands in them, and sending them. What is due stands in the table of
notices; the clock calls `send_due()`.

A worker that dies between handing a mail over and noting it sends it once more: better twice than a job that nobody
knows of. Its Message-ID is the same.
"""

import logging
from datetime import timedelta
from email.utils import formataddr, parseaddr
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import Site

from newsroom.localization import jobs, permissions, po
from newsroom.localization.models import JobPage, Notice, TranslationJob
from newsroom.localization.translators import language_of
from newsroom.mail_rendering import Mail, compile_mjml, tidy_text
from newsroom.text import cut_at_word, one_line, plain

logger = logging.getLogger(__name__)

# A worker that has not noted an outcome within this time has died.
LEASE = timedelta(minutes=5)
PAUSES = [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)]


def send_due() -> int:
    """Send the mails that are due. Returns how many were sent. One that cannot be sent is tried again, later each time,
    and then left for somebody to see."""
    due = Notice.objects.filter(state=Notice.State.PENDING, due_at__lte=timezone.now()).order_by("due_at")
    return sum(_send(notice) for notice in due.select_related("to", "job", "question") if _claim(notice))


def _claim(notice: Notice) -> bool:
    claimed = Notice.objects.filter(pk=notice.pk, state=Notice.State.PENDING, due_at=notice.due_at).update(
        due_at=timezone.now() + LEASE, attempts=F("attempts") + 1
    )
    notice.attempts += claimed
    return bool(claimed)


def _send(notice: Notice) -> bool:
    """Send one mail and note what became of it."""
    try:
        mail = build(notice)
        if mail is None:
            _note(notice, state=Notice.State.DROPPED)
            return False
        mail.send()
    except Exception as error:  # whatever it is: it must not keep the others from leaving
        reason = one_line(f"{type(error).__name__}: {error}")[:300]
        logger.warning("Notice %s to %s was not sent: %s", notice.pk, notice.to, reason)
        if notice.attempts > len(PAUSES):
            _note(notice, state=Notice.State.FAILED, reason=reason)
        else:
            _note(notice, due_at=timezone.now() + PAUSES[notice.attempts - 1], reason=reason)
        return False
    _note(notice, state=Notice.State.SENT, sent_at=timezone.now(), reason="")
    return True


def _note(notice: Notice, **changes: Any) -> None:
    Notice.objects.filter(pk=notice.pk).update(**changes)


def build(notice: Notice) -> Mail | None:
    """The mail of a notice, in the language in which its reader uses the admin; None when it is no longer needed: the
    job is closed, or the reader may not see any more what it is about. Raises ValueError for a reader without an
    address."""
    if not notice.to.is_active:
        return None
    with translation.override(language_of(notice.to)):
        found = _about_job(notice) if notice.job else _about_question(notice)
        if found is None:
            return None
        if not notice.to.email:
            raise ValueError("no e-mail address")
        template, context, files = found
        return _mail(notice, template, context, files)


def _mail(notice: Notice, template: str, context: dict[str, Any], files: list[tuple[str, str]]) -> Mail:
    context |= {
        "notice": notice,
        "language": translation.get_language(),
        "site_name": settings.WAGTAIL_SITE_NAME,
        "accent": _accent(),
    }
    context["subject"] = one_line(render_to_string(f"email/{template}.subject.txt", context))
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    mail = Mail(
        subject=context["subject"],
        body=tidy_text(render_to_string(f"email/{template}.txt", context)),
        from_email=formataddr((context["site_name"], sender)),
        to=[notice.to.email],
        reply_to=[context["reply_to"]] if context.get("reply_to") else None,
        headers={
            "Message-ID": f"<notice-{notice.pk}@{sender.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies
            "Content-Language": context["language"],
        },
    )
    mail.attach_alternative(compile_mjml(render_to_string(f"email/{template}.mjml", context)), "text/html")
    for name, content in files:
        mail.attach(name, content, po.CONTENT_TYPE)
    return mail


def _accent() -> str:
    site = Site.objects.filter(is_default_site=True).first()
    return apps.get_model(settings.SITE_SETTINGS_MODEL).for_site(site).accent if site else ""


# -- What stands in them -----------------------------------------------------------------------------------------------

# The state of the jobs that mails of a kind are about; the others are about open ones.
_STATES = {
    Notice.Kind.CANCELLED: TranslationJob.State.CANCELLED,
    Notice.Kind.DELIVERED: TranslationJob.State.DELIVERED,
}

Found = tuple[str, dict[str, Any], list[tuple[str, str]]]


def _about_job(notice: Notice) -> Found | None:
    """Template, context and files of a mail about a job: its pages, as far as a reader who is to translate them may
    open them."""
    job: Any = notice.job
    wanted = _STATES.get(Notice.Kind(notice.kind), TranslationJob.State.OPEN)
    asks = wanted == TranslationJob.State.OPEN
    rows = job.pages.filter(state=wanted).order_by("pk")
    rows = list(rows.select_related("translation__source__locale", "translation__target_locale"))
    targets = jobs.opened(rows, notice.to)
    delivered = wanted == TranslationJob.State.DELIVERED
    shown = [(row, targets.get(row.pk)) for row in rows if delivered or row.pk in targets]
    if job.state != wanted or not shown:
        return None
    context = {
        "job": job,
        "pages": [_page(row, target) for row, target in shown],
        "words": total(row for row, _target in shown),
        "job_url": _absolute(reverse("translation_job", args=[job.pk])),
        "asks": asks,
        "asked_by": job.asked_by,
        "reply_to": writer.email if (writer := job.translator if delivered else job.asked_by) else "",
    }
    sent = [row for row, _target in shown if asks and (notice.kind == Notice.Kind.ASKED or row.moved_at)]
    files = _files(sent)
    return "translation_job", context | {"has_files": bool(files)}, files


def _page(row: JobPage, target: Any) -> dict[str, Any]:
    task: Any = row.translation
    if target is None:
        return {"row": row, "title": one_line(row.title)}
    if task.enabled:
        preview = reverse("wagtail_localize:preview_translation", args=[task.pk])
    else:  # written by hand: its latest draft is what there is to see
        preview = reverse("wagtailadmin_pages:view_draft", args=[target.pk])
    return {
        "row": row,
        "title": one_line(row.title),
        "edit_url": _absolute(reverse("wagtailadmin_pages:edit", args=[target.pk])),
        "preview_url": _absolute(preview),
    }


def total(rows: Any) -> dict[str, int]:
    """The words of some pages of a job: new, changed, repeated, and moved since."""
    rows = list(rows)
    names = ("new", "changed", "repeated", "moved")
    return {name: sum(getattr(row, f"words_{name}") for row in rows) for name in names}


def _files(rows: list[JobPage]) -> list[tuple[str, str]]:
    """The PO files of some pages, by name. (A page that is translated by hand has none.)"""
    files: dict[str, str] = {}
    for row in rows:
        task = row.translation
        if task is not None and task.enabled:
            name = po.file_name(task)
            if name in files:
                name = f"{name.removesuffix('.po')}-{task.pk}.po"
            files[name] = str(po.export(task))
    return list(files.items())


def _about_question(notice: Notice) -> Found | None:
    """Template, context and files of a mail about a question: to the author, or, answered, to the translator."""
    question: Any = notice.question
    task = question.translation
    answered = notice.kind == Notice.Kind.ANSWER
    try:
        page = task.get_target_instance() if answered else task.source.get_source_instance()
    except ObjectDoesNotExist:  # deleted in the meantime
        return None
    if not permissions.may_open(notice.to, page):
        return None
    writer = question.answered_by if answered else question.asked_by
    url = reverse("translation_questions", args=[task.pk])
    context = {
        "question": question,
        "title": one_line(task.source.object_repr),
        "source_text": cut_at_word(plain(question.source_text), 600),
        "source_language": task.source.locale.language_code,
        "writer": writer,
        "reply_to": writer.email if writer else "",
        "url": _absolute(f"{url}#question-{question.pk}"),
        "edit_url": _absolute(AdminURLFinder().get_edit_url(page)),
    }
    return "translation_question", context, []


def _absolute(path: str) -> str:
    return settings.WAGTAILADMIN_BASE_URL + path
