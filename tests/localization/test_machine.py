"""Machine translation: what it makes is a proposal, and what goes wrong with it changes nothing."""

import subprocess
import sys

import pytest
import requests
from django.db import connection
from django.urls import reverse
from wagtail.rich_text import RichText
from wagtail_localize.machine_translators.deepl import DeepLTranslator
from wagtail_localize.machine_translators.dummy import DummyTranslator

from newsroom.localization import drafts, machine, translating
from newsroom.localization.readiness import readiness
from newsroom.localization.state import Status, state
from newsroom.management.commands.set_up_site import translators_of
from tests.conftest import article_maker
from tests.localization.conftest import source_of, task_by_key
from tests.localization.texts import stored, texts_of

pytestmark = pytest.mark.django_db

LINK = '<p>Read <a href="https://example.org">the report</a>.</p>'
CLASSES = "wagtail_localize.machine_translators"


@pytest.fixture(scope="module")
def address():
    """A translation service in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.localization.translation_service"], stdout=subprocess.PIPE, text=True
    )
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait()


@pytest.fixture
def asked(address):
    """What the service is asked from now on."""
    requests.get(address, timeout=5)
    return lambda: requests.get(address, timeout=5).json()


@pytest.fixture
def service(settings, address, monkeypatch):
    """Set up one of wagtail-localize's services, behaving as told."""

    def set_up(name="libretranslate", behaviour="good", timeout=1):
        options = {"AUTH_KEY": "secret-key", "TIMEOUT": timeout}
        if name == "libretranslate":
            options = {"API_KEY": "secret-key", "LIBRETRANSLATE_URL": f"{address}/{behaviour}", "TIMEOUT": timeout}
        endpoint = f"{address}/{behaviour}/v2/translate"
        monkeypatch.setattr(DeepLTranslator, "get_api_endpoint", lambda self: endpoint)
        path = "deepl.DeepLTranslator" if name == "deepl" else "libretranslate.LibreTranslator"
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": f"{CLASSES}.{path}", "OPTIONS": options}

    return set_up


@pytest.fixture(params=["libretranslate", "deepl"])
def either(request, service):
    """The same with each service."""
    return lambda behaviour="good": service(request.param, behaviour)


@pytest.fixture(scope="module")
def kept_task(kept):
    """An article that was sent into French."""
    with kept() as site:
        article = article_maker(site)("Wells", standfirst="The well is open.", body=[("paragraph", RichText(LINK))])
        yield translating.send_for_translation(article, site.locales["fr"]).pk


@pytest.fixture
def task(site, kept_task):
    return task_by_key(kept_task)


@pytest.fixture
def article(task):
    return source_of(task)


class TestTranslating:
    """What a service makes."""

    def test_every_text_that_nobody_has_translated(self, either, task):
        either()
        translating.fill(task, {"title": "Puits"})
        outcome = machine.translate(task)
        assert outcome.stored == len(texts_of(task)) - 1 and not outcome.damaged
        assert texts_of(task)["title"] == "Puits"
        assert texts_of(task)["standfirst"] == "FR The well is open."
        assert 'FR Read <a id="a1">the report</a>.' in texts_of(task).values()

    def test_it_is_marked_with_what_made_it(self, service, task, admin):
        service("deepl")
        machine.translate(task, admin)
        kinds = {(text.translation_type, text.tool_name, text.last_translated_by) for text in stored(task)}
        assert kinds == {("machine", "DeepL", admin)}

    def test_the_address_of_the_page_is_never_asked_for(self, service, task, asked):
        service()
        machine.translate(task)
        assert "wells" not in [text for one in asked() for text in one["texts"]]
        assert not stored(task).filter(context__path="slug").exists()

    def test_a_text_that_stands_in_several_places_is_asked_for_once(self, service, site, make_article, asked):
        service()
        twins = make_article("Open", standfirst="Open", text="<p>Open</p>")
        outcome = machine.translate(translating.send_for_translation(twins, site.locales["fr"]))
        assert [text for one in asked() for text in one["texts"]].count("Open") == 1
        assert outcome.stored >= 3

    def test_a_long_article_is_sent_in_portions(self, either, site, make_article, asked):
        either()
        text = "".join(f"<p>Text {number}.</p>" for number in range(90))
        task = translating.send_for_translation(make_article("Long", text=text), site.locales["fr"])
        assert machine.translate(task).stored > 90
        assert len(asked()) == 3

    def test_long_paragraphs_are_sent_in_small_portions(self):
        assert [len(batch) for batch in machine._batches(["x" * 15_000] * 3)] == [1, 1, 1]

    def test_with_nothing_left_nobody_is_asked(self, service, task, asked):
        service()
        machine.translate(task)
        asked()
        assert machine.translate(task) == machine.Outcome()
        assert not asked()

    def test_no_service_is_set_up_from_the_start(self, task):
        assert machine.service_for(task) is None
        with pytest.raises(machine.Failed):
            machine.translate(task)

    def test_what_somebody_writes_while_the_service_takes_its_time_stays(self, task, settings, monkeypatch):
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": f"{CLASSES}.dummy.DummyTranslator"}
        slow = DummyTranslator.translate

        def translate(self, *args):
            translating.fill(task, {"title": "Puits"})
            return slow(self, *args)

        monkeypatch.setattr(DummyTranslator, "translate", translate)
        machine.translate(task)
        assert texts_of(task)["title"] == "Puits"


