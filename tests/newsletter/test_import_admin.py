"""Importing subscribers in the admin: upload, look, adjust, confirm, follow, download."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from newsletter import import_runs, importing
from newsletter.import_forms import UploadForm, newsletter_choices
from newsletter.models import Consent, NewsletterPage, Subscriber, SubscriberImport, Subscription
from newsroom.management.commands.set_up_site import EDITORS, SENDERS
from newsroom.tables import defused
from tests.newsletter import import_samples as samples

pytestmark = pytest.mark.django_db

ADD = "/admin/newsletter_imports/add/"
PROOF = "Paper lists of the 2025 conference"
TEXT = "email,name\nada@example.org,Ada\n=cmd@example.org,Bad\nno address,Nobody\n"


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    """Files are put away where this test looks."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def importer(login):
    """Somebody who may import, and is no administrator."""

    def make(language="en"):
        group, _new = Group.objects.get_or_create(name="Importers")
        wanted = Permission.objects.filter(codename__in=["import_subscribers", "access_admin"])
        group.permissions.set(wanted)
        return login("Importers", language=language)

    return make


@pytest.fixture
def upload(site):
    """Upload a file, and come to the page that shows it."""

    def make(client, data=TEXT, name="people.csv", **fields):
        content = data if isinstance(data, bytes) else data.encode()
        said = {
            "newsletter": str(site.en.newsletter.translation_key),
            "language": "en",
            "proof": PROOF,
            "file": SimpleUploadedFile(name, content),
            **fields,
        }
        return client.post(ADD, said, follow=True)

    return make


def main_of(response):
    html = response.content.decode().partition("<main")[2].partition("</main")[0]
    return re.sub(r"[ \n]+", " ", re.sub(r"(?s)<script.*?</script>|<template.*?</template>", "", html))


def page_of(run):
    return reverse("newsletter_imports:show", args=[run.pk])


def verdicts(client, run):
    response = client.get(reverse("newsletter_imports:verdicts", args=[run.pk]))
    return response, b"".join(response.streaming_content).decode("utf-8-sig")


# -- The way through ---------------------------------------------------------------------------------------------------
def test_what_would_happen_is_shown_and_nothing_is_written(importer, upload):
    html = main_of(upload(importer()))
    assert "Nothing is imported yet" in html
    for label in ("New", "Invalid", "<b>ada@example.org</b>", "This does not look like an e-mail address", PROOF):
        assert label in html
    assert "Import 2 rows" in html
    assert not Subscriber.objects.exists()


def test_the_button_imports_and_what_happened_stays_on_record(importer, upload, data_folder):
    client = importer()
    upload(client)
    run = SubscriberImport.objects.get()
    html = main_of(client.post(page_of(run), {"import": ""}, follow=True))
    assert "Imported by" in html
    assert "What became of the rows" in html
    assert set(Subscriber.objects.values_list("email", flat=True)) == {"ada@example.org", "=cmd@example.org"}
    assert Consent.objects.filter(proof=PROOF).count() == 2
    entry = ModelLogEntry.objects.get(action="newsletter.import")
    assert (entry.user.username, entry.data["counts"]) == ("Importers", {"new": 2, "invalid": 1})
    assert not import_runs.file_of(run).exists()
    assert "people.csv" in main_of(client.get(reverse("newsletter_imports:index")))


def test_a_second_press_or_a_second_upload_changes_nothing(importer, upload):
    client = importer()
    upload(client)
    run = SubscriberImport.objects.get()
    client.post(page_of(run), {"import": ""})
    assert "has been done already" in client.post(page_of(run), {"import": ""}, follow=True).content.decode()
    html = main_of(upload(client))
    assert "There is nothing to import." in html
    assert 'name="import"' not in html
    assert Subscriber.objects.count() == Subscription.objects.count() == Consent.objects.count() == 2


def test_who_leaves_between_looking_and_importing_stays_away(importer, upload, subscribe):
    client = importer()
    upload(client, "ada@example.org\nbea@example.org\n")
    run = SubscriberImport.objects.get()
    subscribe("ada@example.org", state="unsubscribed")
    client.post(page_of(run), {"import": ""})
    run.refresh_from_db()
    assert run.counts == {"unsubscribed": 1, "new": 1}


