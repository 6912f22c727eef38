"""Where a page stands in a language: one answer for listings, report, panels, home and preflight."""

import copy

import pytest
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask
from wagtail_localize.models import StringTranslation, Translation

from newsroom.localization import translating
from newsroom.localization.state import State, Status, sources, state, states, status_in


@pytest.fixture
def article(make_article):
    return make_article("Wells", standfirst="Open since Monday.", body=[])


@pytest.fixture
def french(article, translate):
    """Translated and published."""
    return translate(article, "fr", title="Puits", standfirst="Ouvert depuis lundi.")


def status(page, language="fr"):
    return state(page, language).status


def test_missing_until_it_is_sent_for_translation(article):
    assert state(article, "fr") == State("fr", Status.MISSING)
    assert state(article, "en") == State("en", Status.COMPLETE, article.pk)


def test_an_alias_is_no_translation(site, article):
    article.copy_for_translation(site.locales["fr"], copy_parents=True, alias=True)
    assert status(article) == Status.MISSING


def test_a_draft_from_then_on(article, translate):
    french = translate(article, "fr", title="Puits", publish=False)
    assert state(article, "fr") == State("fr", Status.DRAFT, french.pk, "en", total=2, translated=1)


def test_complete_once_every_text_is_translated_and_published(article, french):
    assert state(article, "fr") == State("fr", Status.COMPLETE, french.pk, "en", total=2, translated=2)
    assert state(french, "fr") == state(article, "fr")


def test_in_review_while_a_workflow_goes_on(article, translate, admin_user):
    french = translate(article, "fr", title="Puits", publish=False)
    workflow = Workflow.objects.create(name="Proofreading")
    task = GroupApprovalTask.objects.create(name="Read it")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    workflow.start(french, admin_user)
    french.refresh_from_db()
    print(
        french.live,
        state(article, "fr"),
        workflow.workflowstate_set.values() if hasattr(workflow, "workflowstate_set") else "",
    )
    assert status(article) == Status.IN_REVIEW


def test_a_draft_again_when_it_is_unpublished(french):
    french.unpublish()
    assert status(french) == Status.DRAFT


