"""PO files: what stands in them, and what is taken over from them."""

from datetime import timedelta

import polib
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import GroupPagePermission, PageLogEntry
from wagtail.rich_text import RichText
from wagtail_localize.models import StringTranslation

from articles.models import Author
from newsroom.localization import importing, po, translating
from newsroom.localization.importing import Verdict
from newsroom.management.commands.set_up_site import translators_of
from newsroom.models import User
from tests.conftest import article_maker
from tests.localization.conftest import source_of, task_by_key
from tests.localization.texts import stored, texts_of

pytestmark = pytest.mark.django_db

MACHINE = StringTranslation.TRANSLATION_TYPE_MACHINE
BODY = '<p>Read <a href="https://example.org">the report</a>.</p><p>It is short.</p>'


@pytest.fixture(scope="module")
def kept_task(kept):
    """An article that was sent into French."""
    with kept() as site:
        article = article_maker(site)("Wells", standfirst="The well is open.", body=[("paragraph", RichText(BODY))])
        yield translating.send_for_translation(article, site.locales["fr"]).pk


@pytest.fixture
def task(site, kept_task):
    return task_by_key(kept_task)


@pytest.fixture
def article(task):
    return source_of(task)


@pytest.fixture
def examine(admin):
    """Look at one file, as the administrator."""

    def look(catalogue, **options):
        data = catalogue if isinstance(catalogue, bytes) else str(catalogue).encode()
        return importing.examine([("fr.po", data)], options.pop("user", admin), **options)[0]

    return look


def entry(catalogue, msgid):
    return next(entry for entry in catalogue if entry.msgid == msgid)


def filled(task, **texts):
    """The file of a translation, with some texts translated, by their source."""
    catalogue = po.export(task)
    for msgid, text in (texts or {"Wells": "Puits"}).items():
        entry(catalogue, msgid).msgstr = text
    return catalogue


def verdicts(report):
    return [finding.verdict for finding in report.told]


class TestOut:
    """What a translator gets."""

    def test_the_file_says_what_it_belongs_to(self, task):
        header = po.export(task).metadata
        assert header[po.TRANSLATION_HEADER] == str(task.uuid)
        assert (header["Language"], header["X-Source-Language"]) == ("fr", "en")

    def test_texts_stand_in_the_order_of_the_page_under_the_names_of_their_fields(self, task):
        entries = [(entry.msgid, entry.comment) for entry in po.export(task)]
        assert entries[0] == ("Wells", "Title")
        assert [msgid for msgid, _comment in entries][-2:] == ['Read <a id="a1">the report</a>.', "It is short."]

    def test_a_text_that_stands_twice_in_one_place_is_translated_once(self, site, make_article):
        twins = make_article("Twins", text="<p>Yes.</p><p>Yes.</p>")
        task = translating.send_for_translation(twins, site.locales["fr"])
        assert [entry.msgid for entry in po.export(task)].count("Yes.") == 1

    def test_what_a_machine_wrote_is_fuzzy(self, task):
        translating.fill(task, {"title": "Puits"})
        stored(task).update(translation_type=MACHINE)
        assert entry(po.export(task), "Wells").fuzzy

    def test_what_was_made_for_other_words_is_fuzzy_beside_those_words(self, article, task):
        translating.fill(task, {"standfirst": "Le puits est ouvert."})
        article.standfirst = "The well is open again."
        article.save_revision().publish()
        translating.update_source(article)
        found = entry(po.export(task), "The well is open again.")
        assert (found.msgstr, found.previous_msgid) == ("Le puits est ouvert.", "The well is open.")
        assert found.fuzzy

    def test_it_comes_back_as_it_left(self, task, examine):
        text = 'Un\u00a0puits\u202f: «\u00a0ouvert\u00a0» – \\n "d’eau" &amp; ' + "très " * 60 + "long"
        translating.fill(task, {"standfirst": text[:200]})
        report = examine(po.export(task))
        assert not report.changes and not report.told

    def test_it_costs_the_same_however_many_texts(self, site, make_article, django_assert_num_queries):
        paragraphs = "".join(f"<p>Text {number}.</p>" for number in range(30))
        task = translating.send_for_translation(make_article("Long", text=paragraphs), site.locales["fr"])
        task.source.specific_content_type, task.source.locale, task.target_locale  # noqa: B018
        with django_assert_num_queries(2):
            assert len(po.export(task)) > 30


