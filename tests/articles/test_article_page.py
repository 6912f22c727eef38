"""What an article knows about itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.models import Page

from articles.models import ArticlePage, Author
from articles.models.pages import TEASER_LENGTH
from tests.forms import article_form


def test_the_date_is_set_by_the_first_publication_and_stays(make_article):
    draft = make_article("Draft", live=False)
    assert draft.date is None

    draft.save_revision().publish()
    first = ArticlePage.objects.get(pk=draft.pk).date
    assert timezone.now() - first < timedelta(minutes=1)

    # the draft that was published had no date; editing goes on from it
    again = ArticlePage.objects.get(pk=draft.pk).get_latest_revision_as_object()
    again.title = "Better"
    again.save_revision().publish()
    assert ArticlePage.objects.get(pk=draft.pk).date == first


def test_a_translation_published_later_has_the_date_of_the_story(make_article, translate):
    story = make_article(date=datetime(2024, 5, 1, tzinfo=UTC))
    assert translate(story, "fr", title="Un puits").date == story.date


def test_the_teaser_is_the_standfirst(make_article):
    assert make_article(standfirst="In short.").teaser == "In short."


def test_without_a_standfirst_the_teaser_is_the_opening_cut_at_a_word(make_article):
    teaser = make_article(text="<p>" + "Water &amp; bread for everybody. " * 20 + "</p>").teaser
    assert teaser.startswith("Water & bread for everybody. Water")
    assert teaser.endswith("…")
    assert len(teaser) <= TEASER_LENGTH + 1
    assert teaser.removesuffix("…").split()[-1] in {"Water", "&", "bread", "for", "everybody."}


def test_a_line_break_in_a_title_survives_the_form_and_the_translation(make_article, translate):
    article = make_article("Sharing is caring:\r\nequal parenting")
    assert article.title == "Sharing is caring:\nequal parenting"
    french = translate(article, "fr", title="Partager :<br>la parentalité")
    assert french.title == "Partager :\nla parentalité"


def test_slugs_come_from_the_title_once_and_are_transliterated(make_article, translate):
    article = make_article("An early summer", "en")
    french = translate(article, "fr", title="L’été à Québec : œuvre nº 1")
    assert french.slug == "l-ete-a-quebec-oeuvre-no-1"

    assert translate(article, "fr", title="Un autre titre").slug == "l-ete-a-quebec-oeuvre-no-1"


def test_two_articles_of_the_same_title_have_addresses_of_their_own(make_article):
    assert [make_article("Wells").slug for _ in range(2)] == ["wells", "wells-1"]


def test_a_title_without_a_letter_that_could_be_transliterated_still_has_an_address(make_article):
    assert make_article("!!!").slug.startswith("page-")


def test_category_and_date_of_a_published_source_reach_every_translation_at_once(
    make_article, make_category, translate
):
    water, rights = make_category("Water"), make_category("Rights")
    article = make_article("Wells", category=water)
    translate(article, "fr", title="Puits")

    article = ArticlePage.objects.get(pk=article.pk)
    article.category, article.date = rights, datetime(2025, 7, 1, tzinfo=UTC)
    article.save_revision().publish()

    french = ArticlePage.objects.in_language("fr").get()
    assert (french.category_key, french.date) == (rights.translation_key, article.date)
    assert french.title == "Puits"
    draft = french.get_latest_revision_as_object()
    assert (draft.category_id, draft.date) == (rights.pk, article.date)


def test_a_category_cleared_in_the_source_is_cleared_in_the_translation(make_article, make_category, translate):
    article = make_article("Wells", category=make_category())
    translate(article, "fr", title="Puits")

    article = ArticlePage.objects.get(pk=article.pk)
    article.category = None
    article.save_revision().publish()
    assert ArticlePage.objects.in_language("fr").get().category_key is None


def test_publishing_a_translation_does_not_change_its_source(make_article, make_category, translate):
    article = make_article("Wells")
    french = translate(article, "fr", title="Puits")
    french.category = make_category()
    french.save_revision().publish()
    assert ArticlePage.objects.get(pk=article.pk).category is None


def test_submitting_a_live_article_leaves_its_translation_a_draft(make_article, translate):
    assert translate(make_article(), "fr", publish=False).live is False


def test_authors_are_shown_with_the_role_in_the_language_of_the_page(site, make_article, translate):
    from articles.models import ArticleByline
    from newsroom.localization import translating

    ada = Author.objects.create(name="Ada", role="Editor", locale=site.locales["en"])
    bo = Author.objects.create(name="Bo", role="Correspondent", locale=site.locales["en"])
    task = translating.send_for_translation(ada, site.locales["fr"])
    translating.fill(task, {"name": "Ada", "role": "Rédactrice en chef"})
    task.save_target()
    article = make_article(bylines=[ArticleByline(author=bo, sort_order=0), ArticleByline(author=ada, sort_order=1)])

    french = translate(article, "fr", title="Puits")
    assert [(author.name, author.role) for author in french.authors] == [
        ("Bo", "Correspondent"),
        ("Ada", "Rédactrice en chef"),
    ]
    assert [author.role for author in ArticlePage.objects.get(pk=article.pk).authors] == [
        "Correspondent",
        "Editor",
    ]


def test_an_article_cannot_be_withdrawn_in_the_future(make_article):
    article = make_article()
    article.withdrawn_at = timezone.now() + timedelta(days=1)
    with pytest.raises(ValidationError):
        article.full_clean()


@pytest.mark.parametrize("year", [1, 26, 226])
def test_a_slip_in_the_year_is_refused_and_does_no_harm(client, site, make_article, year):
    slip = datetime(year, 5, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="1800"):
        make_article("Wells", date=slip)
    ArticlePage.objects.filter(pk=make_article("Pumps").pk).update(date=slip)
    make_article("Taps")
    assert client.get(site.en.latest.url).status_code == 200


def test_a_withdrawn_article_answers_gone_with_the_reason(client, make_article):
    article = make_article("Wells", withdrawn_at=timezone.now(), withdrawn_reason="The figures were wrong.")
    response = client.get(article.url)
    assert response.status_code == 410
    assert "The figures were wrong." in response.content.decode()


def test_a_category_that_articles_use_cannot_be_deleted(make_article, make_category):
    from django.db.models import ProtectedError

    category = make_category()
    make_article(category=category)
    with pytest.raises(ProtectedError):
        category.delete()


def test_the_tree_stays_sound_when_translations_are_published(make_article, translate):
    for n in range(3):
        translate(make_article(f"Story {n}"), "fr", title=f"Article {n}")
    assert Page.find_problems() == ([], [], [], [], [])


def filled_form(article, **fields):
    """The editor's form of an article, filled in."""
    form_class = ArticlePage.get_edit_handler().get_form_class()
    return form_class(article_form(**{"title": "Wells", "slug": "wells", **fields}), instance=article)


