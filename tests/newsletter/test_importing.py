"""What becomes of the rows of a file of subscribers, and what is written."""

import io
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from email_validator import EmailNotValidError, validate_email
from wagtail.models import ModelLogEntry

from newsletter import import_columns, import_files, importing, suppression
from newsletter.addresses import normalise
from newsletter.import_columns import Source
from newsletter.import_files import FileProblem
from newsletter.importing import Statement, Verdict
from newsletter.models import (
    Consent,
    NewsletterPage,
    Subscriber,
    SubscriberImport,
    SubscriberTag,
    Subscription,
    Suppression,
    TaggedSubscriber,
)
from newsletter.models.subscriber import LegalBasis, version_of
from tests.newsletter import import_samples as samples

pytestmark = pytest.mark.django_db

PROOF = "Paper lists of the 2025 conference, in the archive"


@pytest.fixture
def source(tmp_path):
    """A file as it is found to be."""

    def make(data):
        path = tmp_path / "people.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        shape = import_files.detect(path)
        return Source(path, shape, import_columns.guess(path, shape))

    return make


@pytest.fixture
def statement(site):
    """What is stated for a file, in English unless said otherwise."""

    def make(choice="en", proof=PROOF, tags=(), newsletter=site.en.newsletter):
        return Statement(newsletter.translation_key, choice, proof, tuple(tags))

    return make


@pytest.fixture
def run(source, statement):
    """Import a file and tell what became of its rows: `run(text) == {"ada@example.org": "new"}`."""

    def make(data, do=importing.write, **said):
        found = [finding for chunk in do(source(data), statement(**said)) for finding in chunk]
        make.findings = found
        return {finding.email: str(finding.verdict) for finding in found}

    return make


def everything():
    """All that an import could have written."""
    models = (Subscriber, Subscription, Consent, SubscriberTag, TaggedSubscriber)
    return [list(model.objects.order_by("pk").values()) for model in models]


# -- New ---------------------------------------------------------------------------------------------------------------
def test_looking_writes_nothing(run):
    before = everything()
    assert run("email,tags\nada@example.org,Press\n", do=importing.examine) == {"ada@example.org": "new"}
    assert everything() == before


def test_a_new_person_is_active_with_the_proof_that_was_stated(run, site):
    before = timezone.now()
    assert run("email,name,outlet,tags\nada@example.org,Ada,The Post,Press\n", tags=["2025"])
    subscription = Subscription.objects.get()
    subscriber, consent = subscription.subscriber, subscription.consents.get()
    assert (subscriber.email, subscriber.name, subscriber.outlet) == ("ada@example.org", "Ada", "The Post")
    assert sorted(subscriber.tags.names()) == ["2025", "Press"]
    assert (subscription.state, subscription.language, subscription.interface_language) == ("active", "en", "en")
    assert subscription.newsletter_key == site.en.newsletter.translation_key
    assert (consent.method, consent.proof, consent.wording) == (Consent.Method.IMPORT, PROOF, PROOF)
    assert consent.wording_hash == version_of(PROOF)
    assert (consent.purpose, consent.legal_basis, consent.choice) == ("Newsletter", LegalBasis.CONSENT, "en")
    assert before <= consent.requested_at == consent.confirmed_at <= timezone.now()
    assert Consent.objects.in_force().count() == 1