class TestOutdated:
    """The words differ; times are not looked at."""

    def test_when_the_source_is_published_with_other_words(self, article, french):
        article.standfirst = "Open since Tuesday."
        article.save_revision().publish()
        assert status(french) == Status.OUTDATED
        assert state(french, "fr").moved == 1

    def test_not_when_a_live_source_has_a_new_draft_that_translators_do_not_see(self, article, french):
        article.standfirst = "Open since Tuesday."
        article.save_revision()
        assert status(french) == Status.COMPLETE

    def test_when_a_source_that_is_not_public_has_a_new_draft(self, make_article, translate):
        source = make_article("Wells", live=False, body=[])
        french = translate(source, "fr", title="Puits", publish=False)
        assert status(french) == Status.DRAFT
        source.title = "Deep wells"
        source.save_revision()
        assert status(french) == Status.OUTDATED

    def test_not_when_the_source_is_merely_published_again(self, article, french):
        article.save_revision().publish()
        assert status(french) == Status.COMPLETE

    def test_no_longer_when_the_words_are_taken_back(self, article, french):
        for words in ("Open since Tuesday.", "Open since Monday."):
            article.standfirst = words
            article.save_revision().publish()
        assert status(french) == Status.COMPLETE

    def test_until_the_new_words_are_translated_and_published(
        self, article, french, django_capture_on_commit_callbacks
    ):
        article.standfirst = "Open since Tuesday."
        article.save_revision().publish()
        task = translating.translation_into(french)
        translating.update_source(article)
        assert (status(french), state(french, "fr").moved) == (Status.OUTDATED, 0)
        translating.fill(task, {"standfirst": "Ouvert depuis mardi."})
        assert status(french) == Status.OUTDATED  # readers still see Monday
        with django_capture_on_commit_callbacks(execute=True):
            task.save_target()
        assert status(french) == Status.COMPLETE

    def test_while_readers_see_a_text_that_the_source_no_longer_has(self, article, french):
        article.standfirst = ""
        article.save_revision().publish()
        translating.update_source(article)
        assert status(french) == Status.OUTDATED

    def test_not_when_the_same_words_are_stored_for_a_source_that_moved(self, article, french):
        article.standfirst = "Open since Monday!"
        article.save_revision().publish()
        translating.update_source(article)
        translating.fill(translating.translation_into(french), {"standfirst": "Ouvert depuis lundi."})
        assert status(french) == Status.COMPLETE

    def test_not_because_of_tags_entities_and_repetitions(self, site, make_article, django_capture_on_commit_callbacks):
        text = "<p>Read <b>this</b> &amp; <a href='https://example.org/'>that</a>.</p><p>Twice.</p><p>Twice.</p>"
        source = make_article("Wells & more", text=text)
        task = translating.send_for_translation(source, site.locales["fr"])
        finished = copy.copy(source)
        finished.title = "Puits & plus"
        translating.take_over(task, finished)
        with django_capture_on_commit_callbacks(execute=True):
            task.save_target()
        assert status(source) == Status.COMPLETE

    def test_not_because_two_cells_of_a_table_say_the_same_in_the_other_language(
        self, site, make_article, django_capture_on_commit_callbacks
    ):
        table = {"data": [["Yes", "Yeah"]], "table_caption": "Answers", "cell": []}
        source = make_article("Wells", body=[("table", table)])
        task = translating.send_for_translation(source, site.locales["fr"])
        for segment in task.source.stringsegment_set.select_related("context", "string"):
            french = {"Wells": "Puits", "Answers": "Réponses"}.get(segment.string.data, "Oui")
            translating.fill(task, {segment.context.path: french})
        with django_capture_on_commit_callbacks(execute=True):
            task.save_target()
        assert status(source) == Status.COMPLETE


def test_what_a_machine_wrote_does_not_count(french):
    StringTranslation.objects.filter(data="Puits").update(translation_type=StringTranslation.TRANSLATION_TYPE_MACHINE)
    assert state(french, "fr").translated == 1
    assert status(french) == Status.OUTDATED


def test_a_story_written_in_french_is_missing_in_english(make_article, translate):
    source = make_article("Puits", "fr", body=[])
    assert (status(source, "fr"), status(source, "en")) == (Status.COMPLETE, Status.MISSING)
    english = translate(source, "en", title="Wells")
    assert state(source, "en") == State("en", Status.COMPLETE, english.pk, "fr", total=1, translated=1)


def test_a_translation_that_is_no_longer_kept_in_step_is_a_text_of_its_own(article, french):
    task = translating.translation_into(french)
    task.enabled = False
    task.save()
    article.standfirst = "Open since Tuesday."
    article.save_revision().publish()
    assert state(french, "fr") == State("fr", Status.COMPLETE, french.pk)


def test_a_translation_opened_from_words_of_yesterday_is_outdated_at_once(article, french):
    article.standfirst = "Open since Tuesday."
    article.save_revision().publish()
    task = translating.translation_into(french)
    task.delete()
    Translation.objects.create(source=task.source, target_locale=french.locale)
    assert state(french, "fr").moved == 1


def test_states_asks_three_times_however_many_pages(make_article, django_assert_num_queries):
    pages = [make_article(f"Wells {number}") for number in range(3)]
    for some in (pages[:1], pages):
        with django_assert_num_queries(3):
            states(some)


def test_the_annotation_says_the_same(site, article, french, make_article):
    untranslated = make_article("Roads")
    found = sources().filter(pk__in=[article.pk, french.pk, untranslated.pk])
    found = found.annotate(status=status_in(site.locales["fr"])).values_list("title", "status")
    assert set(found) == {("Wells", Status.COMPLETE), ("Roads", Status.MISSING)}