class TestFailing:
    """Whatever a service does, nothing is half stored, and the user reads why."""

    def test_a_bad_answer(self, either, task):
        for behaviour in ("403", "429", "456", "500", "garbage", "other", "fewer", "nothing"):
            either(behaviour)
            with pytest.raises(machine.Failed, match="did not translate"):
                machine.translate(task)
            assert not texts_of(task), behaviour

    def test_no_answer_in_time(self, either, task):
        either("slow")
        with pytest.raises(machine.Failed, match="did not answer in time"):
            machine.translate(task)
        assert not texts_of(task)

    def test_nobody_there(self, service, settings, task):
        service()
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR["OPTIONS"]["LIBRETRANSLATE_URL"] = "http://127.0.0.1:1"
        with pytest.raises(machine.Failed, match="cannot be reached"):
            machine.translate(task)

    def test_a_later_portion_that_fails_takes_the_others_with_it(self, service, site, make_article, monkeypatch):
        service()
        monkeypatch.setattr(machine, "BATCH", 60)  # the second of two has too many texts
        text = "".join(f"<p>{'long ' * 100}{number}</p>" for number in range(30))
        text += "".join(f"<p>Text {number}.</p>" for number in range(80))
        task = translating.send_for_translation(make_article("Long", text=text), site.locales["fr"])
        with pytest.raises(machine.Failed):
            machine.translate(task)
        assert not texts_of(task)

    @pytest.mark.parametrize(("behaviour", "left"), [("damaged", {"body"}), ("empty", {"title", "standfirst", "body"})])
    def test_texts_that_cannot_stand_in_the_page_are_left_out(self, either, task, behaviour, left):
        either(behaviour)
        segments = task.source.stringsegment_set.count()
        outcome = machine.translate(task)
        assert outcome.damaged >= len(left) and outcome.stored + outcome.damaged == segments
        assert not left & {path.partition(".")[0] for path in texts_of(task)}

    def test_a_title_that_is_too_long_is_left_out(self, service, task):
        service(behaviour="long")
        machine.translate(task)
        assert "title" not in texts_of(task)

    def test_the_key_is_never_told(self, either, task, caplog):
        either("403")
        with pytest.raises(machine.Failed) as raised:
            machine.translate(task)
        assert "secret-key" not in str(raised.value) + caplog.text


class TestAccepting:
    """A machine's words are nobody's until somebody says they are right."""

    @pytest.fixture(autouse=True)
    def translated(self, service, task):
        service()
        machine.translate(task)

    def test_until_then_the_translation_is_not_complete(self, article, task):
        assert state(article, "fr").translated == 0
        found = readiness(task)
        assert not found.ready and not found.missing and not found.title_missing
        assert len(found.unaccepted) == state(article, "fr").total

    def test_until_then_it_is_not_published_unless_somebody_says_so(self, article, task, admin):
        with pytest.raises(drafts.NotReady):
            drafts.publish(task, admin)
        drafts.publish(task, admin, confirmed=True)
        assert state(article, "fr").status == Status.OUTDATED

    def test_all_at_once(self, article, task, admin):
        count = machine.accept(task, admin)
        found = state(article, "fr")
        assert count == found.translated == found.total
        assert readiness(task).ready and not machine.unaccepted(task).exists()

    def test_what_cannot_stand_in_the_page_stays_to_be_mended(self, task, admin):
        body = stored(task).filter(context__path__startswith="body")
        body.update(data="FR without its link")  # as one that was made for other words
        machine.accept(task, admin)
        assert set(machine.unaccepted(task)) == set(body)

    def test_one_by_one(self, article, task, login):
        segment = task.source.stringsegment_set.get(context__path="title")
        url = reverse("localization_store_text", args=[task.pk, segment.pk])
        login(translators_of("fr")).post(url, {"value": texts_of(task)["title"]})
        assert state(article, "fr").translated == 1

    def test_what_was_published_unaccepted_is_complete_once_accepted(self, article, task, admin):
        drafts.publish(task, admin, confirmed=True)
        machine.accept(task, admin)
        assert state(article, "fr").status == Status.COMPLETE

    def test_writing_a_text_anew_accepts_it(self, article, task, login):
        segment = task.source.stringsegment_set.get(context__path="title")
        url = reverse("wagtail_localize:edit_string_translation", args=[task.pk, segment.pk])
        login(translators_of("fr")).put(url, "value=Puits", content_type="application/x-www-form-urlencoded")
        assert state(article, "fr").translated == 1

    def test_the_texts_of_other_pages_stay_as_they_are(self, site, make_article, task, admin):
        other = translating.send_for_translation(make_article("Wells"), site.locales["fr"])
        machine.translate(other)
        machine.accept(task, admin)
        assert machine.unaccepted(other).exists()