def test_the_times_of_the_row_are_those_of_the_consent(run):
    run(samples.MAILCHIMP)
    consent = Consent.objects.get(subscription__subscriber__email="bea@example.org")
    assert consent.requested_at == datetime(2019, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert consent.confirmed_at == datetime(2019, 5, 6, 5, 10, tzinfo=UTC)


def test_a_confirmation_before_the_request_is_both(run):
    run("email,OPTIN_TIME,CONFIRM_TIME\nada@example.org,2020-02-02,2019-01-01\n")
    consent = Consent.objects.get()
    assert consent.requested_at == consent.confirmed_at == datetime(2018, 12, 31, 23, tzinfo=UTC)


def test_the_language_of_the_row_goes_before_that_of_the_file(run, site):
    run("email,language\nada@example.org,Français\nbea@example.org,\ncleo@example.org,les deux\n", choice="en")
    found = Subscription.objects.order_by("pk").values_list("language", "interface_language")
    assert list(found) == [("fr", "fr"), ("en", "en"), ("all", "en")]
    site.fr.newsletter.refresh_from_db()
    purposes = Consent.objects.order_by("pk").values_list("purpose", flat=True)
    assert list(purposes) == [site.fr.newsletter.title, "Newsletter", "Newsletter"]


def test_a_newsletter_by_invitation_has_its_own_legal_basis(run, site):
    NewsletterPage.objects.update(by_invitation=True, legal_basis=LegalBasis.LEGITIMATE_INTEREST)
    run("ada@example.org\n")
    assert Consent.objects.get().legal_basis == LegalBasis.LEGITIMATE_INTEREST


def test_who_has_another_newsletter_keeps_it(run, site, subscribe):
    other = subscribe("ada@example.org")
    Subscription.objects.filter(pk=other.pk).update(newsletter_key="00000000-0000-0000-0000-000000000001")
    assert run("ada@example.org\n") == {"ada@example.org": "new"}
    assert Subscriber.objects.count() == 1
    assert Subscription.objects.count() == 2


def test_a_newsletter_that_is_gone_takes_nobody(run, site):
    NewsletterPage.objects.update(live=False)
    with pytest.raises(FileProblem, match="no longer there"):
        run("ada@example.org\n")


# -- A second time -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("data", [samples.MAILCHIMP, samples.BREVO, samples.MAILPOET], ids=["mc", "brevo", "mailpoet"])
def test_a_second_run_changes_nothing(run, data):
    first = run(data, tags=["2025"])
    before = everything()
    second = run(data, tags=["2025"])
    assert everything() == before
    assert "new" in first.values()
    assert not {"new", "updated"} & set(second.values())


def test_what_the_file_knows_better_is_updated_and_said(run, subscribe):
    subscribe("ada@example.org")
    assert run("email,name,outlet,tags\nada@example.org,Ada,The Post,Press\n") == {"ada@example.org": "updated"}
    assert run.findings[0].detail == "name: “” → “Ada”; outlet: “” → “The Post”; tags: Press"
    assert run("email,name,outlet\nada@example.org,Ada L.,\n") == {"ada@example.org": "updated"}
    subscriber = Subscriber.objects.get()
    assert (subscriber.name, subscriber.outlet, list(subscriber.tags.names())) == ("Ada L.", "The Post", ["Press"])
    assert run("email,name,outlet,tags\nada@example.org,,,PRESS\n") == {"ada@example.org": "unchanged"}
    assert Consent.objects.count() == 1


def test_a_language_is_updated_only_where_the_person_did_not_choose(run, subscribe):
    mine, theirs = subscribe("ada@example.org", "en"), subscribe("bea@example.org", "en")
    Subscriber.objects.filter(pk=theirs.subscriber_id).update(seen_at=timezone.now())
    text = "email,language\nada@example.org,fr\nbea@example.org,fr\n"
    assert run(text) == {"ada@example.org": "updated", "bea@example.org": "unchanged"}
    assert run.findings[0].detail == "language: French"
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.language, theirs.language) == ("fr", "en")


def test_a_pause_goes_on(run, subscribe):
    paused = subscribe("ada@example.org", state="paused", paused_until=timezone.localdate() + timedelta(days=9))
    assert run("email,name\nada@example.org,Ada\n") == {"ada@example.org": "updated"}
    paused.refresh_from_db()
    assert paused.state == "paused"


def test_a_run_that_broke_off_is_finished_by_the_next(source, statement, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 2)
    file = source("".join(f"reader{number}@example.org\n" for number in range(5)))
    chunks = importing.write(file, statement())
    next(chunks)
    chunks.close()
    assert Subscription.objects.count() == 2
    verdicts = [str(finding.verdict) for chunk in importing.write(file, statement()) for finding in chunk]
    assert verdicts == ["unchanged"] * 2 + ["new"] * 3
    assert Subscription.objects.count() == Consent.objects.count() == 5


# -- Nobody is revived -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "verdict"),
    [("unsubscribed", "unsubscribed"), ("expired", "unsubscribed"), ("pending", "waiting")],
)
def test_who_left_or_waits_stays_so(run, subscribe, state, verdict):
    subscribe("ada@example.org", state=state)
    before = everything()
    assert run("email,name,tags\nada@example.org,Ada,Press\n") == {"ada@example.org": verdict}
    assert everything() == before


def test_who_is_suppressed_stays_so_and_is_not_even_stored(run):
    suppression.suppress("ada@example.org", Suppression.Reason.ERASED)
    assert run("Ada@Example.org\nbea@example.org\n") == {"ada@example.org": "suppressed", "bea@example.org": "new"}
    assert Subscriber.objects.get().email == "bea@example.org"
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("data", [samples.MAILCHIMP_UNSUBSCRIBED, samples.MAILCHIMP_CLEANED], ids=["left", "cleaned"])
def test_who_left_the_other_service_does_not_come_along(run, data):
    assert set(run(data).values()) == {"left"}
    assert not Subscriber.objects.exists()


def test_states_of_the_other_services(run):
    assert run(samples.MAILPOET) == {
        "ada@example.org": "new",
        "bea@example.org": "unconfirmed",
        "cleo@example.org": "left",
        "dora@example.org": "left",
    }
    assert run(samples.BREVO) == {"ada@example.org": "updated", "bea@example.org": "left", "cleo@example.org": "new"}


