"""Import subscribers from the command line: the same reading, the same verdicts, the same writing."""

import sys
import uuid
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from newsletter import import_columns, import_files, import_runs, importing
from newsletter.import_columns import Columns, Meaning, Source, fold, split_tags
from newsletter.import_files import FileProblem
from newsletter.importing import WRITTEN, Finding, Statement, Verdict
from newsletter.models import NewsletterPage, SubscriberImport
from newsletter.models.subscriber import ALL_LANGUAGES

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


class Command(BaseCommand):
    help = "Import subscribers from a CSV or XLSX file. Shows what would become of every row, then asks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        codes = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("file", type=Path)
        parser.add_argument("--newsletter", required=True, help="The translation key or the slug of its page.")
        parser.add_argument("--language", required=True, choices=[*codes, ALL_LANGUAGES], help="Where a row has none.")
        parser.add_argument("--proof", required=True, help="Where and how these people asked for it.")
        parser.add_argument("--tag", action="append", default=[], help="For everybody; may be repeated.")
        parser.add_argument("--encoding", default="", choices=list(import_files.ENCODINGS))
        parser.add_argument("--delimiter", default="", choices=list(DELIMITERS))
        parser.add_argument(
            "--sheet", default="", metavar="NAME", help="Of an XLSX file; else its first sheet is read."
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="COLUMN=MEANING",
            help=f"What a column means, by its heading or number: {', '.join(Meaning.values)}, or nothing to leave it "
            "out. May be repeated; of the others the headings tell.",
        )
        parser.add_argument("--verdicts", type=Path, metavar="OUT.csv", help="Write the verdict of every row there.")
        parser.add_argument("--dry-run", action="store_true", help="Write nothing and do not ask.")
        parser.add_argument("--yes", action="store_true", help="Import without asking.")

    def handle(self, *args: Any, **options: Any) -> None:
        statement = _statement(options)
        with translation.override("en"):
            try:
                source = _source(options)
                self._tell_of_other_sheets(source)
                counts = self._run(importing.examine(source, statement), source, options["verdicts"])
                if not any(counts[verdict] for verdict in WRITTEN):
                    self.stdout.write("There is nothing to import.")
                    return
                if not self._confirmed(options):
                    self.stdout.write("Nothing was imported. Add --yes to import it.")
                    return
                counts = self._run(importing.write(source, statement), source, options["verdicts"])
            except FileProblem as problem:
                raise CommandError(str(problem)) from problem
        run = SubscriberImport.objects.create(
            file_name=options["file"].name[-255:],
            newsletter_key=statement.newsletter_key,
            choice=statement.choice,
            proof=statement.proof,
            tags=list(statement.tags),
            encoding=source.shape.encoding,
            delimiter=source.shape.delimiter,
            sheet=source.shape.sheet,
            language="en",
            state=SubscriberImport.State.IMPORTED,
            percent=100,
            counts=dict(counts),
        )
        import_runs.record(run)
        self.stdout.write("Imported.")

    def _tell_of_other_sheets(self, source: Source) -> None:
        sheets = import_files.sheets_of(source.path)
        if len(sheets) > 1:
            read = source.shape.sheet or sheets[0]
            others = ", ".join(f"“{name}”" for name in sheets if name != read)
            self.stdout.write(f"The sheet “{read}” is read. --sheet chooses another: {others}.")

    def _confirmed(self, options: dict[str, Any]) -> bool:
        if options["yes"] or options["dry_run"] or not sys.stdin.isatty():
            return options["yes"] and not options["dry_run"]
        return input("Import this? [y/N] ").strip().lower() in ("y", "yes")

    def _run(self, chunks: Iterable[list[Finding]], source: Source, verdicts: Path | None) -> Counter[str]:
        """Go through the rows and print how many have which verdict. Returns the numbers."""
        counts: Counter[str] = Counter()
        with verdicts.open("w", encoding="utf-8-sig", newline="") if verdicts else nullcontext() as file:
            for findings in import_runs.keep(chunks, file) if file else chunks:
                counts.update(str(finding.verdict) for finding in findings)
                self._progress(source, sum(counts.values()))
        for line in _lines(counts):
            self.stdout.write(line)
        return counts

    def _progress(self, source: Source, rows: int) -> None:
        if self.stderr.isatty():
            done = int(source.share * 40)
            self.stderr.write(f"\r[{'#' * done}{' ' * (40 - done)}] {rows:,} rows", ending="\n" if done == 40 else "")


def _lines(counts: Counter[str]) -> Iterator[str]:
    for verdict in Verdict:
        if counts[verdict]:
            yield f"{counts[verdict]:>9,}  {verdict.label}"


def _statement(options: dict[str, Any]) -> Statement:
    proof = options["proof"].strip()
    if not proof or len(proof) > 500:
        raise CommandError("The proof has between 1 and 500 characters.")
    pages = NewsletterPage.objects.live().originals()
    try:
        found = pages.of(uuid.UUID(options["newsletter"]))
    except ValueError:
        found = pages.filter(slug=options["newsletter"])
    newsletter = found.first()
    if newsletter is None:
        raise CommandError(f"There is no newsletter {options['newsletter']}.")
    return Statement(newsletter.translation_key, options["language"], proof, tuple(split_tags(options["tag"])))


def _source(options: dict[str, Any]) -> Source:
    path = options["file"]
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    shape = import_files.detect(path, options["encoding"], DELIMITERS.get(options["delimiter"], ""), options["sheet"])
    columns = _said(import_columns.guess(path, shape), options["column"])
    if problem := columns.problem():
        raise FileProblem(problem)
    return Source(path, shape, columns)


def _said(columns: Columns, said: Iterable[str]) -> Columns:
    """The columns, with what somebody says of some of them."""
    meanings = list(columns.meanings)
    for words in said:
        name, _equals, meaning = words.rpartition("=")
        if meaning not in ("", *Meaning.values):
            raise CommandError(f"No column can mean “{meaning}”. It can mean: {', '.join(Meaning.values)}.")
        meanings[_number(columns, name)] = meaning
    return replace(columns, meanings=tuple(meanings))


def _number(columns: Columns, name: str) -> int:
    """Which column has this heading, or this number, counted from 1."""
    headings = [fold(heading) for heading in columns.names]
    if fold(name) in headings:
        return headings.index(fold(name))
    if name.isdecimal() and 1 <= int(name) <= len(headings):
        return int(name) - 1
    raise CommandError(f"There is no column “{name}”. There are: {', '.join(columns.names)}.")
