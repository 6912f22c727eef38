"""The front page: what stands where, and that no story stands there twice."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail_localize.models import Translation

from articles import counting, popularity
from home.models import HomePage
from tests.bulk import add_articles


def titles(articles):
    return [article.title for article in articles]


@pytest.fixture
def compose(site):
    """Give the English home page sections, as (type, value), and publish it; returns the home page as it is then."""

    def make(*sections):
        home = HomePage.objects.get(pk=site.en.home.pk)
        values = [{"type": kind, "value": value} for kind, value in sections]
        home.sections = HomePage._meta.get_field("sections").stream_block.to_python(values)
        home.save_revision().publish()
        return HomePage.objects.get(pk=home.pk)

    return make


def shown(home):
    """What readers find on a home page: the type of each section with the titles of its stories."""
    return [(section.kind, titles(section.articles)) for section in sections_of(home)]


def sections_of(home):
    """The sections of a home page that readers find, from top to bottom."""
    rows = home.get_context(request=None)["front"].rows
    return [section for row in rows for section in (row.section, *row.beside)]


LEAD = ("lead_story", {"article": None})


def latest(length=2, heading=""):
    return ("latest", {"heading": heading, "length": length})


def most_read(length=2):
    return ("most_read", {"heading": "", "length": length})


def category(page, length=2, heading=""):
    return ("category", {"category": page.pk, "heading": heading, "length": length})


class TestTheDefault:
    """What a home page shows before an editor composes it."""

    def test_the_newest_story_leads_the_next_follow_and_most_read_and_sign_up_stand_beside(self, site, make_article):
        for title in ("Old", "Middle", "New"):
            make_article(title)
        front = site.en.home.get_context(request=None)["front"]
        assert shown(site.en.home) == [("lead_story", ["New"]), ("latest", ["Middle", "Old"]), ("sign_up", [])]
        assert [section.kind for section in front.rows[1].beside] == ["sign_up"]

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_a_site_without_articles_has_a_front_page_that_says_so(self, language, client, site):
        html = client.get(getattr(site, language).home.url).content.decode()
        assert {"en": "There are no articles here yet.", "fr": "Aucun article"}[language] in html
        assert 'class="section-heading"' not in html

    def test_both_languages_have_the_same_composition(self, site):
        kinds = ["lead_story", "latest", "most_read", "sign_up"]
        assert [block.block_type for block in site.en.home.sections] == kinds
        assert [block.block_type for block in site.fr.home.sections] == kinds


class TestNoStoryStandsTwice:
    """Each section takes the next stories that are not on the page yet."""

    @pytest.fixture
    def articles(self, make_article, make_category):
        water = make_category("Water")
        articles = [make_article(f"{n}", category=water) for n in range(12)]
        for article in articles[-3:]:
            counting.count_read(article.pk)
        popularity.rewrite_ranks()
        return articles

    @pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3), (1, 1, 2, 2, 3)], ids=str)
    def test_in_whatever_order(self, order, compose, articles):
        sections = [LEAD, latest(), most_read(), category(articles[0].category), latest()]
        found = shown(compose(*(sections[number] for number in order)))
        stories = [title for _, titles_ in found for title in titles_]
        assert len(stories) == len(set(stories)) == sum(1 if order[n] == 0 else 2 for n in range(5))

    def test_a_chosen_story_keeps_its_place_and_the_sections_above_leave_it_out(self, compose, articles):
        newest = articles[-1]
        home = compose(latest(), ("lead_story", {"article": newest.pk}))
        assert shown(home) == [("latest", ["10", "9"]), ("lead_story", ["11"])]

    def test_a_section_with_nothing_left_is_not_shown(self, client, compose, make_article):
        make_article("Only")
        home = compose(LEAD, latest(), most_read())
        assert shown(home) == [("lead_story", ["Only"])]
        assert 'class="section-heading"' not in client.get(home.url).content.decode()


class TestChosenStoriesAndCategories:
    """Chosen once, shown in each language in that language's own words."""

    def in_french(self, site, home):
        """The French home page after a translator has taken over what the English one has become."""
        translation = Translation.objects.get(source__object_id=home.translation_key)
        translation.source.update_from_db()
        translation.save_target(publish=False)
        page = site.fr.home
        page.refresh_from_db()
        return page.get_latest_revision_as_object()

    def test_each_language_shows_its_own_translation(self, site, compose, make_article, make_category, translate):
        water = make_category("Water")
        translate(water, "fr", title="Eau")
        bridge = make_article("Bridge", category=water)
        translate(bridge, "fr", title="Pont")
        translate(make_article("Newer", category=water), "fr", title="Plus récent")

        home = compose(("lead_story", {"article": bridge.pk}), category(water))
        assert shown(home) == [("lead_story", ["Bridge"]), ("category", ["Newer"])]
        french = self.in_french(site, home)
        assert shown(french) == [("lead_story", ["Pont"]), ("category", ["Plus récent"])]
        assert sections_of(french)[1].heading == "Eau"

    @pytest.mark.parametrize("reason", ["not translated", "unpublished", "withdrawn", "deleted"])
    def test_the_newest_leads_where_the_chosen_story_cannot_be_shown(
        self, reason, site, compose, make_article, translate
    ):
        chosen = make_article("Chosen")
        translate(make_article("Newest"), "fr", title="Le plus récent")
        home = compose(("lead_story", {"article": chosen.pk}))
        if reason == "not translated":
            home = self.in_french(site, home)
        elif reason == "unpublished":
            chosen.unpublish()
        elif reason == "withdrawn":
            chosen.withdrawn_at = timezone.now()
            chosen.save()
        else:
            chosen.delete()
        home = HomePage.objects.get(pk=home.pk) if home.locale.language_code == "en" else home
        assert shown(home) == [("lead_story", ["Le plus récent" if home.locale.language_code == "fr" else "Newest"])]

    def test_a_category_without_a_page_in_a_language_is_left_out_there(
        self, site, compose, make_article, make_category, translate
    ):
        water = make_category("Water")
        translate(make_article("Bridge", category=water), "fr", title="Pont")
        home = compose(category(water), latest())
        assert shown(home) == [("category", ["Bridge"])]
        assert shown(self.in_french(site, home)) == [("latest", ["Pont"])]

    def test_headings_and_calls_are_translated_like_any_text(self, site, compose, make_article, translate):
        translate(make_article("Bridge"), "fr", title="Pont")
        home = compose(latest(heading="From the field"), ("call_to_action", {"text": "Join us.", "label": "Join"}))
        self.in_french(site, home)
        heading, call = (f"sections.{block.id}" for block in home.sections)
        words = {f"{heading}.heading": "Sur le terrain", f"{call}.text": "Rejoignez-nous.", f"{call}.label": "Oui"}
        sections = sections_of(translate(home, "fr", **words))
        assert sections[0].heading == "Sur le terrain"
        assert sections[1].block.value["text"] == "Rejoignez-nous."


