"""Imports that somebody follows in the admin: a file is put away, checked, and imported once they say so. The queue
does the work; the file and the verdicts of its rows lie in a folder that only the site reads, for a day."""

import contextlib
import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone, translation
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django_tasks import task
from wagtail.log_actions import log

from newsletter import import_columns, import_files, importing
from newsletter.import_columns import Columns, Source
from newsletter.import_files import FileProblem
from newsletter.importing import Finding, Statement, Verdict
from newsletter.models import SubscriberImport
from newsroom.tables import defused

LOGGED = "newsletter.import"
KEPT = timedelta(days=1)
# A worker that says nothing for so long is gone: another goes on.
SILENT = timedelta(minutes=5)
# So many rows of each verdict are shown.
SAMPLE = 5

State = SubscriberImport.State


class NotNow(Exception):
    """The import is not in a state in which this can be done."""


# -- Where it lies -----------------------------------------------------------------------------------------------------
def folder(run: SubscriberImport) -> Path:
    """The folder of an import."""
    return settings.DATA_DIR / "imports" / str(run.key)


def file_of(run: SubscriberImport) -> Path:
    """The file as it was uploaded."""
    return folder(run) / "file"


def verdicts_of(run: SubscriberImport) -> Path:
    """The verdicts of all rows, as CSV."""
    return folder(run) / "verdicts.csv"


def samples_of(run: SubscriberImport) -> dict[str, list[Finding]]:
    """The first rows of each verdict. Empty once they are forgotten."""
    try:
        found = json.loads((folder(run) / "samples.json").read_text())
    except FileNotFoundError:
        return {}
    return {verdict: [Finding(**finding) for finding in findings] for verdict, findings in found.items()}


# -- Steps -------------------------------------------------------------------------------------------------------------
def begin(uploaded: UploadedFile, statement: Statement, user: Any) -> SubscriberImport:
    """Put a file away and have it checked."""
    run = SubscriberImport.objects.create(
        file_name=(uploaded.name or "")[-255:],
        newsletter_key=statement.newsletter_key,
        choice=statement.choice,
        proof=statement.proof,
        tags=list(statement.tags),
        language=translation.get_language(),
        made_by=user,
    )
    folder(run).mkdir(parents=True, mode=0o700)
    with file_of(run).open("xb") as file:
        file_of(run).chmod(0o600)
        for chunk in uploaded.chunks():
            file.write(chunk)
    check_file.enqueue(run.pk)
    return run


def check_again(run: SubscriberImport, encoding: str, delimiter: str, columns: dict[str, Any] | None) -> None:
    """Check a file as somebody says it is written; None for columns that are to be found anew. Raises NotNow."""
    values = {"encoding": encoding, "delimiter": delimiter, "columns": columns or {}}
    _claim(run, State.CHECKED, State.REFUSED, state=State.CHECKING, percent=0, problem="", counts={}, **values)
    check_file.enqueue(run.pk)


def confirm(run: SubscriberImport, user: Any) -> None:
    """Import what was checked, or go on with what stopped. Raises NotNow, as for a second press of the button."""
    _claim(run, *SubscriberImport.IMPORTABLE, state=State.IMPORTING, percent=0, problem="", made_by=user)
    import_file.enqueue(run.pk)


def discard(run: SubscriberImport) -> None:
    """Forget a file that was not imported. Raises NotNow."""
    if not SubscriberImport.objects.filter(pk=run.pk, state__in=[State.CHECKED, State.REFUSED]).delete()[0]:
        raise NotNow
    shutil.rmtree(folder(run), ignore_errors=True)


def _claim(run: SubscriberImport, *states: str, **values: Any) -> None:
    if not SubscriberImport.objects.filter(pk=run.pk).claim(*states, **values):
        raise NotNow


# -- Work --------------------------------------------------------------------------------------------------------------
@task
def check_file(key: int) -> None:
    """Say of every row what would become of it."""
    run = SubscriberImport.objects.filter(pk=key, state=State.CHECKING).first()
    if run and _work(run, importing.examine):
        _finish(run, State.CHECKED)


@task
def import_file(key: int) -> None:
    """Write what the rows say, and forget the file."""
    run = SubscriberImport.objects.filter(pk=key, state=State.IMPORTING).first()
    if run and _work(run, importing.write):
        file_of(run).unlink(missing_ok=True)
        _finish(run, State.IMPORTED)
        record(run)


def record(run: SubscriberImport) -> None:
    """Write into the audit trail who imported what."""
    log(
        instance=run,
        action=LOGGED,
        user=run.made_by,
        data={"file": run.file_name, "proof": run.proof, "counts": run.counts},
    )


def _finish(run: SubscriberImport, state: State) -> None:
    run.state, run.percent, run.touched_at = state, 100, timezone.now()
    run.save()


