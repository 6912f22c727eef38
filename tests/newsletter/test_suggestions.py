"""Suggested stories: what the next digest could tell."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from articles import popularity
from articles.models import ArticlePage, DailyReads
from newsletter import preflight, sending, suggestions
from newsletter.models import Campaign, CampaignStory, DigestPage
from tests.bulk import add_articles


@pytest.fixture
def read():
    """Let an article be read so many times, so many days ago."""

    def add(article, reads, days_ago=0):
        day = timezone.now().date() - timedelta(days=days_ago)
        DailyReads.objects.create(translation_key=article.story_key, language=article.language, day=day, reads=reads)

    return add


@pytest.fixture
def send(make_digest):
    """Send a digest of some articles, so many days ago."""

    def confirm(*articles, days_ago=7, subject="The last one"):
        digest = make_digest(*articles, title=subject)
        campaign = Campaign.objects.create(
            digest_key=digest.translation_key, newsletter_key=digest.get_parent().translation_key
        )
        Campaign.objects.update(confirmed_at=timezone.now() - timedelta(days=days_ago), state="finished")
        campaign.editions.create(languages="en", subject=subject)
        CampaignStory.objects.bulk_create(
            CampaignStory(campaign=campaign, story_key=article.story_key) for article in articles
        )
        campaign.refresh_from_db()
        return campaign

    return confirm


def ago(**time):
    return timezone.now() - timedelta(**time)


def titles(digest):
    popularity.rewrite_ranks()
    return [suggestion.article.title for suggestion in suggestions.suggest(digest)]


class TestWhatIsSuggested:
    """Late and much read stories, in turns."""

    def test_the_latest_and_the_most_read_of_each_language_in_turns(self, make_article, translate, make_digest, read):
        old = [make_article(f"Old {n}", date=ago(days=60 + n)) for n in range(3)]
        read(old[2], 30)
        read(translate(old[1], "fr", title="Vieux"), 20)
        make_article("New 1", date=ago(days=1))
        make_article("New 2", date=ago(days=2))
        assert titles(make_digest()) == ["New 1", "Old 2", "Old 1", "New 2"]

    def test_only_what_came_out_since_the_last_digest_of_the_newsletter(self, make_article, make_digest, send):
        make_article("Since", date=ago(days=2))
        make_article("Before", date=ago(days=9))
        assert titles(make_digest()) == ["Since", "Before"]
        send(days_ago=7)
        assert titles(make_digest()) == ["Since"]

    def test_none_that_the_digest_has_and_none_that_another_has_shown(self, make_article, make_digest, send):
        here, sent, _fresh = (make_article(title, date=ago(days=1)) for title in ("Here", "Sent", "Fresh"))
        send(sent)
        assert titles(make_digest(here)) == ["Fresh"]

    def test_a_story_once_whatever_the_languages_it_is_in(self, make_article, translate, make_digest, read):
        well = make_article("A well", date=ago(days=1))
        french = translate(well, "fr", title="Un puits")
        read(well, 5)
        read(french, 7)
        [suggestion] = suggestions.suggest(make_digest())
        assert suggestion.article == well
        assert suggestion.reads == {"en": 5, "fr": 7}
        assert suggestion.all_reads == 12

    def test_at_most_three_of_a_category(self, make_article, make_category, make_digest):
        water = make_category("Water")
        for n in range(5):
            make_article(f"Water {n}", category=water, date=ago(hours=n + 1))
        make_article("Health", category=make_category("Health"), date=ago(days=2))
        assert titles(make_digest()) == ["Water 0", "Water 1", "Water 2", "Health"]

    def test_twelve_at_most(self, make_article, make_digest):
        for n in range(14):
            make_article(f"Story {n}", date=ago(hours=n + 1))
        assert len(titles(make_digest())) == 12

    def test_nothing_that_is_not_published(self, make_article, make_digest):
        make_article("Draft", live=False, date=ago(days=1))
        make_article("Withdrawn", withdrawn_at=timezone.now(), date=ago(days=1))
        assert titles(make_digest()) == []

    def test_where_each_stands_in_every_language(self, make_article, translate, make_digest):
        well = make_article("A well", date=ago(days=1))
        make_article("A pump", date=ago(days=2))
        french = translate(well, "fr", title="Un puits")
        found = suggestions.suggest(make_digest())
        in_french = {suggestion.article.title: suggestion.states["fr"] for suggestion in found}
        assert in_french["A pump"].status == "missing"
        assert in_french["A well"].page_id == french.pk

    def test_of_a_story_that_was_sent_it_is_told_when_and_as_what(self, make_article, make_digest, send):
        well = make_article("A well", date=ago(days=1))
        send(well, subject="News of June", days_ago=40)
        send(well, subject="News of July", days_ago=9)
        [told] = suggestions.described(make_digest(), [well.story_key], ago(days=9))
        assert told.sent.subject == "News of July"

    def test_its_queries_do_not_depend_on_how_much_there_is(self, site, make_category, photo, make_digest, send):
        digest, costs = make_digest(), []
        for count in (60, 240):
            add_articles(count, site.en.index, make_category(f"Category {count}"), photo)
            ArticlePage.objects.update(date=ago(days=1))
            send(*ArticlePage.objects.all()[:20])
            DailyReads.objects.all().delete()
            DailyReads.objects.bulk_create(
                DailyReads(translation_key=key, language="en", day=ago(days=1).date(), reads=number)
                for number, key in enumerate(ArticlePage.objects.values_list("story_key", flat=True))
            )
            popularity.rewrite_ranks()
            with CaptureQueriesContext(connection) as queries:
                assert suggestions.suggest(digest)
            costs.append(len(queries))
        assert costs == [15, 15]


class TestSending:
    """Which stories a campaign has shown is kept."""

    def test_freezing_keeps_them(self, bilingual_digest, subscribe):
        subscribe("ada@example.org")
        campaign = sending.freeze(bilingual_digest, None)
        assert [story.story_key for story in campaign.stories.all()] == [
            article.translation_key for article in bilingual_digest.parts()
        ]


class TestWhatWasSentBefore:
    """Nobody reads the same story twice unless somebody wants it so."""

    def test_the_preflight_says_when_and_as_what(self, make_article, make_digest, send):
        well, pump = make_article("A well"), make_article("A pump")
        campaign = send(well, subject="News of July", days_ago=9)
        found = [
            problem for problem in preflight.run(make_digest(well, pump)).problems if problem.code == "sent-before"
        ]
        date = date_format(timezone.localtime(campaign.confirmed_at), "DATE_FORMAT")
        assert [(problem.message, problem.blocks) for problem in found] == [
            (f"“A well” stood in “News of July” of {date} already.", False)
        ]

    def test_a_copy_of_a_digest_that_was_sent_is_a_draft_to_start_from(self, bilingual_digest, subscribe, login):
        subscribe("ada@example.org")
        sending.freeze(bilingual_digest, None)
        client = login("Digest senders")
        form = {
            "new_title": "The next one",
            "new_slug": "the-next-one",
            "new_parent_page": bilingual_digest.get_parent().pk,
        }
        client.post(reverse("wagtailadmin_pages:copy", args=[bilingual_digest.pk]), form)
        copy = DigestPage.objects.get(title="The next one")
        assert not copy.live
        assert copy.get_latest_revision_as_object().parts() == bilingual_digest.parts()
        assert not Campaign.objects.of(copy.translation_key).exists()
        assert [problem.code for problem in preflight.run(copy).problems].count("sent-before") == 1


class TestInTheAdmin:
    """The page with the suggestions."""

    @pytest.fixture
    def client(self, login):
        return login("Editors")

    def url(self, digest):
        return reverse("newsletter_suggestions", args=[digest.pk])

    def test_the_editor_of_a_digest_leads_there(self, make_digest, client):
        digest = make_digest()
        assert self.url(digest) in client.get(reverse("wagtailadmin_pages:edit", args=[digest.pk])).content.decode()

    def test_what_is_ticked_stands_at_the_end_of_the_draft(self, make_digest, client, make_article):
        digest = make_digest()
        well, pump = make_article("A well", date=ago(days=1)), make_article("A pump", date=ago(days=2))
        response = client.post(self.url(digest), {"story": [str(pump.story_key), "rubbish"]}, follow=True)
        assert "1 story stands at the end of the draft." in response.content.decode()
        assert self.stories(digest) == [pump]
        client.post(self.url(digest), {"story": [str(well.story_key), str(pump.story_key)]})
        assert self.stories(digest) == [pump, well]

    def stories(self, digest):
        return DigestPage.objects.get(pk=digest.pk).get_latest_revision_as_object().parts()

    def test_nothing_ticked_is_said(self, make_digest, client):
        response = client.post(self.url(make_digest()), follow=True)
        assert "Please tick at least one story." in response.content.decode()

    def test_in_french(self, make_digest, login, make_article):
        make_article("A well", date=ago(days=1))
        page = login("Editors", language="fr").get(self.url(make_digest())).content.decode()
        assert "Articles proposés" in page
        assert "Ajouter au numéro" in page

    def test_a_digest_without_news_says_so(self, make_digest, client):
        assert "There is nothing new" in client.get(self.url(make_digest())).content.decode()

    def test_translations_and_digests_that_were_sent_take_no_stories(self, bilingual_digest, client, subscribe):
        french = bilingual_digest.get_translations().get()
        assert self.refused(client, french)
        assert not self.refused(client, bilingual_digest)
        subscribe("ada@example.org")
        sending.freeze(bilingual_digest, None)
        assert self.refused(client, bilingual_digest)

    def test_only_who_may_edit_it_adds_to_it(self, make_digest, login):
        digest = make_digest()
        assert self.refused(login("Translators (fr)"), digest)

    def refused(self, client, digest):
        """Whether somebody is turned away, looking and adding."""
        answers = [client.get(self.url(digest)), client.post(self.url(digest), {"story": []})]
        home = reverse("wagtailadmin_home")
        return all(answer.status_code == 302 and answer.url == home for answer in answers)