class TestThePage:
    """What readers get."""

    def test_headings_are_the_editors_words_or_the_title_of_the_page_that_lists_more(
        self, client, site, compose, make_article, make_category
    ):
        water = make_category("Water")
        for n in range(9):
            make_article(f"Story {n}", category=water)
        popularity.rewrite_ranks()
        home = compose(
            LEAD, latest(1, heading="Fresh"), most_read(1), category(water, 1, heading="Wells"), category(water, 1)
        )
        html = client.get(home.url).content.decode()
        headings = re.findall(r'<h2 class="section-heading" id="section-\d"><a href="([^"]+)">([^<]+)</a></h2>', html)
        assert headings == [
            (site.en.latest.url, "Fresh"),
            (site.en.most_read.url, "Most read"),
            (water.url, "Wells"),
            (water.url, "Water"),
        ]
        assert re.findall(r"<h(\d)", html)[:2] == ["1", "2"]

    def test_a_page_that_an_editor_composed_without_stories_does_not_say_that_there_are_none(self, client, compose):
        html = client.get(compose(("sign_up", None)).url).content.decode()
        assert "There are no articles" not in html

    def test_calls_to_action_and_the_sign_up_form_stand_where_they_were_placed(self, client, compose, make_article):
        make_article("Story")
        home = compose(
            ("call_to_action", {"text": "Join us.", "label": "Join", "url": "https://example.org/join"}),
            ("sign_up", None),
            latest(),
        )
        html = client.get(home.url).content.decode()
        assert html.index("Join us.") < html.index('name="email"') < html.index("Story")

    def test_it_costs_the_same_with_thirty_and_with_six_hundred_articles(
        self, client, site, compose, make_category, photo
    ):
        water, rights = make_category("Water"), make_category("Rights")
        add_articles(30, site.en.index, water, photo)
        home = compose(LEAD, latest(8), most_read(4), category(water, 3), category(rights, 3), category(water, 12))

        def queries():
            popularity.rewrite_ranks()
            client.get(home.url)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(home.url).status_code == 200
            return [query["sql"] for query in captured]

        few = queries()
        add_articles(285, site.en.index, water, photo)
        add_articles(285, site.en.index, rights, photo)
        many = queries()
        assert len(many) == len(few), "\n".join(many)

    def test_composing_costs_one_query_a_section_and_a_few_for_all(
        self, site, compose, make_article, make_category, django_assert_num_queries
    ):
        water = make_category("Water")
        articles = [make_article(f"Story {n}", category=water) for n in range(9)]
        popularity.rewrite_ranks()
        home = compose(("lead_story", {"article": articles[3].pk}), latest(2), category(water, 2), category(water, 2))
        # the blocks' articles and categories 2, their pages 2, the chosen story 1, a section 1 each 3, the cards 3
        with django_assert_num_queries(11):
            assert len(shown(home)) == 4


