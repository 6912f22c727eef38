"""A comma must not cost a paragraph: what becomes of translations when their source is changed."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import PageLogEntry
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield
from wagtail_localize.models import StringTranslation

from articles.models import ArticlePage
from newsroom.localization import drafts, small_changes, translating
from newsroom.localization.models import CarriedText
from newsroom.localization.state import Status, state
from newsroom.management.commands.set_up_site import EDITORS
from newsroom.models import User
from tests.conftest import article_maker
from tests.forms import article_form
from tests.localization.conftest import source_of, task_by_key

pytestmark = pytest.mark.django_db

BLOCK = "11111111-1111-4111-8111-111111111111"


def body(html):
    return [{"type": "paragraph", "value": html, "id": BLOCK}]


@pytest.fixture(scope="module")
def kept_task(kept):
    """An article and its French translation, complete and public."""
    with kept() as site:
        text = body("<p>The first well is open.</p><p>Others follow next year.</p>")
        task = translating.send_for_translation(article_maker(site)("Wells", body=text), site.locales["fr"])
        say(task, "Wells", "Puits")
        say(task, "The first well is open.", "Le premier puits est ouvert.")
        say(task, "Others follow next year.", "D’autres suivront l’an prochain.")
        drafts.publish(task, None)
        yield task.pk


@pytest.fixture
def task(site, kept_task):
    return task_by_key(kept_task)


@pytest.fixture
def article(task):
    return source_of(task)


def say(task, words, text):
    segment = task.source.stringsegment_set.get(string__data=words)
    StringTranslation.objects.update_or_create(
        locale=task.target_locale, translation_of=segment.string, context=segment.context, defaults={"data": text}
    )


def change(article, html=None, **fields):
    """Publish the source with other words, and give them to the translators."""
    article = ArticlePage.objects.get(pk=article.pk)
    if html:
        article.body = [(block["type"], RichText(block["value"])) for block in body(html)]
        article.body[0].id = BLOCK
    for name, value in fields.items():
        setattr(article, name, value)
    article.save_revision().publish()
    translating.update_source(ArticlePage.objects.get(pk=article.pk))


def texts(task):
    """By source text: its translation, and whether it waits to be looked at."""
    stored = StringTranslation.objects.filter(
        locale=task.target_locale, translation_of__in=task.source.stringsegment_set.values("string")
    )
    return {text.translation_of.data: (text.data, CarriedText.objects.filter(text=text).exists()) for text in stored}


def public(task):
    return ArticlePage.objects.get(pk=task.get_target_instance().pk)


class TestAComma:
    @pytest.fixture(autouse=True)
    def changed(self, article, task):
        change(article, "<p>The first well, at last, is open.</p><p>Others follow next year.</p>")

    def test_the_old_translation_stands_in_the_editor_and_waits(self, task):
        assert texts(task)["The first well, at last, is open."] == ("Le premier puits est ouvert.", True)
        assert texts(task)["Others follow next year."] == ("D’autres suivront l’an prochain.", False)

    def test_what_it_was_made_for_is_remembered(self, task):
        assert CarriedText.objects.get().made_for == "The first well is open."

    def test_it_counts_as_outdated_and_not_as_translated(self, task, article):
        found = state(article, "fr")
        assert (found.status, found.translated, found.total) == (Status.OUTDATED, 2, 3)

    def test_it_is_not_published_without_a_question_and_then_never_in_english(self, task):
        say(task, "Wells", "Forages")
        with pytest.raises(drafts.NotReady) as error:
            drafts.publish(task, None)
        assert [text.text for text in error.value.readiness.unchecked] == ["The first well, at last, is open."]
        drafts.publish(task, None, confirmed=True)
        assert "Le premier puits est ouvert." in str(public(task).body)

    def test_still_right_is_storing_it_again(self, task, article, django_capture_on_commit_callbacks):
        say(task, "The first well, at last, is open.", "Le premier puits est ouvert.")
        assert not CarriedText.objects.exists()
        assert state(article, "fr").status == Status.COMPLETE  # readers see it already

    def test_a_second_change_is_compared_with_what_was_translated(self, task, article):
        change(article, "<p>The first well, at long last, is open.</p><p>Others follow next year.</p>")
        assert (
            CarriedText.objects.get(text__translation_of__data__contains="long").made_for == "The first well is open."
        )

    def test_taking_it_back_brings_the_translation_back(self, task, article):
        change(article, "<p>The first well is open.</p><p>Others follow next year.</p>")
        assert texts(task)["The first well is open."] == ("Le premier puits est ouvert.", False)
        assert state(article, "fr").status == Status.COMPLETE


class TestParagraphs:
    def test_put_together(self, task, article):
        change(article, "<p>The first well is open. Others follow next year.</p>")
        assert texts(task)["The first well is open. Others follow next year."] == (
            "Le premier puits est ouvert. D’autres suivront l’an prochain.",
            True,
        )

    def test_split_by_sentences(self, task, article):
        change(article, "<p>The first well is open. Others follow next year.</p>")
        say(task, "The first well is open. Others follow next year.", "Le premier est ouvert. D’autres suivront.")
        StringTranslation.objects.filter(translation_of__data="The first well is open.").delete()
        StringTranslation.objects.filter(translation_of__data="Others follow next year.").delete()
        change(article, "<p>The first well is open.</p><p>Others follow next year.</p>")
        assert texts(task)["The first well is open."] == ("Le premier est ouvert.", True)
        assert texts(task)["Others follow next year."] == ("D’autres suivront.", True)

    def test_a_list_item_more_leaves_the_others_translated(self, task, article):
        change(article, "<ul><li>The first well is open.</li><li>New.</li><li>Others follow next year.</li></ul>")
        assert texts(task)["The first well is open."][1] is False
        assert "New." not in texts(task)

    def test_a_block_made_anew_keeps_its_translations(self, task, article):
        article = ArticlePage.objects.get(pk=article.pk)
        article.body = [("paragraph", RichText("<p>The first well is open.</p><p>Others follow next year.</p>"))]
        article.save_revision().publish()
        translating.update_source(article)
        assert texts(task)["The first well is open."] == ("Le premier puits est ouvert.", False)


class TestLinks:
    @pytest.fixture
    def linked(self, task, article):
        change(article, '<p>See <a href="https://a.example/">our report</a>.</p>')
        say(task, 'See <a id="a1">our report</a>.', 'Voir <a id="a1">notre rapport</a>.')

    def test_a_link_before_another_leaves_that_one_where_it_leads(self, linked, task, article):
        change(article, '<p><a href="https://b.example/">Now</a> see <a href="https://a.example/">our report</a>.</p>')
        words = '<a id="a1">Now</a> see <a id="a2">our report</a>.'
        assert texts(task)[words] == ('Voir <a id="a2">notre rapport</a>.', True)

    def test_a_link_that_has_gone_leaves_its_words(self, linked, task, article):
        change(article, "<p>See our report.</p>")
        assert texts(task)["See our report."] == ("Voir notre rapport.", True)

    def test_a_link_that_is_missing_has_to_be_made_before_it_is_right(self, task, article):
        change(article, '<p>The first <a href="https://a.example/">well</a> is open.</p>')
        words = 'The first <a id="a1">well</a> is open.'
        assert texts(task)[words] == ("Le premier puits est ouvert.", True)
        with pytest.raises(ValidationError, match="“well” is missing"):
            say(task, words, texts(task)[words][0])


class TestSmallChange:
    """The second button under “Publish”."""

    @pytest.fixture
    def press(self, client, db):
        user = User.objects.create_user("writer", password="pw")
        user.groups.set(Group.objects.filter(name=EDITORS))
        client.force_login(user)

        def make(article, html, button=small_changes.SMALL):
            article = ArticlePage.objects.get(pk=article.pk)
            body = streamfield([("paragraph", rich_text(html, features=["bold", "link"]))])
            data = article_form(title=article.title, slug=article.slug, **nested_form_data({"body": body}))
            data |= {"body-0-id": BLOCK, "action-publish": button}
            response = client.post(reverse("wagtailadmin_pages:edit", args=[article.pk]), data)
            assert response.status_code == 302, response.context["form"].errors
            return ArticlePage.objects.get(pk=article.pk)

        return make

    SMALL = "<p>The first well, is open.</p><p>Others follow next year.</p>"

    def test_marks_nothing_outdated(self, press, task, article):
        press(article, self.SMALL)
        found = state(article, "fr")
        assert (found.status, found.moved, found.translated) == (Status.COMPLETE, 0, 3)

    def test_the_other_button_does(self, press, task, article):
        press(article, self.SMALL, button="action-publish")
        assert state(article, "fr").status == Status.OUTDATED

    def test_does_not_excuse_a_greater_change_before_it(self, press, task, article):
        press(article, "<p>The first well is closed.</p><p>Others follow next year.</p>", button="action-publish")
        press(article, "<p>The first well is closed!</p><p>Others, follow next year.</p>")
        assert texts(task)["The first well is closed!"] == ("Le premier puits est ouvert.", True)
        assert texts(task)["Others, follow next year."] == ("D’autres suivront l’an prochain.", False)

    def test_a_new_paragraph_is_none(self, press, task, article):
        press(article, f"{self.SMALL}<p>Quite another thing happened today.</p>")
        assert state(article, "fr").status == Status.OUTDATED

    def test_is_kept_in_the_history(self, press, task, article):
        press(article, self.SMALL)
        assert PageLogEntry.objects.get(action=small_changes.PUBLISHED).user.username == "writer"

    def test_is_offered_for_a_public_source_only(self, press, task, article, client):
        def offered(page):
            html = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
            return f'value="{small_changes.SMALL}"' in html

        assert offered(article)
        assert not offered(task.get_target_instance())
        article.unpublish()
        assert not offered(article)


class TestWhatStandsThereAlready:
    """A text is stored once for each place and wording."""

    def test_two_paragraphs_become_the_same_words(self, task, article):
        change(article, "<p>* * *</p><p>* * *</p>")
        assert texts(task)["* * *"] == ("Le premier puits est ouvert.", True)

    def test_words_come_back_whose_translation_is_wrong(self, task, article):
        change(article, "<p>The first well, at last, is open.</p><p>Others follow next year.</p>")
        StringTranslation.objects.filter(translation_of__data="The first well is open.").update(has_error=True)
        change(article, "<p>The first well is open.</p><p>Others follow next year.</p>")
        assert StringTranslation.objects.get(translation_of__data="The first well is open.").has_error

    def test_a_wrong_translation_is_not_carried_over(self, task, article):
        StringTranslation.objects.filter(translation_of__data="The first well is open.").update(has_error=True)
        change(article, "<p>The first well, at last, is open.</p><p>Others follow next year.</p>")
        assert "The first well, at last, is open." not in texts(task)
