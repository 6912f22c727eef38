"""Translations as PO files, which translators' own tools read and write: the format, out and in.

A file holds one translation and says which: its header carries the translation's number and language. Several files
travel in one ZIP archive.
"""

import codecs
import io
import re
import tempfile
import uuid
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import polib
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from newsroom.localization import translating
from newsroom.localization.carrying import made_for
from newsroom.localization.readiness import field_label

# The header under which wagtail-localize files say which translation they hold; we add when they were made.
TRANSLATION_HEADER = "X-WagtailLocalize-TranslationID"
EXPORTED_HEADER = "X-Exported-At"
CONTENT_TYPE = "text/x-gettext-translation"

# A long article is 50 kB. An upload travels twice: once to be looked at, once to be stored.
MAX_FILE = 1_000_000
MAX_TOTAL = 2_500_000
MAX_FILES = 200
MAX_LINES = 5_000

ENCODINGS = {"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"}
WELL_FORMED = re.compile(r'(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d\])?)\s*)?"([^"\\]|\\.)*")?')


class Unreadable(ValueError):
    """A file that is no PO file, or a broken one. Its text says what is wrong and where, in the user's language."""


@dataclass(frozen=True)
class Line:
    """One entry of a file: the number of the line it begins in, the path of the segment, source text, translation."""

    number: int
    path: str
    source: str
    text: str
    fuzzy: bool = False


@dataclass(frozen=True)
class Catalogue:
    """What a file says. `translation`, `language` and `exported_at` come from its header and may be missing."""

    translation: uuid.UUID | None = None
    language: str = ""
    exported_at: datetime | None = None
    lines: list[Line] = field(default_factory=list)


# -- Out ---------------------------------------------------------------------------------------------------------------


def export(translation: Translation) -> polib.POFile:
    """The texts of a translation in the order of the page, each once. What somebody has to look at is marked as fuzzy:
    what a machine translated, what cannot be published as it is, and what was made for other words of the source, which
    stand beside it then."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Project-Id-Version": translation.source.object_repr.replace("\n", " "),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": translation.target_locale.language_code,
        "X-Source-Language": translation.source.locale.language_code,
        TRANSLATION_HEADER: str(translation.uuid),
        EXPORTED_HEADER: timezone.now().isoformat(),
    }
    model = translation.source.specific_content_type.model_class()
    stored = stored_texts(translation)
    for segment in segments_by_place(translation).values():
        text = stored.get((segment.string_id, segment.context_id))
        waits = text is not None and (text.has_error or is_unread(text))
        catalogue.append(
            polib.POEntry(
                msgctxt=segment.context.path,
                msgid=segment.string.data,
                msgstr=text.data if text else "",
                comment=field_label(model, segment.context.path),
                flags=["fuzzy"] if waits else [],
                previous_msgid=made_for(text) if text else None,
            )
        )
    return catalogue


def file_name(translation: Translation) -> str:
    """What the file of a translation is called."""
    name = slugify(translation.source.object_repr)[:80] or str(translation.source.object_id)
    return f"{name}-{translation.target_locale.language_code}.po"


def archive(translations: Iterable[Translation]) -> bytes:
    """The files of several translations in one ZIP archive."""
    files: dict[str, bytes] = {}
    for translation in translations:
        name = file_name(translation)
        if name in files:
            name = f"{name.removesuffix('.po')}-{translation.pk}.po"
        files[name] = str(export(translation)).encode()
    return pack(files.items())


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files in one ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files:
            packed.writestr(name, data)
    return buffer.getvalue()


def segments_by_place(translation: Translation) -> dict[tuple[str, str], StringSegment]:
    """The segments that were sent, by path and source text, in the order of the page. Where a text stands twice in one
    place it is translated once."""
    by_place: dict[tuple[str, str], StringSegment] = {}
    for segment in translating.segments_of(translation):
        by_place.setdefault((segment.context.path, segment.string.data), segment)
    return by_place


def stored_texts(translation: Translation) -> dict[tuple[int, int | None], StringTranslation]:
    """What was translated of a story into the language of a translation, by string and context."""
    stored = StringTranslation.objects.filter(
        locale=translation.target_locale_id, context__object_id=translation.source.object_id
    )
    return {(text.translation_of_id, text.context_id): text for text in stored.select_related("carried")}


def is_unread(text: StringTranslation) -> bool:
    """Whether nobody has said yet that this text is right: a machine wrote it, or it was made for other words."""
    return text.translation_type == StringTranslation.TRANSLATION_TYPE_MACHINE or made_for(text) is not None


# -- In ----------------------------------------------------------------------------------------------------------------


def unpack(name: str, data: bytes) -> list[tuple[str, bytes]]:
    """The files that an upload consists of: itself, or those of an archive.

    Raises Unreadable for an upload that is too large, or an archive that cannot be opened.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        _check_size(len(data), MAX_FILE)
        return [(name, data)]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _unpack(packed)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError) as error:  # RuntimeError: a password
        raise Unreadable(_("The ZIP archive cannot be opened.")) from error