class TestTakingOver:
    """What a file changes."""

    def test_looking_changes_nothing(self, task, examine):
        assert verdicts(examine(filled(task, Wells="Puits"))) == [Verdict.NEW]
        assert not texts_of(task)

    def test_part_of_a_file_is_enough(self, task, examine, admin):
        catalogue = filled(task, Wells="Puits")
        part = polib.POFile()
        part.metadata = catalogue.metadata
        part.append(entry(catalogue, "Wells"))
        assert importing.store([examine(part)], admin) == 1
        assert texts_of(task) == {"title": "Puits"}

    def test_an_empty_text_takes_nothing_away(self, task, examine):
        catalogue = po.export(task)
        translating.fill(task, {"title": "Puits"})
        report = examine(catalogue)
        assert not report.told and report.silent == {"Not translated": len(catalogue)}

    def test_french_spaces_are_set_right(self, task, examine, admin):
        importing.store([examine(filled(task, Wells="Des puits ?"))], admin)
        assert texts_of(task) == {"title": "Des puits\u202f?"}

    def test_the_page_remembers_it(self, task, examine, admin):
        importing.store([examine(filled(task))], admin)
        assert PageLogEntry.objects.get(action=importing.IMPORTED).data == {"texts": 1}

    def test_readers_see_no_change(self, article, translate, examine, admin):
        french = translate(article, "fr", title="Puits")
        task = translating.translation_into(french)
        importing.store([examine(filled(task, Wells="Des puits"))], admin)
        assert type(french).objects.get(pk=french.pk).title == "Puits"

    def test_an_entry_no_longer_fuzzy_accepts_what_a_machine_wrote(self, task, examine, admin):
        translating.fill(task, {"title": "Puits"})
        stored(task).update(translation_type=MACHINE)
        catalogue = po.export(task)
        assert not examine(catalogue).changes
        entry(catalogue, "Wells").flags = []
        report = examine(catalogue)
        assert verdicts(report) == [Verdict.ACCEPTED]
        importing.store([report], admin)
        assert not stored(task).filter(translation_type=MACHINE).exists()

    def test_an_entry_no_longer_fuzzy_says_that_an_old_text_is_still_right(self, article, task, examine, admin):
        translating.fill(task, {"standfirst": "Le puits est ouvert."})
        article.standfirst = "The well is open again."
        article.save_revision().publish()
        translating.update_source(article)
        catalogue = po.export(task)
        entry(catalogue, "The well is open again.").flags = []
        report = examine(catalogue)
        assert verdicts(report) == [Verdict.ACCEPTED]
        importing.store([report], admin)
        assert not entry(po.export(task), "The well is open again.").fuzzy

    def test_what_somebody_wrote_after_the_file_was_made_stays_unless_it_is_to_be_replaced(self, task, examine):
        catalogue = filled(task, Wells="Puits")
        translating.fill(task, {"title": "Forages"})
        report = examine(catalogue)
        assert verdicts(report) == [Verdict.NEWER]
        line = report.told[0].line.number
        assert verdicts(examine(catalogue, replace=[importing.key_of(0, line)])) == [Verdict.CHANGED]

    def test_what_was_written_before_is_replaced(self, task, examine):
        translating.fill(task, {"title": "Forages"})
        assert verdicts(examine(filled(task, Wells="Puits"))) == [Verdict.CHANGED]

    def test_it_costs_the_same_however_many_lines(self, site, make_article, examine, django_assert_max_num_queries):
        paragraphs = "".join(f"<p>Text {number}.</p>" for number in range(30))
        task = translating.send_for_translation(make_article("Long", text=paragraphs), site.locales["fr"])
        catalogue = po.export(task)
        for one in catalogue:
            one.msgstr = f"FR {one.msgid}"
        with django_assert_max_num_queries(17):
            assert len(examine(catalogue).changes) > 30


