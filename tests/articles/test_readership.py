"""What the newsroom sees of reads: the report, the panels, the listing."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission

from articles import popularity, readership
from articles.models import ArticleByline, ArticlePage, Author, DailyReads
from articles.panels import ReadershipSidePanel
from articles.periods import last_days
from newsroom.localization import translating
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of
from tests.bulk import add_articles

pytestmark = pytest.mark.django_db

REPORT = "/admin/reports/readership/"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def editor(login):
    return login(EDITORS)


def read(article, times, days_ago=0):
    """Have an article read so many times on one day."""
    DailyReads.objects.create(
        translation_key=article.story_key,
        language=article.language,
        day=NOON.date() - timedelta(days=days_ago),
        reads=times,
    )


@pytest.fixture
def rows(editor):
    """The articles of the report, in order, with their reads."""

    def ask(query="", client=editor):
        response = client.get(f"{REPORT}?{query}")
        assert response.status_code == 200
        return [(article.title, article.reads) for article in response.context["object_list"]]

    return ask


def text_of(response):
    return re.sub(r"[ \n]+", " ", response.content.decode())


def price(client, path):
    client.get(path)  # permissions and content types are remembered
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


class TestRows:
    def test_what_is_read_most_comes_first_and_the_unread_newest_first(self, make_article, rows):
        _old, _new, loved, liked = map(make_article, ("Old", "New", "Loved", "Liked"))
        read(loved, 9)
        read(liked, 2, days_ago=29)
        assert rows() == [("Loved", 9), ("Liked", 2), ("New", 0), ("Old", 0)]

    def test_a_story_is_counted_by_language(self, make_article, translate, rows):
        wells = make_article("Wells")
        read(wells, 3)
        read(translate(wells, "fr", title="Puits"), 5)
        assert rows() == [("Puits", 5), ("Wells", 3)]

    def test_it_can_be_sorted(self, make_article, rows):
        for title, reads in (("A", 1), ("C", 3), ("B", 2)):
            read(make_article(title), reads)
        assert [title for title, _reads in rows("ordering=title")] == ["A", "B", "C"]
        assert [title for title, _reads in rows("ordering=reads")] == ["A", "B", "C"]
        assert [title for title, _reads in rows("ordering=-date")] == ["B", "C", "A"]
        assert [title for title, _reads in rows("ordering=nonsense")] == ["C", "B", "A"]

    def test_drafts_are_not_shown(self, make_article, rows):
        make_article("Draft", live=False)
        assert rows() == []

    def test_what_is_closed_is_shown_with_its_state_while_it_was_read(self, make_article, rows, editor):
        withdrawn, unpublished, unread = map(make_article, ("Withdrawn", "Unpublished", "Unread"))
        read(withdrawn, 2)
        read(unpublished, 1)
        withdrawn.withdrawn_at = timezone.now()
        withdrawn.save()
        for article in (unpublished, unread):
            article.unpublish()
        assert rows() == [("Withdrawn", 2), ("Unpublished", 1)]
        html = text_of(editor.get(REPORT))
        assert "withdrawn" in html and "not public any more" in html

    @pytest.mark.parametrize(("language", "words"), [("en", "left out of “most read”"), ("fr", "hors des plus lus")])
    def test_what_an_editor_has_left_out_of_most_read_says_so(self, language, words, make_article, login):
        client = login(EDITORS, language=language)
        article = make_article("Wells")
        assert words not in text_of(client.get(REPORT))
        article.left_out_of_most_read = True
        article.save_revision().publish()
        assert words in text_of(client.get(REPORT))

    def test_every_row_leads_to_the_editor_and_shows_its_share_and_course(self, make_article, editor):
        wells, roads = make_article("Wells"), make_article("Roads")
        read(wells, 3, days_ago=2)
        read(roads, 1)
        html = text_of(editor.get(REPORT))
        assert reverse("wagtailadmin_pages:edit", args=[wells.pk]) in html
        assert "75%" in html and "25%" in html
        assert "3 reads in 30 days, on 20 November 2026" in html

    def test_names_of_categories_and_authors_are_those_of_the_admin_s_language(
        self, site, make_article, make_category, translate, login
    ):
        ada = Author.objects.create(name="Ada", locale=site.locales["en"])
        Author.objects.create(name="Adèle", locale=site.locales["fr"], translation_key=ada.translation_key)
        water = make_category("Water")
        translate(water, "fr", title="Eau")
        article = make_article("Wells", category=water)
        ArticleByline.objects.create(page=article, author=ada)
        html = text_of(login(EDITORS, language="fr").get(REPORT))
        assert "<td > Eau </td>" in html and "<td > Adèle </td>" in html


class TestFilters:
    def test_language(self, make_article, rows):
        make_article("Wells")
        make_article("Puits", "fr")
        assert rows("locale=fr") == [("Puits", 0)]

    def test_category_and_author_whatever_the_language(self, site, make_article, make_category, rows):
        water, ada = make_category("Water"), Author.objects.create(name="Ada", locale=site.locales["en"])
        ArticleByline.objects.create(page=make_article("Puits", "fr", category=water), author=ada)
        make_article("Roads")
        assert rows(f"category={water.translation_key}") == [("Puits", 0)]
        assert rows(f"author={ada.translation_key}") == [("Puits", 0)]

    def test_an_author_in_two_languages_is_offered_once_and_finds_both(self, site, make_article, rows, editor):
        ada = Author.objects.create(name="Ada", locale=site.locales["en"])
        adele = Author.objects.create(name="Ada", locale=site.locales["fr"], translation_key=ada.translation_key)
        article = make_article("Wells")
        for author in (ada, adele):
            ArticleByline.objects.create(page=article, author=author)
        assert rows(f"author={ada.translation_key}") == [("Wells", 0)]
        assert editor.get(REPORT).content.decode().count(f'<option value="{ada.translation_key}"') == 1

    @pytest.mark.parametrize(("days", "reads"), [(7, 1), (30, 11), (90, 111), (365, 1111)])
    def test_the_last_so_many_days(self, days, reads, make_article, rows):
        article = make_article("Wells")
        for times, days_ago in ((1, 6), (10, 29), (100, 89), (1000, 364), (10_000, 365)):
            read(article, times, days_ago)
        assert rows(f"period={days}") == [("Wells", reads)]

    def test_dates_decide_over_the_last_so_many_days_and_count_both_ends(self, make_article, rows):
        article = make_article("Wells")
        for times, days_ago in ((1, 0), (10, 1), (100, 2), (1000, 3)):
            read(article, times, days_ago)
        assert rows("period=7&dates_from=2026-11-20&dates_to=2026-11-21") == [("Wells", 110)]
        assert rows("dates_from=2026-11-20") == [("Wells", 111)]
        assert rows("dates_to=2026-11-20") == [("Wells", 1100)]

    @pytest.mark.parametrize("way", [REPORT, f"{REPORT}results/", f"{REPORT}?export=csv"])
    @pytest.mark.parametrize(
        ("language", "query", "reason"),
        [
            ("en", "dates_from=nonsense", "Enter a valid date."),
            ("fr", "dates_from=nonsense", "Saisissez une date valide."),
            ("en", "dates_from=2026-11-02&dates_to=2026-11-01", "The first day is after the last. Exchange them."),
            ("fr", "dates_from=2026-11-02&dates_to=2026-11-01", "Le premier jour vient après le dernier"),
            ("en", "dates_from=2027-01-01", "This period lies in the future."),
            ("fr", "dates_to=2020-01-01", "25 mois"),
            ("en", "period=8", "Select a valid choice."),
        ],
    )
    def test_what_makes_no_sense_is_said_and_shows_no_figures(self, language, query, reason, way, make_article, login):
        read(make_article("Wells"), 3)
        html = text_of(login(EDITORS, language=language).get(f"{way}{'&' if '?' in way else '?'}{query}"))
        assert reason in html and "Wells" not in html and "reads-of-all" not in html


class TestAboveTheTable:
    def test_total_and_chart_are_of_the_articles_below(self, make_article, make_category, editor):
        water = make_category("Water")
        read(make_article("Wells", category=water), 3, days_ago=1)
        read(make_article("Roads"), 4)
        chart = editor.get(f"{REPORT}?category={water.translation_key}").context["chart"]
        assert chart.text == "3 reads in 30 days, on 21 November 2026"
        html = text_of(editor.get(REPORT))
        assert "7 reads from 24 October 2026 to 22 November 2026" in html
        assert "7 reads in 30 days; most on 22 November 2026: 4" in html

    def test_reads_of_deleted_articles_are_nobody_s(self, make_article, editor):
        article = make_article("Wells")
        read(article, 3)
        article.delete()
        assert editor.get(REPORT).context["total"] == "0 reads"

    def test_a_year_is_shown_by_weeks(self, make_article, editor):
        read(make_article("Wells"), 3)
        assert len(editor.get(f"{REPORT}?period=365").context["chart"].bars) == 53

    def test_it_speaks_french(self, make_article, login):
        read(make_article("Wells"), 1200)
        html = text_of(login(EDITORS, language="fr").get(REPORT))
        assert "1\xa0200 lectures du 24 octobre 2026 au 22 novembre 2026" in html
        assert "Audience" in html and "100\xa0%" in html


class TestFiles:
    def export(self, client, kind, query=""):
        response = client.get(f"{REPORT}?{query}&export={kind}")
        assert f"readership-2026-10-24-2026-11-22.{kind}" in response["Content-Disposition"]
        return response.getvalue()

    def test_csv_has_translated_headings(self, make_article, make_category, login):
        read(make_article("Long\nwells", category=make_category("Water")), 1200)
        text = self.export(login(EDITORS, language="fr"), "csv").decode()
        row = next(csv.DictReader(io.StringIO(text)))
        assert row == {
            "Titre": "Long wells",
            "Langue": "Anglais",
            "Rubrique": "Water",
            "Auteurs": "",
            "Publié le": "2026-10-23",
            "État": "Public",
            "Lectures": "1200",
            "Part en pour cent": "100.0",
        }

    def test_a_spreadsheet_has_numbers_that_are_numbers(self, make_article, editor):
        read(make_article("Wells"), 1)
        read(make_article("Roads"), 2)
        sheet = openpyxl.load_workbook(io.BytesIO(self.export(editor, "xlsx"))).active
        headings, roads, wells = sheet.values
        assert headings[0] == "Title" and headings[-2:] == ("Reads", "Share in per cent")
        assert (roads[0], roads[-2], roads[-1]) == ("Roads", 2, 66.7)
        assert (wells[0], wells[-2], wells[-1]) == ("Wells", 1, 33.3)

    def test_a_cell_is_no_formula(self, make_article, editor):
        make_article("=HYPERLINK(1)")
        for kind in ("csv", "xlsx"):
            file = self.export(editor, kind)
            if kind == "csv":
                title = next(csv.DictReader(io.StringIO(file.decode())))["Title"]
            else:
                [_headings, [title, *_others]] = openpyxl.load_workbook(io.BytesIO(file)).active.values
            assert title == "'=HYPERLINK(1)"

    def test_the_state_names_what_is_left_out_of_most_read(self, make_article, editor):
        make_article("Wells", left_out_of_most_read=True)
        read(make_article("Roads", left_out_of_most_read=True, withdrawn_at=timezone.now()), 1)
        rows = csv.DictReader(io.StringIO(self.export(editor, "csv").decode()))
        assert {row["Title"]: row["State"] for row in rows} == {
            "Wells": "Public, left out of “most read”",
            "Roads": "Withdrawn, left out of “most read”",
        }

    def test_files_have_all_rows_and_only_those_of_the_filters(self, site, make_category, photo, make_article, editor):
        add_articles(60, site.en.index, make_category("Water"), photo)
        make_article("Puits", "fr")
        rows = list(csv.DictReader(io.StringIO(self.export(editor, "csv", "locale=en").decode())))
        assert len(rows) == 60


class TestWho:
    def test_the_menu_leads_there_for_everybody_in_the_admin(self, login):
        client = login(SENDERS)
        assert REPORT in client.get("/admin/").content.decode()
        assert client.get(REPORT).status_code == 200

    def test_nobody_else_gets_in(self, client):
        assert client.get(REPORT).status_code == 302

    def test_only_pages_that_one_sees_are_shown_and_counted(self, site, make_article, login, rows):
        read(make_article("Wells"), 3)
        read(make_article("Puits", "fr"), 2)
        group = Group.objects.create(name="French only")
        group.permissions.set(Group.objects.get(name=EDITORS).permissions.all())
        GroupPagePermission.objects.create(group=group, page=site.fr.home, permission_type="change")
        client = login("French only")
        assert rows(client=client) == [("Puits", 2)]
        assert client.get(REPORT).context["total"] == "2 reads"
        assert rows(client=login(SENDERS)) == []

    def test_titles_lead_to_the_editor_only_for_those_who_may_edit(self, make_article, login):
        wells, puits = make_article("Wells"), make_article("Puits", "fr")
        html = login(translators_of("fr")).get(REPORT).content.decode()
        assert "Wells" in html and reverse("wagtailadmin_pages:edit", args=[wells.pk]) not in html
        assert reverse("wagtailadmin_pages:edit", args=[puits.pk]) in html


class TestFirstPage:
    """The panel of reads on the first page of the admin."""

    def lists(self, client):
        """The rows of each list of the panel, by its heading, once the clock has ranked what was read."""
        popularity.rewrite_ranks()
        panels = client.get("/admin/").context["panels"]
        [panel] = [panel for panel in panels if panel.name == "readership"]
        request = client.get("/admin/").wsgi_request
        found = panel.get_context_data({"request": request})["lists"]
        return {one.heading: [(row.title, row.words) for row in one.rows] for one in found}

    @pytest.fixture
    def old_article(self, make_article):
        """Make an article that has been there for so many days."""

        def make(title, days_ago=100):
            day = NOON - timedelta(days=days_ago)
            return make_article(title, date=day, first_published_at=day)

        return make

    def test_shows_what_was_read_most_this_week_by_language(self, make_article, translate, editor):
        for number in range(1, 8):
            read(make_article(f"Article {number}"), number)
        read(translate(make_article("Wells"), "fr", title="Puits"), 2, days_ago=6)
        read(make_article("Long ago"), 50, days_ago=7)
        lists = self.lists(editor)
        assert lists["Most read this week: English"] == [(f"Article {n}", f"{n} reads") for n in (7, 6, 5, 4, 3)]
        assert lists["Most read this week: French"] == [("Puits", "2 reads")]

    def test_what_rises_is_read_at_least_twice_as_much_as_usual(self, old_article, editor):
        rising, steady, chance, new = map(old_article, ("Rising", "Steady", "Chance", "Never"))
        read(rising, 12)
        read(rising, 56, days_ago=3)  # 6 in three days
        read(steady, 11)
        read(steady, 56, days_ago=30)
        read(chance, 4)
        read(new, 5, days_ago=2)
        assert self.lists(editor)["Rising"] == [
            ("Rising", "12 reads in three days, usually 6"),
            ("Never", "5 reads in three days, usually 0"),
        ]

    def test_what_is_usual_is_measured_from_the_day_of_the_article(self, old_article, editor):
        falling = old_article("Falling", days_ago=9)
        read(falling, 70, days_ago=9)
        read(falling, 59)  # of three days out of 28, that would be much; of three out of seven, 60 would be
        assert "Rising" not in self.lists(editor)
        DailyReads.objects.filter(reads=59).update(reads=60)
        assert self.lists(editor)["Rising"] == [("Falling", "60 reads in three days, usually 30")]

    def test_what_is_new_does_not_rise(self, old_article, editor):
        read(old_article("New", days_ago=8), 30)
        assert "Rising" not in self.lists(editor)

    def test_nor_does_the_new_translation_of_an_old_story(self, old_article, translate, editor):
        read(translate(old_article("Wells"), "fr", title="Puits"), 30)
        assert "Rising" not in self.lists(editor)

    def test_much_read_stories_without_a_public_translation(self, make_article, translate, site, login):
        much, more, there, little = map(make_article, ("Much", "More", "There", "Little"))
        translating.send_for_translation(more, site.locales["fr"])
        translate(there, "fr", title="Là")
        for article, reads in ((much, 5), (more, 6), (there, 9), (little, 4)):
            read(article, reads, days_ago=29)
        client = login(translators_of("fr"))
        assert self.lists(client)["Much read, not translated: French"] == [
            ("More", "6 reads in 30 days"),
            ("Much", "5 reads in 30 days"),
        ]
        html = client.get("/admin/").content.decode()
        draft = ArticlePage.objects.get(title="More", locale=site.locales["fr"])
        assert reverse("wagtailadmin_pages:edit", args=[draft.pk]) in html
        assert reverse("wagtail_localize:submit_page_translation", args=[much.pk]) in html

    def test_translations_are_asked_of_those_only_who_may(self, old_article, login):
        read(old_article("Wells"), 9)
        group = Group.objects.create(name="Writers")
        group.permissions.set(Group.objects.get(name=EDITORS).permissions.filter(codename="access_admin"))
        for permission in Group.objects.get(name=EDITORS).page_permissions.all():
            GroupPagePermission.objects.create(group=group, page=permission.page, permission=permission.permission)
        assert list(self.lists(login("Writers"))) == ["Most read this week: English", "Rising"]

    def test_what_one_does_not_see_is_not_shown(self, site, make_article, login):
        read(make_article("Wells"), 9)
        group = Group.objects.create(name="French only")
        group.permissions.set(Group.objects.get(name=EDITORS).permissions.all())
        GroupPagePermission.objects.create(group=group, page=site.fr.home, permission_type="change")
        assert self.lists(login("French only")) == {}

    def test_there_is_no_panel_where_there_is_nothing_to_say(self, make_article, editor, login):
        make_article("Wells")
        popularity.rewrite_ranks()
        assert "readership-section" not in editor.get("/admin/").content.decode()
        read(ArticlePage.objects.get(title="Wells"), 3)
        popularity.rewrite_ranks()
        assert "readership-section" in editor.get("/admin/").content.decode()
        assert "readership-section" not in login(SENDERS).get("/admin/").content.decode()

    def test_it_speaks_french(self, old_article, login):
        read(old_article("Wells"), 6)
        popularity.rewrite_ranks()
        html = text_of(login(EDITORS, language="fr").get("/admin/"))
        assert "Les plus lus cette semaine\xa0: Anglais" in html
        assert "Très lus, non traduits\xa0: Français" in html
        assert "6 lectures en trois jours, contre 0 d’habitude" in html

    def test_asks_for_the_counts_of_what_it_shows_only(self, site, make_article, editor):
        """The first page of the admin costs the same however much was read."""
        for number in range(9):
            read(make_article(f"Article {number}"), number + 5)
        popularity.rewrite_ranks()
        editor.get("/admin/")
        with CaptureQueriesContext(connection) as queries:
            editor.get("/admin/")
        asked = [query["sql"] for query in queries if "dailyreads" in query["sql"]]
        assert asked and all('"translation_key" IN (' in sql and "SELECT U" not in sql for sql in asked)


class TestListing:
    def test_articles_show_their_reads_of_a_month_and_categories_nothing(
        self, site, make_article, make_category, editor
    ):
        make_category("Water")
        read(make_article("Wells"), 1200, days_ago=29)
        read(ArticlePage.objects.get(title="Wells"), 5, days_ago=30)
        make_article("Draft", live=False)
        html = text_of(editor.get(f"/admin/pages/{site.en.index.pk}/"))
        assert "Reads in 30 days" in html
        assert '<span class="sparkline-cell__number">1,200</span>' in html
        assert html.count("sparkline-cell__number") == 1
        assert "1,200 reads in 30 days, on 24 October 2026" in html
        assert "Water" in html

    def test_what_an_editor_has_left_out_of_most_read_says_so(self, site, make_article, editor):
        path = f"/admin/pages/{site.en.index.pk}/"
        make_article("Wells")
        assert "left out of “most read”" not in editor.get(path).content.decode()
        make_article("Vacancy", left_out_of_most_read=True)
        assert editor.get(path).content.decode().count("left out of “most read”") == 1

    def test_other_lists_are_as_they_were(self, site, make_article, editor):
        make_article("Wells")
        assert "Reads in 30 days" not in editor.get(f"/admin/pages/{site.en.home.pk}/").content.decode()

    def test_the_list_below_an_index_is_filtered_as_before(self, site, make_article, make_category, editor):
        make_category("Water")
        make_article("Wells")
        path = f"/admin/pages/{site.en.index.pk}/"
        assert {page.title for page in editor.get(path).context["pages"]} == {"Water", "Wells"}
        assert [page.title for page in editor.get(f"{path}?translation=missing&q=").context["pages"]]
        assert editor.get(f"{path}results/").status_code == 200

    def test_reads_add_one_query_to_a_list_whatever_its_length(
        self, site, make_category, make_article, photo, editor, monkeypatch
    ):
        read(make_article("Wells"), 3)
        path = f"/admin/pages/{site.en.index.pk}/"

        def added():
            ours = price(editor, path)
            with monkeypatch.context() as patch:
                patch.setattr("articles.listing.add_reads", lambda pages: None)
                return ours - price(editor, path)

        assert added() == 1
        add_articles(20, site.en.index, make_category("A"), photo)
        assert added() == 1


class TestBesideAnArticle:
    def test_the_story_s_reads_in_each_language(self, make_article, translate, editor):
        wells = make_article("Wells")
        puits = translate(wells, "fr", title="Puits")
        for days_ago in (0, 7, 30, 365):
            read(wells, 1000, days_ago)
        read(puits, 2)
        panel = text_of(editor.get(f"/admin/pages/{wells.pk}/edit/")).partition('class="readership-panel')[2]
        english, french = panel.partition(REPORT)[0].split("French")
        assert [f"<dd>{n}</dd>" in english for n in ("1,000", "2,000", "3,000", "4,000")] == [True, True, True, False]
        assert french.count("<dd>2</dd>") == 3

    @pytest.mark.parametrize(("language", "words"), [("en", "left out of “most read”"), ("fr", "hors des plus lus")])
    def test_says_what_is_left_out_of_most_read_once_that_is_public(self, language, words, make_article, login):
        client, article = login(EDITORS, language=language), make_article("Wells")

        def panel():
            html = client.get(f"/admin/pages/{article.pk}/edit/").content.decode()
            return html.partition('class="readership-panel')[2].partition(REPORT)[0]

        article.left_out_of_most_read = True
        revision = article.save_revision()
        assert panel() and words not in panel()
        revision.publish()
        assert words in panel()

    def test_stands_beside_a_translation_too_in_the_editor_of_its_texts(self, make_article, translate, editor):
        puits = translate(make_article("Wells"), "fr", title="Puits")
        read(puits, 7)
        html = editor.get(f"/admin/pages/{puits.pk}/edit/").content.decode()
        assert "data-translation-editor" in html
        assert "<dd>7</dd>" in html.partition('class="readership-panel')[2].partition(REPORT)[0]

    def test_other_pages_have_no_such_panel(self, site, editor):
        assert "readership-panel" not in editor.get(f"/admin/pages/{site.en.index.pk}/edit/").content.decode()

    def test_it_costs_two_queries(self, make_article, translate, django_assert_num_queries):
        wells = make_article("Wells")
        read(translate(wells, "fr", title="Puits"), 2)
        with django_assert_num_queries(2):
            languages = ReadershipSidePanel(wells, None).get_context_data({})["languages"]
        assert [language["name"] for language in languages] == ["English", "French"]


class TestCost:
    @pytest.mark.parametrize("path", [REPORT, f"{REPORT}?export=csv", "/admin/"])
    def test_is_the_same_for_1_and_for_20_articles(self, path, site, make_article, make_category, photo, editor):
        old = NOON - timedelta(days=100)
        ada = Author.objects.create(name="Ada", locale=site.locales["en"])

        def add(title):
            article = make_article(title, category=category, date=old, first_published_at=old)
            ArticleByline.objects.create(page=article, author=ada)
            read(article, 9)

        category = make_category("Water")
        add("First")
        popularity.rewrite_ranks()
        few = price(editor, path)
        for number in range(19):
            add(f"Article {number}")
        popularity.rewrite_ranks()
        assert price(editor, path) == few

    def test_each_question_is_one_query(self, make_article, django_assert_num_queries):
        articles = [make_article("Wells"), make_article("Roads")]
        for article in articles:
            read(article, 2)
        month = last_days(30)
        for question in (
            lambda: list(readership.with_reads(ArticlePage.objects.all(), month)),
            lambda: readership.by_step(month),
            lambda: readership.by_article(articles, month),
            lambda: readership.totals(month),
            lambda: readership.of_story(articles[0].story_key),
            readership.counted_since,
        ):
            with django_assert_num_queries(1):
                question()
        with django_assert_num_queries(2):
            readership.by_step(month, ArticlePage.objects.all())
