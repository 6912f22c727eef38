"""The translation editor: every text beside its source, without tags to mind."""

import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.rich_text import RichText
from wagtail_localize.models import SegmentOverride, StringTranslation

from articles.models import ArticlePage, Author
from newsroom.localization import translating
from newsroom.localization.editor_page import DONE, DOUBTFUL, MACHINE, MISSING, TO_CHECK, Editor
from newsroom.localization.models import CarriedText, Waiver
from newsroom.management.commands.set_up_site import translators_of
from newsroom.models import User

pytestmark = pytest.mark.django_db

TEXT = '<p>See <a href="https://example.org/">our <b>report</b></a> of 2024.</p><ol><li>One.</li><li>Two.</li></ol>'


@pytest.fixture
def article(make_article, photo):
    return make_article("Wells", lead_image=photo, standfirst="Open.", body=[("paragraph", RichText(TEXT))])


@pytest.fixture
def translator(site):
    user = User.objects.create_user("traductrice", password="pw")
    user.groups.set(Group.objects.filter(name=translators_of("fr")))
    client = Client()
    client.force_login(user)
    return client


def page_of(task):
    return reverse("wagtailadmin_pages:edit", args=[task.get_target_instance().pk])


def segment(task, words):
    return task.source.stringsegment_set.get(string__data__contains=words)


def url_of(task, words, name="localization_store_text"):
    return reverse(name, args=[task.pk, segment(task, words).pk])


def stored(task, words):
    return StringTranslation.objects.get(translation_of=segment(task, words).string, locale=task.target_locale)


class TestPage:
    def test_the_source_is_shown_as_readers_see_it(self, translator, task):
        html = translator.get(page_of(task)).content.decode()
        assert '<a href="https://example.org/" rel="noreferrer" target="_blank">our <b>report</b></a> of 2024.' in html

    def test_items_of_a_list_have_their_numbers(self, task):
        shapes = [(row.segment.string.data, row.shape.name, row.shape.number) for row in Editor(task).rows[-2:]]
        assert shapes == [("One.", "ol", 1), ("Two.", "ol", 2)]

    def test_texts_stand_in_the_order_of_the_sources_editor(self, task):
        assert [group.label for group in Editor(task).groups][:3] == ["Title", "Standfirst", "Lead picture"]

    def test_every_text_is_there_even_of_a_field_that_the_sources_editor_does_not_show(self, task, monkeypatch):
        monkeypatch.setattr(
            ArticlePage,
            "content_panels",
            [one for one in ArticlePage.content_panels if "standfirst" not in str(vars(one))],
        )
        ArticlePage.get_edit_handler.cache_clear()
        rows = {row.segment.context.path for row in Editor(task).rows}
        assert "standfirst" in rows
        monkeypatch.undo()
        ArticlePage.get_edit_handler.cache_clear()

    def test_what_is_to_be_done_about_each_text(self, task):
        translating.fill(task, {"standfirst": "Ouvert."})
        translating.store(task, segment(task, "our"), 'Voir <a id="a1">notre <b>rapport</b></a> de 2023.')
        translating.store(task, segment(task, "One."), "Un.")
        StringTranslation.objects.filter(data="Un.").update(translation_type="machine")
        translating.store(task, segment(task, "Two."), "Deux.")
        CarriedText.objects.create(text=stored(task, "Two."), made_for="Too.")
        states = {row.segment.string.data[:4]: row.state for row in Editor(task).rows}
        assert states == {"Well": MISSING, "Open": DONE, "See ": DOUBTFUL, "One.": MACHINE, "Two.": TO_CHECK}

    def test_a_text_to_check_shows_what_has_changed(self, translator, task):
        translating.store(task, segment(task, "Two."), "Deux.")
        CarriedText.objects.create(text=stored(task, "Two."), made_for="Too.")
        html = translator.get(page_of(task)).content.decode()
        assert "<del>Too</del><ins>Two</ins>." in html and "Still right" in html

    def test_only_what_is_to_be_done(self, translator, task):
        translating.fill(task, {"standfirst": "Ouvert."})
        html = translator.get(page_of(task) + "?show=open").content.decode()
        assert f"text-{segment(task, 'Wells').pk}" in html and f"text-{segment(task, 'Open.').pk}" not in html

    def test_who_may_not_write_reads(self, translator, task, login):
        login()
        page = task.get_target_instance()
        ArticlePage.objects.filter(pk=page.pk).update(
            locked=True, locked_by=User.objects.get(username="admin"), locked_at=timezone.now()
        )
        html = translator.get(page_of(task)).content.decode()
        assert html.count("<textarea") == html.count("readonly>") > 0
        assert translator.post(url_of(task, "Wells"), {"value": "Puits"}).status_code in (302, 403)
        assert not StringTranslation.objects.filter(data="Puits").exists()

    def test_the_header_has_the_menu_of_the_page(self, translator, task):
        html = translator.get(page_of(task)).content.decode()
        assert reverse("wagtailadmin_pages:history", args=[task.get_target_instance().pk]) in html

    def test_snippets_have_the_same_editor(self, site, login):
        author = Author.objects.create(name="Ada", role="Editor", locale=site.locales["en"])
        task = translating.send_for_translation(author, site.locales["fr"])
        french = Author.objects.get(locale=site.locales["fr"])
        url = reverse("wagtailsnippets_articles_author:edit", args=[french.pk])
        client = login()
        assert "data-translation-editor" in client.get(url).content.decode()
        translating.fill(task, {"name": "Ada", "role": "Rédactrice"})
        client.post(url, {"action": "publish"})
        assert Author.objects.get(pk=french.pk).role == "Rédactrice"

    def test_more_texts_cost_no_more_queries(self, translator, site, make_article):
        def cost(paragraphs):
            text = "".join(f"<p>Paragraph {number}.</p>" for number in range(paragraphs))
            task = translating.send_for_translation(
                make_article(f"Page of {paragraphs}", text=text), site.locales["fr"]
            )
            for one in task.source.stringsegment_set.select_related("string", "context"):
                translating.store(task, one, f"FR {one.string.data}")
            translator.get(page_of(task))
            with CaptureQueriesContext(connection) as queries:
                assert translator.get(page_of(task)).status_code == 200
            return len(queries)

        assert cost(3) == cost(20)


