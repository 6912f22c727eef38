"""Who may do what to translations: every address of wagtail-localize, walked as every role."""

import re
from types import SimpleNamespace

import polib
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission
from wagtail_localize import wagtail_hooks as upstream
from wagtail_localize.models import OverridableSegment, StringTranslation, Translation

from articles.models import ArticlePage, Author
from newsroom.localization import guards, permissions, translating
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of
from newsroom.models import User

pytestmark = pytest.mark.django_db

LOGIN, REFUSED, OK = "sent to the login", "refused", "let in"

# Visitors and readers have no business in the admin; the others are users of the admin.
OUTSIDE = {"anonymous", "reader"}
ROLES = [
    "anonymous",
    "reader",
    "guest",  # may log in to the admin, and nothing more
    "sender",
    "translator elsewhere",  # translates into a third language, and sees the trees of the others
    "translator en",
    "translator fr",  # may publish in French
    "apprentice fr",  # may not
    "editor",
    "superuser",
]
WRITERS_OF_FRENCH = {"translator fr", "apprentice fr", "editor", "superuser"}
PUBLISHERS_OF_FRENCH = {"translator fr", "editor", "superuser"}
SENDERS_TO_FRENCH = WRITERS_OF_FRENCH | {"translator en"}
EDITORS_OF_SNIPPETS = {"translator en", "translator fr", "editor", "superuser"}  # who signs is translated, too
# The report shows the pages that somebody sees in the admin.
WITH_REPORT = SENDERS_TO_FRENCH | {"translator elsewhere", "sender"}
EVERYBODY_INSIDE = set(ROLES) - OUTSIDE

# By the name of the address: how to call it, and who is let in.
CASES = {
    "javascript_catalog": ("get", lambda w: {}, {}, EVERYBODY_INSIDE),
    "submit_page_translation": ("post", lambda w: {"page_id": w.unsent.pk}, "locales", SENDERS_TO_FRENCH),
    "submit_snippet_translation": ("post", lambda w: w.snippet, "locales", EDITORS_OF_SNIPPETS),
    "update_translations": ("post", lambda w: {"translation_source_id": w.task.source_id}, {}, SENDERS_TO_FRENCH),
    "edit_string_translation": (
        "put",
        lambda w: {"translation_id": w.task.pk, "string_segment_id": w.segment.pk},
        {"value": "Puits"},
        WRITERS_OF_FRENCH,
    ),
    "edit_override": (
        "put",
        lambda w: {"translation_id": w.task.pk, "overridable_segment_id": w.override.pk},
        "picture",
        WRITERS_OF_FRENCH,
    ),
    "download_pofile": ("get", lambda w: {"translation_id": w.task.pk}, {}, WRITERS_OF_FRENCH),
    "upload_pofile": ("post", lambda w: {"translation_id": w.task.pk}, "file", WRITERS_OF_FRENCH),
    "machine_translate": ("post", lambda w: {"translation_id": w.task.pk}, {}, WRITERS_OF_FRENCH),
    "preview_translation": ("get", lambda w: {"translation_id": w.task.pk}, {}, WRITERS_OF_FRENCH),
    "stop_translation": ("post", lambda w: {"translation_id": w.task.pk}, {}, WRITERS_OF_FRENCH),
    "convert_to_alias": ("post", lambda w: {"page_id": w.french.pk}, {}, PUBLISHERS_OF_FRENCH),
    "translations_report": ("get", lambda w: {}, {}, WITH_REPORT),
    "translations_report_results": ("get", lambda w: {}, {}, WITH_REPORT),
    "snippets_api_listing": ("get", lambda w: w.snippets, {}, EDITORS_OF_SNIPPETS),
    "snippets_api_detail": ("get", lambda w: w.snippet, {}, EDITORS_OF_SNIPPETS),
}


def routes(patterns, prefix=""):
    """The routes below `patterns`, by the name of the address; a name may have several."""
    for pattern in patterns:
        below = getattr(pattern, "url_patterns", None)
        if below is None:
            yield pattern.name, prefix + str(pattern.pattern)
        else:
            yield from routes(below, prefix + str(pattern.pattern))


