"""What readers of a language see: texts of that language, and nothing else."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.counting import count_read
from articles.models import ArticlePage, RelatedArticle
from articles.popularity import rewrite_ranks
from newsroom.localization import drafts, translating
from newsroom.publishing import publish_scheduled
from tests.conftest import article_maker, category_maker, translator

pytestmark = pytest.mark.django_db


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


class TestNoUntranslatedText:
    """Wherever readers of French find articles."""

    PLACES = {
        "home": lambda site: site.fr.home.get_url(),
        "news index": lambda site: site.fr.index.get_url(),
        "latest news": lambda site: site.fr.latest.get_url(),
        "most read": lambda site: site.fr.most_read.get_url(),
        "category": lambda site: "/fr/actualites/eau/",
        "rails and related articles": lambda site: "/fr/actualites/puits/",
        "RSS": lambda site: site.fr.latest.get_url() + "feed/",
        "JSON Feed": lambda site: site.fr.latest.get_url() + "feed.json",
        "feed of most read": lambda site: site.fr.most_read.get_url() + "feed/",
        "feed of a category": lambda site: "/fr/actualites/eau/feed/",
        "search": lambda site: "/fr/search/?q=puits",
        "sitemap": lambda site: "/sitemap-fr-articlepage-1.xml",
        "news sitemap": lambda site: "/news-sitemap.xml",
    }

    @pytest.fixture(scope="class")
    @classmethod
    def kept_stories(cls, kept):
        """Four stories of one category that have no public French text: one of an alias, one of a draft, one that
        nobody sent, one that was unpublished in French. They are the newest, read most, and related to one that has."""
        with kept() as site:
            make_article, make_category, translate = article_maker(site), category_maker(site), translator(site)
            water = make_category("Water")
            translate(water, "fr", title="Eau")
            now = timezone.now()
            names = ("Alias", "Draft", "Missing", "Unpublished")
            stories = [make_article(f"{name} puits", category=water, date=now, body=[]) for name in names]
            related = [RelatedArticle(article=story) for story in stories[:3]]
            wells = make_article(
                "Wells", category=water, date=now - timedelta(hours=1), body=[], related_articles=related
            )
            translate(wells, "fr", title="Puits")
            alias, draft, _missing, unpublished = stories
            pages = [
                alias.copy_for_translation(site.locales["fr"], alias=True),
                translate(draft, "fr", publish=False),
                translate(unpublished, "fr"),
            ]
            pages[2].unpublish()
            for story in [*stories, *ArticlePage.objects.filter(pk__in=[page.pk for page in pages])]:
                count_read(story.pk)
            rewrite_ranks()
            yield [page.pk for page in (*stories, *pages)]

    @pytest.fixture
    def untranslated(self, site, kept_stories):
        """The pages of those stories."""
        return ArticlePage.objects.filter(pk__in=kept_stories).select_related("locale")

    @pytest.mark.parametrize("place", PLACES)
    def test_in(self, place, client, site, untranslated):
        text = read(client, self.PLACES[place](site))
        assert "/fr/actualites/puits/" in text or "Puits" in text
        for page in untranslated:
            in_file_of_all_languages = place == "news sitemap" and page.locale.language_code == "en"
            assert in_file_of_all_languages or page.get_url() not in text


class TestLinks:
    """Inside a French page they lead to French pages, when those exist."""

    @pytest.fixture
    def target(self, make_article):
        return make_article("Wells", body=[])

    @pytest.fixture
    def french(self, target, make_article, translate):
        """A translated page with a link in its text and one on its button."""
        link = f'<p><a linktype="page" id="{target.pk}">wells</a></p>'
        call = {"text": "Read on.", "label": "Wells", "page": target, "url": ""}
        source = make_article("Roads", body=[("paragraph", link), ("call_to_action", call)])
        return translate(source, "fr", title="Routes")

    def test_to_the_source_while_there_is_no_translation(self, client, french, target):
        assert read(client, french.get_url()).count(f'href="{target.get_url()}"') >= 2

    def test_to_the_source_while_the_translation_is_a_draft(self, client, french, target, translate):
        draft = translate(target, "fr", title="Puits", publish=False)
        page = read(client, french.get_url())
        assert draft.get_url() not in page and page.count(f'href="{target.get_url()}"') >= 2

    def test_to_the_translation_from_its_publication_on(self, client, french, target, translate):
        puits = translate(target, "fr", title="Puits")
        body = read(client, french.get_url()).split("<article")[1].split("</article")[0]
        assert body.count(f'href="{puits.get_url()}"') >= 2 and f'href="{target.get_url()}"' not in body

    def test_in_feeds_too(self, client, site, french, target, translate):
        puits = translate(target, "fr", title="Puits")
        feed = html.unescape(read(client, site.fr.latest.get_url() + "feed/"))
        assert re.findall(r'href="([^"]+)">wells<', feed) == [puits.full_url]


class TestWhatAllLanguagesShare:
    """It changes in every language when the source is published, at once."""

    @pytest.fixture
    def article(self, make_article):
        return make_article("Wells", body=[])

    @pytest.mark.parametrize("field", ["expire_at", "go_live_at"])
    def test_dates_of_the_schedule_set_and_cleared(self, field, article, translate):
        translate(article, "fr", title="Puits")
        ahead = timezone.now().replace(microsecond=0) + timedelta(days=7)
        time = ahead if field == "expire_at" else ahead - timedelta(days=14)
        for value in (time, None):
            article = ArticlePage.objects.get(pk=article.pk)
            setattr(article, field, value)
            article.save_revision().publish()
            french = ArticlePage.objects.in_language("fr").get()
            assert getattr(french, field) == getattr(french.latest_revision.as_object(), field) == value
            assert french.live

    def test_drafts_that_wait_for_their_time_follow_too(self, site, article, make_category, translate):
        french = translate(article, "fr", title="Puits")
        french.go_live_at = timezone.now() + timedelta(days=7)
        scheduled = french.save_revision(approved_go_live_at=french.go_live_at)
        french.save_revision()
        article = ArticlePage.objects.get(pk=article.pk)
        article.category = make_category("Water")
        article.save_revision().publish()
        scheduled.refresh_from_db()
        assert scheduled.as_object().category == article.category

    def test_a_source_that_expires_takes_its_translation_along(self, article, translate, client):
        french = translate(article, "fr", title="Puits")
        article = ArticlePage.objects.get(pk=article.pk)
        article.expire_at = timezone.now() + timedelta(seconds=5)
        article.save_revision().publish()
        ArticlePage.objects.update(expire_at=timezone.now() - timedelta(seconds=1))
        publish_scheduled()
        assert client.get(french.get_url()).status_code == 404

    def test_a_story_translated_today_is_as_old_as_its_source(self, client, site, make_article, translate):
        old = make_article("Old", body=[], date=timezone.now() - timedelta(days=400))
        recent = make_article("Recent", body=[], date=timezone.now() - timedelta(days=2))
        translate(recent, "fr", title="Récent")
        translate(old, "fr", title="Ancien")
        main = read(client, site.fr.latest.get_url()).split("<main")[1]
        assert main.index("Récent") < main.index("Ancien")


def test_a_category_without_a_page_in_a_language_is_not_named_there(
    client, site, make_article, make_category, translate
):
    article = make_article("Wells", body=[], category=make_category("Hydrology"))
    french = translate(article, "fr", title="Puits")
    rewrite_ranks()
    for address in (french.get_url(), site.fr.home.get_url(), site.fr.latest.get_url() + "feed/"):
        assert "Hydrology" not in read(client, address)


class TestAddresses:
    """Made once, from the translated title, in plain letters."""

    @pytest.fixture
    def publish(self, site):
        """Publish the translation of a page again, with another title. Returns its slug."""

        def make(page, title):
            task = translating.send_for_translation(page, site.locales["fr"])
            translating.fill(task, {"title": title})
            drafts.publish(task, None, confirmed=True)
            return ArticlePage.objects.in_language("fr").get().slug

        return make

    def test_they_stay_when_the_title_or_the_address_of_the_source_changes(self, make_article, publish):
        article = make_article("Works", body=[])
        assert publish(article, "L’œuvre d’Élise") == "l-oeuvre-d-elise"
        article.slug = "other-works"
        article.save_revision().publish()
        assert publish(article, "Le titre a changé") == "l-oeuvre-d-elise"

    def test_one_that_was_published_under_the_address_of_its_source_keeps_it(self, make_article, publish):
        article = make_article("Kisumu", body=[])
        assert publish(article, "Kisumu") == "kisumu"
        assert publish(article, "Kisumu, un an après") == "kisumu"
