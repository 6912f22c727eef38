"""Publishing, unpublishing, moving and deleting many pages at once asks nothing: what needs a person's word is refused,
and what stays behind is named."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from articles.models import ArticlePage
from home.models import StandardPage
from newsroom.localization import drafts, pairing, translating
from newsroom.management.commands.set_up_site import translators_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(login):
    return login()


@pytest.fixture
def send(site):
    """Send a page for translation; `complete` translates every text and saves the draft, without publishing."""

    def make(source, complete=False):
        task = translating.send_for_translation(source, site.locales["fr"])
        if complete:
            for segment in task.source.stringsegment_set.select_related("context", "string"):
                translating.store(task, segment, f"FR {segment.string.data}")
            drafts.save_draft(task)
        return task.get_target_instance()

    return make


def act(client, action, *pages, **data):
    ids = "&".join(f"id={page.pk}" for page in pages)
    back = reverse("wagtailadmin_explore_root")
    url = f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', action])}?{ids}&next={back}"
    return client.post(url, data, follow=True).content.decode()


def live(page):
    return Page.objects.get(pk=page.pk).live


class TestPublishing:
    def test_an_untranslated_draft_stays_one_and_is_named(self, login, make_article, send):
        french = send(make_article("Wells"))
        said = act(login(translators_of("fr")), "publish", french)
        assert not live(french)
        assert "Nothing was published" in said and "Wells" in said

    def test_so_does_a_complete_one_whose_source_is_not_public(self, admin, make_article, send):
        french = send(make_article("Wells", live=False), complete=True)
        assert "Nothing was published" in act(admin, "publish", french)
        assert not live(french)

    def test_so_does_one_whose_texts_are_not_in_the_draft_yet(self, admin, make_article, send):
        french = send(make_article("Wells"), complete=True)
        translating.fill(translating.translation_into(french), {"title": "Puits"})
        assert "Nothing was published" in act(admin, "publish", french)

    def test_nothing_else_is_published_either(self, admin, make_article, send):
        french, other = send(make_article("Wells")), make_article("Rain", live=False)
        act(admin, "publish", other, french)
        assert not live(other)

    def test_nor_is_a_draft_below_what_was_chosen(self, admin, site, make_article, send):
        french = send(make_article("Wells"))
        assert "Nothing was published" in act(admin, "publish", site.fr.index, include_descendants="on")
        assert not live(french)
        act(admin, "publish", site.fr.index)
        assert live(site.fr.index)

    def test_nor_one_written_by_hand_with_sentences_of_the_source(self, admin, make_article, send):
        french = send(make_article("Wells", standfirst="The new well is open to all."))
        pairing.write_by_hand(translating.translation_into(french))
        assert "Nothing was published" in act(admin, "publish", french)
        assert not live(french)

    def test_a_complete_translation_is(self, admin, make_article, send):
        french = send(make_article("Wells"), complete=True)
        act(admin, "publish", french)
        assert ArticlePage.objects.get(pk=french.pk).live

    def test_so_are_pages_that_are_no_translations(self, admin, make_article):
        article = make_article("Wells", live=False)
        act(admin, "publish", article)
        assert live(article)


class TestWhatStaysBehindIsNamed:
    @pytest.mark.parametrize(
        ("action", "said"), [("unpublish", "Still public in other languages"), ("delete", "Still there")]
    )
    def test_when_its_source_goes(self, action, said, admin, pair):
        source, french = pair
        html = act(admin, action, source)
        assert said in html and "Puits" in html
        assert live(french)

    def test_when_its_source_is_moved(self, admin, site, translate):
        def add(title):
            page = site.en.home.add_child(instance=StandardPage(title=title, locale=site.locales["en"]))
            page.save_revision().publish()
            return page

        archive, contact = add("Archive"), add("Contact")
        translate(archive, "fr", title="Archives")
        french = translate(contact, "fr", title="Nous joindre")
        html = act(admin, "move", contact, chooser=archive.pk)
        assert Page.objects.get(pk=contact.pk).get_parent().pk == archive.pk
        assert "Not moved along" in html and "Nous joindre" in html
        assert Page.objects.get(pk=french.pk).get_parent().pk == site.fr.home.pk

    def test_not_when_it_goes_too(self, admin, pair):
        assert "Still" not in act(admin, "unpublish", *pair)
