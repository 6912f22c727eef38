"""What our rules cost: hardly more queries than wagtail-localize alone, on a small site and on a larger one."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.rich_text import RichText
from wagtail_localize.models import StringSegment
from wagtail_localize.views import edit_translation, submit_translations, update_translations

from articles.models import ArticlePage
from newsroom.localization import editor, guards, translating
from newsroom.management.commands.set_up_site import EDITORS
from newsroom.models import User
from tests.bulk import add_articles

# Both sides run what they put into the queue.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wagtail_indexes")]

MORE = 1.1


def body(segments):
    """A body of so many segments, less the one of the title."""
    return [("paragraph", RichText(f"<p>Paragraph {number}.</p>")) for number in range(segments - 1)]


@pytest.fixture
def world(site, make_article):
    """An article of 20 segments sent into French, and another of as many to send."""
    User.objects.create_user("writer", password="pw").groups.set(Group.objects.filter(name=EDITORS))
    sent = make_article("Wells", body=body(20))
    task = translating.send_for_translation(sent, site.locales["fr"])
    assert StringSegment.objects.filter(source=task.source).count() == 20
    translating.fill(task, {s.context.path: f"FR {s.string.data}" for s in task.source.stringsegment_set.all()})
    french = ArticlePage.objects.get(translation_key=sent.translation_key, locale=site.locales["fr"])
    return {"task": task, "french": french.pk, "sent": sent, "unsent": make_article("Rain", body=body(20))}


@pytest.fixture
def cost(django_capture_on_commit_callbacks):
    """The queries that a view needs for a request; what it did is undone."""

    def count(view, method, data, **kwargs):
        request = getattr(RequestFactory(), method)("/admin/", data)
        if method == "put":
            content = "application/x-www-form-urlencoded"
            request = RequestFactory().put("/admin/", "value=Puits", content_type=content)
        request.user = User.objects.get(username="writer")
        request.session = {}
        request._messages = FallbackStorage(request)
        request._dont_enforce_csrf_checks = True
        with transaction.atomic():
            with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
                response = view(request, **kwargs)
            assert response.status_code in (200, 201, 302)
            transaction.set_rollback(True)
        return len(queries)

    return count


def submit(view, world, site, cost):
    data = {"locales": [site.locales["fr"].pk]}
    return cost(view.as_view(), "post", data, page_id=world["unsent"].pk)


def sync(view, world, cost):
    article = world["sent"]
    article.title = "Wells, again"
    article.save_revision().publish()
    return cost(view.as_view(), "post", {}, translation_source_id=world["task"].source_id)


def save_segment(view, world, cost):
    segment = world["task"].source.stringsegment_set.get(context__path="title")
    return cost(view, "put", {}, translation_id=world["task"].pk, string_segment_id=segment.pk)


def publish_theirs(request):
    page = ArticlePage.objects.get(pk=request.POST["page"])
    translation = page_translation(page)
    return edit_translation.edit_translation(request, translation, page)


def page_translation(page):
    return edit_translation.Translation.objects.get(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    )


def publish_ours(request):
    return editor.respond(request, ArticlePage.objects.get(pk=request.POST["page"]))


def test_sending(site, world, cost):
    theirs = submit(submit_translations.SubmitPageTranslationView, world, site, cost)
    assert submit(guards.SubmitPage, world, site, cost) <= MORE * theirs


def test_storing_a_text(world, cost):
    theirs = save_segment(edit_translation.edit_string_translation, world, cost)
    assert save_segment(guards.edit_string, world, cost) <= MORE * theirs


def test_synchronising(world, cost):
    theirs = sync(update_translations.UpdateTranslationsView, world, cost)
    assert sync(guards.UpdateTranslations, world, cost) <= MORE * theirs


def test_publishing(world, cost):
    data = {"action": "publish", "page": world["french"]}
    for publish in (publish_ours, publish_theirs):
        cost(publish, "post", data)  # whatever is looked up once
    assert cost(publish_ours, "post", data) <= MORE * cost(publish_theirs, "post", data)


def test_hundreds_of_pages_make_no_difference(site, world, cost, make_category, photo):
    def costs():
        return {
            "submit": submit(guards.SubmitPage, world, site, cost),
            "segment": save_segment(guards.edit_string, world, cost),
            "sync": sync(guards.UpdateTranslations, world, cost),
            "publish": cost(publish_ours, "post", {"action": "publish", "page": world["french"]}),
        }

    category = make_category("Water")
    costs()  # whatever is looked up once
    before = costs()
    add_articles(600, site.en.index, category, photo)
    assert costs() == before