class TestNotTakenOver:
    """What is listed and left alone."""

    def test_a_line_whose_source_has_changed(self, article, task, examine):
        catalogue = filled(task, **{"The well is open.": "Le puits est ouvert."})
        article.standfirst = "The well is open again."
        article.save_revision().publish()
        translating.update_source(article)
        finding = examine(catalogue).told[0]
        assert (finding.verdict, finding.problem) == (Verdict.MOVED, "The well is open again.")

    def test_a_change_that_was_not_taken_over_yet_is_told_and_the_work_is_not_lost(self, article, task, examine):
        catalogue = filled(task, **{"The well is open.": "Le puits est ouvert."})
        article.standfirst = "The well is open again."
        article.save_revision().publish()
        report = examine(catalogue)
        assert report.moved == 1 and verdicts(report) == [Verdict.NEW]

    def test_a_line_whose_place_is_gone(self, article, task, examine):
        catalogue = filled(task, **{"It is short.": "Il est court."})
        article.body = [("paragraph", RichText("<p>Another.</p>"))]
        article.save_revision().publish()
        translating.update_source(article)
        assert Verdict.MOVED in verdicts(examine(catalogue))

    @pytest.mark.parametrize("change", [{"msgctxt": "body.nowhere"}, {"msgctxt": None}])
    def test_a_line_that_the_page_never_had(self, task, examine, change):
        catalogue = filled(task)
        for name, value in change.items():
            setattr(entry(catalogue, "Wells"), name, value)
        assert verdicts(examine(catalogue)) == [Verdict.UNKNOWN]

    def test_a_fuzzy_line(self, task, examine):
        catalogue = filled(task)
        entry(catalogue, "Wells").flags = ["fuzzy"]
        assert verdicts(examine(catalogue)) == [Verdict.FUZZY]

    def test_an_obsolete_line(self, task, examine):
        catalogue = filled(task)
        entry(catalogue, "Wells").obsolete = True
        assert not examine(catalogue).told

    def test_a_text_that_the_file_translates_in_two_ways(self, task, examine):
        catalogue = filled(task)
        catalogue.append(polib.POEntry(msgctxt="title", msgid="Wells", msgstr="Forages"))
        assert verdicts(examine(catalogue)) == [Verdict.TWICE, Verdict.TWICE]

    @pytest.mark.parametrize(
        ("msgid", "text"),
        [
            ('Read <a id="a1">the report</a>.', "Lisez le rapport."),
            ('Read <a id="a1">the report</a>.', 'Lisez <a id="a1">le</a> <a id="a2">rapport</a>.'),
            ("It is short.", "Il est <script>court</script>."),
            ("Wells", "x" * 300),
        ],
    )
    def test_a_damaged_text(self, task, examine, msgid, text):
        finding = examine(filled(task, **{msgid: text})).told[0]
        assert finding.verdict == Verdict.REFUSED and finding.problem

    def test_the_others_are_taken_over(self, task, examine, admin):
        catalogue = filled(task, **{"Wells": "Puits", "It is short.": "<b>"})
        assert importing.store([examine(catalogue)], admin) == 1
        assert texts_of(task) == {"title": "Puits"}


HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: fr\\n"

