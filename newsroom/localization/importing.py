"""Taking over PO files: what each line of a file would change, and changing it.

Looking changes nothing. What is stored is stored in one go, and only what somebody has seen.
"""

import difflib
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationContext

from newsroom.localization import permissions, po, segments, translating
from newsroom.localization.models import Standing
from newsroom.localization.readiness import field_label

# The entry in a page's history, and what is kept with a text as the tool that it was made with.
IMPORTED = "newsroom.po_import"
TOOL = "PO file"


class Verdict(models.TextChoices):
    """What becomes of a line."""

    NEW = "new", gettext_lazy("New translation")
    CHANGED = "changed", gettext_lazy("Changed translation")
    ACCEPTED = "accepted", gettext_lazy("Accepted as it is")
    NEWER = "newer", gettext_lazy("Kept: the translation here was changed after the file was made")
    MOVED = "moved", gettext_lazy("Not taken over: the source has changed since")
    UNKNOWN = "unknown", gettext_lazy("Not taken over: the page has no such text")
    FUZZY = "fuzzy", gettext_lazy("Not taken over: marked as fuzzy")
    TWICE = "twice", gettext_lazy("Not taken over: the file translates this text twice, differently")
    REFUSED = "refused", gettext_lazy("Refused")
    SAME = "same", gettext_lazy("Unchanged")
    EMPTY = "empty", gettext_lazy("Not translated")


STORED = {Verdict.NEW, Verdict.CHANGED, Verdict.ACCEPTED}
SILENT = {Verdict.SAME, Verdict.EMPTY}


@dataclass(frozen=True)
class Finding:
    """What would become of one line. `where`: the field it stands in; `before`: its translation until now; `problem`:
    why it is refused, or for a text that has moved what the source says now."""

    line: po.Line
    verdict: Verdict
    where: str = ""
    before: str = ""
    problem: str = ""
    text: str = ""
    segment: StringSegment | None = None


@dataclass
class Report:
    """What would become of one file. A file with a `problem` changes nothing at all. `moved`: how many texts of the
    source have changed since they were sent and were not taken over yet; what is stored for them will be marked to be
    checked."""

    name: str
    problem: str = ""
    translation: Translation | None = None
    page: Any = None
    moved: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def changes(self) -> list[Finding]:
        """What will be stored."""
        return [finding for finding in self.findings if finding.verdict in STORED]

    @property
    def told(self) -> list[Finding]:
        """The lines worth a look: all but those that are empty or unchanged."""
        return [finding for finding in self.findings if finding.verdict not in SILENT]

    @property
    def silent(self) -> Mapping[str, int]:
        """How many lines there are that are not worth a look, by what they are."""
        counts = Counter(str(finding.verdict.label) for finding in self.findings if finding.verdict in SILENT)
        return dict(counts)  # a template would ask a Counter for the number of "items"


def examine(
    files: Iterable[tuple[str, bytes]],
    user: Any,
    expected: Translation | None = None,
    replace: Collection[str] = (),
) -> list[Report]:
    """What files would change if `user` stored them: into `expected` alone when it is given, else into the translations
    that their headers name. Texts that somebody wrote after a file was made are kept, but for those of `replace`
    (`key_of`)."""
    reports = []
    seen: set[int] = set()
    for number, (name, data) in enumerate(files):
        report = Report(name)
        try:
            catalogue = po.read(data)
            translation = _translation_of(catalogue, user, expected)
        except po.Unreadable as error:
            report.problem = str(error)
        else:
            if translation.pk in seen:
                report.problem = _("Another of these files belongs to the same translation.")
            else:
                seen.add(translation.pk)
                report.translation, report.page = translation, translation.get_target_instance()
                report.moved = sum(Standing.objects.filter(translation=translation).values_list("moved", flat=True))
                report.findings = _Examination(translation, catalogue, number, replace).findings()
        reports.append(report)
    return reports


def key_of(file: int, line: int) -> str:
    """How a form names a line of the files examined."""
    return f"{file}-{line}"


def fingerprint(reports: Iterable[Report]) -> str:
    """What will be stored, or may be when somebody says so, in short: the same as long as it is the same."""
    changes = [
        [report.translation.pk, finding.segment.pk, finding.verdict, finding.before, finding.text]
        for report in reports
        if report.translation
        for finding in report.findings
        if finding.segment and finding.verdict in STORED | {Verdict.NEWER}
    ]
    return hashlib.sha256(json.dumps(changes).encode()).hexdigest()


@transaction.atomic
def store(reports: Iterable[Report], user: Any) -> int:
    """Store what the reports say will be stored, all or nothing. Returns how many texts."""
    count = 0
    for report in reports:
        for finding in report.changes:
            translating.store(report.translation, finding.segment, finding.text, user, TOOL)
        if report.changes and isinstance(report.page, Page):
            log(instance=report.page, action=IMPORTED, user=user, data={"texts": len(report.changes)})
        count += len(report.changes)
    return count