def test_one_row_that_says_left_counts_wherever_it_stands(run):
    text = "email,status\nada@example.org,subscribed\nAda@Example.org,unsubscribed\n"
    run(text)
    assert [(found.verdict, found.detail) for found in run.findings] == [
        (Verdict.LEFT, "line 3 says: unsubscribed"),
        (Verdict.REPEATED, "see line 2"),
    ]
    assert not Subscriber.objects.exists()


# -- Addresses ---------------------------------------------------------------------------------------------------------
def test_one_address_in_several_forms_is_one_person(run):
    run("email\nAda@Example.org\nada@example.org.\nADA@EXAMPLE.ORG\n")
    assert [str(found.verdict) for found in run.findings] == ["new", "repeated", "repeated"]
    assert Subscriber.objects.get().email == "ada@example.org"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Ada.Lovelace@Example.ORG", "ada.lovelace@example.org"),
        ("ada+news@example.org", "ada+news@example.org"),
        ("ada@example.org.", "ada@example.org"),
        ("ada@xn--strae-oqa.example.org", "ada@xn--strae-oqa.example.org"),
        ("ada@straße.example.org", "ada@xn--strae-oqa.example.org"),
        ("<ada@example.org>", "ada@example.org"),
        ("mailto:ada@example.org", "ada@example.org"),
    ],
)
def test_addresses_are_stored_as_everywhere(run, written, stored):
    assert run(f"email,name\n{written},Ada\n") == {stored: "new"}
    assert Subscriber.objects.get().email == stored


@pytest.mark.parametrize(
    ("language", "messages"),
    [
        ("en", ["There is no address.", "This does not look like an e-mail address"]),
        ("fr", ["Il n’y a pas d’adresse.", "Ceci ne ressemble pas à une adresse électronique"]),
    ],
)
def test_what_is_no_address_is_said_in_the_readers_language_and_the_others_come_in(run, language, messages):
    with translation.override(language):
        found = run("email,name\n,Nobody\nada@,Ada\nzoé@example.org,Zoé\nbea@example.org,Bea\n")
    assert list(found.values()) == ["invalid", "invalid", "invalid", "new"]
    for finding, message in zip(run.findings, messages, strict=False):
        assert finding.detail.startswith(message)
    assert Subscriber.objects.get().email == "bea@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org",
        "a" * 64 + "@example.org",
        "a" * 65 + "@example.org",
        "ada..l@example.org",
        ".ada@example.org",
        "a@" + ".".join(["d" * 60] * 4) + ".org",
        "ada@localhost",
        "ada@[127.0.0.1]",
        "ada@-x.org",
        "a@b@example.org",
        '"a b"@example.org',
        "a'b!#$%&*+/=?^_`{|}~-@example.org",
        "@example.org",
        "ada@",
    ],
)
def test_the_quick_look_at_an_address_sees_what_the_thorough_one_sees(settings, address):
    settings.DISPOSABLE_DOMAINS = []
    try:
        valid = validate_email(address, check_deliverability=False, allow_smtputf8=False)
        thorough = f"{valid.local_part}@{valid.ascii_domain}".lower()
    except EmailNotValidError:
        thorough = None
    try:
        quick = normalise(address)
    except ValidationError:
        quick = None
    assert quick == thorough


# -- Many rows ---------------------------------------------------------------------------------------------------------
def rows(count):
    return "email,name,tags\n" + "".join(f"reader{n}@example.org,Reader {n},Press\n" for n in range(count))


@pytest.mark.parametrize("do", [importing.examine, importing.write], ids=["looking", "writing"])
@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_as_many_queries_for_ten_rows_as_for_a_thousand(source, statement, do, known):
    def queries(count):
        Subscriber.objects.all().delete()
        SubscriberTag.objects.all().delete()
        file = source(rows(count))
        if known:
            list(importing.write(source("email\n" + rows(count).partition("\n")[2]), statement()))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(next(do(file, statement()))) == count
        found = [query["sql"] for query in captured.captured_queries]
        # SQLite takes so many values at a time; there an INSERT or UPDATE comes in as many parts as that makes.
        return [sql for sql in found if connection.vendor != "sqlite" or not sql.startswith(("INSERT", "UPDATE"))]

    assert len(queries(10)) == len(queries(1000))


def test_a_chunk_that_meets_a_sign_up_is_looked_at_again(run, monkeypatch):
    real, times = importing._Chunk.write, []

    def collides_once(chunk):
        real(chunk)
        times.append(1)
        if len(times) == 1:
            raise IntegrityError

    monkeypatch.setattr(importing._Chunk, "write", collides_once)
    assert run("email,tags\nada@example.org,Press\n") == {"ada@example.org": "new"}
    assert list(Subscriber.objects.get().tags.names()) == ["Press"]