class TestADateInTheFuture:
    """A story would stand above all newer ones until its date has come."""

    @pytest.fixture
    def publish(self, make_article, login):
        """Press “Publish” on a draft with these times. Returns what is wrong with its date."""
        article = make_article(live=False)

        def press(button="action-publish", **times):
            times = {name: timezone.localtime(time).strftime("%Y-%m-%d %H:%M") for name, time in times.items()}
            return filled_form(article, **times, **{button: "on"}).errors.get("date")

        return press

    def test_is_refused_when_it_is_published(self, publish):
        assert "set a schedule" in str(publish(date=timezone.now() + timedelta(days=3)))

    def test_but_for_a_story_of_this_evening(self, publish):
        assert not publish(date=timezone.now() + timedelta(hours=8))

    def test_or_one_that_goes_public_then(self, publish):
        then = timezone.now() + timedelta(days=3)
        assert not publish(date=then, go_live_at=then)

    def test_a_draft_may_have_it(self, publish):
        assert not publish("action-save", date=timezone.now() + timedelta(days=3))


def test_the_standfirst_is_one_paragraph_however_it_was_typed(make_article):
    assert make_article(standfirst="Open since Monday.\r\nFor all.").standfirst == "Open since Monday. For all."


class TestWithdrawing:
    def test_a_reason_without_a_date_is_no_withdrawal_and_is_not_taken_for_one(self, make_article, login):
        form = filled_form(make_article(), withdrawn_reason="The numbers were wrong.")
        assert "set the date" in str(form.errors["withdrawn_at"])

    def test_the_admin_does_not_call_it_live(self, site, make_article, login):
        make_article("Wells", withdrawn_at=timezone.now())
        html = login().get(f"/admin/pages/{site.en.index.pk}/").content.decode()
        assert "withdrawn" in html
