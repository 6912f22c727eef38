"""Which rows a file has, in which encoding, and what its columns mean."""

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest
from django.utils import translation

from newsletter import import_columns, import_files
from newsletter.import_columns import Columns, Meaning, Source
from newsletter.import_files import FileProblem, Shape
from tests.newsletter import import_samples as samples


@pytest.fixture
def put(tmp_path):
    """Put a file down: text in UTF-8, or bytes."""

    def make(data, encoding="utf-8"):
        path = tmp_path / "file"
        path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
        return path

    return make


@pytest.fixture
def people(put):
    """The people in a file whose writing and columns are found by themselves."""

    def read(data, encoding="utf-8"):
        path = put(data, encoding)
        shape = import_files.detect(path)
        return list(Source(path, shape, import_columns.guess(path, shape)).rows())

    return read


def problem_of(path, **said):
    with pytest.raises(FileProblem) as caught:
        shape = import_files.detect(path, **said)
        with import_files.reading(path, shape) as reader:
            list(reader)
    return str(caught.value)


# -- How a file is written ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found_with_a_mark_or_without(put, people, codec, found):
    text = "E-mail;Prénom\nada@example.org;Zoé d’Ardèche €\n"
    assert import_files.detect(put(text, codec)).encoding == found
    [row] = people(text, codec)
    assert (row.email, row.name) == ("ada@example.org", "Zoé d’Ardèche €")


def test_one_letter_at_the_end_of_a_large_file_decides(put):
    lines = "".join(f"reader{number}@example.org,x\n" for number in range(5000))
    assert import_files.detect(put(lines.encode() + "last@example.org,Zoé\n".encode("cp1252"))).encoding == "cp1252"
    assert import_files.detect(put(lines + "last@example.org,Zoé\n")).encoding == "utf-8"