def test_a_column_of_anything_but_tags_stops_the_import(run, monkeypatch):
    monkeypatch.setattr(importing, "MOST_NEW_TAGS", 2)
    with pytest.raises(FileProblem, match="more than 2 tags"):
        run("email,tags\nada@example.org,one\nbea@example.org,two\ncleo@example.org,three\n")
    assert not Subscriber.objects.exists()


# -- The command -------------------------------------------------------------------------------------------------------
@pytest.fixture
def command(tmp_path, site):
    """Run the command on a file and return what it prints."""

    def make(data, *options, newsletter=None):
        path = tmp_path / "people.csv"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        out = io.StringIO()
        key = newsletter or site.en.newsletter.slug
        said = ["--newsletter", key, "--language", "fr", "--proof", PROOF]
        call_command("import_subscribers", str(path), *said, *options, stdout=out, stderr=io.StringIO())
        return out.getvalue()

    return make


def test_the_command_shows_what_would_be_and_writes_only_when_told(command):
    text = "email\nada@example.org\nno address\n"
    assert command(text) == ("        1  new\n        1  invalid\nNothing was imported. Add --yes to import it.\n")
    assert not Subscriber.objects.exists()
    assert command(text, "--yes", "--tag", "Press").endswith("Imported.\n")
    assert Subscription.objects.get().language == "fr"
    assert list(Subscriber.objects.get().tags.names()) == ["Press"]
    assert "nothing to import" in command(text, "--yes", "--tag", "Press")


def test_the_command_asks_whoever_sits_before_it(command, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert "Nothing was imported" in command("ada@example.org\n")
    monkeypatch.setattr("builtins.input", lambda question: "y")
    assert "Nothing was imported" in command("ada@example.org\n", "--dry-run")
    assert "Imported." in command("ada@example.org\n")


def test_what_the_command_imported_is_on_record(command, site):
    command("ada@example.org\n", "--yes", newsletter=str(site.en.newsletter.translation_key))
    record = SubscriberImport.objects.get()
    assert (record.state, record.counts, record.proof) == ("imported", {"new": 1}, PROOF)
    entry = ModelLogEntry.objects.get(action="newsletter.import")
    assert entry.data == {"file": "people.csv", "proof": PROOF, "counts": {"new": 1}}


def test_no_address_stays_on_record_not_even_that_of_a_first_row_without_headings(command):
    command("ada@example.org,Ada\n", "--yes")
    assert "ada" not in f"{SubscriberImport.objects.values().get()}".lower()


@pytest.mark.parametrize("said", [["Wer=name", "wo=email"], ["1=name", "2=email"]], ids=["headings", "numbers"])
def test_the_command_can_be_told_what_columns_mean(command, said):
    options = [f"--column={words}" for words in said]
    assert "Imported." in command("Wer,Wo,Was\nAda,ada@example.org,no address\n", "--yes", *options)
    assert Subscriber.objects.values_list("email", "name").get() == ("ada@example.org", "Ada")


def test_the_command_can_be_told_to_leave_a_column_out(command):
    command("email,name\nada@example.org,Ada\n", "--yes", "--column=name=")
    assert Subscriber.objects.get().name == ""


def test_the_command_writes_the_verdicts_where_it_is_told(command, tmp_path):
    command("ada@example.org\n", "--verdicts", str(tmp_path / "out.csv"))
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["Line,E-mail address,Verdict,Details", "1,ada@example.org,new,"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--newsletter", "nowhere"], "There is no newsletter nowhere."),
        (["--proof", " "], "between 1 and 500"),
        (["--encoding", "utf-16"], "neither CSV nor XLSX|no column with e-mail"),
        (["--column", "nowhere=email"], "There is no column “nowhere”. There are: ada@example.org"),
        (["--column", "3=email"], "There is no column “3”"),
        (["--column", "1=shoe size"], "No column can mean “shoe size”"),
        (["--column", "1="], "no column with e-mail"),
    ],
)
def test_the_command_says_what_is_wrong(command, options, message):
    with pytest.raises(CommandError, match=message):
        command("ada@example.org\n", *options)


def test_the_command_names_a_file_that_is_not_there(site):
    with pytest.raises(CommandError, match="There is no file"):
        call_command(
            "import_subscribers", "nowhere.csv", newsletter=site.en.newsletter.slug, language="fr", proof=PROOF
        )


def test_the_command_says_which_sheet_it_reads_and_reads_another_when_told(command):
    data = samples.xlsx(["email"], ["ada@example.org"])
    assert command(data).startswith("The sheet “Sheet” is read. --sheet chooses another: “Notes”.\n        1  new\n")
    command(data, "--yes", "--sheet", "Notes")
    assert Subscriber.objects.get().email == "nobody@example.org"
    with pytest.raises(CommandError, match="This file has no sheet “Nowhere”"):
        command(data, "--sheet", "Nowhere")