def _work(run: SubscriberImport, what: Any) -> bool:
    """Go through the rows. Returns False for a file with a problem, which is noted. What nobody foresaw is raised, and
    the import can be taken up again."""
    with translation.override(run.language):
        try:
            source = source_of(run)
            follow(run, what(source, statement_of(run)), source)
        except FileProblem as problem:
            run.problem = str(problem)
            _finish(run, State.REFUSED)
            return False
        except BaseException:
            stopped = State.STOPPED if run.state == State.IMPORTING else State.REFUSED
            run.problem = _("Something went wrong on our side. What was imported until then stays.")
            if run.state == State.CHECKING:
                run.problem = _("Something went wrong on our side. Nothing was imported.")
            _finish(run, stopped)
            raise
    return True


def statement_of(run: SubscriberImport) -> Statement:
    """What was stated for all rows."""
    return Statement(run.newsletter_key, run.choice, run.proof, tuple(run.tags))


def source_of(run: SubscriberImport) -> Source:
    """The file of an import with its columns, as they were found or said; what is found is noted. Raises
    FileProblem."""
    path = file_of(run)
    if not path.exists():
        raise FileProblem(_("The file was kept for a day and is gone. Please upload it again."))
    shape = import_files.detect(path, run.encoding, run.delimiter)
    columns = columns_of(run) or import_columns.guess(path, shape)
    run.encoding, run.delimiter, run.columns = shape.encoding, shape.delimiter, asdict(columns)
    run.save()
    if problem := columns.problem():
        raise FileProblem(problem)
    return Source(path, shape, columns)


def columns_of(run: SubscriberImport) -> Columns | None:
    """The columns of an import, if they are known."""
    if not run.columns:
        return None
    return Columns(tuple(run.columns["names"]), tuple(run.columns["meanings"]), run.columns["header"])


def follow(run: SubscriberImport, chunks: Iterable[list[Finding]], source: Source) -> None:
    """Note how far the work has come, and keep the verdicts."""
    counts: Counter[str] = Counter()
    samples: dict[str, list[dict[str, Any]]] = {}
    unfinished = folder(run) / "verdicts.part"
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        for findings in keep(chunks, file):
            counts.update(str(finding.verdict) for finding in findings)
            for finding in findings:
                sample = samples.setdefault(finding.verdict, [])
                if len(sample) < SAMPLE:
                    sample.append(asdict(finding))
            run.counts, run.percent = dict(counts), min(int(source.share * 100), 99)
            SubscriberImport.objects.filter(pk=run.pk).update(
                counts=run.counts, percent=run.percent, touched_at=timezone.now()
            )
    (folder(run) / "samples.json").write_text(json.dumps(samples))
    unfinished.replace(verdicts_of(run))


# -- Verdicts as a file ------------------------------------------------------------------------------------------------
def keep(chunks: Iterable[list[Finding]], file: TextIO) -> Iterator[list[Finding]]:
    """The same chunks, written into a CSV file on their way, as spreadsheets of the reader's language expect it."""
    delimiter = ";" if get_format("DECIMAL_SEPARATOR") == "," else ","
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow([_("Line"), _("E-mail address"), _("Verdict"), _("Details")])
    for findings in chunks:
        for found in findings:
            verdict = str(Verdict(found.verdict).label)
            writer.writerow([found.number, *map(defused, (found.email, verdict, found.detail))])
        yield findings


# -- What the clock does -----------------------------------------------------------------------------------------------
def take_up_again() -> int:
    """Go on with imports whose worker is gone. Returns how many."""
    taken = 0
    tasks = {State.CHECKING: check_file, State.IMPORTING: import_file}
    for run in SubscriberImport.objects.busy().filter(touched_at__lt=timezone.now() - SILENT):
        with contextlib.suppress(NotNow):
            _claim_silent(run)
            tasks[State(run.state)].enqueue(run.pk)
            taken += 1
    return taken


def _claim_silent(run: SubscriberImport) -> None:
    silent = SubscriberImport.objects.filter(pk=run.pk, touched_at=run.touched_at)
    if not silent.claim(run.state):
        raise NotNow


def forget_files() -> int:
    """Remove what is a day old: files, verdicts, and imports that nobody confirmed. Returns how many folders went."""
    old = SubscriberImport.objects.filter(touched_at__lt=timezone.now() - KEPT)
    old.filter(state__in=[State.CHECKED, State.REFUSED]).delete()
    kept = SubscriberImport.objects.filter(touched_at__gte=timezone.now() - KEPT).values_list("key", flat=True)
    names = set(map(str, kept))
    found = [path for path in (settings.DATA_DIR / "imports").glob("*") if path.name not in names]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)
