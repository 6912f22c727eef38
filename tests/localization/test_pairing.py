"""A finished text written by hand: paired with its source, told when it moves, never overwritten by it."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry
from wagtail_localize.models import Translation

from articles.counting import count_read
from articles.models import ArticlePage, CampaignReads, CategoryPage, DailyReads, Rank, RelatedArticle
from articles.models.readership import ALL_CATEGORIES
from articles.popularity import rewrite_ranks
from articles.related import related_to
from newsroom.localization import drafts, pairing, translating
from newsroom.localization.report import with_since
from newsroom.localization.state import Status, state, with_status
from newsroom.management.commands.set_up_site import translators_of
from tests.forms import article_form
from tests.localization.test_permissions import LOGIN, OK, OUTSIDE, REFUSED, ROLES, call, client_of, outcome

pytestmark = pytest.mark.django_db

STANDFIRST = "The new well is open to all."


@pytest.fixture
def admin(login):
    return login()


@pytest.fixture
def article(make_article):
    return make_article("Wells", standfirst=STANDFIRST, body=[])


@pytest.fixture
def french(site, article, write):
    """A public translation that was written by hand."""
    page = write(article)
    page.title, page.standfirst = "Puits", "Le nouveau puits est ouvert à tous."
    page.save_revision().publish()
    return ArticlePage.objects.get(pk=page.pk)


@pytest.fixture
def write(site, admin):
    """Press “Translate this page” and choose to write it by hand."""

    def press(page):
        url = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
        response = admin.post(url, {"locales": [site.locales["fr"].pk], "how": "by_hand"})
        assert response.status_code == 302
        return type(page).objects.get(translation_key=page.translation_key, locale=site.locales["fr"])

    return press


@pytest.fixture
def save(admin):
    """Save the page in the ordinary editor, as a draft or with `action-publish`."""

    def press(page, **data):
        draft = page.get_latest_revision_as_object()
        form = article_form(title=draft.title, slug=draft.slug, standfirst=draft.standfirst, lead_image="")
        return admin.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {**form, **data})

    return press


def reword(article, standfirst):
    article.refresh_from_db()
    article.standfirst = standfirst
    article.save_revision().publish()


class TestWriting:
    """“Write it yourself” instead of “Translate segment by segment”."""

    def test_it_starts_as_a_draft_with_the_words_of_the_source(self, article, write):
        page = write(article)
        assert not page.live and page.standfirst == STANDFIRST
        assert state(article, "fr").status == Status.DRAFT and state(article, "fr").by_hand

    def test_it_is_edited_in_the_ordinary_editor(self, article, write, admin):
        page = admin.get(reverse("wagtailadmin_pages:edit", args=[write(article).pk])).content.decode()
        assert 'name="standfirst"' in page
        assert "Translate segment by segment" in page and "Start Synced translation" not in page

    def test_the_other_way_is_what_one_gets_without_choosing(self, site, article, admin):
        url = reverse("wagtail_localize:submit_page_translation", args=[article.pk])
        assert "Write it yourself" in admin.get(url).content.decode()
        admin.post(url, {"locales": [site.locales["fr"].pk]})
        assert not state(article, "fr").by_hand

    def test_it_is_the_translation_of_its_source(self, article, french):
        found = state(french, "fr")
        assert (found.status, found.from_language, found.is_source) == (Status.COMPLETE, "en", False)
        assert french.source == article

    def test_sentences_of_the_source_are_not_published_by_accident(self, article, write, save):
        page = write(article)
        response = save(page, title="Puits", **{"action-publish": "on"})
        assert STANDFIRST in response.content.decode()
        page.refresh_from_db()
        assert not page.live and page.get_latest_revision_as_object().title == "Puits"

    def test_unless_somebody_says_so_which_the_history_keeps(self, article, write, save, admin):
        page = write(article)
        save(page, title="Puits", **{"action-publish": "on"})
        admin.post(reverse("localization_publish_anyway", args=[page.pk]))
        page.refresh_from_db()
        assert page.live and PageLogEntry.objects.filter(page=page.pk, action=drafts.INCOMPLETE).exists()

    def test_a_name_that_is_the_same_in_both_languages_is_no_such_sentence(self, article, write, save):
        page = write(article)
        save(page, standfirst="Ouvert à tous depuis lundi.", **{"action-publish": "on"})
        page.refresh_from_db()
        assert page.live and page.title == "Wells"

    def test_it_does_not_go_public_before_its_source_by_accident(self, make_article, write, save):
        page = write(make_article("Wells", live=False, body=[]))
        response = save(page, title="Puits", **{"action-publish": "on"})
        assert "Its source is not public" in response.content.decode()
        page.refresh_from_db()
        assert not page.live

    def test_what_all_languages_share_follows_the_source(self, article, french, make_category):
        article.category = make_category("Water")
        article.save_revision().publish()
        assert ArticlePage.objects.get(pk=french.pk).category_key == article.category.translation_key


class TestStaleness:
    """The words differ; times are not looked at."""

    def test_outdated_when_the_source_is_published_with_other_words(self, site, article, french):
        reword(article, "The new well is closed.")
        found = state(french, "fr")
        assert (found.status, found.moved) == (Status.OUTDATED, 1)
        assert with_status(ArticlePage.objects.filter(pk=article.pk), site.locales["fr"], Status.OUTDATED).exists()

    def test_and_the_report_tells_since_when_it_waits(self, site, article, french):
        before = timezone.now()
        reword(article, "The new well is closed.")
        [waiting] = with_since(Page.objects.filter(pk=article.pk), site.locales["fr"])
        assert waiting.since >= before

    def test_until_somebody_says_that_it_says_the_same(self, article, french, admin):
        reword(article, "The new well is closed.")
        url = reverse("localization_compare", args=[french.pk])
        page = admin.get(url).content.decode()
        assert "The new well is <del>open to all</del><ins>closed</ins>." in page
        admin.post(url)
        assert state(french, "fr").status == Status.COMPLETE
        assert PageLogEntry.objects.filter(page=french.pk, action=pairing.IN_STEP).exists()

    def test_publishing_a_comma_says_nothing_of_the_kind(self, article, french):
        reword(article, "The new well is closed.")
        french.title = "Puits,"
        french.save_revision().publish()
        assert state(french, "fr").status == Status.OUTDATED

    def test_a_sync_for_another_language_does_not_settle_it(self, article, french):
        reword(article, "The new well is closed.")
        translating.update_source(article)
        assert state(french, "fr").status == Status.OUTDATED

    def test_the_side_panel_shows_what_has_changed(self, article, french, admin):
        reword(article, "The new well is closed.")
        page = admin.get(reverse("wagtailadmin_pages:edit", args=[french.pk])).content.decode()
        assert "The new well is <del>open to all</del><ins>closed</ins>." in page
        assert reverse("localization_compare", args=[french.pk]) in page

    def test_a_text_of_its_own_once_its_source_is_deleted(self, article, french):
        article.delete()
        assert state(french, "fr").is_source


class TestNeverOverwritten:
    """Whatever is sent or synchronised."""

    def test_by_a_sync_that_publishes(self, article, french, admin):
        reword(article, "The new well is closed.")
        source = Translation.objects.get(source__object_id=article.translation_key).source
        url = reverse("wagtail_localize:update_translations", args=[source.pk])
        admin.post(url, {"publish_translations": "on"})
        assert ArticlePage.objects.get(pk=french.pk).standfirst == french.standfirst

    def test_by_being_sent_again(self, site, article, french):
        with pytest.raises(translating.AlreadyTranslated):
            translating.send_for_translation(article, site.locales["fr"])
        assert ArticlePage.objects.get(pk=french.pk).standfirst == french.standfirst


class TestStoppingAndRestarting:
    """From segments to the ordinary editor, and back."""

    @pytest.fixture
    def by_segments(self, article, translate):
        return translate(article, "fr", title="Puits", standfirst="Le nouveau puits est ouvert à tous.")

    def stop(self, client, page):
        client.post(reverse("wagtail_localize:stop_translation", args=[translating.translation_into(page).pk]))

    def restart(self, client, page, **data):
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        return client.post(url, {"localize-restart-translation": "on", **data})

    def rewrite(self, page, standfirst):
        draft = page.get_latest_revision_as_object()
        draft.standfirst = standfirst
        draft.save_revision().publish()

    def test_stopping_loses_no_text_that_was_typed_and_not_saved(self, by_segments, admin):
        translating.fill(translating.translation_into(by_segments), {"title": "Forages"})
        self.stop(admin, by_segments)
        by_segments.refresh_from_db()
        assert by_segments.title == "Puits"
        assert by_segments.get_latest_revision_as_object().title == "Forages"

    def test_it_stays_paired_and_as_outdated_as_it_was(self, article, by_segments, admin):
        reword(article, "The new well is closed.")
        self.stop(admin, by_segments)
        found = state(by_segments, "fr")
        assert (found.by_hand, found.status, found.moved) == (True, Status.OUTDATED, 1)

    def test_a_public_text_with_segments_that_nobody_translated_is_outdated_until_somebody_says_otherwise(
        self, article, translate, admin
    ):
        page = translate(article, "fr", title="Puits")
        self.stop(admin, page)
        assert (state(page, "fr").status, state(page, "fr").moved) == (Status.OUTDATED, 1)
        assert pairing.doubts(page).left == (STANDFIRST,)
        admin.post(reverse("localization_compare", args=[page.pk]))
        assert state(page, "fr").status == Status.COMPLETE

    def test_so_is_one_whose_new_words_are_translated_but_not_public(self, article, by_segments, admin):
        reword(article, "The new well is closed.")
        translating.update_source(article)
        translating.fill(translating.translation_into(by_segments), {"standfirst": "Le nouveau puits est fermé."})
        self.stop(admin, by_segments)
        assert state(by_segments, "fr").status == Status.OUTDATED

    def test_restarting_first_shows_what_would_be_overwritten(self, by_segments, admin):
        self.stop(admin, by_segments)
        self.rewrite(by_segments, "Le puits est à tous.")
        page = self.restart(admin, by_segments).content.decode()
        assert "Le puits est à tous." in page and "Le nouveau puits est ouvert à tous." in page
        assert state(by_segments, "fr").by_hand

    def test_the_text_can_be_put_into_the_segments(self, by_segments, admin):
        self.stop(admin, by_segments)
        self.rewrite(by_segments, "Le puits est à tous.")
        self.restart(admin, by_segments, texts="keep")
        translation = translating.translation_into(by_segments)
        assert pairing.losses(translation, by_segments) == []
        assert pairing.pairing_of(by_segments) is None and not state(by_segments, "fr").by_hand

    def test_but_for_sentences_that_were_never_translated(self, article, write, admin):
        page = write(article)
        self.restart(admin, page, texts="keep")
        assert state(page, "fr").translated == 1  # the title, which may be a name

    def test_or_overwritten_when_somebody_says_so(self, by_segments, admin):
        self.stop(admin, by_segments)
        self.rewrite(by_segments, "Le puits est à tous.")
        self.restart(admin, by_segments, texts="overwrite")
        translation = translating.translation_into(by_segments)
        assert translation.source.stringsegment_set.get_translations(translation.target_locale).filter(
            data="Le nouveau puits est ouvert à tous."
        )

    def test_who_may_not_edit_the_page_may_do_neither(self, by_segments, admin, login):
        self.stop(admin, by_segments)
        stranger = login("Digest senders")
        assert self.restart(stranger, by_segments, texts="overwrite").status_code == 302
        assert state(by_segments, "fr").by_hand


class TestPairingLater:
    """Two pages that were written independently."""

    @pytest.fixture
    def twin(self, make_article):
        return make_article("Puits", "fr", body=[])

    def press(self, client, page, source):
        return client.post(reverse("localization_pair", args=[page.pk]), {"source": source.pk})

    def test_makes_one_a_translation_of_the_other(self, article, twin, admin):
        assert self.press(admin, twin, article).status_code == 302
        found = state(article, "fr")
        assert (found.page_id, found.status, found.from_language) == (twin.pk, Status.COMPLETE, "en")
        assert ArticlePage.objects.get(pk=twin.pk).title == "Puits"

    def test_one_chooses_the_other_page_and_is_told_why_it_will_not_do(self, article, twin, admin, make_article):
        assert "page-chooser" in admin.get(reverse("localization_pair", args=[twin.pk])).content.decode()
        refused = self.press(admin, twin, make_article("Sources", "fr", body=[]))
        assert "Both pages are in the same language." in refused.content.decode()

    def test_is_offered_in_the_menu_of_a_page_without_counterpart(self, article, twin, admin):
        for page in (article, twin):
            html = admin.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
            assert "Pair with a translation" in html
        pairing.pair(twin, article)
        assert not pairing.may_pair(admin.get("/admin/").wsgi_request.user, twin)

    def test_readers_can_switch_between_them(self, article, twin, client):
        pairing.pair(twin, article)
        assert twin.get_url() in client.get(article.get_url()).content.decode()

    def test_readers_are_not_told_that_it_was_translated(self, article, twin):
        pairing.pair(twin, article)
        assert ArticlePage.objects.get(pk=twin.pk).source is None

    def test_both_have_the_date_and_category_of_the_source(self, article, twin, make_category):
        article.category, article.date = make_category("Water"), datetime(2026, 1, 5, tzinfo=UTC)
        article.save_revision().publish()
        pairing.pair(twin, article)
        twin = ArticlePage.objects.get(pk=twin.pk)
        assert (twin.date, twin.category_key) == (article.date, article.category.translation_key)
        assert twin.latest_revision.as_object().date == article.date

    def test_reads_count_for_the_story_and_add_up(self, article, twin):
        count_read(twin.pk, campaign="digest-1")
        DailyReads.objects.create(translation_key=article.translation_key, language="fr", day=date(2020, 1, 1), reads=2)
        key = twin.translation_key
        DailyReads.objects.create(translation_key=key, language="fr", day=date(2020, 1, 1), reads=3)
        pairing.pair(twin, article)
        reads = DailyReads.objects.filter(translation_key=article.translation_key, language="fr")
        assert sorted(reads.values_list("reads", flat=True)) == [1, 5]
        rewrite_ranks()
        rank = Rank.objects.get(article=twin, window=7, category_key=ALL_CATEGORIES, together=False)
        assert rank.score == 1 and not DailyReads.objects.filter(translation_key=key).exists()
        assert CampaignReads.objects.get().translation_key == article.translation_key

    def test_articles_of_a_category_stay_in_it(self, make_category, make_article):
        water, eau = make_category("Water"), make_category("Eau", "fr")
        story = make_article("Puits", "fr", category=eau)
        pairing.pair(eau, water)
        story = ArticlePage.objects.get(pk=story.pk)
        assert story.category_key == water.translation_key and story.category_page() == eau

    def test_by_mistake_can_be_undone(self, article, twin, admin):
        count_read(twin.pk)
        key = twin.translation_key
        pairing.pair(twin, article)
        admin.post(reverse("localization_compare", args=[twin.pk]), {"unpair": "on"})
        twin = ArticlePage.objects.get(pk=twin.pk)
        assert state(article, "fr").status == Status.MISSING and state(twin, "fr").is_source
        assert twin.story_key == twin.translation_key not in (key, article.translation_key)
        assert DailyReads.objects.get().translation_key == twin.translation_key

    def test_a_category_paired_by_mistake_takes_its_articles_along(self, make_category, make_article):
        water, eau = make_category("Water"), make_category("Eau", "fr")
        wells = make_article("Wells", category=water)
        puits = make_article("Puits", "fr", category=eau)
        pairing.unpair(pairing.pair(eau, water))
        keys = [ArticlePage.objects.get(pk=page.pk).category_key for page in (wells, puits)]
        assert keys == [water.translation_key, CategoryPage.objects.get(pk=eau.pk).translation_key]

    def test_a_related_article_is_shown_where_its_twin_was_chosen(self, article, twin, make_article, translate):
        other = make_article("Roads", body=[], related_articles=[RelatedArticle(article=article)])
        routes = translate(other, "fr", title="Routes")
        pairing.pair(twin, article)
        assert related_to(routes) == [twin]

    def test_the_history_keeps_it(self, article, twin, admin):
        self.press(admin, twin, article)
        assert PageLogEntry.objects.get(page=twin.pk, action=pairing.PAIRED).data["source"]["id"] == article.pk

    @pytest.mark.parametrize(
        ("case", "reason"),
        [
            ("another type", "two types"),
            ("the same language", "same language"),
            ("paired already", "paired already"),
            ("the source has a page in this language", "in this language already"),
            ("the source is a translation", "translation itself"),
            ("one of each language", "from the beginning"),
        ],
    )
    def test_is_refused_with_a_reason(self, case, reason, site, article, twin, make_article, make_category, translate):
        page, source = twin, article
        if case == "another type":
            source = make_category("Water")
        elif case == "the same language":
            source = make_article("Sources", "fr")
        elif case == "paired already":
            translate(twin, "en", title="Wells")
        elif case == "the source has a page in this language":
            translate(article, "fr", title="Puits")
        elif case == "the source is a translation":
            origin = make_article("Sources", "fr")
            source = translate(origin, "en", title="Springs")
            ArticlePage.objects.filter(pk=origin.pk).update(translation_key=uuid.uuid4())
        elif case == "one of each language":
            page, source = site.fr.newsletter, site.en.newsletter
        with pytest.raises(pairing.NotPairable, match=reason):
            pairing.check(page, source)

    def test_by_two_people_at_once_is_told_to_the_slower_one(self, article, twin, admin, make_article, monkeypatch):
        pairing.pair(twin, article)
        other = make_article("Autre puits", language="fr")
        monkeypatch.setattr(pairing, "check", lambda page, source: None)
        response = self.press(admin, other, article)
        assert "has a page in this language already" in response.content.decode()
        assert ArticlePage.objects.get(pk=other.pk).translation_key == other.translation_key != article.translation_key

    def test_needs_the_right_to_publish_a_public_page(self, article, twin, login):
        self.press(login("Digest senders"), twin, article)
        assert state(article, "fr").status == Status.MISSING
        self.press(login(translators_of("fr")), twin, article)
        assert state(article, "fr").page_id == twin.pk


PUBLISHERS = {"translator fr", "editor", "superuser"}
WRITERS = PUBLISHERS | {"apprentice fr"}


@pytest.mark.parametrize(
    ("name", "method", "data", "allowed"),
    [
        ("pair", "get", {}, PUBLISHERS),
        ("compare", "get", {}, WRITERS),
        ("compare", "post", {}, WRITERS),
        ("compare", "post", {"unpair": "on"}, PUBLISHERS),
        ("publish_anyway", "post", {}, PUBLISHERS),
    ],
)
def test_who_is_let_in(name, method, data, allowed, site, make_article):
    page = make_article("Puits", "fr", body=[])
    if name != "pair":
        pairing.pair(page, make_article("Wells", body=[]))
    found, expected = {}, {}
    for role in ROLES:
        client = client_of(role, site)
        with transaction.atomic():
            found[role] = outcome(call(client, method, reverse(f"localization_{name}", args=[page.pk]), data))
            transaction.set_rollback(True)
        expected[role] = LOGIN if role in OUTSIDE else OK if role in allowed else REFUSED
    assert found == expected
