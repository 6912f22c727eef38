"""A third language takes a line in the settings and `set_up_site`, nothing else."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from articles.models import ArticlePage
from articles.popularity import rewrite_ranks
from home.models import HomePage, SiteSettings
from newsletter import preflight, sending
from newsletter.models import DigestPage, Subscriber, Subscription
from newsroom.localization import drafts, jobs, translating
from newsroom.localization.state import Status, state, states
from newsroom.management.commands.set_up_site import EDITORS, translators_of
from newsroom.models import User
from tests.reading import html_of

pytestmark = pytest.mark.django_db

LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español")]


@pytest.fixture(scope="module", autouse=True)
def kept_spanish(kept):
    """Spanish is added to a site that stands already."""
    names = ("LANGUAGES", "WAGTAIL_CONTENT_LANGUAGES", "WAGTAILADMIN_PERMITTED_LANGUAGES")
    with kept(), override_settings(**dict.fromkeys(names, LANGUAGES)):
        with pytest.MonkeyPatch.context() as patch:
            # The command commits page after page; this test never does.
            patch.setattr(transaction, "on_commit", lambda publish, **kwargs: publish())
            call_command("set_up_site", verbosity=0)
        yield


@pytest.fixture(autouse=True)
def spanish(site):
    """The tree that Spanish got."""
    return site.es


@pytest.fixture
def article(make_article):
    return make_article("Wells", standfirst="Open to all since Monday.", text="<p>Water for everybody.</p>")


@pytest.fixture
def well(article, translate):
    """The article in Spanish; there is no French one."""
    path = f"body.{article.body[0].id}"
    texts = {"title": "Pozos", "standfirst": "Abiertos a todos.", path: "Agua para todas las comunidades."}
    return translate(article, "es", **texts)


def test_its_tree_is_live_and_real(site, spanish):
    for page in vars(spanish).values():
        assert page.live and page.alias_of is None
    assert spanish.index.get_parent().pk == spanish.home.pk
    assert spanish.home.get_url().startswith("/es/")


def test_running_the_command_again_changes_nothing(spanish):
    call_command("set_up_site", verbosity=0)
    assert HomePage.objects.filter(locale=spanish.home.locale).count() == 1


def test_the_groups_of_the_language(site, spanish, login, make_article):
    assert Group.objects.filter(name=translators_of("es")).exists()
    translator = login(translators_of("es"))
    allowed = spanish.home.permissions_for_user(translator.get("/admin/").wsgi_request.user)
    assert allowed.can_edit() and allowed.can_publish()
    theirs = site.fr.home.permissions_for_user(translator.get("/admin/").wsgi_request.user)
    assert not theirs.can_edit()
    editor = login(EDITORS).get("/admin/").wsgi_request.user
    assert spanish.home.permissions_for_user(editor).can_publish()


def test_it_has_a_state_of_its_own(article, well):
    found = states([article])[article.translation_key]
    assert (found["es"].status, found["fr"].status) == (Status.COMPLETE, Status.MISSING)


def test_a_story_may_be_born_in_it_and_go_into_the_others(make_article, translate):
    pozos = make_article("Pozos", "es", body=[])
    translate(pozos, "fr", title="Puits")
    assert state(pozos, "fr").from_language == "es" and state(pozos, "es").is_source


class TestReaders:
    """What readers of Spanish see."""

    def test_a_page_speaks_spanish(self, client, well):
        html = html_of(client, well)
        assert '<html lang="es"' in html and "Pozos" in html and "Wells" not in html

    def test_the_switcher_offers_all_three_and_says_which_lacks_the_story(self, client, site, article, well):
        html = html_of(client, article)
        assert f'href="{well.get_url()}"' in html and f'href="{site.fr.index.get_url()}"' in html
        assert "Not available in French" in html and "Not available in Spanish" not in html

    def test_alternates_name_the_languages_that_have_the_story(self, client, article, well):
        pattern = r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"'
        named = [dict(re.findall(pattern, html_of(client, page))) for page in (article, well)]
        assert named[0] == named[1]
        assert {"en": article.full_url, "es": well.full_url}.items() <= named[0].items() and "fr" not in named[0]

    def test_what_is_not_translated_stands_in_no_spanish_list(self, client, spanish, well, make_article):
        make_article("Roads")
        make_article("Routes", "fr")
        rewrite_ranks()
        for page in (spanish.home, spanish.index, spanish.latest):
            html = html_of(client, page)
            assert "Pozos" in html and "Roads" not in html and "Routes" not in html

    def test_the_front_page_falls_back_on_its_newest_where_the_lead_is_not_translated(
        self, client, site, spanish, well, make_article
    ):
        roads = make_article("Roads")
        for home in (site.en.home, spanish.home):
            home.sections = [("lead_story", {"article": roads})]
            home.save_revision().publish()
        assert "Pozos" in html_of(client, spanish.home)

    @pytest.mark.parametrize("feed", ["feed/", "feed.json"])
    def test_the_feed(self, feed, client, spanish, well, make_article):
        make_article("Roads")
        body = client.get(spanish.latest.get_url() + feed).content.decode()
        assert "Pozos" in body and "Roads" not in body
        assert "<language>es</language>" in body or '"language": "es"' in body

    def test_the_search_knows_its_words(self, client, well, make_article):
        make_article("Comunidades", "fr")
        html = client.get("/es/search/", {"q": "comunidad"}).content.decode()
        assert well.get_url() in html and "/fr/" not in html.split("<main")[1].split("</main")[0]

    def test_the_sitemap(self, client, article, well):
        assert "sitemap-es-articlepage-1.xml" in client.get("/sitemap.xml").content.decode()
        listed = client.get("/sitemap-es-articlepage-1.xml").content.decode()
        assert well.full_url in listed and article.full_url in listed  # as its alternate

    def test_the_neutral_address_leads_to_it(self, client):
        assert client.get("/", headers={"Accept-Language": "es"}).url == "/es/"

    def test_a_missing_page_answers_in_it(self, client):
        response = client.get("/es/nada/")
        assert response.status_code == 404 and '<html lang="es"' in response.content.decode()


class TestEditors:
    """What people in the admin see."""

    def test_languages_are_named_in_the_language_of_the_admin(self, login, article, well):
        html = login(language="fr").get(f"/admin/pages/{article.pk}/edit/").content.decode()
        assert "Espagnol" in html

    def test_the_report_asks_for_it(self, login, article):
        html = login().get("/admin/localize/reports/translations/", {"language": "es"}).content.decode()
        assert "Wells" in html and "Spanish" in html

    def test_one_step_sends_into_both_other_languages(self, site, login, article):
        locales = [site.locales[code].pk for code in ("fr", "es")]
        login().post(f"/admin/localize/submit/page/{article.pk}/", {"locales": locales})
        found = states([article])[article.translation_key]
        assert [found[code].status for code in ("fr", "es")] == [Status.DRAFT, Status.DRAFT]

    def test_what_all_languages_share_reaches_both(self, article, well, translate, make_category):
        puits = translate(article, "fr", title="Puits")
        article.refresh_from_db()
        article.category = make_category("Water")
        article.save_revision().publish()
        keys = ArticlePage.objects.filter(pk__in=[puits.pk, well.pk]).values_list("category_key", flat=True)
        assert set(keys) == {article.category.translation_key}

    def test_what_is_asked_in_one_language_is_no_job_in_another(self, site, article, client, login):
        login(translators_of("fr"), translators_of("es"))
        both = User.objects.get(groups__name=translators_of("es"))
        client.force_login(both)
        french = translating.send_for_translation(article, site.locales["fr"])
        jobs.ask([french], User.objects.create_superuser("ada"), jobs.Request(to=both))
        desk = reverse("translation_desk")
        asked = {
            code: article.page_ptr in client.get(desk, {"language": code, "asked": "mine"}).context["object_list"]
            for code in ("fr", "es")
        }
        assert asked == {"fr": True, "es": False}


class TestDigest:
    """Its edition."""

    @pytest.fixture
    def digest(self, site, article, well, translate):
        SiteSettings.objects.update_or_create(
            site=site.en.home.get_site(),
            defaults={"legal_name": "Wayfield AISBL", "postal_address": "1 rue Neuve, Brussels"},
        )
        sections = [("story", {"article": article, "teaser": ""})]
        digest = DigestPage(title="A well", locale=site.locales["en"], live=False, sections=sections)
        site.en.newsletter.refresh_from_db()
        site.en.newsletter.add_child(instance=digest)
        digest.save_revision()
        translate(article, "fr", title="Puits")
        for language, title in (("fr", "Un puits"), ("es", "Un pozo")):
            translate(digest, language, publish=False, title=title)
        return digest

    @pytest.fixture
    def subscribe(self, site):
        def make(email, language, interface_language):
            return Subscription.objects.create(
                subscriber=Subscriber.objects.create(email=email),
                newsletter_key=site.en.newsletter.translation_key,
                language=language,
                interface_language=interface_language,
                state=Subscription.State.ACTIVE,
            )

        return make

    def test_readers_get_it_in_spanish_alone_or_with_spanish_first(self, digest, subscribe, outbox):
        subscribe("ana@example.org", "es", "es")
        subscribe("all@example.org", "all", "es")
        assert not preflight.run(digest).blocked
        sending.freeze(digest, None)
        while sending.step():
            pass
        mails = {mail.to[0]: mail for mail in outbox}
        assert mails["ana@example.org"].subject == mails["all@example.org"].subject == "Un pozo"
        assert "Pozos" in mails["ana@example.org"].body and "Puits" not in mails["ana@example.org"].body
        body = mails["all@example.org"].body
        assert body.index("Pozos") < body.index("Wells") < body.index("Puits")

    def test_nothing_is_sent_while_readers_of_spanish_would_get_none(self, digest, subscribe):
        subscribe("ana@example.org", "es", "es")
        DigestPage.objects.get(translation_key=digest.translation_key, locale__language_code="es").delete()
        assert any("Spanish" in str(problem.message) for problem in preflight.run(digest).blocking)

    def test_the_form_offers_it(self, client, spanish):
        html = html_of(client, spanish.newsletter)
        assert all(f'value="{code}"' in html for code in ("es", "en", "fr", "all"))
        assert "Both languages" not in html


def test_a_translation_into_it_is_reviewed_and_published_like_any(site, article, login):
    task = translating.send_for_translation(article, site.locales["es"])
    for segment in task.source.stringsegment_set.select_related("context", "string"):
        translating.fill(task, {segment.context.path: f"ES {segment.string.data}"})
    drafts.publish(task, login(translators_of("es")).get("/admin/").wsgi_request.user)
    assert state(article, "es").status == Status.COMPLETE
