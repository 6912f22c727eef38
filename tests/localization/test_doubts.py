"""Numbers, dates and links that differ from the source are asked about once, before publishing."""

import json

import pytest
from django.urls import reverse
from wagtail.rich_text import RichText
from wagtail_localize.models import OverridableSegment, SegmentOverride

from newsroom.localization import drafts, translating
from newsroom.localization.doubts import doubts
from newsroom.localization.models import Waiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(site, make_article):
    text = '<p>12 wells by 3 March: <a href="https://example.org/en">report</a>.</p>'
    article = make_article("Wells", body=[("paragraph", RichText(text))])
    return translating.send_for_translation(article, site.locales["fr"])


@pytest.fixture
def fill(task):
    def make(text):
        block = task.source.stringsegment_set.exclude(context__path="title").get()
        translating.fill(task, {"title": "Puits", block.context.path: text})

    return make


RIGHT = '12 puits d’ici au 3 mars : <a id="a1">rapport</a>.'
WRONG = RIGHT.replace("12", "21")


def test_a_text_that_says_the_same_is_published(task, fill):
    fill(RIGHT)
    drafts.publish(task, None)
    assert task.get_target_instance().live


def test_one_that_does_not_is_asked_about(task, fill):
    fill(WRONG)
    with pytest.raises(drafts.NotReady) as error:
        drafts.publish(task, None)
    assert [str(doubt) for doubt in error.value.doubts] == ["The source says 12, the translation 21."]


def test_a_month_is_named_as_people_name_it(task, fill):
    fill(RIGHT.replace("mars", "avril"))
    assert str(doubts(task)[0]) == "The source says March, the translation April."


def test_one_tick_waives_it_for_good_and_says_who(task, fill, login):
    fill(WRONG)
    client, page = login(), task.get_target_instance()
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = client.post(url, {"action": "publish"})
    assert "The source says 12, the translation 21." in response.content.decode()
    client.post(url, {"action": "publish", "confirmed": "on"})
    assert Waiver.objects.get().waived_by.username == "admin"
    assert doubts(task) == [] and task.get_target_instance().live


def test_the_question_comes_again_with_another_text(task, fill, admin_user):
    fill(WRONG)
    drafts.publish(task, admin_user, confirmed=True)
    fill(WRONG.replace("21", "22"))
    assert len(doubts(task)) == 1


def test_a_link_that_leads_elsewhere_is_one(task, fill):
    fill(RIGHT)
    link = OverridableSegment.objects.get(source=task.source, data_json__contains="example.org")
    SegmentOverride.objects.create(
        locale=task.target_locale, context=link.context, data_json=json.dumps("https://example.org/fr")
    )
    assert str(doubts(task)[0]) == "The source says https://example.org/en, the translation https://example.org/fr."