def test_all_verdicts_can_be_downloaded_and_harm_no_spreadsheet(importer, upload):
    client = importer()
    upload(client)
    response, text = verdicts(client, SubscriberImport.objects.get())
    assert 'filename="people-verdicts.csv"' in response.headers["Content-Disposition"]
    assert list(csv.reader(io.StringIO(text)))[:3] == [
        ["Line", "E-mail address", "Verdict", "Details"],
        ["2", "ada@example.org", "new", ""],
        ["3", "'=cmd@example.org", "new", ""],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_cells_that_spreadsheets_would_run_are_made_text(start):
    assert defused(f"{start}1") == f"'{start}1"
    assert defused("1=1") == "1=1"


def test_a_file_can_be_taken_away_again(importer, upload, data_folder):
    client = importer()
    upload(client)
    html = client.post(page_of(SubscriberImport.objects.get()), {"discard": ""}, follow=True).content.decode()
    assert "The file was removed" in html
    assert not SubscriberImport.objects.exists()
    assert not list(data_folder.iterdir())


# -- Adjusting ---------------------------------------------------------------------------------------------------------
def test_columns_can_be_said_and_the_file_is_read_again(importer, upload):
    client = importer()
    html = main_of(upload(client, "Wer;Wo\nAda;ada@example.org\n"))
    assert "How the file is read" in html
    run = SubscriberImport.objects.get()
    said = {"encoding": "utf-8", "delimiter": ";", "header": "on", "column_0": "name", "column_1": "email"}
    client.post(page_of(run), {"check": "", **said})
    client.post(page_of(run), {"import": ""})
    assert Subscriber.objects.get().name == "Ada"


def test_another_delimiter_makes_other_columns(importer, upload):
    client = importer()
    upload(client, "email;name\nada@example.org;Ada\n")
    run = SubscriberImport.objects.get()
    said = {"encoding": "utf-8", "delimiter": ",", "header": "on", "column_0": "email", "column_1": "name"}
    html = main_of(client.post(page_of(run), {"check": "", **said}, follow=True))
    run.refresh_from_db()
    assert run.columns["names"] == ["email;name"]
    assert "Invalid" in html


def test_two_columns_of_addresses_are_refused_with_what_is_wrong(importer, upload):
    client = importer()
    upload(client, "email,name\nada@example.org,Ada\n")
    said = {"encoding": "utf-8", "delimiter": ",", "header": "on", "column_0": "email", "column_1": "email"}
    html = main_of(client.post(page_of(SubscriberImport.objects.get()), {"check": "", **said}))
    assert "Two columns cannot both mean “e-mail address”." in html


def test_excel_needs_neither_encoding_nor_delimiter(importer, upload):
    client = importer()
    html = main_of(upload(client, samples.xlsx(["email", "nom"], ["ada@example.org", "Ada"]), "people.xlsx"))
    assert "Import 1 row" in html
    assert 'name="encoding"' not in html
    assert 'name="column_1"' in html


# -- What is wrong -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "language", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "en", "This is neither CSV nor XLSX."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "fr", "Ce fichier n’est ni un CSV ni un XLSX."),
        (b"name,town\nAda,London\n", "en", "We have found no column with e-mail addresses."),
        (b"name,town\nAda,London\n", "fr", "Nous n’avons trouvé aucune colonne d’adresses électroniques."),
        (b'email\n"ada@example.org\n', "en", "The quotation mark opened in line 2 is never closed."),
        (b'email\n"ada@example.org\n', "fr", "Le guillemet ouvert à la ligne 2 n’est jamais fermé."),
    ],
)
def test_a_file_that_cannot_be_read_says_why_in_the_users_language(importer, upload, data, language, message):
    html = main_of(upload(importer(language), data))
    assert message in html
    assert 'name="import"' not in html
    assert not Subscriber.objects.exists()


def test_a_file_without_its_address_column_can_be_mended(importer, upload):
    html = main_of(upload(importer(), "name,town\nAda,London\n"))
    assert 'name="column_1"' in html


def test_proof_and_file_are_asked_for(importer, upload):
    client = importer()
    html = main_of(upload(client, proof=" "))
    assert "This field is required." in html
    assert not SubscriberImport.objects.exists()
    html = main_of(upload(client, ""))
    assert "The file is empty." in html


def test_200_megabytes_are_refused_unread(site, tmp_path):
    class Unread(TemporaryUploadedFile):
        def read(self, *args):
            raise AssertionError("the file was read")

        chunks = open = read

    said = {"newsletter": str(site.en.newsletter.translation_key), "language": "en", "proof": PROOF}
    form = UploadForm(said, {"file": Unread("people.csv", "text/csv", 200 * 1024 * 1024, None)})
    assert not form.is_valid()
    assert form.errors["file"] == [
        "The file is larger than 50 megabytes. Split it, or have it imported on the command line."
    ]


def test_the_limit_is_a_setting_and_is_said_in_french(importer, upload, settings):
    settings.IMPORT_MAX_MEGABYTES = 1
    html = main_of(upload(importer("fr"), b"ada@example.org\n" * 70_000))
    assert "Le fichier dépasse 1 mégaoctet." in html
    assert not SubscriberImport.objects.exists()


