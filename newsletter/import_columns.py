"""What the cells of a row mean: by the headings that Mailchimp, Brevo and MailPoet write in English and French, by
plain words, and by what somebody says of a column."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language_info, gettext_lazy, override
from django.utils.translation import gettext as _

from newsletter.import_files import ADDRESS, FileProblem, Line, Shape, first_lines, reading
from newsletter.models.subscriber import ALL_LANGUAGES


class Meaning(models.TextChoices):
    """What stands in a column. Nothing is taken from a column without a meaning."""

    EMAIL = "email", gettext_lazy("e-mail address")
    NAME = "name", gettext_lazy("name")
    FIRST_NAME = "first_name", gettext_lazy("first name")
    LAST_NAME = "last_name", gettext_lazy("last name")
    LANGUAGE = "language", gettext_lazy("language")
    OUTLET = "outlet", gettext_lazy("outlet")
    TAGS = "tags", gettext_lazy("tags")
    STATUS = "status", gettext_lazy("status (subscribed, unsubscribed…)")
    LEFT = "left", gettext_lazy("left or blocked (yes, or a date)")
    ASKED = "asked", gettext_lazy("asked for on")
    CONFIRMED = "confirmed", gettext_lazy("confirmed on")


# These may stand in several columns: the list's status and the global one, own tags and those of the service.
REPEATABLE = {Meaning.STATUS, Meaning.LEFT, Meaning.TAGS}
HEADINGS = {
    Meaning.EMAIL: "email|e mail|mail|email address|e mail address|adresse email|adresse e mail|adresse mail|courriel|"
    "adresse courriel|adresse electronique|adresse de courriel|adresse de messagerie",
    Meaning.NAME: "name|full name|fullname|display name|nom complet|nom et prenom|prenom et nom|nom prenom",
    Meaning.FIRST_NAME: "first name|firstname|fname|given name|prenom",
    Meaning.LAST_NAME: "last name|lastname|lname|surname|family name|nom|nom de famille",
    Meaning.LANGUAGE: "language|lang|langue|locale|preferred language|langue preferee",
    Meaning.OUTLET: "outlet|company|organisation|organization|media|publication|employer|entreprise|societe|"
    "organisme|redaction|journal|titre de presse|company name",
    Meaning.TAGS: "tags|tag|labels|etiquettes|etiquette|mots cles|groupes|groups",
    Meaning.STATUS: "status|list status|global status|subscription status|email marketing|email marketing status|"
    "statut|statut de la liste|statut global|statut de l abonnement",
    Meaning.LEFT: "email blacklisted|email blocklisted|blacklisted|blocklisted|blacklist|blocklist|unsubscribed|"
    "unsub time|clean time|unsubscribed at|unsubscribe date|desabonne|desinscrit|desabonne le|desinscrit le|"
    "date de desabonnement|date de desinscription|bloque|liste noire|sur liste noire",
    Meaning.ASKED: "optin time|opt in time|subscription time|subscribed at|subscribed on|subscription date|signup date|"
    "sign up date|sign up|inscrit le|abonne le|date d inscription|date d abonnement|heure d abonnement|"
    "heure d inscription",
    Meaning.CONFIRMED: "confirm time|confirmation time|confirmed at|confirmed on|confirmation date|confirme le|"
    "date de confirmation|heure de confirmation",
}
BY_HEADING = {heading: meaning for meaning, headings in HEADINGS.items() for heading in headings.split("|")}


def _words(text: str) -> set[str]:
    return set(text.split("|"))


SUBSCRIBED = _words("subscribed|active|confirmed|yes|abonne|abonnee|inscrit|inscrite|actif|confirme|oui")
LEFT = _words(
    "unsubscribed|cleaned|bounced|inactive|blocklisted|blacklisted|blocked|archived|deleted|trash|spam|complained|junk|"
    "no|desabonne|desabonnee|desinscrit|desinscrite|nettoye|rebond|rejete|inactif|inactive|bloque|archive|supprime|"
    "corbeille|non|retourne"
)
UNCONFIRMED = _words(
    "unconfirmed|pending|not confirmed|non subscribed|nonsubscribed|transactional|non confirme|non confirmee|"
    "non abonne|non inscrit|en attente"
)
NO = {"", "no", "false", "0", "non", "faux", "n", "subscribed", "abonne", "inscrit"}
ALL = _words("all|both|all languages|both languages|les deux|tous|toutes|toutes les langues|deux")

NAME_LENGTH, TAG_LENGTH, MOST_TAGS = 120, 100, 20
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Day before month, as in Europe; the year first is read by Django.
DATES = ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]
TIMES = ["", " %H:%M", " %H:%M:%S"]


@dataclass(frozen=True)
class Columns:
    """The columns of a file: what is written over each (or stands in its first row), and what it means."""

    names: tuple[str, ...]
    meanings: tuple[str, ...]
    header: bool = True

    def problem(self) -> str:
        """Why no people can be read from these columns; empty if they can."""
        if Meaning.EMAIL not in self.meanings:
            return _("We have found no column with e-mail addresses. Please say which it is.")
        for meaning in Meaning:
            if meaning not in REPEATABLE and self.meanings.count(meaning) > 1:
                return _("Two columns cannot both mean “%(meaning)s”.") % {"meaning": meaning.label}
        return ""

    @property
    def tell_who_left(self) -> bool:
        """Whether a row can say that its person has left."""
        return bool({Meaning.STATUS, Meaning.LEFT} & set(self.meanings))


@dataclass(frozen=True)
class Row:
    """A person, as a file tells of them. `left` and `unconfirmed` are the words it has for that; `notes` is what was
    not understood and does no harm, `problem` what keeps the row out."""

    number: int
    email: str
    name: str = ""
    language: str = ""
    outlet: str = ""
    tags: tuple[str, ...] = ()
    left: str = ""
    unconfirmed: str = ""
    asked_at: datetime | None = None
    confirmed_at: datetime | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass
class Source:
    """A file whose columns are known. `share`: how much of it has been read."""

    path: Path
    shape: Shape
    columns: Columns
    share: float = 0

    def rows(self) -> Iterator[Row]:
        """The people in it. Raises FileProblem."""
        with reading(self.path, self.shape) as reader:
            if self.columns.header:
                next(reader, None)
            for line in reader:
                yield read(line, self.columns)
                self.share = reader.share


def fold(text: str) -> str:
    """A word without what people write differently: "Prénom :" and "prenom", "OPTIN_TIME" and "optin time"."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))


