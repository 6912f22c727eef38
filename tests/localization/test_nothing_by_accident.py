"""A translation is public when somebody publishes it, and never otherwise."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, PageLogEntry, Workflow, WorkflowPage, WorkflowTask
from wagtail_localize.models import Translation

from articles.models import ArticlePage, CategoryPage
from newsroom.localization import drafts, translating
from newsroom.management.commands.set_up_site import translators_of
from newsroom.publishing import publish_scheduled

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(login):
    return login()


@pytest.fixture
def reviewers(site):
    """A workflow on the French tree; its reviewers publish there."""
    group = Group.objects.get(name=translators_of("fr"))
    task = GroupApprovalTask.objects.create(name="Relecture")
    task.groups.add(group)
    workflow = Workflow.objects.create(name="Relecture")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=site.fr.home)
    return group


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def french_of(page):
    return type(page).objects.get(translation_key=page.translation_key, locale__language_code="fr")


def task_of(page):
    return Translation.objects.get(source__object_id=page.translation_key, target_locale__language_code="fr")


def title_for_readers(page):
    return french_of(page).title


def press(client, article, action, **data):
    """Press a button of the editor of the French translation."""
    return client.post(edit_url(french_of(article)), {"action": action, **data})


@pytest.fixture
def submit(site, admin):
    """Press “Translate this page” for French, as the administrator or as `client`."""

    def press(page, client=admin, **data):
        url = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
        return client.post(url, {"locales": [site.locales["fr"].pk], **data})

    return press


@pytest.fixture
def fill():
    """Translate every text of a page, but those named `without`."""

    def make(page, without=()):
        task = task_of(page)
        for segment in task.source.stringsegment_set.select_related("context", "string"):
            if segment.context.path not in without:
                translating.fill(task, {segment.context.path: f"FR {segment.string.data}"})

    return make


class TestSending:
    """What “Translate this page” makes."""

    def test_of_a_public_page_a_draft(self, make_article, submit):
        article = make_article("Wells")
        assert submit(article).status_code == 302
        assert not french_of(article).live

    def test_of_pages_above_that_are_missing_drafts_too(self, site, make_category, submit):
        category = make_category("Water")
        child = category.add_child(instance=CategoryPage(title="Wells", locale=category.locale))
        child.save_revision().publish()
        submit(child)
        parent = french_of(category)
        assert not parent.live and parent.alias_of is None
        assert french_of(child).get_parent() == parent.page_ptr

    def test_of_a_page_never_published_the_latest_draft(self, make_article, submit):
        article = make_article("First thoughts", live=False)
        article.title = "Second thoughts"
        article.save_revision()
        submit(article)
        assert task_of(article).source.as_instance().title == "Second thoughts"

    def test_of_a_public_page_the_public_words_only(self, make_article, submit):
        article = make_article("Public")
        article.title = "Not approved"
        article.save_revision()
        submit(article)
        assert task_of(article).source.as_instance().title == "Public"

    def test_another_time_from_code_leaves_the_public_translation_alone(self, site, make_article, translate):
        article = make_article("Wells", standfirst="Open.")
        french = translate(article, "fr", title="Puits", standfirst="Ouvert.")
        article.standfirst = "Open since Monday."
        article.save_revision().publish()
        translating.send_for_translation(article, site.locales["fr"])
        assert ArticlePage.objects.get(pk=french.pk).standfirst == "Ouvert."

    def test_never_overwrites_a_text_that_stands_there_already(self, site, make_article, translate):
        french = translate(make_article("Wells"), "fr", title="Puits")
        Translation.objects.update(enabled=False)
        with pytest.raises(translating.AlreadyTranslated):
            translating.send_for_translation(ArticlePage.objects.get(title="Wells"), site.locales["fr"])
        assert ArticlePage.objects.get(pk=french.pk).title == "Puits"

    def test_the_subtree_is_not_sent_along(self, site, make_article, submit):
        index = site.en.index
        make_article("Draft", live=False)
        Translation.objects.filter(source__object_id=index.translation_key).delete()
        french_of(index).delete()
        submit(index, include_subtree="on")
        assert not ArticlePage.objects.filter(locale=site.locales["fr"]).exists()


class TestSyncing:
    """What “Sync translated pages” does."""

    @pytest.fixture
    def sync(self, admin):
        def press(page, client=admin, **data):
            source = task_of(page).source
            return client.post(reverse("wagtail_localize:update_translations", args=[source.pk]), data)

        return press

    def test_it_brings_the_latest_draft_of_a_page_never_published(self, make_article, submit, sync):
        article = make_article("First thoughts", live=False)
        submit(article)
        article.title = "Second thoughts"
        article.save_revision()
        sync(article)
        assert task_of(article).source.as_instance().title == "Second thoughts"

    def test_it_brings_no_draft_of_a_public_page(self, make_article, submit, sync):
        article = make_article("Public")
        submit(article)
        article.title = "Not approved"
        article.save_revision()
        sync(article)
        assert task_of(article).source.as_instance().title == "Public"

    def test_it_publishes_what_is_complete(self, make_article, submit, sync, fill):
        article = make_article("Wells")
        submit(article)
        fill(article)
        sync(article, publish_translations="on")
        assert title_for_readers(article) == "FR Wells" and french_of(article).live

    def test_it_does_not_publish_words_of_the_source(self, make_article, translate, sync):
        article = make_article("Wells", standfirst="Open.")
        translate(article, "fr", title="Puits", standfirst="Ouvert.")
        article.standfirst = "Closed."
        article.save_revision().publish()
        response = sync(article, publish_translations="on")
        assert french_of(article).standfirst == "Ouvert."
        assert "Not published in French" in str([str(one) for one in response.wsgi_request._messages])


class TestButtons:
    """Save draft, submit for review, publish."""

    @pytest.fixture
    def live(self, make_article, translate, fill):
        """A public article whose public translation has got new texts that nobody has published."""
        article = make_article("Wells")
        translate(article, "fr")
        fill(article)
        drafts.publish(task_of(article), None)
        translating.fill(task_of(article), {"title": "Puits"})
        return article

    def test_a_draft_leaves_what_readers_see(self, admin, live):
        assert press(admin, live, "save").status_code == 302
        french = french_of(live)
        assert (french.title, french.get_latest_revision_as_object().title) == ("FR Wells", "Puits")
        assert french.live and french.has_unpublished_changes

    def test_review_happens_in_the_translations_own_tree_and_approving_publishes(self, reviewers, admin, login, live):
        press(admin, live, "submit")
        french = french_of(live)
        assert french.workflow_in_progress and french.title == "FR Wells"
        assert press(login(translators_of("fr")), live, "approve").status_code == 302
        assert title_for_readers(live) == "Puits"

    def test_a_reviewer_may_ask_for_changes(self, reviewers, admin, live):
        press(admin, live, "submit")
        press(admin, live, "reject", comment="Relire le titre.")
        assert french_of(live).current_workflow_state.status == "needs_changes"
        assert title_for_readers(live) == "FR Wells"

    def test_publishing_is_written_down_with_who_did_it(self, admin, live):
        press(admin, live, "publish")
        assert title_for_readers(live) == "Puits"
        entry = PageLogEntry.objects.filter(page=french_of(live).pk, action="wagtail.publish").latest("pk")
        assert entry.user.username == "admin"

    def test_missing_texts_are_listed_instead_of_published(self, admin, make_article, submit, fill):
        article = make_article("Wells", text="<p>Water for all.</p>")
        submit(article)
        fill(article, without=[f"body.{article.body[0].id}"])
        response = press(admin, article, "publish")
        assert response.status_code == 200 and "Water for all." in response.content.decode()
        assert not french_of(article).live

    def test_unless_somebody_says_so_which_the_history_keeps(self, admin, make_article, submit, fill):
        article = make_article("Wells", text="<p>Water for all.</p>")
        submit(article)
        fill(article, without=[f"body.{article.body[0].id}"])
        press(admin, article, "publish", confirmed="on")
        french = french_of(article)
        assert french.live
        assert PageLogEntry.objects.get(page=french.pk, action=drafts.INCOMPLETE).user.username == "admin"

    def test_a_title_is_never_published_untranslated(self, admin, make_article, submit, fill):
        article = make_article("Wells")
        submit(article)
        fill(article, without=["title"])
        assert press(admin, article, "publish", confirmed="on").status_code == 200
        assert not french_of(article).live

    def test_the_address_is_made_from_the_translated_title(self, admin, make_article, submit):
        article = make_article("Wells", text="")
        submit(article)
        task = task_of(article)
        translating.fill(task, {segment.context.path: "L’œuvre" for segment in task.source.stringsegment_set.all()})
        press(admin, article, "publish", confirmed="on")
        assert french_of(article).slug == "l-oeuvre"


class TestBeforeItsSource:
    """A translation goes first only when somebody says so."""

    @pytest.fixture
    def draft(self, make_article, submit, fill):
        article = make_article("Wells", live=False)
        submit(article)
        fill(article)
        return article

    def test_publishing_asks(self, admin, draft):
        assert "Its source is not public" in press(admin, draft, "publish").content.decode()
        assert not french_of(draft).live

    def test_who_said_so_is_kept(self, admin, draft):
        press(admin, draft, "publish", confirmed="on")
        assert french_of(draft).live
        assert PageLogEntry.objects.filter(action=drafts.BEFORE_SOURCE, user__username="admin").exists()

    def test_an_approval_elsewhere_in_the_admin_leaves_it_a_draft(
        self, admin, login, reviewers, make_article, submit, fill
    ):
        article = make_article("Wells")
        submit(article)
        fill(article)
        press(admin, article, "submit")
        article.unpublish()
        french = french_of(article)
        url = reverse(
            "wagtailadmin_pages:workflow_action", args=[french.pk, "approve", french.current_workflow_task_state.pk]
        )
        login(translators_of("fr")).post(url)
        french = french_of(article)
        assert not french.live and not french.workflow_in_progress

    def test_unless_it_was_said_when_it_was_submitted(self, admin, reviewers, draft):
        press(admin, draft, "submit", confirmed="on")
        french = french_of(draft)
        french.current_workflow_task_state.approve(user=None)
        assert french_of(draft).live


class TestSchedule:
    """A translation is due when its source is."""

    @pytest.fixture
    def scheduled(self, make_article, submit, fill):
        article = make_article("Wells", live=False)
        article.go_live_at = timezone.now() + timedelta(days=1)
        article.save_revision().publish()
        submit(article)
        fill(article)
        return article

    def put_off(self, article, to):
        article.refresh_from_db()
        article.go_live_at = to
        article.save_revision().publish()

    def due_now(self, page):
        page.revisions.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=timezone.now())

    def test_publishing_waits_for_the_source_and_says_so(self, admin, scheduled):
        response = admin.post(edit_url(french_of(scheduled)), {"action": "publish"}, follow=True)
        assert "is scheduled for" in response.content.decode()
        french = french_of(scheduled)
        assert not french.live and french.approved_schedule

    def test_the_clock_publishes_both(self, scheduled):
        drafts.publish(task_of(scheduled), None)
        past = timezone.now() - timedelta(seconds=1)
        for page in (scheduled, french_of(scheduled)):
            revision = page.revisions.get(approved_go_live_at__isnull=False)
            revision.content["go_live_at"] = past.isoformat()
            revision.approved_go_live_at = past
            revision.save()
        publish_scheduled()
        assert french_of(scheduled).live and ArticlePage.objects.get(pk=scheduled.pk).live

    def test_a_translation_takes_the_time_that_its_source_has_now(self, scheduled):
        later = timezone.now().replace(microsecond=0) + timedelta(days=3)
        self.put_off(scheduled, later)
        assert drafts.publish(task_of(scheduled), None) == later

    def test_a_source_put_off_takes_its_translation_along(self, scheduled):
        drafts.publish(task_of(scheduled), None)
        later = timezone.now().replace(microsecond=0) + timedelta(days=3)
        self.put_off(scheduled, later)
        french = french_of(scheduled)
        self.due_now(french)
        publish_scheduled()
        assert not french_of(scheduled).live
        assert french.revisions.get(approved_go_live_at__isnull=False).approved_go_live_at == later

    def test_a_translation_does_not_go_live_when_its_source_was_called_off(self, scheduled):
        drafts.publish(task_of(scheduled), None)
        scheduled.revisions.update(approved_go_live_at=None)
        french = french_of(scheduled)
        self.due_now(french)
        publish_scheduled()
        french = french_of(scheduled)
        assert not french.live and not french.approved_schedule

    def test_an_update_of_a_public_translation_waits_without_touching_what_readers_see(
        self, make_article, translate, fill
    ):
        article = make_article("Wells")
        translate(article, "fr", title="Puits")
        fill(article)
        translating.fill(task_of(article), {"title": "Forages"})
        ArticlePage.objects.filter(pk=article.pk).update(go_live_at=timezone.now() + timedelta(days=1))
        assert drafts.publish(task_of(article), None)
        assert title_for_readers(article) == "Puits"
