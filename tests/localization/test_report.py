"""The report, the listing, the panels: the same states, for those who may see them, at a constant price."""

import csv
import io

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import GroupPagePermission, Locale

from articles.models import ArticlePage
from newsroom.localization.state import Status, state
from newsroom.management.commands.set_up_site import EDITORS, translators_of
from tests.bulk import add_articles

REPORT = "/admin/localize/reports/translations/"


@pytest.fixture
def editor(login):
    return login(EDITORS)


@pytest.fixture
def titles(editor):
    """The titles that the report shows, for a query string."""

    def ask(query="language=fr", client=editor):
        response = client.get(f"{REPORT}?{query}")
        return [page.title for page in response.context["object_list"] if isinstance(page.specific, ArticlePage)]

    return ask


class TestReport:
    def test_lists_what_was_written_in_other_languages(self, make_article, translate, titles):
        translate(make_article("Wells", body=[]), "fr", title="Puits")
        make_article("Routes", "fr")
        assert titles("language=fr") == ["Wells"]
        assert titles("language=en") == ["Routes"]

    def test_filters_by_state(self, make_article, translate, titles):
        translate(make_article("Wells", body=[]), "fr", title="Puits")
        translate(make_article("Roads", body=[]), "fr", title="Routes", publish=False)
        make_article("Schools")
        assert titles("language=fr&status=complete") == ["Wells"]
        assert titles("language=fr&status=draft") == ["Roads"]
        assert titles("language=fr&status=missing") == ["Schools"]

    def test_filters_by_category_whatever_its_language(self, make_article, make_category, titles):
        water = make_category("Water")
        make_article("Wells", category=water)
        make_article("Roads")
        assert titles(f"language=fr&category={water.translation_key}") == ["Wells"]

    def test_filters_by_age(self, make_article, titles):
        old, _new = make_article("Wells"), make_article("Roads")
        ArticlePage.objects.filter(pk=old.pk).update(first_published_at="2020-01-01T00:00Z")
        assert titles("language=fr&days=30") == ["Wells"]

    def test_starts_with_the_language_that_the_user_translates_into(self, make_article, login):
        make_article("Wells")
        response = login(translators_of("fr")).get(REPORT)
        assert response.context["view"].locale.language_code == "fr"

    def test_shows_only_pages_that_the_user_may_see(self, site, make_article, login, titles):
        make_article("Wells")
        group = Group.objects.create(name="French only")
        group.permissions.set(Group.objects.get(name=EDITORS).permissions.all())
        GroupPagePermission.objects.create(group=group, page=site.fr.home, permission_type="change")
        make_article("Puits", "fr")
        client = login("French only")
        assert titles("language=fr", client) == []
        assert titles("language=en", client) == ["Puits"]

    def test_is_refused_to_those_without_pages(self, login):
        group = Group.objects.create(name="No pages")
        group.permissions.set(Group.objects.get(name=EDITORS).permissions.filter(codename="access_admin"))
        assert login("No pages").get(REPORT).status_code == 302

    def test_gives_a_spreadsheet(self, make_article, make_category, editor):
        make_article("Wells", category=make_category("Water"))
        response = editor.get(f"{REPORT}?language=fr&export=csv")
        rows = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
        [wells] = [row for row in rows if row["Title"] == "Wells"]
        assert wells["Category"] == "Water"
        assert (wells["Written in"], wells["Into"], wells["State"]) == ("English", "French", "Missing")

    def test_speaks_french(self, make_article, login):
        make_article("Wells")
        response = login(EDITORS, language="fr").get(f"{REPORT}?language=fr")
        assert "Anglais" in response.content.decode()


def price(client, path):
    client.get(path)  # permissions and content types are remembered
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.fixture
def many(site, make_category, photo):
    """Make so many articles that wait for translation."""
    return lambda number: add_articles(number, site.en.index, make_category(f"Category {number}"), photo)


@pytest.fixture
def translated(make_article, translate):
    """One article that is outdated in French and one that is complete."""
    for title in ("Wells", "Roads"):
        article = make_article(title, body=[])
        translate(article, "fr", title=f"{title} en français")
    article.title = "Long roads"
    article.save_revision().publish()


def test_the_admin_costs_the_same_for_10_and_for_200_rows(many, translated, editor):
    paths = [
        f"{REPORT}?language=fr",
        f"{REPORT}?language=fr&status=missing",
        f"{REPORT}?language=fr&export=csv",
        "/admin/",
    ]
    many(10)
    few = [price(editor, path) for path in paths]
    many(190)
    assert [price(editor, path) for path in paths] == few