def test_every_address_of_wagtail_localize_is_in_the_table():
    assert {name for name, _route in routes(upstream.register_admin_urls())} == set(CASES)


def test_every_address_but_the_catalogue_of_its_script_is_guarded():
    theirs = {route for name, route in routes(upstream.register_admin_urls()) if name != "javascript_catalog"}
    assert {route for _name, route in routes(guards.patterns())} == theirs


@pytest.fixture
def world(site, settings, make_article, photo):
    """A public article with a French draft, one not yet sent, an author; and somebody of every role."""
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
        "CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"
    }
    article = make_article("Wells", lead_image=photo)
    task = translating.send_for_translation(article, site.locales["fr"])
    author = Author.objects.create(name="Ada", locale=site.locales["en"])
    label = {"app_label": "articles", "model_name": "author"}
    return SimpleNamespace(
        site=site,
        article=article,
        unsent=make_article("Rain"),
        task=task,
        french=ArticlePage.objects.get(translation_key=article.translation_key, locale=site.locales["fr"]),
        segment=task.source.stringsegment_set.get(context__path="title"),
        override=OverridableSegment.objects.filter(source=task.source).first(),
        author=author,
        snippets=label,
        snippet={**label, "pk": author.pk},
        clients={role: client_of(role, site) for role in ROLES},
    )


def client_of(role, site):
    client = Client(raise_request_exception=False)
    if role == "anonymous":
        return client
    user = User.objects.create_user(role.replace(" ", "-"), password="pw", is_superuser=role == "superuser")
    groups = {"sender": [SENDERS], "translator en": [translators_of("en")], "translator fr": [translators_of("fr")]}
    user.groups.set(Group.objects.filter(name__in=groups.get(role, [EDITORS] if role == "editor" else [])))
    rights = {
        "guest": (["access_admin"], {}),
        "translator elsewhere": (["access_admin", "submit_translation"], {"en": ["lock"], "fr": ["lock"]}),
        "apprentice fr": (["access_admin", "submit_translation"], {"en": ["lock"], "fr": ["change"]}),
    }
    if role in rights:
        own = Group.objects.create(name=role)
        names, pages = rights[role]
        own.permissions.set(Permission.objects.filter(codename__in=names))
        for language, actions in pages.items():
            allow(own, getattr(site, language).home, *actions)
        user.groups.add(own)
    client.force_login(user)
    return client


def allow(group, page, *actions):
    for action in actions:
        permission = Permission.objects.get(codename=f"{action}_page", content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page_id=page.pk, permission=permission)


def outcome(response):
    if response.status_code == 403:
        return REFUSED
    if response.status_code in (301, 302):
        if response.url.startswith(reverse("wagtailadmin_login")):
            return LOGIN
        # Wagtail sends those it refuses to the admin's home.
        return REFUSED if response.url == reverse("wagtailadmin_home") else OK
    assert response.status_code in (200, 201), response.status_code
    return OK


def data_for(kind, world):
    if kind == "locales":
        return {"locales": [world.site.locales["fr"].pk]}
    if kind == "picture":
        return {"value": world.article.lead_image_id}
    if kind == "file":
        catalogue = polib.POFile()
        catalogue.metadata = {"X-WagtailLocalize-TranslationID": str(world.task.uuid)}
        return {"file": ContentFile(str(catalogue).encode(), name="fr.po")}
    return kind


def call(client, method, url, data):
    if method == "put":
        body = "&".join(f"{name}={value}" for name, value in data.items())
        return client.put(url, body, content_type="application/x-www-form-urlencoded")
    if method == "post":
        data = {"next": reverse("wagtailadmin_explore_root"), **data}
    return getattr(client, method)(url, data)


