"""The translator's desk: what waits, by due date and readership."""

import csv
import datetime
import io

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.counting import count_read
from articles.models import ArticlePage
from newsroom.localization import jobs, translating
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of
from newsroom.models import User
from tests.bulk import add_articles

pytestmark = pytest.mark.django_db

DESK = "/admin/translation/desk/"


@pytest.fixture
def translator(login):
    return login(translators_of("fr"))


@pytest.fixture
def titles(translator):
    """The articles on the desk, in order."""

    def ask(query="", client=None):
        response = (client or translator).get(f"{DESK}?{query}")
        return [page.title for page in response.context["object_list"] if isinstance(page.specific, ArticlePage)]

    return ask


@pytest.fixture
def ask(site, login):
    """Have pages translated into French."""
    login(EDITORS)
    editor = User.objects.get(username=EDITORS)

    def make(*pages, to=None, days=None):
        due_on = timezone.localdate() + datetime.timedelta(days=days) if days is not None else None
        opened = [translating.send_for_translation(page, site.locales["fr"]) for page in pages]
        return jobs.ask(opened, editor, jobs.Request(to=to, due_on=due_on))

    return make


def read(article, times, days_ago=0):
    for _time in range(times):
        count_read(article.pk, timezone.now().date() - datetime.timedelta(days=days_ago))


class TestOrder:
    def test_what_is_due_first_comes_first_then_what_is_read_most(self, make_article, ask, titles):
        late, soon, _quiet, loved, liked = map(make_article, ("Late", "Soon", "Quiet", "Loved", "Liked"))
        ask(late, days=9)
        ask(soon, days=1)
        read(loved, 3)
        read(liked, 2)
        assert titles() == ["Soon", "Late", "Loved", "Liked", "Quiet"]

    def test_reads_older_than_thirty_days_do_not_count(self, make_article, titles):
        make_article("Old")
        once, now = ArticlePage.objects.get(title="Old"), make_article("Now")
        read(once, 5, days_ago=31)
        read(now, 1)
        assert titles() == ["Now", "Old"]

    def test_reads_in_every_language_count(self, make_article, translate, titles):
        story, other = make_article("Wells", body=[]), make_article("Roads", body=[])
        french = translate(story, "fr", title="Puits")
        story.title = "Deep wells"
        story.save_revision().publish()
        read(french, 2)
        read(other, 1)
        assert titles() == ["Deep wells", "Roads"]


class TestContents:
    def test_what_is_complete_or_written_in_the_language_is_no_work(self, make_article, translate, titles):
        translate(make_article("Wells", body=[]), "fr", title="Puits")
        make_article("Routes", "fr")
        make_article("Rain")
        assert titles() == ["Rain"]

    def test_drafts_that_nobody_has_sent_are_no_work(self, make_article, ask, titles):
        make_article("Secret", live=False)
        ask(make_article("Sent", live=False))
        assert titles() == ["Sent"]

    def test_says_who_until_when_and_how_many_words(self, make_article, ask, translator):
        ask(make_article("Wells", body=[]), to=Group.objects.get(name=translators_of("fr")), days=-1)
        row = next(csv.DictReader(io.StringIO(translator.get(f"{DESK}?export=csv").getvalue().decode())))
        assert (row["Title"], row["Into"], row["State"]) == ("Wells", "French", "Draft")
        assert (row["Asked of"], row["Words"], row["Reads in 30 days"]) == (translators_of("fr"), "1", "0")
        assert "late" in translator.get(DESK).content.decode()

    def test_leads_to_the_translation_or_to_opening_one(self, make_article, ask, translator):
        sent, unsent = make_article("Wells"), make_article("Roads")
        ask(sent)
        french = ArticlePage.objects.get(title="Wells", locale__language_code="fr")
        html = translator.get(DESK).content.decode()
        assert reverse("wagtailadmin_pages:edit", args=[french.pk]) in html
        assert reverse("wagtail_localize:submit_page_translation", args=[unsent.pk]) in html

    def test_filters_by_state_and_by_whom_it_is_asked_of(self, make_article, ask, titles, translator):
        me = User.objects.get(username=translators_of("fr"))
        ask(make_article("Mine"), to=me)
        ask(make_article("Theirs"), to=Group.objects.get(name=EDITORS))
        make_article("Missing")
        assert titles("asked=mine") == ["Mine"]
        assert titles("status=missing") == ["Missing"]


class TestWho:
    def test_translators_get_the_desk_of_their_language(self, translator):
        assert translator.get(DESK).context["view"].locale.language_code == "fr"
        assert translator.get(f"{DESK}?language=en").status_code == 302

    def test_the_menu_leads_there(self, translator):
        assert DESK in translator.get("/admin/").content.decode()

    def test_the_first_page_shows_what_is_asked_of_me(self, make_article, ask, translator):
        ask(make_article("Mine"), to=User.objects.get(username=translators_of("fr")), days=1)
        ask(make_article("Theirs"), to=User.objects.get(username=EDITORS))
        html = translator.get("/admin/").content.decode()
        panel = html.partition('id="translation-desk-section"')[2].partition("</table>")[0]
        assert "Mine" in panel
        assert "Theirs" not in panel
        assert "due on" in panel and "5 words" in panel

    def test_it_shows_nothing_to_those_who_have_no_desk(self, make_article, ask, login):
        ask(make_article("Whoever takes it"))
        html = login(SENDERS).get("/admin/").content.decode()
        assert DESK not in html and "Whoever takes it" not in html


def test_costs_the_same_for_10_and_for_200_rows(site, make_category, make_article, photo, ask, translator):
    def price(path):
        translator.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert translator.get(path).status_code == 200
        return len(queries)

    ask(make_article("Wells"), days=1)
    add_articles(10, site.en.index, make_category("A"), photo)
    few = [price(DESK), price(f"{DESK}?export=csv")]
    add_articles(190, site.en.index, make_category("B"), photo)
    ask(make_article("Roads"), make_article("Rain"), days=2)
    assert [price(DESK), price(f"{DESK}?export=csv")] == few
