"""Files with people in them: in which encoding they are, and which rows they have. What the cells mean is another
question (`import_columns`). However large a file is, little of it is in memory at a time."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self
from xml.etree import ElementTree

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
DELIMITERS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tabulator"),
    "|": gettext_lazy("vertical bar"),
}
# So much is looked at to find out what a file is.
HEAD = 64 * 1024
BLOCK = 1024 * 1024
# Longer ones are no rows of people.
LONGEST_LINE = 1024 * 1024
LONGEST_CELL = 10_000
MOST_COLUMNS = 200
# What Excel itself can hold. Compressed formatting alone could say anything.
MOST_ROWS_XLSX = 1_048_576
# An XLSX file is a ZIP archive: so much may be in it, so much of that is kept in memory (the texts that cells share),
# and so much denser than its contents it may be once these are large.
LARGEST_UNPACKED = 500 * 1024 * 1024
LARGEST_SHARED = 100 * 1024 * 1024
LARGE, DENSEST = 10 * 1024 * 1024, 100
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
ADDRESS = re.compile(r"[^\s@<>;,\"]+@[^\s@<>;,\"]+\.[^\s@<>;,\"]{2,}")
# A cell that goes on in another line which has an address in it: the rows below, behind a quotation mark left open.
SWALLOWED = re.compile(rf"[\r\n][^\r\n]*{ADDRESS.pattern}[^\r\n]*")


class FileProblem(Exception):
    """What is wrong with a file as a whole, in words for whoever chose it."""


@dataclass(frozen=True)
class Shape:
    """How a file is written: `encoding` and `delimiter` are keys of ENCODINGS and DELIMITERS, empty with XLSX; `sheet`
    is the name of a sheet of XLSX, empty for the first."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    @property
    def is_xlsx(self) -> bool:
        return not self.encoding


@dataclass(frozen=True)
class Line:
    """A row: where it begins (the number of the line, in Excel that of the row), its cells without spaces around, and
    what is wrong with it."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""


class Reader:
    """The rows of an open file that are not empty, in order."""

    def __init__(self, file: IO[bytes], size: int, lines: Iterator[Line]) -> None:
        self._file, self._size, self._lines = file, size, lines

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Line:
        return next(self._lines)

    @property
    def share(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return min(self._file.tell() / self._size, 1.0) if self._size else 1.0


@contextmanager
def reading(path: Path, shape: Shape) -> Iterator[Reader]:
    """The rows of a file. While they are read, FileProblem may be raised."""
    with path.open("rb") as file, closing((_xlsx_lines if shape.is_xlsx else _csv_lines)(file, shape)) as lines:
        yield Reader(file, path.stat().st_size, (line for line in lines if any(line.cells)))


def first_lines(path: Path, shape: Shape, count: int = 20) -> list[Line]:
    """The beginning of a file. Raises FileProblem."""
    with reading(path, shape) as reader:
        return [line for line, _number in zip(reader, range(count), strict=False)]


# -- What a file is ----------------------------------------------------------------------------------------------------
def detect(path: Path, encoding: str = "", delimiter: str = "", sheet: str = "") -> Shape:
    """How a file is written, as far as it is not said. Raises FileProblem for what is neither CSV nor XLSX, or has no
    such sheet."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise FileProblem(_("The file is empty."))
    if head.startswith(ZIP):
        _check_archive(path)
        if sheet and sheet not in sheets_of(path):
            raise FileProblem(_("This file has no sheet “%(sheet)s”.") % {"sheet": sheet})
        return Shape(sheet=sheet)
    if head.startswith(OLE):
        raise FileProblem(
            _("This is an Excel file of the old kind (.xls), or one with a password. Please save it as XLSX or CSV.")
        )
    encoding = encoding or _encoding_of(path, head)
    text = head.decode(_codec(encoding, head), errors="replace")
    if CONTROL.search(text.replace("\x1a", "")):
        raise _neither()
    return Shape(encoding, delimiter or _delimiter_of(text))


def sheets_of(path: Path) -> list[str]:
    """The names of the sheets of an XLSX file in their order (ECMA-376, 18.2.19); none of any other file, or of one
    that is gone."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("xl/workbook.xml") as file:
            root = ElementTree.fromstring(file.read(BLOCK))
    except (zipfile.BadZipFile, KeyError, OSError, ElementTree.ParseError):
        return []
    return [sheet.get("name", "") for sheet in root.iter(f"{{{SPREADSHEET}}}sheet")]


def _neither() -> FileProblem:
    return FileProblem(_("This is neither CSV nor XLSX."))


def _encoding_of(path: Path, head: bytes) -> str:
    """UTF-16 by its mark or by the zeros it puts between letters; UTF-8 when the whole file is; else Windows-1252,
    which anything could be."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _zeros(head):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _zeros(head: bytes) -> str:
    """The byte order of UTF-16 without a mark: every other byte of Western text is zero. Empty for anything else."""
    half = len(head) // 2
    for order, zeros in (("le", head[1::2]), ("be", head[0::2])):
        letters = head[0::2] if order == "le" else head[1::2]
        if half and zeros.count(0) > half * 0.7 and not letters.count(0):
            return order
    return ""


