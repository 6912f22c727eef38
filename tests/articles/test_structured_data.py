"""What search engines are told in the words of schema.org."""

import json
import re

import pytest
from django.utils import timezone
from wagtail.models import Site

from articles.models import ArticleByline, Author
from articles.structured_data import script
from home.models import SiteSettings


@pytest.fixture
def data(client):
    """The nodes of a page, by type."""

    def get(page):
        html = client.get(page.url).content.decode()
        [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, flags=re.S)
        document = json.loads(text)
        assert document["@context"] == "https://schema.org"
        return {node["@type"]: node for node in document["@graph"]}

    return get


def test_an_article_is_a_news_article(site, make_article, make_category, photo, data):
    organisation = {"legal_name": "Wayfield AISBL", "logo": photo}
    SiteSettings.objects.update_or_create(site=Site.objects.get(), defaults=organisation)
    author = Author.objects.create(name="Ada Lens", locale=site.locales["en"])
    article = make_article(
        "A well:\nat last",
        standfirst="It took two years.",
        dateline="Kisumu",
        category=make_category("Water"),
        lead_image=photo,
        bylines=[ArticleByline(author=author)],
    )
    node = data(article)["NewsArticle"]
    assert node["headline"] == "A well: at last"
    assert node["description"] == "It took two years."
    assert node["mainEntityOfPage"] == article.full_url
    assert node["inLanguage"] == "en"
    assert node["articleSection"] == "Water"
    assert node["isAccessibleForFree"] is True
    assert node["author"] == [{"@type": "Person", "name": "Ada Lens"}]
    assert node["datePublished"] == timezone.localtime(article.date).isoformat()
    assert node["dateModified"] == timezone.localtime(article.last_published_at).isoformat()
    assert node["locationCreated"] == {"@type": "Place", "name": "Kisumu"}
    assert (node["image"]["width"], node["image"]["height"]) == (1200, 630)
    publisher = node["publisher"]
    assert (publisher["@type"], publisher["name"], publisher["legalName"]) == ("NGO", "Newsroom", "Wayfield AISBL")
    assert publisher["logo"]["url"].startswith("https://news.example.org/media/")


def test_an_article_with_nothing_is_signed_by_its_publisher(make_article, data):
    node = data(make_article("Only this", body=[]))["NewsArticle"]
    assert node["author"] == [node["publisher"]]
    assert not {"image", "articleSection", "locationCreated", "workTranslation"} & set(node)


def test_a_source_names_its_translations_and_a_translation_its_source(make_article, translate, data):
    article = make_article()
    french = translate(article, "fr", title="Un puits")
    source, translation = data(article)["NewsArticle"], data(french)["NewsArticle"]
    assert [work["@id"] for work in source["workTranslation"]] == [translation["@id"]]
    assert translation["translationOfWork"]["@id"] == source["@id"]
    assert "translationOfWork" not in source
    assert "workTranslation" not in translation


def test_the_way_to_an_article_leads_through_its_category(site, make_article, make_category, data):
    water = make_category("Water")
    article = make_article(category=water)
    steps = data(article)["BreadcrumbList"]["itemListElement"]
    assert [step["item"] for step in steps] == [page.full_url for page in (site.en.home, site.en.index, water, article)]
    assert [step["position"] for step in steps] == [1, 2, 3, 4]


def test_the_home_page_presents_the_organisation_and_the_site_with_its_search(site, data):
    nodes = data(site.fr.home)
    assert nodes["NGO"]["url"] == site.fr.home.full_url
    website = nodes["WebSite"]
    assert website["inLanguage"] == "fr"
    assert website["publisher"] == {"@id": nodes["NGO"]["@id"]}
    search = website["potentialAction"]["target"]["urlTemplate"]
    assert search == "https://news.example.org/fr/search/?q={search_term_string}"


@pytest.mark.parametrize("title", ["</script><script>alert(1)</script>", "<!-- & -->", 'Say "no" \\ \u2028 يمين'])
def test_no_title_breaks_out_of_the_data(title, make_article, data):
    assert data(make_article(title))["NewsArticle"]["headline"] == title


def test_nothing_to_say_is_no_element():
    assert script([]) == ""