class TestInTheAdmin:
    """Buttons and messages."""

    @pytest.fixture
    def translator(self, login):
        return login(translators_of("fr"))

    def press(self, client, name, *args):
        return client.post(reverse(name, args=args), follow=True)

    def said(self, response):
        return [str(message) for message in response.context["messages"]]

    def test_asking_and_accepting(self, service, translator, task):
        service()
        count = task.source.stringsegment_set.count()
        response = self.press(translator, "wagtail_localize:machine_translate", task.pk)
        assert self.said(response)[0].startswith(f"A machine translated {count} texts.")
        editor = reverse("wagtailadmin_pages:edit", args=[task.get_target_instance().pk])
        assert reverse("localization_machine_accept", args=[task.pk]) in translator.get(editor).content.decode()
        response = self.press(translator, "localization_machine_accept", task.pk)
        assert f"{count} texts were accepted." in self.said(response)[0]
        assert reverse("localization_machine_accept", args=[task.pk]) not in translator.get(editor).content.decode()

    def test_what_cannot_be_accepted_is_said(self, service, translator, task):
        service()
        machine.translate(task)
        stored(task).filter(context__path__startswith="body").update(data="FR without its link")
        response = self.press(translator, "localization_machine_accept", task.pk)
        assert any("cannot stand in the page" in text for text in self.said(response))

    def test_what_goes_wrong_is_said(self, service, translator, task):
        service(behaviour="500")
        response = self.press(translator, "wagtail_localize:machine_translate", task.pk)
        assert "LibreTranslate did not translate." in self.said(response)[0]

    def test_what_came_back_damaged_is_said(self, service, translator, task):
        service(behaviour="damaged")
        response = self.press(translator, "wagtail_localize:machine_translate", task.pk)
        assert any("1 text came back damaged" in text for text in self.said(response))

    def test_without_a_service_there_is_no_button_and_no_address(self, translator, task):
        editor = reverse("wagtailadmin_pages:edit", args=[task.get_target_instance().pk])
        assert "machine_translate" not in translator.get(editor).content.decode()
        assert translator.post(reverse("wagtail_localize:machine_translate", args=[task.pk])).status_code == 404

    def test_accepting_is_for_those_who_write_the_language(self, service, login, task):
        service()
        machine.translate(task)
        client = login(translators_of("en"))
        client.post(reverse("localization_machine_accept", args=[task.pk]))
        assert machine.unaccepted(task).exists()

    def test_synchronising_translates_what_is_new_and_publishes_nothing_unread(self, service, login, article, task):
        service()
        url = reverse("wagtail_localize:update_translations", args=[task.source_id])
        login().post(url, {"use_machine_translation": "on", "publish_translations": "on"})
        assert machine.unaccepted(task).exists()
        assert not task.get_target_instance().live

    def test_synchronising_takes_place_though_the_service_fails(self, service, login, article, task):
        service(behaviour="500")
        article.title = "Two wells"
        article.save_revision().publish()
        url = reverse("wagtail_localize:update_translations", args=[task.source_id])
        response = login().post(url, {"use_machine_translation": "on", "next": "/admin/"}, follow=True)
        assert any("did not translate" in text for text in self.said(response))
        assert task.source.stringsegment_set.filter(string__data="Two wells").exists()

    def test_the_database_is_not_locked_while_the_service_takes_its_time(self, settings, login, task, monkeypatch):
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": f"{CLASSES}.dummy.DummyTranslator"}
        depth = len(connection.savepoint_ids)
        seen = []
        slow = DummyTranslator.translate
        monkeypatch.setattr(
            DummyTranslator,
            "translate",
            lambda self, *args: seen.append(len(connection.savepoint_ids)) or slow(self, *args),
        )
        url = reverse("wagtail_localize:update_translations", args=[task.source_id])
        login().post(url, {"use_machine_translation": "on"})
        assert seen == [depth]