@pytest.mark.parametrize("name", CASES)
def test_who_is_let_in(name, world):
    method, kwargs, data, allowed = CASES[name]
    url = reverse(f"wagtail_localize:{name}", kwargs=kwargs(world))
    found, expected = {}, {}
    for role in ROLES:
        with transaction.atomic():
            found[role] = outcome(call(world.clients[role], method, url, data_for(data, world)))
            transaction.set_rollback(True)
        expected[role] = LOGIN if role in OUTSIDE else OK if role in allowed else REFUSED
    assert found == expected


class TestFrench:
    """A French translator does what is French, and nothing else."""

    def url(self, name, **kwargs):
        return reverse(f"wagtail_localize:{name}", kwargs=kwargs)

    def test_does_not_send_drafts_of_others_for_translation(self, world, make_article):
        secret = make_article("Not announced yet", live=False)
        response = world.clients["translator fr"].get(self.url("submit_page_translation", page_id=secret.pk))
        assert outcome(response) == REFUSED

    def test_does_not_fetch_the_later_drafts_of_one_that_was_sent(self, world, make_article):
        secret = make_article("Not announced yet", live=False)
        task = translating.send_for_translation(secret, world.site.locales["fr"])
        response = world.clients["translator fr"].post(
            self.url("update_translations", translation_source_id=task.source_id)
        )
        assert outcome(response) == REFUSED

    def test_does_not_send_into_another_language(self, world, make_article):
        born_french = make_article("Né ici", language="fr")
        url = self.url("submit_page_translation", page_id=born_french.pk)
        assert outcome(world.clients["translator fr"].get(url)) == OK  # it is theirs
        assert outcome(world.clients["translator en"].get(url)) == OK  # it would be theirs
        assert outcome(world.clients["translator elsewhere"].get(url)) == REFUSED

    def test_publishes_no_update_without_the_right_to(self, world):
        translating.fill(world.task, {s.context.path: "x" for s in world.task.source.stringsegment_set.all()})
        url = self.url("update_translations", translation_source_id=world.task.source_id)
        response = world.clients["apprentice fr"].post(url, {"publish_translations": "on"})
        assert outcome(response) == REFUSED
        assert not ArticlePage.objects.get(pk=world.french.pk).live

    @pytest.mark.parametrize(("role", "expected"), [("apprentice fr", REFUSED), ("translator fr", OK)])
    def test_publishes_a_translation_only_with_the_right_to(self, world, role, expected):
        url = reverse("wagtailadmin_pages:edit", args=[world.french.pk])
        translating.fill(world.task, {s.context.path: "x" for s in world.task.source.stringsegment_set.all()})
        response = world.clients[role].post(url, {"action": "publish"})
        assert outcome(response) == expected
        assert ArticlePage.objects.get(pk=world.french.pk).live == (expected == OK)

    def test_has_no_segment_of_another_source_under_the_own_translation(self, world):
        other = translating.send_for_translation(world.unsent, world.site.locales["fr"])
        stranger = other.source.stringsegment_set.first()
        url = self.url("edit_string_translation", translation_id=world.task.pk, string_segment_id=stranger.pk)
        assert call(world.clients["translator fr"], "put", url, {"value": "x"}).status_code == 404

    def test_edits_the_snippets_of_the_own_language(self, world):
        permissions = Permission.objects.filter(codename__in=["add_author", "change_author", "delete_author"])
        Group.objects.get(name=translators_of("fr")).permissions.add(*permissions)
        french = Author.objects.create(name="Bea", locale=world.site.locales["fr"])
        client = world.clients["translator fr"]
        for author, expected in ((french, OK), (world.author, REFUSED)):
            for view in ("edit", "delete"):
                url = reverse(f"wagtailsnippets_articles_author:{view}", args=[author.pk])
                assert outcome(client.get(url)) == expected, (author, view)
        for language, expected in (("fr", OK), ("en", REFUSED)):
            url = reverse("wagtailsnippets_articles_author:add") + f"?locale={language}"
            assert outcome(client.get(url)) == expected


