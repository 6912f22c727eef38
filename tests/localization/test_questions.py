"""Questions about the words of a source reach its author, and the answer comes back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Author
from newsroom.localization import mails, questions, translating
from newsroom.localization.models import Notice, SegmentQuestion
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def translation(site, make_article, ada):
    """The French translation of an article by Ada."""
    article = make_article("Wells", text="<p>The <b>well</b> &amp; the pump.</p>", owner=ada)
    return translating.send_for_translation(article, site.locales["fr"])


@pytest.fixture
def title(translation):
    return translation.source.stringsegment_set.get(context__path="title")


@pytest.fixture
def body(translation):
    return translation.source.stringsegment_set.exclude(context__path="title").get()


def url(translation):
    return reverse("translation_questions", args=[translation.pk])


class TestAsking:
    def test_tells_the_author_in_their_language(self, translation, body, camille, ada, outbox):
        questions.ask(translation, body, camille, "A hand pump?")
        mails.send_due()
        [mail] = outbox
        assert (mail.to, mail.reply_to) == (["ada@example.org"], ["camille@example.org"])
        assert mail.subject == "Question about “Wells”"
        assert "The well & the pump." in mail.body
        assert "A hand pump?" in mail.body
        assert f"https://news.example.org{url(translation)}#question-" in mail.body

    def test_an_error_in_the_source_is_called_so(self, translation, title, camille, outbox):
        questions.ask(translation, title, camille, "Two wells?", SegmentQuestion.Kind.ERROR)
        mails.send_due()
        assert outbox[0].subject == "Error in the source of “Wells”"

    def test_is_for_those_who_translate_the_page(self, translation, title, person):
        with pytest.raises(PermissionDenied):
            questions.ask(translation, title, person("eve", translators_of("en")), "?")

    def test_reaches_who_saved_the_page_last_when_the_owner_has_left(self, translation, ada, person):
        bea = person("bea", EDITORS)
        translation.source.get_source_instance().save_revision(user=bea)
        ada.groups.clear()
        assert questions.author_of(translation) == bea

    def test_waits_in_the_admin_when_nobody_is_left(self, translation, title, camille, ada, person, outbox):
        ada.groups.clear()
        question = questions.ask(translation, title, camille, "?")
        assert mails.send_due() == 0
        assert list(questions.to_answer(person("bea", EDITORS))) == [question]


class TestAboutASnippet:
    """A person who signs articles, whose role is translated."""

    @pytest.fixture
    def translation(self, site):
        kofi = Author.objects.create(name="Kofi", role="Head of the desk", locale=site.locales["en"])
        return translating.send_for_translation(kofi, site.locales["fr"])

    @pytest.fixture
    def question(self, translation, camille):
        [segment] = translation.source.stringsegment_set.filter(context__path="role")
        return questions.ask(translation, segment, camille, "Which desk?")

    def test_waits_for_those_who_edit_it(self, question, ada, person, login):
        assert list(questions.to_answer(ada)) == [question]
        assert not questions.to_answer(person("denis", translators_of("fr"))).exists()
        assert not questions.to_answer(person("eve")).exists()
        html = login(EDITORS).get(reverse("wagtailadmin_home")).content.decode()
        assert "Which desk?" in html

    def test_leads_back_to_it(self, question, translation, camille, ada, client, outbox):
        questions.answer(question, ada, "The news desk.")
        mails.send_due()
        kofi = translation.get_target_instance()
        assert reverse("wagtailsnippets_articles_author:edit", args=[kofi.pk]) in outbox[0].body
        client.force_login(camille)
        html = client.get(url(translation)).content.decode()
        assert reverse("wagtailsnippets_articles_author:edit", args=[kofi.pk]) in html


class TestAnswering:
    def test_tells_the_translator_in_their_language(self, translation, title, camille, ada, outbox):
        question = questions.ask(translation, title, camille, "Which wells?")
        mails.send_due()
        questions.answer(question, ada, "Those of Kisumu.")
        mails.send_due()
        answer = outbox[1]
        assert answer.to == ["camille@example.org"]
        assert answer.extra_headers["Content-Language"] == "fr"
        assert "Those of Kisumu." in answer.body
        assert reverse("wagtailadmin_pages:edit", args=[translation.get_target_instance().pk]) in answer.body

    def test_is_for_those_who_edit_the_source(self, translation, title, camille, person):
        question = questions.ask(translation, title, camille, "?")
        with pytest.raises(PermissionDenied):
            questions.answer(question, person("denis", translators_of("fr")), "!")

    def test_leaves_the_list_of_what_waits(self, translation, title, camille, ada):
        question = questions.ask(translation, title, camille, "?")
        assert list(questions.to_answer(ada)) == [question]
        assert not questions.to_answer(camille).exists()
        questions.answer(question, ada, "!")
        assert not questions.to_answer(ada).exists()


class TestScreens:
    def test_the_translator_asks(self, translation, body, camille, client):
        client.force_login(camille)
        assert "The well &amp; the pump." in client.get(f"{url(translation)}?segment={body.pk}").content.decode()
        client.post(url(translation), {"segment": body.pk, "kind": "question", "text": "A hand pump?"})
        assert translation.segment_questions.get().text == "A hand pump?"

    def test_an_empty_question_is_shown_again(self, translation, body, camille, client):
        client.force_login(camille)
        response = client.post(url(translation), {"segment": body.pk, "kind": "question", "text": ""})
        assert response.status_code == 200
        assert not translation.segment_questions.exists()

    def test_the_author_finds_it_and_answers(self, translation, title, camille, ada, client):
        question = questions.ask(translation, title, camille, "Which wells?")
        client.force_login(ada)
        home = client.get("/admin/").content.decode()
        assert "Which wells?" in home
        assert f"{url(translation)}#question-{question.pk}" in home
        data = {"question": question.pk, f"answer-{question.pk}-text": "Those of Kisumu."}
        client.post(url(translation), data)
        question.refresh_from_db()
        assert (question.answer, question.answered_by) == ("Those of Kisumu.", ada)

    def test_the_way_to_the_source_is_for_those_who_edit_it(self, translation, camille, ada, client):
        source = reverse("wagtailadmin_pages:edit", args=[translation.source.get_source_instance().pk])
        for person, finds_it in [(ada, True), (camille, False)]:
            client.force_login(person)
            assert (source in client.get(url(translation)).content.decode()) == finds_it

    def test_a_page_loaded_before_somebody_answered_overwrites_nothing(
        self, translation, title, camille, ada, client, outbox
    ):
        question = questions.ask(translation, title, camille, "Which wells?")
        questions.answer(question, ada, "Those of Kisumu.")
        told = Notice.objects.filter(kind=Notice.Kind.ANSWER).count()
        client.force_login(ada)
        data = {"question": question.pk, f"answer-{question.pk}-text": "All."}
        response = client.post(url(translation), data, follow=True)
        question.refresh_from_db()
        assert question.answer == "Those of Kisumu."
        assert Notice.objects.filter(kind=Notice.Kind.ANSWER).count() == told
        assert "answered this question already" in response.content.decode()

    @pytest.mark.parametrize("number", ["x", "", "4711"])
    def test_a_question_that_is_none_is_not_found(self, number, translation, ada, client):
        client.force_login(ada)
        assert client.post(url(translation), {"question": number}).status_code == 404

    def test_the_answer_stands_beside_the_segment(self, translation, title, body, camille, ada):
        questions.answer(questions.ask(translation, title, camille, "Which wells?"), ada, "Those of Kisumu.")
        template = Template(
            "{% load localization_tags %}{% questions_about translation as found %}"
            "{% for segment in segments %}[{% segment_questions found segment translation %}]{% endfor %}"
        )
        with CaptureQueriesContext(connection) as queries:
            html = template.render(Context({"translation": translation, "segments": [title, body]}))
        about_title, about_body = html.split("][")
        assert "Those of Kisumu." in about_title
        assert "Those of Kisumu." not in about_body
        assert f"{url(translation)}?segment={body.pk}" in about_body
        assert len(queries) <= 3  # the questions; the profiles of those who asked and answered

    def test_others_are_refused(self, translation, person, client):
        client.force_login(person("eve", SENDERS))
        assert client.get(url(translation)).status_code == 302

    def test_a_text_of_another_page_cannot_be_asked_about(self, site, translation, make_article, camille, client):
        other = translating.send_for_translation(make_article("Secret", live=False), site.locales["fr"])
        client.force_login(camille)
        segment = other.source.stringsegment_set.first()
        response = client.post(url(translation), {"segment": segment.pk, "kind": "question", "text": "?"})
        assert response.status_code == 200
        assert not SegmentQuestion.objects.exists()

    def test_nothing_is_left_to_answer_when_the_translation_is_gone(self, translation, title, camille, ada, client):
        questions.ask(translation, title, camille, "?")
        translation.get_target_instance().delete()
        client.force_login(ada)
        assert not questions.to_answer(ada).exists()
        assert client.get(url(translation)).status_code == 404

    def test_the_way_there_stands_beside_the_translation(self, translation, camille, client):
        client.force_login(camille)
        target = translation.get_target_instance()
        assert url(translation) in client.get(reverse("wagtailadmin_pages:edit", args=[target.pk])).content.decode()