class TestTheEditor:
    """The form in the admin."""

    @pytest.mark.parametrize(("language", "words"), [("en", "Lead story"), ("fr", "Article à la une")])
    def test_the_form_speaks_the_editors_language(self, language, words, site, login):
        response = login(language=language).get(f"/admin/pages/{site.en.home.pk}/edit/")
        assert json.dumps(words)[1:-1] in response.content.decode()

    def test_every_section_with_stories_has_a_preview_made_of_the_articles_of_the_site(
        self, site, login, make_article, make_category
    ):
        water = make_category("Water")
        for n in range(3):
            make_article(f"Story {n}", category=water)
        popularity.rewrite_ranks()
        browser = login()
        stream = HomePage._meta.get_field("sections").stream_block
        for kind in ("lead_story", "latest", "most_read", "category"):
            block = stream.child_blocks[kind]
            assert block.is_previewable
            response = browser.get(f"/admin/block-preview/?id={block.definition_prefix}")
            assert "Story 2" in response.content.decode(), kind

    def test_a_home_page_must_have_a_section(self):
        field = HomePage._meta.get_field("sections")
        with pytest.raises(ValidationError):
            field.formfield().clean(field.to_python([]))


def test_the_neutral_address_leads_to_the_language_of_the_browser(client, site):
    response = client.get("/", headers={"accept-language": "fr-BE,fr;q=0.9,en;q=0.5"})
    assert (response.status_code, response["Location"]) == (302, "/fr/")
    assert "Accept-Language" in response["Vary"]
    assert client.get("/", headers={"accept-language": "zu"})["Location"] == "/en/"


def test_other_addresses_never_negotiate(client, site):
    response = client.get("/en/", headers={"accept-language": "fr"})
    assert response.status_code == 200
    assert '<html lang="en"' in response.content.decode()


def test_an_address_without_a_language_does_not_lead_to_one(client, site):
    assert client.get("/latest-news/").status_code == 404


def test_a_missing_page_answers_in_the_language_of_its_address(client, site):
    french = client.get("/fr/nulle-part/")
    assert french.status_code == 404
    assert '<html lang="fr"' in french.content.decode()


def test_the_health_check_answers(client, db):
    assert client.get("/healthz").status_code == 200