def _unpack(packed: zipfile.ZipFile) -> list[tuple[str, bytes]]:
    members = [member for member in packed.infolist() if _is_wanted(member)]
    if len(members) > MAX_FILES:
        raise Unreadable(_("The archive holds more than %(count)d files.") % {"count": MAX_FILES})
    files: list[tuple[str, bytes]] = []
    left = MAX_TOTAL
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile
        with packed.open(member) as opened:
            data = opened.read(min(MAX_FILE, left) + 1)  # what an archive says about its sizes need not be true
        _check_size(len(data), min(MAX_FILE, left))
        left -= len(data)
        files.append((member.filename, data))
    return files


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    """Not a folder, nor what macOS adds."""
    return not member.is_dir() and not member.filename.startswith("__MACOSX/")


def too_large() -> str:
    """What is said of an upload that is too large."""
    return _("The file is too large: a PO file has at most 1 MB, several together have at most 2.5 MB.")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise Unreadable(too_large())


def read(data: bytes) -> Catalogue:
    """What a PO file says. Entries that are marked as obsolete are left out.

    Raises Unreadable for anything that is not a well-formed PO file.
    """
    parsed = _parse(_decode(data))
    headers = {name.lower(): value.strip() for name, value in parsed.metadata.items()}
    lines = [
        Line(entry.linenum, entry.msgctxt or "", entry.msgid, entry.msgstr, entry.fuzzy)
        for entry in parsed
        if not entry.obsolete
    ]
    if len(lines) > MAX_LINES:
        raise Unreadable(_("The file holds more than %(count)d texts.") % {"count": MAX_LINES})
    return Catalogue(
        translation=_uuid(headers.get(TRANSLATION_HEADER.lower(), "")),
        language=headers.get("language", ""),
        exported_at=_moment(headers.get(EXPORTED_HEADER.lower(), "")),
        lines=lines,
    )


def _decode(data: bytes) -> str:
    """The text of a file, in the encoding that its first bytes or its header name; UTF-8 when nothing does."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        named = re.search(rb"charset=([\w.-]+)", data[:5000])
        encoding = named[1].decode() if named else "utf-8"
        encoding = "utf-8" if encoding.upper() == "CHARSET" else encoding  # what xgettext leaves to be filled in
        if _codec(encoding) not in ENCODINGS:
            raise Unreadable(
                _("The encoding “%(name)s” is not supported. Save the file as UTF-8.") % {"name": encoding}
            )
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("Line %(line)d cannot be read as %(encoding)s. Save the file as UTF-8.")
        raise Unreadable(message % {"line": line, "encoding": encoding}) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _parse(text: str) -> polib.POFile:
    """A POFile. polib takes whatever is between the first and the last character of a line for its string: what is no
    string is found here before."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not WELL_FORMED.fullmatch(line.strip()):
            raise Unreadable(_("Line %(line)d is not written as in a PO file.") % {"line": number})
    # A string would be opened by polib if there were a file of that name.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".po") as file:
        file.write(text)
        file.flush()
        try:
            parsed = polib.pofile(file.name, encoding="utf-8")
        except (OSError, ValueError) as error:
            found = re.search(r"\(line (\d+)\)", str(error))
            if found:
                raise Unreadable(
                    _("Line %(line)d is not written as in a PO file.") % {"line": int(found[1])}
                ) from error
            raise Unreadable(_("This is not a PO file.")) from error
    if not parsed and not parsed.metadata:
        raise Unreadable(_("This is not a PO file."))
    return parsed


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None
