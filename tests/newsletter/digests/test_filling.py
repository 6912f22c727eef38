"""Sections of a digest that fill themselves."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage, WorkflowTask

from articles import popularity
from articles.models import DailyReads
from newsletter import digest, filling, preflight, sending
from newsletter.models import Campaign, DigestPage
from newsroom.management.commands.set_up_site import EDITORS
from newsroom.models import User

pytestmark = pytest.mark.django_db


def section(kind, **fields):
    return kind, {"heading": "", "length": 4, "category": None, "stories": [], **fields}


def listed(page, language="en"):
    """The titles in the lists of an edition."""
    content = digest.edition_content(digest.languages_of(page)[language])
    return [[story.title for story in one.stories] for one in content.sections if one.kind == "story_list"]


def references(page):
    """The stories that the latest draft of a page holds in its lists."""
    draft = DigestPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    lists = [one.value["stories"] for one in draft.sections if one.block_type in filling.KINDS]
    return [[article.title for article in articles] for articles in lists]


@pytest.fixture
def four(make_article, translate):
    """Four stories, oldest first, in both languages."""
    articles = [make_article(title) for title in ("One", "Two", "Three", "Four")]
    for article in articles:
        translate(article, "fr", title=f"{article.title} (fr)")
    return articles


@pytest.fixture
def in_both(make_digest, translate):
    """Make a digest that is translated into French."""

    def make(*args, **fields):
        page = make_digest(*args, **fields)
        translate(page, "fr", publish=False, title="Le titre", preheader="Trois histoires du Réseau")
        return page

    return make


def read(article, reads):
    DailyReads.objects.create(
        translation_key=article.translation_key,
        language=article.language,
        day=timezone.now().date() - timedelta(days=1),
        reads=reads,
    )


def test_latest_news_are_the_newest_stories_that_do_not_stand_in_the_digest(four, make_digest):
    page = make_digest(four[3], sections=[section("latest", length=2)])
    assert listed(page) == [["Three", "Two"]]


def test_most_read_is_what_is_read_most_and_then_what_is_new(four, make_digest):
    read(four[1], 9)
    read(four[0], 5)
    popularity.rewrite_ranks()
    page = make_digest(sections=[section("most_read", length=3)])
    assert listed(page) == [["Two", "One", "Four"]]


def test_no_story_stands_in_two_lists(four, make_digest):
    page = make_digest(sections=[section("latest", length=2), section("most_read", length=4)])
    assert listed(page) == [["Four", "Three"], ["Two", "One"]]


@pytest.mark.parametrize("kind", filling.KINDS)
def test_a_list_can_keep_to_a_category(make_article, make_category, make_digest, kind):
    water, work = make_category("Water"), make_category("Work")
    wet, _dry = make_article("Wet", category=water), make_article("Dry", category=work)
    read(wet, 2)
    popularity.rewrite_ranks()
    assert listed(make_digest(sections=[section(kind, category=water)])) == [["Wet"]]


def test_every_language_shows_its_own_translations_of_the_same_stories(four, make_article, in_both):
    make_article("Only in French", language="fr")
    page = in_both(sections=[section("latest", length=2)])
    assert listed(page) == [["Four", "Three"]]
    assert listed(page, "fr") == [["Four (fr)", "Three (fr)"]]


def test_the_heading_is_the_editors_or_says_what_the_list_is_in_the_readers_language(four, in_both):
    page = in_both(sections=[section("most_read"), section("latest", heading="Also new")])

    def headings(language):
        content = digest.edition_content(digest.languages_of(page)[language])
        return [(one.heading, one.numbered) for one in content.sections]

    assert headings("en") == [("Most read", True)]  # which leaves nothing for the other
    page = in_both(title="Another", sections=[section("latest", heading="Also new"), section("most_read")])
    assert headings("en") == [("Also new", False)]
    assert headings("fr") == [("Also new", False)]
    page = in_both(title="A third", sections=[section("most_read")])
    assert headings("fr") == [("Les plus lus", True)]


def test_a_digest_that_was_submitted_for_approval_keeps_what_it_showed(four, in_both, make_article, site):
    workflow = Workflow.objects.create(name="Two pairs of eyes")
    task = GroupApprovalTask.objects.create(name="Look")
    task.groups.add(Group.objects.get(name=EDITORS))
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=site.en.home)
    page = in_both(sections=[section("latest", length=2)])
    assert references(page) == [[]]
    workflow.start(page, User.objects.create_superuser("boss", "boss@example.org", "pw"))
    make_article("Five")
    french = page.get_translation(site.locales["fr"])
    assert references(page) == references(french) == [["Four", "Three"]]
    assert listed(page) == [["Four", "Three"]]
    assert listed(page, "fr") == [["Four (fr)", "Three (fr)"]]
    in_review = page.current_workflow_task_state.revision.as_object()
    assert [article.title for article in in_review.sections[0].value["stories"]] == ["Four", "Three"]


def test_what_was_sent_stands_in_the_digest(four, in_both, make_article, subscribe):
    subscribe("ada@example.org", "en")
    subscribe("bea@example.org", "fr")
    page = in_both(sections=[section("latest", length=2)])
    seen = preflight.run(page).fingerprint
    sending.freeze(page, None, seen)
    make_article("Five")
    assert references(page) == [["Four", "Three"]]
    assert preflight.run(page).fingerprint == seen


def test_nothing_is_sent_when_other_stories_come_at_that_very_moment(
    four, in_both, make_article, subscribe, monkeypatch
):
    subscribe("ada@example.org", "en")
    page = in_both(sections=[section("latest", length=2)])
    keep = filling.keep

    def come_and_keep(digest):
        make_article("Five")
        return keep(digest)

    monkeypatch.setattr(filling, "keep", come_and_keep)
    with pytest.raises(sending.ChangedSince):
        sending.freeze(page, None, preflight.run(page).fingerprint)
    assert not Campaign.objects.exists()


def test_keeping_from_the_translation_keeps_in_the_source_too(four, in_both, site):
    page = in_both(sections=[section("latest", length=2)])
    assert filling.keep(page.get_translation(site.locales["fr"]))
    assert references(page) == [["Four", "Three"]]
    assert not filling.keep(page)


def test_a_published_digest_keeps_them_in_every_language(four, in_both):
    page = in_both(sections=[section("latest", length=2)])
    page.save_revision().publish()
    assert filling.keep(page)
    page.refresh_from_db()
    assert [article.title for article in page.sections[0].value["stories"]] == ["Four", "Three"]
    assert listed(page, "fr") == [["Four (fr)", "Three (fr)"]]


def test_lists_that_are_kept_and_digests_without_them_ask_nothing(four, make_digest):
    page = make_digest(four[0], sections=[section("latest", stories=[four[1]])])
    page = DigestPage.objects.get(pk=page.pk)
    assert [len(list(one.value.get("stories", []))) for one in page.sections] == [0, 1]
    with CaptureQueriesContext(connection) as captured:
        assert filling.found(page) == {}
    assert len(captured) == 0


def test_a_story_of_a_list_that_was_deleted_is_named_like_any(four, make_digest):
    page = make_digest(sections=[section("latest", stories=[four[1], four[2]])])
    four[1].delete()
    content = digest.edition_content(DigestPage.objects.get(pk=page.pk))
    assert ([story.title for story in content.sections[0].stories], content.deleted) == (["Three"], 1)
