"""`set_up_site`: the tree of both languages, the groups, and nothing twice."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import GroupPagePermission, Page, Site

from home.models import SiteSettings
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of


def test_every_language_has_its_own_real_tree(site):
    for language in ("en", "fr"):
        tree = getattr(site, language)
        for page in vars(tree).values():
            assert page.live
            assert page.alias_of is None
            assert page.locale.language_code == language
            if page != tree.home:
                assert page.get_parent().pk == tree.home.pk
    assert site.en.index.translation_key == site.fr.index.translation_key


def test_titles_and_addresses_are_in_the_language_of_the_tree(site):
    assert [site.fr.index.title, site.fr.index.slug] == ["Actualités", "actualites"]
    assert [site.fr.most_read.title, site.fr.most_read.slug] == ["Les plus lus", "les-plus-lus"]


def test_the_settings_of_the_site_stand_from_the_start_and_are_never_made_anew(site):
    assert SiteSettings.objects.filter(site__is_default_site=True).update(legal_name="Wayfield AISBL") == 1
    call_command("set_up_site", verbosity=0)
    assert SiteSettings.objects.get().legal_name == "Wayfield AISBL"


def test_running_it_again_changes_nothing(site):
    def state():
        return (
            list(Page.objects.order_by("pk").values_list("pk", "title", "slug", "latest_revision")),
            list(Group.objects.order_by("name").values_list("name", flat=True)),
            GroupPagePermission.objects.count(),
            Site.objects.count(),
        )

    before = state()
    call_command("set_up_site", verbosity=0)
    assert state() == before


def test_what_people_changed_is_kept(site):
    site.en.latest.title = "News from us"
    site.en.latest.save_revision().publish()
    call_command("set_up_site", verbosity=0)
    assert Page.objects.get(pk=site.en.latest.pk).title == "News from us"


def test_the_name_of_the_site_and_a_permission_taken_away_stay_as_they_were_left(site):
    Site.objects.update(site_name="Our own name")
    GroupPagePermission.objects.filter(group__name=EDITORS, permission__codename="publish_page").delete()
    call_command("set_up_site", verbosity=0)
    assert Site.objects.get().site_name == "Our own name"
    assert not GroupPagePermission.objects.filter(group__name=EDITORS, permission__codename="publish_page").exists()


def test_the_site_follows_its_address(site, settings):
    settings.SITE_URL = "http://127.0.0.1:8123"
    call_command("set_up_site", verbosity=0)
    assert (Site.objects.get().hostname, Site.objects.get().port) == ("127.0.0.1", 8123)


def test_a_run_that_was_interrupted_is_finished_by_the_next(site, django_capture_on_commit_callbacks):
    page = site.fr.most_read
    type(page).objects.filter(pk=page.pk).update(live=False, first_published_at=None, title="Most read")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("set_up_site", verbosity=0)
    page.refresh_from_db()
    assert (page.live, page.title) == (True, "Les plus lus")


@pytest.mark.parametrize(
    ("group", "language", "allowed"),
    [
        (EDITORS, "en", True),
        (EDITORS, "fr", True),
        (translators_of("fr"), "fr", True),
        (translators_of("fr"), "en", False),
        (translators_of("en"), "en", True),
        (translators_of("en"), "fr", False),
    ],
)
def test_editors_work_in_both_languages_and_translators_in_theirs(group, language, allowed, site, login, make_article):
    article = make_article(language=language)
    response = login(group).get(f"/admin/pages/{article.pk}/edit/")
    assert (response.status_code == 200) == allowed


@pytest.mark.parametrize("group", [EDITORS, translators_of("fr")])
def test_editors_and_translators_choose_and_upload_pictures_and_documents(group, site, login):
    browser = login(group)
    for address in ("/admin/images/add/", "/admin/documents/add/", "/admin/images/chooser/"):
        assert browser.get(address).status_code == 200, address


def test_only_senders_and_administrators_may_send(site, django_user_model):
    def may_send(*groups):
        user = django_user_model.objects.create_user("-".join(groups) or "none")
        user.groups.set(Group.objects.filter(name__in=groups))
        return user.has_perm("newsletter.send_digest")

    assert may_send(SENDERS)
    assert not may_send(EDITORS)
    assert not may_send(translators_of("fr"))
    assert not may_send(translators_of("en"), EDITORS)