# -- Columns -----------------------------------------------------------------------------------------------------------
def guess(path: Path, shape: Shape) -> Columns:
    """The columns of a file, by their headings; without headings, by where the addresses stand. Raises FileProblem."""
    lines = first_lines(path, shape)
    if not lines:
        raise FileProblem(_("The file is empty."))
    names = lines[0].cells
    if not any(ADDRESS.search(name) for name in names):
        return Columns(names, _with_address_column(_by_heading(names), lines[1:]))
    width = max(len(line.cells) for line in lines)
    names = names + ("",) * (width - len(names))
    return Columns(names, _with_address_column(("",) * width, lines), header=False)


def _by_heading(names: Sequence[str]) -> tuple[str, ...]:
    """The meanings of headings; of those that mean the same, the first has it."""
    meanings: list[str] = []
    for name in names:
        meaning = BY_HEADING.get(fold(name), "")
        meanings.append("" if meaning in meanings and meaning not in REPEATABLE else meaning)
    if Meaning.LAST_NAME in meanings and Meaning.FIRST_NAME not in meanings and Meaning.NAME not in meanings:
        meanings[meanings.index(Meaning.LAST_NAME)] = Meaning.NAME  # "Nom" alone is the whole name
    return tuple(meanings)


def _with_address_column(meanings: tuple[str, ...], lines: Sequence[Line]) -> tuple[str, ...]:
    """The same, with the column in which most addresses stand, if no heading tells."""
    if Meaning.EMAIL in meanings:
        return meanings
    counts = [
        sum(index < len(line.cells) and bool(ADDRESS.search(line.cells[index])) for line in lines)
        for index in range(len(meanings))
    ]
    if not any(counts):
        return meanings
    best = counts.index(max(counts))
    return (*meanings[:best], Meaning.EMAIL, *meanings[best + 1 :])


# -- Cells -------------------------------------------------------------------------------------------------------------
def read(line: Line, columns: Columns) -> Row:
    """The person in a row."""
    cells: dict[str, list[str]] = {}
    for kind, text in zip(columns.meanings, line.cells, strict=False):
        if kind and text:
            cells.setdefault(kind, []).append(text)

    def cell(meaning: Meaning) -> str:
        return cells.get(meaning, [""])[0]

    email, own_name = _split_address(cell(Meaning.EMAIL))
    whole = cell(Meaning.NAME) or " ".join(filter(None, [cell(Meaning.FIRST_NAME), cell(Meaning.LAST_NAME)]))
    row = Row(line.number, email, _one_line(whole or own_name), outlet=_one_line(cell(Meaning.OUTLET)))
    row = replace(row, tags=tuple(split_tags(cells.get(Meaning.TAGS, []))), problem=line.problem)
    if not row.problem and any(line.cells[len(columns.meanings) :]):
        row = replace(row, problem=_("This row has more cells than the first: a cell may need quotation marks."))
    row = _with_language(row, cell(Meaning.LANGUAGE))
    row = _with_status(row, cells.get(Meaning.STATUS, []), cells.get(Meaning.LEFT, []))
    row = _with_times(row, cell(Meaning.ASKED), cell(Meaning.CONFIRMED))
    return row if row.problem else replace(row, problem=_too_long(row))