class TestStoring:
    def test_with_the_script(self, translator, task):
        url = url_of(task, "our")
        value = 'Voir <a id="a1">notre <b>rapport</b></a> de 2024!'
        answer = translator.post(url, {"value": value}, headers={"Accept": "application/json"}).json()
        assert answer["value"] == value.replace("!", "\u202f!")
        assert answer["state"] == DONE and answer["progress"].startswith("1 of 5 texts done · to translate: 4")

    def test_with_the_script_a_refusal_says_why_and_stores_nothing(self, translator, task):
        response = translator.post(url_of(task, "our"), {"value": "Voir."}, headers={"Accept": "application/json"})
        assert response.json()["problems"][0] == "The link “our report” is missing."
        assert not StringTranslation.objects.filter(data="Voir.").exists()

    def test_without_it(self, translator, task):
        response = translator.post(url_of(task, "Wells"), {"value": "Puits"})
        assert response.url == f"{page_of(task)}#text-{segment(task, 'Wells').pk}"
        assert stored(task, "Wells").data == "Puits"
        assert stored(task, "Wells").last_translated_by.username == "traductrice"

    def test_without_it_a_refusal_says_why(self, translator, task):
        response = translator.post(url_of(task, "our"), {"value": "Voir."}, follow=True)
        assert "Nothing was saved: The link “our report” is missing." in response.content.decode()

    def test_nothing_takes_a_text_back(self, translator, task):
        translating.store(task, segment(task, "Two."), "Deux.")
        translator.post(url_of(task, "Two."), {"value": " "})
        assert not StringTranslation.objects.filter(data="Deux.").exists()

    def test_wagtail_localizes_own_address_refuses_too(self, translator, task):
        url = reverse("wagtail_localize:edit_string_translation", args=[task.pk, segment(task, "our").pk])
        response = translator.put(url, "value=Voir", content_type="application/x-www-form-urlencoded")
        assert response.status_code == 400 and "is missing" in response.json()["error"]

    def test_a_number_that_differs_is_waived_by_one_click(self, translator, task):
        translating.store(task, segment(task, "our"), 'Voir <a id="a1">notre <b>rapport</b></a> de 2023.')
        translator.post(url_of(task, "our", "localization_waive"))
        assert Waiver.objects.get().waived_by.username == "traductrice"
        assert Editor(task).row(segment(task, "our")).state == DONE

    def test_a_picture_of_its_own_and_back(self, translator, task, photo):
        override = next(one for one in Editor(task).overrides if one.label == "Lead picture")
        assert override.value == photo.title
        url = reverse("localization_store_override", args=[task.pk, override.segment.pk])
        name = f"override-{override.segment.pk}-value"
        translator.post(url, {name: photo.pk})
        assert SegmentOverride.objects.get().data == str(photo.pk)
        translator.post(url, {name: ""})
        assert not SegmentOverride.objects.exists()

    @pytest.mark.parametrize("later", ["Trous", ""])
    def test_nobody_overwrites_what_they_have_not_seen(self, translator, task, later):
        url = url_of(task, "Wells")
        translator.post(url, {"value": "Puits", "before": ""})
        translator.post(url, {"value": "Les puits", "before": "Puits"})
        answer = translator.post(url, {"value": later, "before": "Puits"}, headers={"Accept": "application/json"})
        assert "Les puits" in answer.json()["problems"][0]
        assert stored(task, "Wells").data == "Les puits"

    @pytest.mark.parametrize("name", ["localization_store_text", "localization_waive"])
    def test_it_is_for_those_who_write_the_page(self, site, task, name):
        user = User.objects.create_user("translator", password="pw")
        user.groups.set(Group.objects.filter(name=translators_of("en")))
        client = Client()
        client.force_login(user)
        response = client.post(url_of(task, "Wells", name), {"value": "Puits"})
        assert response.status_code == 403 or response.url == reverse("wagtailadmin_home")
        assert not StringTranslation.objects.filter(data="Puits").exists()


def test_no_text_of_the_editor_breaks_out_of_its_field(translator, site, make_article):
    task = translating.send_for_translation(
        make_article("Wells </textarea><script>alert(1)</script>"), site.locales["fr"]
    )
    translating.store(task, segment(task, "textarea"), "Puits &lt;/textarea&gt;&lt;script&gt;")
    html = translator.get(page_of(task)).content.decode()
    assert not re.search(r"<script>alert", html) and "</textarea><script" not in html