class TestLocked:
    """Nobody writes in a page that somebody else has locked."""

    @pytest.fixture
    def locked(self, world):
        ArticlePage.objects.filter(pk=world.french.pk).update(
            locked=True, locked_by=User.objects.get(username="superuser"), locked_at=timezone.now()
        )
        return world

    def test_no_segment_is_stored(self, locked):
        url = reverse("wagtail_localize:edit_string_translation", args=[locked.task.pk, locked.segment.pk])
        assert outcome(call(locked.clients["translator fr"], "put", url, {"value": "x"})) == REFUSED
        assert not StringTranslation.objects.filter(translation_of=locked.segment.string).exists()

    @pytest.mark.parametrize("action", ["save", "publish"])
    def test_no_button_works(self, locked, action):
        url = reverse("wagtailadmin_pages:edit", args=[locked.french.pk])
        assert outcome(locked.clients["translator fr"].post(url, {"action": action})) == REFUSED

    @pytest.mark.parametrize("name", ["upload_pofile", "machine_translate", "stop_translation", "convert_to_alias"])
    def test_no_other_way_leads_round_it(self, locked, name):
        method, kwargs, data, _allowed = CASES[name]
        url = reverse(f"wagtail_localize:{name}", kwargs=kwargs(locked))
        assert outcome(call(locked.clients["translator fr"], method, url, data_for(data, locked))) == REFUSED

    def test_synchronisation_is_not_started_again(self, locked):
        Translation.objects.update(enabled=False)
        url = reverse("wagtailadmin_pages:edit", args=[locked.french.pk])
        response = locked.clients["translator fr"].post(url, {"localize-restart-translation": "on"})
        assert outcome(response) == REFUSED

    def test_looking_is_allowed(self, locked):
        for name in ("preview_translation", "download_pofile"):
            url = reverse(f"wagtail_localize:{name}", args=[locked.task.pk])
            assert outcome(locked.clients["translator fr"].get(url)) == OK

    def test_who_locked_it_goes_on(self, locked):
        url = reverse("wagtailadmin_pages:edit", args=[locked.french.pk])
        assert outcome(locked.clients["superuser"].post(url, {"action": "save"})) == OK


class TestAfterADeletion:
    """wagtail-localize keeps what it knows of a page; what is gone is not found, and is in nobody's way."""

    @pytest.mark.parametrize(
        "name", ["preview_translation", "download_pofile", "upload_pofile", "machine_translate", "stop_translation"]
    )
    def test_links_of_mails_find_nothing(self, name, world):
        world.french.delete()
        method, kwargs, data, _allowed = CASES[name]
        url = reverse(f"wagtail_localize:{name}", kwargs=kwargs(world))
        assert call(world.clients["superuser"], method, url, data_for(data, world)).status_code == 404

    def test_others_still_update_theirs(self, world):
        world.french.delete()
        source = world.task.source
        assert not permissions.may_sync(user_of("translator fr"), source)
        assert permissions.may_sync(user_of("superuser"), source)

    def test_nobody_updates_from_a_source_that_is_gone(self, world):
        source = world.task.source
        world.article.delete()
        assert not permissions.may_sync(user_of("superuser"), source)


def user_of(role):
    return User.objects.get(username=role.replace(" ", "-"))


class TestButtons:
    """What the translation editor offers."""

    def buttons(self, world, role):
        html = world.clients[role].get(reverse("wagtailadmin_pages:edit", args=[world.french.pk])).content.decode()
        return re.findall(r'name="action" value="(\w+)"', html), html

    def test_a_publisher_publishes_first(self, world):
        assert self.buttons(world, "translator fr")[0] == ["publish", "save"]

    def test_who_may_not_publish_saves_and_has_no_alias_to_make(self, world):
        names, html = self.buttons(world, "apprentice fr")
        assert names == ["save"]
        assert reverse("wagtail_localize:convert_to_alias", args=[world.french.pk]) not in html

    def test_the_menu_of_the_page_is_there(self, world):
        _names, html = self.buttons(world, "translator fr")
        assert reverse("wagtailadmin_pages:history", args=[world.french.pk]) in html.partition("<header")[2]
