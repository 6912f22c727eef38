"""Unpublishing, moving and deleting a source takes along the translations that the editor ticked, and no other."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page

from articles.models import ArticlePage
from home.models import StandardPage
from newsroom.management.commands.set_up_site import EDITORS

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(login):
    return login(EDITORS)


@pytest.fixture
def english_only(site, login):
    """Somebody who edits and publishes the English tree, and not the French one."""
    group = Group.objects.get(name=EDITORS)
    GroupPagePermission.objects.filter(group=group, page_id=site.fr.home.pk).delete()
    return login(EDITORS)


def url(name, *pages):
    return reverse(f"wagtailadmin_pages:{name}", args=[page.pk for page in pages])


def still(page):
    return ArticlePage.objects.filter(pk=page.pk).first()


def ticked(response):
    """Whether the page offers to take translations along, and has ticked them: None when it does not offer."""
    html = response.content.decode()
    if 'name="translations"' not in html:
        return None
    return "checked" in html.partition('name="translations"')[2].partition(">")[0]


class TestUnpublish:
    def test_the_translations_are_ticked(self, editor, pair):
        assert ticked(editor.get(url("unpublish", pair[0]))) is True

    def test_those_ticked_go_along(self, editor, pair):
        source, french = pair
        editor.post(url("unpublish", source), {"translations": [french.pk]})
        assert not still(source).live and not still(french).live

    def test_the_others_stay(self, editor, pair):
        source, french = pair
        editor.post(url("unpublish", source))
        assert not still(source).live and still(french).live

    def test_a_source_does_not_follow_its_translation(self, editor, pair):
        source, french = pair
        assert ticked(editor.get(url("unpublish", french))) is None
        editor.post(url("unpublish", french), {"translations": [source.pk]})
        assert still(source).live

    def test_nobody_unpublishes_what_is_not_theirs(self, english_only, pair):
        source, french = pair
        assert ticked(english_only.get(url("unpublish", source))) is None
        english_only.post(url("unpublish", source), {"translations": [french.pk]})
        assert not still(source).live and still(french).live


class TestDelete:
    def test_the_translations_are_not_ticked(self, editor, pair):
        assert ticked(editor.get(url("delete", pair[0]))) is False

    def test_translations_stay_and_open_in_the_ordinary_editor(self, editor, pair):
        source, french = pair
        editor.post(url("delete", source))
        assert still(source) is None and still(french).live
        assert b"js-translation-editor" not in editor.get(url("edit", french)).content

    def test_those_ticked_go_along(self, editor, pair):
        source, french = pair
        editor.post(url("delete", source), {"translations": [french.pk]})
        assert still(source) is None and still(french) is None

    def test_nobody_deletes_what_is_not_theirs(self, english_only, pair):
        source, french = pair
        english_only.post(url("delete", source), {"translations": [french.pk]})
        assert still(source) is None and still(french)

    def test_an_alias_goes_with_its_source(self, site, editor, make_article):
        source = make_article("Wells")
        alias = source.copy_for_translation(site.locales["fr"], alias=True)
        editor.post(url("delete", source))
        assert not Page.objects.filter(pk=alias.pk).exists()


class TestMove:
    @pytest.fixture
    def destination(self, site, translate):
        """A page that may hold pages, in both languages."""
        page = site.en.home.add_child(instance=StandardPage(title="Archive", locale=site.locales["en"]))
        page.save_revision().publish()
        return page, translate(page, "fr", title="Archives")

    @pytest.fixture
    def pair(self, site, translate):
        source = site.en.home.add_child(instance=StandardPage(title="Contact", locale=site.locales["en"]))
        source.save_revision().publish()
        return source, translate(source, "fr", title="Nous joindre")

    def parent_of(self, page):
        return Page.objects.get(pk=page.pk).get_parent().pk

    def test_the_translations_are_ticked(self, editor, pair, destination):
        assert ticked(editor.get(url("move_confirm", pair[0], destination[0]))) is True

    def test_those_ticked_go_to_the_counterpart(self, editor, pair, destination):
        source, french = pair
        editor.post(url("move_confirm", source, destination[0]), {"translations": [french.pk]})
        assert self.parent_of(source) == destination[0].pk
        assert self.parent_of(french) == destination[1].pk

    def test_the_others_stay(self, site, editor, pair, destination):
        source, french = pair
        editor.post(url("move_confirm", source, destination[0]))
        assert self.parent_of(source) == destination[0].pk
        assert self.parent_of(french) == site.fr.home.pk

    def test_where_the_destination_is_not_translated_nothing_is_offered(self, site, editor, pair):
        page = site.en.home.add_child(instance=StandardPage(title="Archive", locale=site.locales["en"]))
        assert ticked(editor.get(url("move_confirm", pair[0], page))) is None