def test_an_error_of_ours_is_said_and_the_import_can_go_on(importer, upload, monkeypatch):
    client = importer()
    upload(client)
    run = SubscriberImport.objects.get()

    def breaks(source, statement):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(importing, "write", breaks)
        client.post(page_of(run), {"import": ""})
    html = main_of(client.get(page_of(run)))
    assert "What was imported until then stays." in html
    assert "Go on" in html
    client.post(page_of(run), {"import": ""})
    assert Subscriber.objects.count() == 2


# -- While the queue works ---------------------------------------------------------------------------------------------
def test_the_page_shows_progress_and_how_to_ask_again(importer, upload):
    client = importer()
    upload(client)
    SubscriberImport.objects.update(state="importing", percent=42)
    html = client.get(page_of(SubscriberImport.objects.get())).content.decode()
    assert 'max="100" value="42"' in html
    assert "newsletter/import.js" in html
    assert "Show the present state" in html
    assert 'name="import"' not in html


def test_an_import_whose_worker_is_gone_is_taken_up_again(importer, upload):
    client = importer()
    upload(client)
    run = SubscriberImport.objects.get()
    SubscriberImport.objects.update(state="importing", touched_at=timezone.now())
    assert import_runs.take_up_again() == 0
    SubscriberImport.objects.update(touched_at=timezone.now() - timedelta(minutes=6))
    assert import_runs.take_up_again() == 1
    run.refresh_from_db()
    assert run.state == "imported"
    assert Subscriber.objects.count() == 2


def test_files_go_after_a_day_and_what_was_imported_stays_on_record(importer, upload, data_folder):
    client = importer()
    upload(client)
    done = SubscriberImport.objects.get()
    client.post(page_of(done), {"import": ""})
    upload(client, name="forgotten.csv")
    assert import_runs.forget_files() == 0
    SubscriberImport.objects.update(touched_at=timezone.now() - timedelta(hours=25))
    upload(client, name="fresh.csv")
    assert import_runs.forget_files() == 2
    assert set(SubscriberImport.objects.values_list("file_name", flat=True)) == {"people.csv", "fresh.csv"}
    assert len(list(data_folder.iterdir())) == 1
    assert client.get(reverse("newsletter_imports:verdicts", args=[done.pk])).status_code == 404
    html = main_of(client.get(page_of(done)))
    assert "ada@example.org" not in html
    assert "Download" not in html


def test_the_files_are_nobodys_but_the_sites(importer, upload, data_folder):
    upload(importer())
    run = SubscriberImport.objects.get()
    assert import_runs.file_of(run).stat().st_mode & 0o077 == 0
    assert import_runs.folder(run).stat().st_mode & 0o077 == 0
    assert import_runs.file_of(run).parent.parent == data_folder


# -- Who may -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("group", [EDITORS, SENDERS])
def test_looking_at_subscribers_is_not_importing_them(login, importer, upload, group):
    upload(importer())
    run = SubscriberImport.objects.get()
    client = login(group)
    for address in (reverse("newsletter_imports:index"), ADD, page_of(run)):
        assert client.get(address).status_code == 302
    assert client.get(reverse("newsletter_imports:verdicts", args=[run.pk])).status_code == 302
    assert client.post(page_of(run), {"import": ""}).status_code == 302
    assert upload(client).redirect_chain
    assert SubscriberImport.objects.count() == 1
    assert not Subscriber.objects.exists()
    assert "newsletter_imports" not in client.get("/admin/").content.decode()


def test_the_way_there_stands_in_the_menu_and_above_the_list(importer):
    client = importer()
    assert reverse("newsletter_imports:index") in client.get("/admin/").content.decode()
    html = client.get(reverse("newsletter_imports:index")).content.decode()
    assert ADD in html
    assert "Import subscribers" in html


def test_every_newsletter_is_offered_also_those_by_invitation(site):
    NewsletterPage.objects.update(by_invitation=True)
    assert newsletter_choices() == [(str(site.en.newsletter.translation_key), "Newsletter")]


def test_everything_is_in_french(importer, upload):
    client = importer("fr")
    html = main_of(upload(client, "email,nom\nada@example.org,Ada\nada@example.org,\n"))
    for words in (
        "Rien n’est encore importé\u00a0: voici ce que deviendraient les lignes.",
        "Importer 1 ligne",
        "Répété dans le fichier",
        "voir la ligne 2",
        "Preuve du consentement",
    ):
        assert words in html
    _response, text = verdicts(client, SubscriberImport.objects.get())
    assert text.splitlines()[0] == "Ligne;Adresse électronique;Verdict;Détails"
    assert text.splitlines()[1] == "2;ada@example.org;nouveau;"
