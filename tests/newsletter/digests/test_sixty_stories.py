"""What many stories cost, and what an editor is told about too many."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from articles.models import ArticlePage
from newsletter import digest, preflight, rendering
from newsletter.models import DigestPage
from tests.conftest import article_maker, translator

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept_stories(kept):
    """Sixty stories, some of them in both languages."""
    with kept() as site:
        make_article, translate = article_maker(site), translator(site)
        articles = [make_article(f"Story {number}", standfirst="Words " * 30) for number in range(60)]
        for article in articles[:3]:
            translate(article, "fr", title=f"Histoire {article.pk}")
        yield [article.pk for article in articles]


@pytest.fixture
def sixty(kept_stories, photo):
    """Sixty stories with a picture each."""
    ArticlePage.objects.filter(pk__in=kept_stories).update(lead_image=photo, lead_image_alt="A well")
    return list(ArticlePage.objects.filter(pk__in=kept_stories).order_by("pk"))


def test_an_edition_of_3_of_12_and_of_60_stories_takes_nine_queries(make_digest, sixty):
    def queries(number):
        lead = [("lead_story", {"article": sixty[0], "teaser": ""})]
        page = make_digest(*sixty[1:number], title=f"With {number}", sections=lead)
        rendering.render_edition([digest.edition_content(DigestPage.objects.get(pk=page.pk))])  # makes the pictures
        page = DigestPage.objects.select_related("locale").get(pk=page.pk)
        with CaptureQueriesContext(connection) as captured:
            edition = rendering.render_edition([digest.edition_content(page)])
        assert edition.html.count("<h2") == number
        return len(captured)

    assert [queries(3), queries(12), queries(60)] == [9, 9, 9]


def test_60_stories_are_rendered_and_said_to_be_too_many_in_the_editors_language(make_digest, sixty, subscribe):
    subscribe("ada@example.org", "en")
    page = make_digest(*sixty)
    found = preflight.run(page)
    assert found.audiences[0].edition.html.count("<h2") == found.audiences[0].edition.text.count("* Story") == 60
    assert "The English edition is too large" in found.blocking[0].message
    with translation.override("fr"):
        assert "cette édition est trop lourde" in preflight.run(page).blocking[0].message
