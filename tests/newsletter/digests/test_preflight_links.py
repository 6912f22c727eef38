"""What the preflight says about the links that editors set."""

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model

from home.models import HomePage
from newsletter import preflight
from newsletter.checks import asking

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def our_own_host(settings):
    """The site answers under its own address, as it does in production."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "news.example.org"]


@pytest.fixture
def letter(make_digest, make_article, subscribe):
    """Make an English digest whose introduction is this."""
    subscribe("ada@example.org", "en")
    return lambda intro: make_digest(make_article("A well for Kisumu"), intro=intro)


def links(page, **kwargs):
    problems = preflight.run(page, **kwargs).problems
    return [(problem.code, problem.blocks) for problem in problems if problem.code.startswith("link-")]


def to(page):
    return f'<p><a linktype="page" id="{page.pk}">Look here</a></p>'


def at(address):
    return f'<p><a href="{address}">Look here</a></p>'


def test_a_link_to_a_public_page_is_fine(letter, make_article):
    assert links(letter(to(make_article("Roads")))) == []


def test_a_link_to_a_draft_blocks(letter, make_article):
    page = letter(to(make_article("Roads", live=False)))
    assert links(page) == [("link-draft", True)]
    (problem,) = [one for one in preflight.run(page).problems if one.code == "link-draft"]
    assert problem.message == "The link “Look here” of the English edition leads to “Roads”, which readers cannot open."


def test_a_link_to_a_page_that_was_deleted_since_blocks_although_the_mail_does_not_show_it(letter, make_article):
    article = make_article("Roads")
    page = letter(to(article))
    article.delete()
    assert links(page) == [("link-deleted", True)]


def test_a_link_to_a_digest_that_nobody_was_sent_blocks(letter, make_digest, make_article):
    other = make_digest(make_article("Roads"), title="Last month")
    other.save_revision().publish()
    assert links(letter(to(other))) == [("link-draft", True)]


def test_links_in_the_sections_are_looked_at_too(make_digest, make_article, subscribe):
    subscribe("ada@example.org", "en")
    hidden = make_article("Roads", live=False)
    page = make_digest(make_article("Wells"), sections=[("text", to(hidden))])
    assert links(page) == [("link-draft", True)]


def test_a_link_to_a_page_that_only_the_other_language_has_is_a_warning(letter, make_article, translate):
    french = make_article("Routes", language="fr")
    assert links(letter(to(french))) == [("link-language", False)]
    # What has a public translation is shown in it.
    both = make_article("Bridges")
    assert links(letter(to(translate(both, "fr", title="Ponts")))) == []


def test_a_document_that_was_deleted_blocks(letter):
    document = get_document_model().objects.create(title="Report", file=ContentFile(b"%PDF", name="report.pdf"))
    page = letter(f'<p><a linktype="document" id="{document.pk}">The report</a></p>')
    assert links(page) == []
    document.delete()
    assert links(page) == [("link-deleted", True)]


def test_our_own_site_is_asked_for_an_address_that_somebody_typed(letter, make_article, settings):
    article = make_article("Roads")
    path = article.url.replace(settings.SITE_URL, "")
    assert links(letter(at(path))) == []
    assert links(letter(at(f"{settings.SITE_URL}{path}?page=1#end"))) == []
    assert links(letter(at(settings.SITE_URL))) == []
    wrong = letter(at("/en/news/there-is-no-such-page/"))
    assert links(wrong) == [("link-broken", True)]
    assert links(wrong, thorough=False) == [], "the panel asks nobody"


def test_a_withdrawn_article_and_one_that_is_a_draft_are_broken(letter, make_article, settings):
    article = make_article("Roads")
    path = article.url.replace(settings.SITE_URL, "")
    page = letter(at(path))
    article.unpublish()
    assert links(page) == [("link-broken", True)]


def test_an_address_that_leads_on_is_followed_and_one_that_leads_in_a_circle_is_broken(letter, make_article, settings):
    article = make_article("Roads")
    Redirect.objects.create(old_path="/en/old", redirect_page=article)
    Redirect.objects.create(old_path="/en/round", redirect_link="/en/round/")
    Redirect.objects.create(old_path="/en/away", redirect_link="https://example.com/")
    assert links(letter(at("/en/old/"))) == []
    assert links(letter(at("/en/away/"))) == [], "nobody else is asked"
    assert links(letter(at("/en/round/"))) == [("link-broken", True)]


def test_an_address_in_the_other_language_is_a_warning(letter, site, settings):
    assert links(letter(at(f"{settings.SITE_URL}/fr/"))) == [("link-language", False)]


def test_an_address_of_the_admin_blocks(letter):
    assert links(letter(at("/admin/pages/3/edit/"))) == [("link-admin", True)]


@pytest.mark.parametrize(
    "address",
    ["https://example.com/a?b=c", "http://example.com", "mailto:ada@example.org", "https://xn--caf-dma.example.com/"],
)
def test_other_addresses_are_only_read(letter, address):
    assert links(letter(at(address))) == []


@pytest.mark.parametrize(
    "address",
    [
        "example.com",
        "https://",
        "https://exa mple.com/",
        "https://localhost/",
        "ftp://example.com/",
        "mailto:ada",
        "#end",
        "",
    ],
)
def test_what_is_no_address_blocks_although_the_mail_leaves_it_out(letter, address):
    assert links(letter(at(address))) == [("link-syntax", True)]


def test_asking_leaves_the_language_of_whoever_asks(site):
    with translation.override("fr"):
        assert asking.answers("/en/")
        assert translation.get_language() == "fr"


def test_a_page_that_breaks_is_no_answer(site, monkeypatch):
    def fall(self, request, *args, **kwargs):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(HomePage, "serve", fall)
    assert not asking.answers("/en/")