"""
GOOD = HEADER + 'msgctxt "title"\nmsgid "Wells"\nmsgstr "Été"\n'


class TestReading:
    """What is a PO file, and what is said about one that is not."""

    def problem(self, data):
        with pytest.raises(po.Unreadable) as raised:
            po.read(data)
        return str(raised.value)

    def test_a_line_says_where_it_stands(self):
        catalogue = po.read(GOOD.encode())
        assert catalogue.lines == [po.Line(6, "title", "Wells", "Été")]
        assert (catalogue.language, catalogue.translation) == ("fr", None)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_what_windows_writes(self, encoding):
        assert po.read(GOOD.replace("\n", "\r\n").encode(encoding)).lines[0].text == "Été"

    def test_an_encoding_of_before(self):
        assert po.read(GOOD.replace("UTF-8", "ISO-8859-1").encode("latin-1")).lines[0].text == "Été"

    def test_no_po_file(self):
        assert self.problem(b"") == "This is not a PO file."
        assert self.problem(b"Dear colleague,\n") == "Line 1 is not written as in a PO file."
        assert "cannot be read as utf-8" in self.problem(b"\x89PNG\r\n\x1a\n\x00\x00")

    @pytest.mark.parametrize("damaged", ['msgstr "Été', 'msgstr Été"', 'msgstr "É"té"', "msgstrÉté", "Été"])
    def test_broken_syntax_with_its_line(self, damaged):
        text = GOOD.replace('msgstr "Été"', damaged)
        assert self.problem(text.encode()) == "Line 8 is not written as in a PO file."

    def test_lines_in_the_wrong_order(self):
        text = GOOD + 'msgstr "Puits"\nmsgid "Wells"\nmsgid "Wells"\n'
        assert "is not written as in a PO file" in self.problem(text.encode())

    def test_another_encoding_than_the_header_says_with_its_line(self):
        assert self.problem(GOOD.encode("cp1252")).startswith("Line 8 cannot be read as UTF-8")

    @pytest.mark.parametrize("name", ["utf-7", "idna", "rot13", "nonsense"])
    def test_an_encoding_that_nobody_uses(self, name):
        assert f"“{name}” is not supported" in self.problem(GOOD.replace("UTF-8", name).encode())

    def test_a_file_that_is_too_large(self):
        with pytest.raises(po.Unreadable, match="too large"):
            po.unpack("fr.po", b"#" * (po.MAX_FILE + 1))

    def test_a_file_of_too_many_texts(self):
        text = HEADER + "".join(f'msgid "{number}"\nmsgstr ""\n' for number in range(po.MAX_LINES + 1))
        assert "more than 5000 texts" in self.problem(text.encode())


class TestFilesThatAreRefused:
    """A file with a problem changes nothing; what is said about it helps."""

    def problem(self, examine, data, **options):
        report = examine(data, **options)
        assert not report.findings and not report.changes
        return report.problem

    def test_one_that_cannot_be_read(self, examine):
        assert self.problem(examine, b"Dear colleague,") == "Line 1 is not written as in a PO file."

    def test_another_page(self, site, make_article, task, examine):
        other = translating.send_for_translation(make_article("Rain"), site.locales["fr"])
        problem = self.problem(examine, filled(task), expected=other)
        assert problem == "The file was made for another page or another language."

    def test_another_language(self, task, examine):
        catalogue = filled(task)
        catalogue.metadata["Language"] = "es_ES"
        assert "in the language “es_ES”" in self.problem(examine, catalogue)

    def test_no_header_and_no_page(self, task, examine):
        catalogue = filled(task)
        catalogue.metadata = {}
        assert "does not say which page" in self.problem(examine, catalogue)

    def test_a_page_that_nobody_knows(self, task, examine):
        catalogue = filled(task)
        catalogue.metadata[po.TRANSLATION_HEADER] = "b0a1c1e2-0000-4000-8000-000000000000"
        assert "no translation that you may change" in self.problem(examine, catalogue)

    def test_a_page_of_somebody_else(self, task, examine):
        stranger = User.objects.create_user("stranger", password="pw")
        assert "no translation that you may change" in self.problem(examine, filled(task), user=stranger)

    def test_a_translation_that_was_stopped(self, task, examine):
        task.enabled = False
        task.save()
        assert "no translation that you may change" in self.problem(examine, filled(task))

    def test_the_same_translation_a_second_time(self, task, admin):
        data = str(filled(task)).encode()
        first, second = importing.examine([("a.po", data), ("b.po", data)], admin)
        assert first.changes and "the same translation" in second.problem


class TestFilesThatAreNot:
    """Files that look odd and are good."""

    def test_no_header_where_the_page_is_known(self, task, examine):
        catalogue = filled(task)
        catalogue.metadata = {}
        assert verdicts(examine(catalogue, expected=task)) == [Verdict.NEW]

    def test_a_file_whose_text_is_the_name_of_a_file(self, tmp_path, task, examine):
        secret = tmp_path / "secret.po"
        secret.write_text(str(filled(task)))
        assert examine(str(secret).encode()).problem

    def test_the_language_as_tools_write_it(self, task, examine):
        catalogue = filled(task)
        catalogue.metadata["Language"] = "fr_BE"
        assert examine(catalogue).changes


class TestArchives:
    """Several files in one."""

    def packed(self, **files):
        return po.pack([(f"{name}.po", data) for name, data in files.items()])

    def test_files_of_one_name_stand_side_by_side(self, site, make_article):
        tasks = [translating.send_for_translation(make_article("Rain"), site.locales["fr"]) for _ in range(2)]
        assert len(po.unpack("x.zip", po.archive(tasks))) == 2

    def test_a_broken_file_does_not_spoil_the_others(self, task, admin):
        data = po.pack([("a.po", b"nonsense"), ("b.po", str(filled(task)).encode())])
        broken, good = importing.examine(po.unpack("x.zip", data), admin)
        assert broken.problem and good.changes

    def test_folders_and_what_macos_adds_are_no_files(self):
        data = po.pack([("fr/", b""), ("fr/a.po", b"#"), ("__MACOSX/fr/._a.po", b"?")])
        assert [name for name, _data in po.unpack("x.zip", data)] == ["fr/a.po"]

    def test_a_bomb_is_not_unpacked(self):
        data = po.pack([(f"{number}.po", b" " * 900_000) for number in range(5)])
        assert len(data) < 10_000
        with pytest.raises(po.Unreadable, match="too large"):
            po.unpack("x.zip", data)

    def test_too_many_files(self):
        with pytest.raises(po.Unreadable, match="more than 200 files"):
            po.unpack("x.zip", po.pack([(f"{number}.po", b"") for number in range(201)]))

    def test_a_damaged_archive(self):
        data = bytearray(po.pack([("a.po", b"abc" * 1000)]))
        data[40:50] = b"\xff" * 10
        with pytest.raises(po.Unreadable, match="cannot be opened"):
            po.unpack("x.zip", bytes(data))


class TestInTheAdmin:
    """Choosing a file, seeing what it would change, storing it."""

    @pytest.fixture
    def translator(self, login):
        return login(translators_of("fr"))

    def url(self, task):
        return reverse("wagtail_localize:upload_pofile", args=[task.pk])

    def put_in(self, client, url, catalogue, name="fr.po"):
        data = catalogue if isinstance(catalogue, bytes) else str(catalogue).encode()
        return client.post(url, {"file": ContentFile(data, name=name)})

    def confirm(self, client, url, shown, **data):
        return client.post(url, {"upload": shown.context_data["upload"], "seen": shown.context_data["seen"], **data})

    def test_it_is_stored_in_two_steps(self, translator, task):
        shown = self.put_in(translator, self.url(task), filled(task, Wells="Puits"))
        assert "New translation" in shown.rendered_content and not texts_of(task)
        assert self.confirm(translator, self.url(task), shown).status_code == 302
        assert texts_of(task) == {"title": "Puits"}

    def test_what_has_changed_in_the_meantime_is_shown_again(self, translator, task):
        shown = self.put_in(translator, self.url(task), filled(task, Wells="Puits"))
        translating.fill(task, {"title": "Forages"})
        again = self.confirm(translator, self.url(task), shown)
        assert again.status_code == 200 and texts_of(task) == {"title": "Forages"}

    def test_changes_of_the_source_that_were_not_taken_over_yet_are_told(self, translator, article, task):
        article.standfirst = "The well is open again."
        article.save_revision().publish()
        shown = self.put_in(translator, self.url(task), filled(task))
        assert "1 text of the source has changed since it was sent" in shown.rendered_content

    def test_a_snippet_has_files_too(self, site, login):
        author = Author.objects.create(name="Ada", role="Photographer", locale=site.locales["en"])
        task = translating.send_for_translation(author, site.locales["fr"])
        client = login()
        shown = self.put_in(client, self.url(task), filled(task, Photographer="Photographe"))
        assert self.confirm(client, self.url(task), shown).status_code == 302
        assert "Photographe" in texts_of(task).values()

    def test_a_newer_text_is_replaced_when_that_was_ticked(self, translator, task):
        catalogue = filled(task, Wells="Puits")
        translating.fill(task, {"title": "Forages"})
        shown = self.put_in(translator, self.url(task), catalogue)
        key = shown.context_data["reports"][0]["rows"][0].key
        self.confirm(translator, self.url(task), shown, replace=[key])
        assert texts_of(task) == {"title": "Puits"}

    def test_a_newer_text_that_nobody_has_seen_is_not_replaced(self, translator, task):
        catalogue = filled(task, Wells="Puits")
        translating.fill(task, {"title": "Forages"})
        shown = self.put_in(translator, self.url(task), catalogue)
        translating.fill(task, {"title": "Sources"})
        key = shown.context_data["reports"][0]["rows"][0].key
        assert self.confirm(translator, self.url(task), shown, replace=[key]).status_code == 200
        assert texts_of(task) == {"title": "Sources"}

    def test_a_damaged_form_stores_nothing(self, translator, task):
        assert translator.post(self.url(task), {"upload": "?!", "seen": ""}).status_code == 302
        assert not texts_of(task)

    def test_a_problem_is_told_in_the_language_of_the_user(self, login, task):
        client = login(translators_of("fr"), language="fr")
        shown = self.put_in(client, self.url(task), b"Bonjour")
        assert shown.status_code == 200 and not texts_of(task)

    def test_the_form_asks_for_a_file(self, translator, task):
        assert translator.post(self.url(task), {}).context_data["form"].errors
        assert translator.get(self.url(task)).status_code == 200

    def test_files_of_any_page_find_theirs(self, translator, site, make_article, task):
        other = translating.send_for_translation(make_article("Rain"), site.locales["fr"])
        url = reverse("localization_po_upload")
        data = po.pack(
            [("a.po", str(filled(task)).encode()), ("b.po", str(filled(other, Rain="Pluie")).encode()), ("c.po", b"?")]
        )
        shown = self.put_in(translator, url, data, "all.zip")
        assert [bool(one["report"].problem) for one in shown.context_data["reports"]] == [False, False, True]
        self.confirm(translator, url, shown)
        assert texts_of(task) | texts_of(other) == {"title": "Pluie"} and texts_of(task) == {"title": "Puits"}

    def test_files_of_another_language_are_refused(self, login, task):
        client = login(translators_of("en"))
        shown = self.put_in(client, reverse("localization_po_upload"), filled(task))
        assert "no translation that you may change" in shown.rendered_content

    def test_those_who_write_nothing_have_no_such_page(self, login):
        guests = Group.objects.create(name="guests")
        guests.permissions.add(Permission.objects.get(codename="access_admin"))
        assert login("guests").get(reverse("localization_po_upload")).status_code == 302


class TestSelections:
    """The files of several pages."""

    def names(self, response):
        return sorted(name for name, _data in po.unpack("x.zip", response.content))

    @pytest.fixture
    def tick(self, login):
        def press(*pages, language="fr", client=None):
            url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "po_files"])
            ids = "&".join(f"id={page.pk}" for page in pages)
            return (client or login()).post(f"{url}?{ids}&next=/admin/", {"language": language})

        return press

    def test_pages_ticked_come_in_one_archive(self, site, make_article, article, task, tick):
        other = make_article("Rain")
        translating.send_for_translation(other, site.locales["fr"])
        not_sent = make_article("Snow")
        assert self.names(tick(article, other, not_sent)) == ["rain-fr.po", "wells-fr.po"]

    def test_nothing_to_get_is_said(self, make_article, tick):
        assert tick(make_article("Snow")).status_code == 302

    def test_only_what_one_may_read(self, article, task, tick, login):
        group = Group.objects.get(name=translators_of("en"))
        lock = Permission.objects.get(codename="lock_page")
        french = task.get_target_instance()
        GroupPagePermission.objects.create(group=group, page=french, permission=lock)
        assert tick(article, client=login(group.name)).status_code == 302


def test_the_time_of_a_file_survives_tools_that_know_nothing_of_it(task):
    catalogue = po.export(task)
    catalogue.metadata[po.EXPORTED_HEADER] = "yesterday"
    assert po.read(str(catalogue).encode()).exported_at is None
    assert timedelta(0) < po.read(str(po.export(task)).encode()).exported_at - task.created_at