def _split_address(cell: str) -> tuple[str, str]:
    """The address and the name in "Ada Lovelace <ada@example.org>"."""
    cell = cell.removeprefix("mailto:")
    if match := re.fullmatch(r"\"?([^<\"]*)\"?\s*<([^<>]+)>", cell):
        return match[2].strip(), match[1].strip()
    return cell, ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def split_tags(cells: Sequence[str]) -> list[str]:
    """The tags in some cells, separated by commas or semicolons, each once, whatever its case."""
    found: dict[str, str] = {}
    for cell in cells:
        text = " ".join(cell.replace(";", ",").split())
        for tag in next(csv.reader([text], skipinitialspace=True), []):
            if tag.strip():
                found.setdefault(tag.strip().casefold(), tag.strip())
    return list(found.values())


@cache
def _languages() -> dict[str, str]:
    """The codes of our languages by the words for them, in each of our languages."""
    codes = [code for code, _name in settings.LANGUAGES]
    words = dict.fromkeys(ALL, ALL_LANGUAGES)
    for code in codes:
        info = get_language_info(code)
        words |= {fold(code): code, fold(info["name"]): code, fold(info["name_local"]): code}
        for other in codes:
            with override(other):
                words[fold(str(get_language_info(code)["name_translated"]))] = code
    return words


def language_in(cell: str) -> str:
    """The language setting that a cell asks for: "fr_FR", "Français", "both"; empty when it is none of ours."""
    words = _languages()
    if known := words.get(fold(cell)):
        return known
    named = {words.get(fold(word)) for word in re.split(r"[,;/+&|]", cell)}
    if named == {code for code, _name in settings.LANGUAGES}:
        return ALL_LANGUAGES
    return words.get(cell.strip().casefold().replace("_", "-").partition("-")[0], "")


def _with_language(row: Row, cell: str) -> Row:
    language = language_in(cell) if cell else ""
    if cell and not language:
        note = _("language not known here: “%(word)s”") % {"word": cell[:40]}
        return replace(row, notes=(*row.notes, note))
    return replace(row, language=language)


def _with_status(row: Row, statuses: Sequence[str], left: Sequence[str]) -> Row:
    for cell in left:
        if fold(cell) not in NO:
            row = replace(row, left=row.left or cell)
    for cell in statuses:
        word = fold(cell)
        if word in LEFT:
            row = replace(row, left=row.left or cell)
        elif word in UNCONFIRMED:
            row = replace(row, unconfirmed=row.unconfirmed or cell)
        elif word not in SUBSCRIBED:
            problem = _("We do not know the status “%(word)s”.") % {"word": cell[:40]}
            row = replace(row, problem=row.problem or problem)
    return row


def _with_times(row: Row, asked: str, confirmed: str) -> Row:
    asked_at, confirmed_at = (_time(cell) if cell else None for cell in (asked, confirmed))
    notes = row.notes
    for cell, time in ((asked, asked_at), (confirmed, confirmed_at)):
        if cell and time is None:
            notes = (*notes, _("date not understood: “%(word)s”") % {"word": cell[:40]})
    return replace(row, asked_at=asked_at, confirmed_at=confirmed_at, notes=notes)


def _time(cell: str) -> datetime | None:
    """The time in a cell, if it is one at which somebody can have asked for a newsletter."""
    found = _moment(cell.strip())
    if found is None:
        return None
    aware = found if timezone.is_aware(found) else timezone.make_aware(found)
    return aware if EARLIEST < aware <= timezone.now() else None


def _moment(cell: str) -> datetime | None:
    try:
        if found := parse_datetime(cell):
            return found
        if day := parse_date(cell):
            return datetime(day.year, day.month, day.day)
    except ValueError:
        return None
    for form in (day + time for day in DATES for time in TIMES):
        try:
            return datetime.strptime(cell, form)
        except ValueError:
            continue
    return None


def _too_long(row: Row) -> str:
    if max(len(row.name), len(row.outlet)) > NAME_LENGTH:
        return _("A name may have %(count)d characters at most.") % {"count": NAME_LENGTH}
    if len(row.tags) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in row.tags):
        return _("These are too many tags, or too long ones: “%(tags)s…”.") % {"tags": ", ".join(row.tags)[:60]}
    return ""
