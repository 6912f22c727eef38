"""The column `public` is right whoever saved the page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from articles.models import ArticlePage
from newsroom import publishing


@pytest.fixture
def listed(client, site):
    """Whether a title stands on the page of latest news."""
    return lambda title: title in client.get(site.en.latest.url).content.decode()


def test_an_expired_article_leaves_the_lists(make_article, listed):
    article = make_article("Not for ever")
    assert listed("Not for ever")
    Page.objects.filter(pk=article.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    publishing.publish_scheduled()
    assert not ArticlePage.objects.get(pk=article.pk).live
    assert not listed("Not for ever")


def test_unpublishing_the_bare_page_takes_it_from_the_lists_and_publishing_brings_it_back(make_article, listed):
    article = make_article("Here and gone")
    page = Page.objects.get(pk=article.pk)
    page.unpublish()
    assert not listed("Here and gone")
    page.refresh_from_db()
    page.live = True
    page.save()
    assert listed("Here and gone")


def test_a_draft_of_what_has_just_been_unpublished_does_not_bring_it_back(make_article, listed):
    article = make_article("Here and gone")
    draft = article.get_latest_revision_as_object()
    article.unpublish()
    draft.save_revision()
    assert not listed("Here and gone")


def test_a_translation_made_an_alias_leaves_the_lists(make_article, translate):
    article = make_article("Wells")
    french = translate(article, "fr", title="Puits")
    french.alias_of = article
    french.save(update_fields=["alias_of"], clean=False)
    assert not ArticlePage.objects.published().in_language("fr").exists()


def test_a_withdrawn_article_does_not_come_back_by_saving_the_bare_page(make_article):
    article = make_article("Wrong", withdrawn_at=timezone.now())
    Page.objects.get(pk=article.pk).save()
    assert not ArticlePage.objects.published().exists()


def test_publishing_what_is_scheduled_costs_two_look_ups_when_nothing_is(site, django_assert_num_queries):
    with django_assert_num_queries(2):
        publishing.publish_scheduled()