def _codec(encoding: str, head: bytes) -> str:
    if encoding == "utf-8":
        return "utf-8-sig"
    if encoding == "utf-16" and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return f"utf-16-{_zeros(head) or 'le'}"
    return encoding


def _delimiter_of(text: str) -> str:
    """The delimiter that leaves whole addresses in the first rows and makes rows of the same length; a comma when there
    is but one column."""
    if said := re.match(r"sep=(.)\r?\n", text, re.IGNORECASE):
        return said[1] if said[1] in DELIMITERS else ","
    whole = text if len(text) < HEAD // 4 else text[: text.rfind("\n") + 1] or text
    return max(DELIMITERS, key=lambda delimiter: _fitness(whole, delimiter))


def _fitness(text: str, delimiter: str) -> tuple[int, float, int]:
    try:
        rows = [row for row, _number in zip(_parsed(text, delimiter), range(50), strict=False) if row]
    except csv.Error:
        return (0, 0, 0)
    if not rows or len(rows[0]) < 2:
        return (0, 0, 0)
    addresses = sum(any(ADDRESS.fullmatch(cell.strip()) for cell in row) for row in rows)
    return addresses, sum(len(row) == len(rows[0]) for row in rows) / len(rows), len(rows[0])


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _check_archive(path: Path) -> None:
    """Raises FileProblem for an archive that is no workbook, or that would unpack to more than we take in."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _neither() from error
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise _neither()
    shared = sum(part.file_size for part in parts if part.filename.lower() == "xl/sharedstrings.xml")
    dense = any(part.file_size > LARGE and part.file_size > DENSEST * part.compress_size for part in parts)
    if dense or shared > LARGEST_SHARED or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise FileProblem(_("Unpacked, this Excel file is too large. Please save the sheet as CSV."))


# -- Rows --------------------------------------------------------------------------------------------------------------
def _csv_lines(file: IO[bytes], shape: Shape) -> Generator[Line, None, None]:
    head = file.read(HEAD)
    file.seek(0)
    errors = "replace" if shape.encoding == "cp1252" else "strict"
    text = io.TextIOWrapper(file, _codec(shape.encoding, head), errors=errors, newline="")
    try:
        yield from _records(_Lines(text), shape.delimiter)
    except UnicodeError as error:
        problem = _("The file is not in %(encoding)s: please choose another encoding.")
        raise FileProblem(problem % {"encoding": ENCODINGS[shape.encoding]}) from error
    finally:
        text.detach()


class _Lines:
    """The lines of a text. `ended`: whether somebody asked for one after the last."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text, self.ended = text, False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if not line:
            self.ended = True
            raise StopIteration
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise FileProblem(_("A line of this file is too long to be a row of people."))
        return line


def _records(lines: _Lines, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _left_open(number) from error
        # The parser asks for another line only while a quotation is open.
        if lines.ended:
            raise _left_open(number)
        if number == 1 and len(cells) <= 2 and cells and re.match(r"sep=", cells[0], re.IGNORECASE):
            continue
        problem = ""
        if any(SWALLOWED.search(cell) for cell in cells if "\n" in cell or "\r" in cell):
            problem = _("This row seems to hold the rows below it: a quotation mark may not be closed.")
        yield _line(number, cells, problem)


def _left_open(number: int) -> FileProblem:
    return FileProblem(_("The quotation mark opened in line %(number)d is never closed.") % {"number": number})


def _xlsx_lines(file: IO[bytes], shape: Shape) -> Generator[Line, None, None]:
    try:
        workbook = load_workbook(file, read_only=True, data_only=True)
        sheet = workbook[shape.sheet] if shape.sheet else workbook.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), start=1):
            if number > MOST_ROWS_XLSX:
                raise FileProblem(_("This Excel file has more rows than Excel can have."))
            yield _line(number, [_text(value) for value in cells])
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        ElementTree.ParseError,
        KeyError,
        IndexError,
        ValueError,
        OSError,
    ) as error:
        raise _neither() from error


def _text(value: Any) -> str:
    """A cell as people would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat(" ") if isinstance(value, datetime) else str(value)


def _line(number: int, cells: list[str], problem: str = "") -> Line:
    if any(len(cell) > LONGEST_CELL for cell in cells):
        problem = problem or _("A cell of this row is too long.")
    if any("\ufffd" in cell for cell in cells):
        problem = problem or _("This row has letters that this encoding does not have.")
    return Line(number, tuple(CONTROL.sub("", cell[:LONGEST_CELL]).strip() for cell in cells[:MOST_COLUMNS]), problem)
