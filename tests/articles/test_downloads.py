"""Links to documents say what a reader gets."""

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from wagtail.rich_text import RichText

from articles.models import Download
from articles.templatetags.article_tags import with_document_facts


@pytest.fixture
def make_download(site):
    def make(language="", size=1_234_567, name="report.pdf"):
        return Download.objects.create(
            title="Report", language=language, file=ContentFile(b"x", name=name), file_size=size
        )

    return make


@pytest.mark.parametrize(
    ("page", "document", "facts"),
    [
        ("en", "", "PDF, 1.2 MB"),
        ("en", "en", "PDF, 1.2 MB"),
        ("en", "fr", "PDF, 1.2 MB, in French"),
        ("fr", "en", "PDF, 1,2\xa0Mo, en anglais"),
        ("en", "sw", "PDF, 1.2 MB, in Swahili"),
    ],
)
def test_the_language_is_said_where_it_differs_from_that_of_the_page(make_download, page, document, facts):
    with translation.override(page):
        assert make_download(document).facts == facts


def test_a_size_that_was_never_noted_is_measured_and_nothing_is_written(make_download, django_assert_num_queries):
    download = make_download(size=None)
    with django_assert_num_queries(0):
        assert download.facts == "PDF, 1 kB"


def test_what_is_not_known_is_left_out(make_download):
    download = make_download(size=None, name="report")
    download.file.storage.delete(download.file.name)
    assert download.facts == ""


def test_links_in_a_text_say_it_too_with_one_query_for_all(make_download, django_assert_num_queries):
    ids = [make_download("fr").pk, make_download().pk]
    source = "".join(f'<p><a id="{pk}" linktype="document">the <b>report</b></a></p>' for pk in ids)
    with django_assert_num_queries(1):
        text = with_document_facts(RichText(source)).source
    assert 'the <b>report</b> <span class="document__facts">(PDF, 1.2 MB, in French)</span></a>' in text
    assert 'the <b>report</b> <span class="document__facts">(PDF, 1.2 MB)</span></a>' in text


def test_a_text_without_documents_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert with_document_facts(RichText("<p>Hello</p>")).source == "<p>Hello</p>"


def test_of_a_link_to_a_deleted_document_the_words_remain(db):
    source = '<p>See <a linktype="document" id="999">the report</a>.</p>'
    assert with_document_facts(RichText(source)).source == "<p>See the report.</p>"


def test_an_article_shows_it(client, make_download, make_article):
    pk = make_download("fr").pk
    article = make_article(text=f'<p><a linktype="document" id="{pk}">Report</a></p>')
    assert "(PDF, 1.2 MB, in French)" in client.get(article.url).content.decode()