def _translation_of(catalogue: po.Catalogue, user: Any, expected: Translation | None) -> Translation:
    """The translation that a file belongs to. A file without a header belongs where it was put.

    Raises Unreadable for a file of another page, of another language, or of a page that the user may not change now.
    """
    translation = expected
    if catalogue.translation is None and expected is None:
        raise po.Unreadable(
            _("The file does not say which page it belongs to. Put it in where that page is translated.")
        )
    if catalogue.translation is not None:
        translation = _known(catalogue.translation)
        if expected is not None and translation != expected:
            raise po.Unreadable(_("The file was made for another page or another language."))
    if translation is None or not translation.enabled or not _may_edit(user, translation):
        raise po.Unreadable(_("The file belongs to no translation that you may change now."))
    named = catalogue.language.replace("_", "-").lower()
    language = translation.target_locale.language_code.lower()
    if named and named.partition("-")[0] != language.partition("-")[0]:
        raise po.Unreadable(
            _("The file is in the language “%(found)s”, the translation in “%(expected)s”.")
            % {"found": catalogue.language, "expected": translation.target_locale.language_code}
        )
    return translation


def _known(number: uuid.UUID) -> Translation | None:
    found = Translation.objects.select_related("source__locale", "source__specific_content_type", "target_locale")
    return found.filter(uuid=number).first()


def _may_edit(user: Any, translation: Translation) -> bool:
    return permissions.may_edit(user, translation.get_target_instance())


class _Examination:
    """The lines of one file, beside what the translation has. The number of queries does not depend on the number of
    lines."""

    def __init__(
        self, translation: Translation, catalogue: po.Catalogue, number: int, replace: Collection[str]
    ) -> None:
        self.translation, self.catalogue = translation, catalogue
        self.number, self.replace = number, replace
        self.model = translation.source.specific_content_type.model_class()
        self.segments = po.segments_by_place(translation)
        self.stored = po.stored_texts(translation)
        contexts = TranslationContext.objects.filter(object_id=translation.source.object_id)
        self.paths = set(contexts.values_list("path", flat=True))
        texts: dict[tuple[str, str], set[str]] = {}
        for line in catalogue.lines:
            texts.setdefault((line.path, line.source), set()).add(line.text)
        self.twice = {place for place, found in texts.items() if len(found) > 1}

    def findings(self) -> list[Finding]:
        """A finding for every line; for a text that stands twice, for the first."""
        lines = {(line.path, line.source, line.text): line for line in reversed(self.catalogue.lines)}
        return [self._finding(line) for line in sorted(lines.values(), key=lambda line: line.number)]

    def _finding(self, line: po.Line) -> Finding:
        segment = self.segments.get((line.path, line.source))
        if segment is None:
            return self._without_segment(line)
        where = field_label(self.model, line.path)
        stored = self.stored.get((segment.string_id, segment.context_id))
        before = stored.data if stored else ""

        def found(verdict: Verdict, problem: str = "", text: str = "") -> Finding:
            return Finding(line, verdict, where, before, problem, text or line.text, segment)

        if not line.text.strip():
            return found(Verdict.EMPTY)
        if line.fuzzy:
            return found(Verdict.SAME if line.text == before else Verdict.FUZZY)
        if (line.path, line.source) in self.twice:
            return found(Verdict.TWICE)
        try:
            text = segments.check(segment.string, segment.context, self.translation.target_locale, line.text)
        except ValidationError as error:
            return found(Verdict.REFUSED, " ".join(error.messages))
        return found(self._verdict(line, stored, text), text=text)

    def _verdict(self, line: po.Line, stored: StringTranslation | None, text: str) -> Verdict:
        """Of a line that can be stored."""
        if stored is None:
            return Verdict.NEW
        if stored.data == text and not stored.has_error:
            return Verdict.ACCEPTED if po.is_unread(stored) else Verdict.SAME
        exported_at = self.catalogue.exported_at
        newer = exported_at is not None and stored.updated_at > exported_at
        if newer and key_of(self.number, line.number) not in self.replace:
            return Verdict.NEWER
        return Verdict.CHANGED

    def _without_segment(self, line: po.Line) -> Finding:
        """Of a line whose text the source does not have."""
        if not line.path or line.path not in self.paths:
            return Finding(line, Verdict.UNKNOWN, text=line.text)
        there = [text for path, text in self.segments if path == line.path]
        now = difflib.get_close_matches(line.source, there, n=1, cutoff=0.3)
        return Finding(
            line, Verdict.MOVED, field_label(self.model, line.path), problem=now[0] if now else "", text=line.text
        )