def test_states_add_three_queries_to_a_listing(site, many, translated, editor, monkeypatch):
    """Wagtail's own listing asks for each row; ours adds the same three however many rows there are."""
    path = f"/admin/pages/{site.en.index.pk}/"

    def added():
        ours = price(editor, path)
        with monkeypatch.context() as patch:
            patch.setattr("newsroom.localization.listing.states", lambda pages: {p.translation_key: {} for p in pages})
            return ours - price(editor, path)

    many(4)
    assert added() == 3
    many(20)
    assert added() == 3


class TestSending:
    def send(self, client, *pages, languages=("fr",)):
        query = "&".join(f"id={page.pk}" for page in pages)
        chosen = Locale.objects.filter(language_code__in=languages)
        return client.post(
            f"/admin/bulk/wagtailcore/page/send_for_translation/?next=/admin/&{query}",
            {"languages": [locale.pk for locale in chosen]},
        )

    def test_opens_a_draft_of_every_page_ticked(self, make_article, editor):
        pages = [make_article("Wells"), make_article("Roads")]
        assert self.send(editor, *pages).status_code == 302
        assert [state(page, "fr").status for page in pages] == [Status.DRAFT, Status.DRAFT]

    def test_leaves_what_is_translated_alone(self, make_article, translate, editor):
        article = make_article("Wells", body=[])
        translate(article, "fr", title="Puits")
        self.send(editor, article)
        assert state(article, "fr").status == Status.COMPLETE

    def test_works_from_french_into_english(self, make_article, editor):
        article = make_article("Puits", "fr")
        self.send(editor, article, languages=["en"])
        assert state(article, "en").status == Status.DRAFT

    def test_is_refused_for_drafts_of_others(self, make_article, login):
        draft = make_article("Wells", live=False)
        self.send(login(translators_of("fr")), draft)
        assert state(draft, "fr").status == Status.MISSING

    def test_asks_first(self, make_article, editor):
        article = make_article("Wells")
        path = f"/admin/bulk/wagtailcore/page/send_for_translation/?id={article.pk}"
        assert "Wells" in editor.get(path).content.decode()
        assert state(article, "fr").status == Status.MISSING


class TestListing:
    def test_shows_the_state_of_the_translation(self, site, make_article, translate, editor):
        translate(make_article("Wells", body=[]), "fr", title="Puits")
        for index in (site.en.index, site.fr.index):
            response = editor.get(f"/admin/pages/{index.pk}/")
            [states] = [p.translation_states for p in response.context["pages"] if p.title in ("Wells", "Puits")]
            assert [(one.language, one.status) for one in states] == [("fr", Status.COMPLETE)]
            assert "Complete</span>" in " ".join(response.content.decode().split()).replace(" </span>", "</span>")

    def test_filters_by_it(self, site, make_article, translate, editor):
        translate(make_article("Wells", body=[]), "fr", title="Puits")
        make_article("Roads")
        for status, titles in (("missing", {"Roads"}), ("complete", {"Wells"})):
            response = editor.get(f"/admin/pages/{site.en.index.pk}/?translation={status}")
            assert {page.title for page in response.context["pages"]} == titles


class TestPanels:
    def test_beside_a_source_every_language_with_its_link(self, make_article, translate, editor):
        article = make_article("Wells")
        content = editor.get(f"/admin/pages/{article.pk}/edit/").content.decode()
        assert f"/admin/localize/submit/page/{article.pk}/?select_locale=fr" in content
        french = translate(article, "fr", title="Puits")
        content = editor.get(f"/admin/pages/{article.pk}/edit/").content.decode()
        assert f"/admin/pages/{french.pk}/edit/" in content
        assert "1 of 2 texts translated." in content

    def test_beside_a_translation_what_has_changed(self, make_article, translate, editor):
        article = make_article("Wells", standfirst="Open since Monday.", body=[])
        french = translate(article, "fr", title="Puits", standfirst="Ouvert depuis lundi.")
        article.standfirst = "Open since Tuesday."
        article.save_revision().publish()
        content = editor.get(f"/admin/pages/{french.pk}/edit/").content.decode()
        assert "Open since <del>Monday</del><ins>Tuesday</ins>." in content

    def test_the_home_page_says_what_waits(self, make_article, translate, login):
        make_article("Wells")
        outdated = make_article("Roads", body=[])
        translate(outdated, "fr", title="Routes")
        outdated.title = "Long roads"
        outdated.save_revision().publish()
        content = login(translators_of("fr"), language="en").get("/admin/").content.decode()
        assert "French – To translate" in content
        assert "French – Outdated" in content
        assert "English –" not in content
