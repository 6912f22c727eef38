"""What can be found is what readers may see, whoever saved the page."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page

from articles.models import ArticlePage, Author, SearchEntry
from articles.search import index, results
from articles.search.questions import Question
from home.models import StandardPage
from newsroom import publishing
from tests.bulk import add_articles


@pytest.fixture
def found(site):
    """Whether a question finds something."""
    return lambda text, language="en": bool(results.count(Question.read(text, language)))


def test_a_draft_is_not_found_before_it_is_published(found, make_article):
    article = make_article("Wells", live=False)
    assert not found("wells")
    article.save_revision().publish()
    assert found("wells")


def test_words_that_are_not_published_yet_do_not_leak(found, make_article):
    article = make_article("Wells")
    article.title = "Secret"
    article.save_revision()
    article.has_unpublished_changes = True
    article.save(update_fields=["has_unpublished_changes", "expired"], clean=False)
    assert not found("secret")
    assert found("wells")


def test_a_correction_is_found_at_once_and_the_error_no_more(found, make_article):
    article = make_article("Wels")
    article.title = "Wells"
    article.save_revision().publish()
    assert found("wells")
    assert not found("wels")


def test_unpublishing_the_bare_page_hides_it_and_saving_it_live_brings_it_back(found, make_article):
    article = make_article("Wells")
    page = Page.objects.get(pk=article.pk)
    page.unpublish()
    assert not found("wells")
    page.refresh_from_db()
    page.live = True
    page.save()
    assert found("wells")


def test_a_withdrawn_article_is_not_found(found, make_article):
    article = make_article("Wells")
    article.withdrawn_at = timezone.now()
    article.save_revision().publish()
    assert not found("wells")


def test_an_expired_page_is_not_found(found, make_article):
    article = make_article("Wells")
    Page.objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    publishing.publish_scheduled()
    assert not found("wells")


@pytest.mark.parametrize("how", ["specific", "bare", "queryset"])
def test_a_deleted_page_is_not_found(found, make_article, how):
    article = make_article("Wells")
    {
        "specific": article.delete,
        "bare": Page.objects.get(pk=article.pk).delete,
        "queryset": Page.objects.filter(pk=article.pk).delete,
    }[how]()
    assert not found("wells")


def test_a_moved_page_is_found_at_its_new_address(client, site):
    home = site.en.home
    about = home.add_child(instance=StandardPage(title="About", locale=home.locale))
    team = home.add_child(instance=StandardPage(title="Team", locale=home.locale))
    Page.objects.get(pk=team.pk).move(Page.objects.get(pk=about.pk), "last-child")
    assert 'href="/en/about/team/"' in client.get("/en/search/?q=team").content.decode()


def test_a_page_that_is_no_article_is_found_while_it_is_live_and_an_original(found, site):
    home = site.en.home
    page = home.add_child(instance=StandardPage(title="Privacy", locale=home.locale, live=False))
    assert not found("privacy")
    page.save_revision().publish()
    assert found("privacy")
    page.copy_for_translation(site.locales["fr"], alias=True).save()
    assert not found("privacy", "fr")
    page.refresh_from_db()
    page.unpublish()
    assert not found("privacy")


def test_an_alias_is_not_found(found, make_article, translate, site):
    article = make_article("Wells")
    article.copy_for_translation(site.locales["fr"], alias=True).save()
    assert not found("wells", "fr")


def test_a_translation_made_an_alias_is_not_found(found, make_article, translate):
    article = make_article("Wells")
    french = translate(article, "fr", title="Puits")
    assert found("puits", "fr")
    french.alias_of = article
    french.save(update_fields=["alias_of"], clean=False)
    assert not found("puits", "fr")


def test_all_pages_of_a_branch_go_and_come_together(found, make_article, site):
    make_article("Wells")
    Page.objects.get(pk=site.en.index.pk).specific.unpublish()
    for child in site.en.index.get_children():
        child.unpublish()
    assert not found("wells")


def test_a_renamed_author_is_found_by_the_new_name(found, make_article, site):
    author = Author.objects.create(name="Ada Okello", locale=site.locales["en"])
    article = make_article("Wells")
    article.bylines.create(author=author)
    article.save()
    author.name = "Ada Lumumba"
    author.save()
    index.refresh_stale()
    assert found("lumumba")
    assert not found("okello")


def test_a_renamed_category_is_found_by_the_new_name(found, make_article, make_category):
    category = make_category("Water")
    make_article("Wells", category=category)
    category.title = "Rivers"
    category.save_revision().publish()
    index.refresh_stale()
    assert results.count(Question.read("rivers", "en")) == 2  # the category itself, and its article
    assert not found("water")


def test_a_category_saved_unchanged_is_no_work_for_the_clock(make_article, make_category):
    category = make_category("Water")
    make_article("Wells", category=category)
    category.save_revision().publish()
    assert not SearchEntry.objects.filter(stale=True).exists()


def test_the_clock_asks_once_when_there_is_nothing_to_do(site, django_assert_num_queries):
    with django_assert_num_queries(1):
        index.refresh_stale()


def test_rebuilding_finds_what_was_added_behind_djangos_back_and_forgets_what_is_gone(
    found, make_article, make_category, photo, site, capsys
):
    hidden = make_article("Wells")
    Page.objects.filter(pk=hidden.pk).update(live=False)
    ArticlePage.objects.filter(pk=hidden.pk).update(public=False)
    add_articles(150, site.en.index, make_category(), photo)
    call_command("rebuild_search")
    assert results.count(Question.read("article", "en")) == 150
    assert not found("wells")
    assert "can be found" in capsys.readouterr().out


def test_a_very_long_article_can_be_saved_and_is_found_by_its_beginning(found, make_article):
    words = " ".join(f"word{n}é" for n in range(60_000))
    make_article("Long", text=f"<p>First of all {words}</p>")
    assert found("first")
    assert found("word77e")
