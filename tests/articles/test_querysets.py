"""What the words for asking about articles mean."""

from datetime import UTC, datetime

import pytest

from articles.models import ArticlePage

DAY = datetime(2026, 3, 1, 9, tzinfo=UTC)


def titles(articles):
    return [article.title for article in articles]


def test_published_means_live_and_not_withdrawn(make_article):
    make_article("Live")
    make_article("Draft", live=False)
    make_article("Withdrawn", withdrawn_at=DAY)

    assert titles(ArticlePage.objects.published()) == ["Live"]


def test_an_alias_is_never_published(site, make_article):
    article = make_article("Original")
    article.copy_for_translation(site.locales["fr"], alias=True)

    assert titles(ArticlePage.objects.published()) == ["Original"]
    assert titles(ArticlePage.objects.originals()) == ["Original"]
    assert ArticlePage.objects.count() == 2


def test_each_language_lists_its_own_articles(make_article, translate):
    translate(make_article("Bridge"), "fr", title="Pont")
    make_article("Only in English")
    make_article("Né en français", language="fr")

    assert titles(ArticlePage.objects.published().in_language("fr").newest()) == ["Né en français", "Pont"]
    assert titles(ArticlePage.objects.published().in_language("en").newest()) == ["Only in English", "Bridge"]


def test_newest_goes_by_the_date_of_the_story_and_not_of_its_translation(make_article, translate):
    old = make_article("Old", date=datetime(2020, 1, 1, tzinfo=UTC))
    translate(make_article("New"), "fr", title="Nouveau")
    translate(old, "fr", title="Ancien")

    assert titles(ArticlePage.objects.published().in_language("fr").newest()) == ["Nouveau", "Ancien"]


def test_languages_agree_on_the_order_of_stories_of_the_same_minute(make_article, translate):
    pairs = [make_article(f"Story {n}", date=DAY) for n in range(5)]
    for article in reversed(pairs):
        translate(article, "fr", title=article.title.replace("Story", "Article"))

    english = ArticlePage.objects.published().in_language("en").newest()
    french = ArticlePage.objects.published().in_language("fr").newest()
    assert [a.story_key for a in english] == [a.story_key for a in french]


def test_a_category_is_asked_for_by_its_key_in_any_language(make_article, make_category, translate):
    water = make_category("Water")
    translate(water, "fr", title="Eau")
    translate(make_article("Wells", category=water), "fr", title="Puits")
    make_article("Schools")

    in_water = ArticlePage.objects.published().in_category(water.translation_key)
    assert sorted(titles(in_water)) == ["Puits", "Wells"]


@pytest.mark.parametrize(("language", "shown"), [("en", "Water"), ("fr", None)])
def test_a_card_names_its_category_only_where_that_has_a_page(language, shown, make_article, make_category, translate):
    water = make_category("Water")
    translate(make_article("Wells", category=water), "fr", title="Puits")

    [card] = ArticlePage.objects.published().in_language(language).cards()
    assert (card.shown_category and card.shown_category.title) == shown


def test_cards_cost_the_same_for_one_article_and_for_twelve(
    make_article, photo, django_assert_num_queries, make_category
):
    water = make_category("Water")
    make_article("First", lead_image=photo, category=water)
    with django_assert_num_queries(3):
        ArticlePage.objects.published().newest().cards()
    for n in range(11):
        make_article(f"Article {n}", lead_image=photo, category=water)
    with django_assert_num_queries(3):
        cards = ArticlePage.objects.published().newest().cards()
        assert all(card.lead_image.title and card.shown_category.title and card.teaser for card in cards)