def test_a_wrong_encoding_is_named_not_guessed_round(put):
    path = put("email\nzoé@example.org\n", "cp1252")
    assert problem_of(path, encoding="utf-8") == "The file is not in UTF-8: please choose another encoding."
    with translation.override("fr"):
        assert problem_of(path, encoding="utf-8").startswith("Le fichier n’est pas en UTF-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(put, delimiter):
    text = delimiter.join(["email", "name"]) + "\n" + delimiter.join(["ada@example.org", '"Lovelace, Ada; or so"'])
    assert import_files.detect(put(text)).delimiter == delimiter


def test_commas_in_names_do_not_make_a_delimiter(people):
    [row] = people("ada@example.org;Lovelace, Ada\n")
    assert row.email == "ada@example.org"


def test_excel_may_say_the_delimiter_itself(people):
    assert [row.email for row in people("sep=;\nemail;name\nada@example.org;Ada\n")] == ["ada@example.org"]


def test_a_single_column_needs_no_delimiter(people):
    assert [row.email for row in people("ada@example.org\r\n\r\nbea@example.org\r\n")] == [
        "ada@example.org",
        "bea@example.org",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_every_way_and_quoted_ones_go_on(put, end):
    path = put(f'email,name{end}ada@example.org,"Ada{end}Lovelace"{end}{end}bea@example.org,Bea')
    with import_files.reading(path, import_files.detect(path)) as reader:
        lines = list(reader)
    assert [line.cells[0] for line in lines] == ["email", "ada@example.org", "bea@example.org"]
    assert [line.number for line in lines] == [1, 2, 5]


def test_excel_sheets_are_read_with_their_dates_numbers_and_gaps(people):
    table = [["E-mail", "Nom", "Date d’inscription", "Tags"], ["ada@example.org", 7.0, datetime(2020, 5, 6, 7), None]]
    [row] = people(samples.xlsx(*table, [None, None], [None, "", " "]))
    assert (row.email, row.name, row.number) == ("ada@example.org", "7", 2)
    assert row.asked_at == datetime(2020, 5, 6, 5, tzinfo=UTC)


# -- What is no file of people -----------------------------------------------------------------------------------------
NEITHER = ("This is neither CSV nor XLSX.", "Ce fichier n’est ni un CSV ni un XLSX.")


def _archive(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return data.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00\x01\x02 stream",
        b"PK\x03\x04 broken",
        _archive(hello_xml="<a/>"),
        _archive(xl__workbook_xml="<not/><a workbook/>"),
        bytes(1000),
    ],
    ids=["picture", "pdf", "broken archive", "other archive", "broken workbook", "zeros"],
)
def test_a_binary_file_is_refused_in_both_languages(put, data):
    path = put(data)
    for language, message in zip(("en", "fr"), NEITHER, strict=True):
        with translation.override(language):
            assert problem_of(path) == message


def test_old_excel_files_and_empty_ones_say_what_they_are(put):
    assert "old kind (.xls)" in problem_of(put(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 more"))
    assert problem_of(put(b" \n")) == "The file is empty."


def test_a_quotation_that_is_never_closed_says_where_it_began(put):
    path = put('email,name\nada@example.org,Ada\nbea@example.org,"Bea\ncleo@example.org,Cleo\n')
    assert problem_of(path) == "The quotation mark opened in line 3 is never closed."


def test_a_row_that_swallows_others_is_told_of(people):
    text = 'email,name\nada@example.org,"Ada\nbea@example.org,Bea\ncleo@example.org,"Cleo\ndora@example.org,Dora\n'
    first, last = people(text)
    assert "hold the rows below it" in first.problem
    assert (last.email, last.problem) == ("dora@example.org", "")


def test_a_workbook_that_unpacks_to_far_more_is_refused_unread(put):
    bomb = _archive(xl__workbook_xml="<workbook/>", xl__worksheets__sheet1_xml="<row/>" * 2_000_000)
    assert len(bomb) < 100_000
    assert "Unpacked, this Excel file is too large" in problem_of(put(bomb))


def test_rows_beyond_what_excel_can_have_end_the_reading(put, monkeypatch):
    monkeypatch.setattr(import_files, "MOST_ROWS_XLSX", 3)
    assert "more rows than Excel" in problem_of(put(samples.xlsx(*([["ada@example.org"]] * 4))))


def test_200_megabytes_are_looked_at_without_being_kept(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    tracemalloc.start()
    assert problem_of(path) == NEITHER[0]
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows(put):
    def peak(rows):
        path = put("email,name\n" + f"{'a' * 50}@example.org,{'b' * 500}\n" * rows)
        shape = import_files.detect(path)
        tracemalloc.start()
        with import_files.reading(path, shape) as reader:
            assert sum(1 for _line in reader) == rows + 1
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(8000) < 1.2 * peak(800) + 100_000


def test_a_line_without_end_is_refused(put):
    assert "too long to be a row" in problem_of(put("a" * (import_files.LONGEST_LINE + 1)))


def test_a_cell_without_end_is_refused_with_its_row_only(people):
    first, second = people(f"email,name\nada@example.org,{'a' * 20_000}\nbea@example.org,Bea\n")
    assert first.problem == "A cell of this row is too long."
    assert second.problem == ""


def test_letters_that_the_encoding_does_not_have_keep_the_row_out(people):
    first, second = people(b"ada@example.org,Zo\x81\nbea@example.org,Zo\xe9\n")
    assert first.problem == "This row has letters that this encoding does not have."
    assert second.problem == ""


def test_zeros_and_other_control_characters_in_cells_do_not_reach_the_database(put):
    line = import_files._line(1, ["a\x00da", "\x07"])
    assert line.cells == ("ada", "")


# -- Columns -----------------------------------------------------------------------------------------------------------
def test_mailchimp(people):
    ada, bea = people(samples.MAILCHIMP)
    assert (ada.email, ada.name, ada.left, ada.tags) == ("ada@example.org", "Ada Lovelace", "", ())
    assert (bea.name, bea.tags, bea.number) == ("Bea Martin, dite B.", ("Press", "VIP list"), 3)
    assert bea.asked_at == datetime(2019, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert bea.confirmed_at == datetime(2019, 5, 6, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", [samples.MAILCHIMP_UNSUBSCRIBED, samples.MAILCHIMP_CLEANED])
def test_mailchimps_files_of_those_who_left(people, text):
    [row] = people(text)
    assert row.left == "2020-01-02 03:04:05"


def test_brevo(people):
    ada, bea, cleo = people(samples.BREVO)
    assert (ada.email, ada.name, ada.language, ada.left) == ("Ada@Example.org", "Ada Lovelace", "fr", "")
    assert (bea.language, bea.left) == ("en", "true")
    assert (cleo.name, cleo.language, cleo.left) == ("Cléo Dupré", "all", "")


def test_mailpoet(people):
    ada, bea, cleo, dora = people(samples.MAILPOET)
    assert (ada.left, ada.unconfirmed, ada.problem) == ("", "", "")
    assert ada.confirmed_at == datetime(2022, 3, 4, 4, 7, tzinfo=UTC)
    assert (bea.unconfirmed, cleo.left, dora.left) == ("unconfirmed", "bounced", "unsubscribed")


def test_mailpoet_in_french(people):
    ada, bea, cleo = people(samples.MAILPOET_FRENCH)
    assert (ada.name, ada.left, ada.unconfirmed) == ("Ada Lovelace", "", "")
    assert (bea.left, cleo.unconfirmed) == ("Désabonné", "Non confirmé")


def test_without_headings_the_column_with_addresses_is_taken(people):
    assert [row.email for row in people("Ada,ada@example.org\nBea,bea@example.org\n")] == [
        "ada@example.org",
        "bea@example.org",
    ]


def test_unknown_headings_do_not_hide_the_addresses(people):
    assert [row.email for row in people("Wer,Wo\nAda,ada@example.org\n")] == ["ada@example.org"]


def test_a_missing_column_is_told_of_in_both_languages(put):
    path = put("name,town\nAda,London\n")
    columns = import_columns.guess(path, Shape("utf-8", ","))
    assert columns.problem() == "We have found no column with e-mail addresses. Please say which it is."
    with translation.override("fr"):
        assert columns.problem() == (
            "Nous n’avons trouvé aucune colonne d’adresses électroniques. Veuillez indiquer laquelle c’est."
        )


def test_two_columns_cannot_be_the_address():
    assert "Two columns" in Columns(("a", "b"), (Meaning.EMAIL, Meaning.EMAIL)).problem()
    assert Columns(("a", "b", "c"), (Meaning.EMAIL, Meaning.STATUS, Meaning.STATUS)).problem() == ""


def test_a_row_with_more_cells_than_headings_has_shifted(people):
    [row] = people("email,name,outlet\nada@example.org,Lovelace, Ada,The Post\n")
    assert "more cells than the first" in row.problem
    [row] = people("email,name\nada@example.org,Ada,,\n")
    assert row.problem == ""


def test_nom_alone_is_the_whole_name(people):
    [row] = people("Nom;Courriel;Média\nAda Lovelace;ada@example.org;Le Soir\n")
    assert (row.name, row.outlet) == ("Ada Lovelace", "Le Soir")


def test_a_name_may_stand_with_the_address(people):
    [row] = people('email\n"Lovelace, Ada <ada@example.org>"\n')
    assert (row.email, row.name) == ("ada@example.org", "Lovelace, Ada")


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("fr_FR", "fr"),
        ("fr-BE", "fr"),
        ("French", "fr"),
        ("Français", "fr"),
        ("francais", "fr"),
        ("Anglais", "en"),
        ("english", "en"),
        ("all", "all"),
        ("both", "all"),
        ("les deux", "all"),
        ("EN + FR", "all"),
        ("fr, en", "all"),
        ("Deutsch", ""),
        ("frog", ""),
    ],
)
def test_languages_in_all_words_for_them(word, code):
    assert import_columns.language_in(word) == code


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2019-05-06 07:08:09", datetime(2019, 5, 6, 5, 8, 9, tzinfo=UTC)),
        ("2019-05-06T07:08:09Z", datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("06/05/2019", datetime(2019, 5, 5, 22, tzinfo=UTC)),
        ("06/05/2019 07:08", datetime(2019, 5, 6, 5, 8, tzinfo=UTC)),
        ("2919-05-06", None),
        ("1919-05-06", None),
        ("0000-00-00 00:00:00", None),
        ("2019-02-31", None),
        ("yesterday", None),
    ],
)
def test_times_that_cannot_be_are_no_times(people, cell, time):
    [row] = people(f"email,OPTIN_TIME\nada@example.org,{cell}\n")
    assert row.asked_at == time
    assert row.notes == (() if time else (f"date not understood: “{cell}”",))


def test_a_status_that_nobody_knows_keeps_the_row_out(people):
    [row] = people("email,status\nada@example.org,Gold\n")
    assert row.problem == "We do not know the status “Gold”."


def test_tags_are_split_and_told_apart_whatever_their_case():
    assert import_columns.split_tags(["Press; VIP", '"Water, rivers",press']) == ["Press", "VIP", "Water, rivers"]


def test_what_does_not_fit_keeps_the_row_out(people):
    [row] = people(f"email,name\nada@example.org,{'a' * 121}\n")
    assert row.problem == "A name may have 120 characters at most."
    [row] = people(f"email,tags\nada@example.org,{'a' * 101}\n")
    assert "too many tags, or too long ones" in row.problem
