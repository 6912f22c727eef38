"""Approving: one language's edition, as it is, by somebody who may."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import GroupApprovalTask, PageLogEntry, Workflow, WorkflowPage, WorkflowTask

from home.models import SiteSettings
from newsletter import approvals, preflight, sending
from newsletter.models import Approval, Campaign
from newsletter.sending import NotSendable
from newsroom.localization import translating
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of
from newsroom.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(bilingual_digest, subscribe):
    """A digest with nothing to mend and two readers, where approval is needed."""
    SiteSettings.objects.update(digest_approval=True)
    subscribe("ada@example.org", "en")
    subscribe("bea@example.org", "fr")
    return bilingual_digest


@pytest.fixture
def approve(ready):
    """Approve the editions named as they are now."""

    def do(*languages):
        user = User.objects.create_user("approver", "approver@example.org", "pw")
        for language in languages:
            seen = approvals.standing_of(ready, language).edition.sha256
            approvals.approve(ready, language, user, seen)

    return do


def address(page, language):
    return reverse("newsletter_approve_digest", args=[page.pk, language])


def waiting(page):
    return [problem.language for problem in preflight.run(page).problems if problem.code == "not-approved"]


def press(client, page, language):
    """Look at the edition and press the button."""
    seen = client.get(address(page, language)).context["standing"].edition.sha256
    return client.post(address(page, language), {"sha256": seen}, follow=True)


def change(article, **fields):
    for name, value in fields.items():
        setattr(article, name, value)
    article.save_revision().publish()


def story_of(page):
    return page.sections[0].value["article"]


# -- What it takes to send ---------------------------------------------------------------------------------------------


def test_nothing_is_sent_before_every_edition_is_approved(ready, approve):
    with pytest.raises(NotSendable) as refused:
        sending.freeze(ready, None)
    assert [problem.message for problem in refused.value.problems] == [
        "The English edition is not approved.",
        "The French edition is not approved.",
    ]
    approve("en")
    assert waiting(ready) == ["fr"]
    with pytest.raises(NotSendable):
        sending.freeze(ready, None)
    assert not Campaign.objects.exists()


def test_with_all_approved_it_is_sent_to_readers_of_both_too(ready, approve, subscribe):
    subscribe("cleo@example.org", "all", "fr")
    approve("en", "fr")
    sending.freeze(ready, None)
    assert Campaign.objects.get().editions.count() == 4


def test_no_reason_helps_over_a_missing_approval(ready):
    problems = preflight.run(ready).problems
    answers = preflight.Answers(reasons={problem.key: "I am in a hurry" for problem in problems})
    with pytest.raises(NotSendable):
        sending.freeze(ready, None, answers=answers)


def test_where_none_is_needed_whoever_sends_it_approves_it_which_is_kept(ready, login):
    SiteSettings.objects.update(digest_approval=False)
    login(SENDERS)
    sender = User.objects.get(username=SENDERS)
    campaign = sending.freeze(ready, sender)
    kept = {(one.language, one.sha256, one.approved_by) for one in Approval.objects.all()}
    editions = campaign.editions.filter(languages__in=["en", "fr"])
    assert kept == {(one.languages, one.sha256, sender) for one in editions}
    entries = PageLogEntry.objects.filter(action=approvals.APPROVED, user=sender)
    assert {entry.data["language"] for entry in entries} == {"en", "fr"}
    assert {entry.page_id for entry in entries} == {ready.pk, ready.get_translations().get().pk}


# -- What voids it -----------------------------------------------------------------------------------------------------


def test_a_word_of_the_digest_voids_the_approval_of_its_language_only(ready, approve, site):
    approve("en", "fr")
    task = translating.send_for_translation(ready, site.locales["fr"])
    translating.fill(task, {"intro": "Chères toutes et chers tous."})
    assert waiting(ready) == ["fr"]
    (problem,) = preflight.run(ready).problems
    assert problem.message == "The French edition has changed since it was approved."
    with pytest.raises(NotSendable):
        sending.freeze(ready, None)


def test_a_change_that_arrives_from_an_article_voids_it_too(ready, approve):
    approve("en", "fr")
    change(story_of(ready), standfirst="It took three years.")
    assert waiting(ready) == ["en"]


def test_a_change_that_was_taken_back_leaves_it_approved(ready, approve):
    approve("en", "fr")
    change(story_of(ready), standfirst="It took three years.")
    change(story_of(ready), standfirst="It took two years.")
    assert waiting(ready) == []


def test_a_translation_withdrawn_between_approval_and_sending_stops_it(ready, approve):
    approve("en", "fr")
    ready.get_translations().get().delete()
    with pytest.raises(NotSendable) as refused:
        sending.freeze(ready, None)
    assert [problem.code for problem in refused.value.problems] == ["no-translation"]


def test_a_story_withdrawn_in_one_language_stops_it_there_and_where_a_link_led_to_it(ready, approve, site):
    approve("en", "fr")
    story_of(ready).get_translation(site.locales["fr"]).unpublish()
    codes = {(problem.code, problem.language) for problem in preflight.run(ready).problems}
    assert {("not-approved", "fr"), ("not-approved", "en")} <= codes, "English led to the story in French"
    with pytest.raises(NotSendable):
        sending.freeze(ready, None)


def test_a_change_while_somebody_looks_approves_nothing(ready, login):
    editor = login(EDITORS)
    seen = editor.get(address(ready, "en")).context["standing"].edition.sha256
    change(story_of(ready), standfirst="It took three years.")
    html = editor.post(address(ready, "en"), {"sha256": seen}, follow=True).content.decode()
    assert "has changed since you looked at it" in html
    assert not Approval.objects.exists()


def test_lists_that_fill_themselves_are_kept_as_they_were_approved(make_digest, make_article, subscribe):
    SiteSettings.objects.all().delete()
    subscribe("ada@example.org", "en")
    make_article("Roads")
    page = make_digest(
        make_article("Wells"), sections=[("latest", {"heading": "", "length": 3, "category": None, "stories": []})]
    )
    SiteSettings.objects.update_or_create(site=page.get_site(), defaults={"digest_approval": True})
    approver = User.objects.create_user("approver", "approver@example.org", "pw")
    approvals.approve(page, "en", approver, approvals.standing_of(page, "en").edition.sha256)
    make_article("Bridges")
    assert waiting(page) == []
    assert "Bridges" not in approvals.standing_of(page, "en").words


# -- Who approves, and what they see -----------------------------------------------------------------------------------


def test_the_button_approves_what_was_looked_at_once(ready, login):
    editor = login(EDITORS)
    response = press(editor, ready, "fr")
    assert "The French edition is approved as it is now." in response.content.decode()
    approval = Approval.objects.get()
    assert (approval.language, approval.approved_by.username) == ("fr", EDITORS)
    assert "Un puits pour Kisumu" in approval.words
    press(editor, ready, "fr")
    assert Approval.objects.count() == 1
    assert PageLogEntry.objects.filter(action=approvals.APPROVED).count() == 1


def test_the_approver_sees_just_the_difference(ready, approve, login):
    approve("en", "fr")
    change(story_of(ready), standfirst="It took three years.")
    html = login(EDITORS).get(address(ready, "en")).content.decode()
    changes = html.partition('class="edition-changes')[2].partition("</ul>")[0]
    assert changes.count("<li") == 1
    assert "It took <del>two</del><ins>three</ins> years." in changes


def test_a_difference_that_is_no_word_is_named(ready, approve, login):
    approve("en", "fr")
    SiteSettings.objects.update(accent="#003366")
    html = login(EDITORS).get(address(ready, "en")).content.decode()
    assert "The address of a link or the layout has changed." in html
    assert waiting(ready) == ["en", "fr"]


def test_another_picture_is_a_difference(ready, approve, login, photo):
    approve("en", "fr")
    change(story_of(ready), lead_image=photo, lead_image_alt="Two women at a well")
    html = login(EDITORS).get(address(ready, "en")).content.decode()
    assert "<ins>Two women at a well" in html


def test_translators_approve_their_own_language_and_no_other(ready, login, site):
    translator = login(translators_of("fr"), language="fr")
    in_french = ready.get_translation(site.locales["fr"])
    assert "Approuver l’édition en français" in translator.get(address(in_french, "fr")).content.decode()
    press(translator, in_french, "fr")
    for method in (translator.get, translator.post):
        assert method(address(ready, "en")).status_code == 302
    assert [approval.language for approval in Approval.objects.all()] == ["fr"]


def test_sending_is_not_approving(ready, login):
    sender = login(SENDERS)
    assert sender.get(address(ready, "en")).status_code == 302
    assert sender.post(address(ready, "en"), {"sha256": "x"}).status_code == 302
    preview = reverse("newsletter_approval_preview", args=[ready.pk, "en"])
    assert sender.get(preview).status_code == 302
    html = sender.get(reverse("newsletter_send_digest", args=[ready.pk])).content.decode()
    assert "The English edition is not approved." in html


def test_a_language_that_the_digest_does_not_have_is_not_found(ready, login):
    editor = login(EDITORS)
    ready.get_translations().get().delete()
    assert editor.get(address(ready, "fr")).status_code == 404
    editor.post(address(ready, "fr"), {"sha256": "x"})
    assert not Approval.objects.exists()


def test_the_edition_is_shown_as_it_would_be_sent(ready, login):
    preview = reverse("newsletter_approval_preview", args=[ready.pk, "fr"])
    editor = login(EDITORS)
    assert '<html lang="fr"' in editor.get(preview).content.decode()
    assert editor.get(f"{preview}?as=text")["Content-Type"].startswith("text/plain")


def test_the_button_stands_beside_the_page_only_where_approval_is_needed(ready, login):
    editor = login(EDITORS)
    edit = f"/admin/pages/{ready.pk}/edit/"
    assert "Approve the English edition" in editor.get(edit).content.decode()
    SiteSettings.objects.update(digest_approval=False)
    assert "Approve the English edition" not in editor.get(edit).content.decode()


# -- Workflows ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def workflow(ready, site):
    """A workflow on the newsletter, in which editors approve."""
    task = GroupApprovalTask.objects.create(name="Editor in chief")
    task.groups.set(Group.objects.filter(name__in=[EDITORS, SENDERS]))
    made = Workflow.objects.create(name="Approval of digests")
    WorkflowTask.objects.create(workflow=made, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=made, page=site.en.newsletter)
    return made


def test_approving_in_a_workflow_approves_the_edition_and_sends_nothing(ready, workflow, login, client):
    editor = login(EDITORS)
    workflow.start(ready, None)
    state = ready.current_workflow_task_state
    editor.post(reverse("wagtailadmin_pages:workflow_action", args=[ready.pk, "approve", state.pk]))
    approval = Approval.objects.get()
    assert (approval.language, approval.approved_by.username) == ("en", EDITORS)
    assert waiting(ready) == ["fr"]
    ready.refresh_from_db()
    assert ready.live, "the workflow has published it"
    assert client.get(ready.url.replace("https://news.example.org", "")).status_code == 404
    assert not Campaign.objects.exists()


def test_who_may_not_approve_editions_does_not_in_a_workflow_either(ready, workflow, login):
    login(SENDERS)
    workflow.start(ready, None)
    ready.current_workflow_task_state.approve(user=User.objects.get(username=SENDERS))
    assert not Approval.objects.exists()


def test_the_workflow_of_an_article_approves_no_edition(ready, workflow, make_article, login):
    login(EDITORS)
    article = make_article("Wells", live=False)
    workflow.start(article, None)
    article.current_workflow_task_state.approve(user=User.objects.get(username=EDITORS))
    assert not Approval.objects.exists()


# -- Words -------------------------------------------------------------------------------------------------------------


def footer(html):
    return html.partition("<footer")[2].partition("</footer>")[0]


def test_the_editors_of_a_digest_do_not_speak_of_publishing(ready, workflow, login, site):
    editor = login(EDITORS)
    new = reverse("wagtailadmin_pages:add", args=["newsletter", "digestpage", site.en.newsletter.pk])
    edit = reverse("wagtailadmin_pages:edit", args=[ready.pk])
    french = reverse("wagtailadmin_pages:edit", args=[ready.get_translations().get().pk])
    for url in (new, edit, french):
        assert "ublish" not in footer(editor.get(url).content.decode()), url
    assert "Approval of digests" in footer(editor.get(edit).content.decode())
    workflow.start(ready, None)
    html = footer(editor.get(edit).content.decode())
    assert "Approve the English edition" in html
    assert "ublish" not in html


def test_the_editors_of_other_pages_do(login, make_article, site, translate):
    editor = login(EDITORS)
    article = make_article("Wells")
    for page in (article, translate(article, "fr", title="Puits")):
        assert "Publish" in footer(editor.get(f"/admin/pages/{page.pk}/edit/").content.decode())
