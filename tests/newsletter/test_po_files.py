"""A digest goes to its translators with the articles that stand in it."""

import pytest
from django.urls import reverse

from newsroom.localization import po, translating
from newsroom.management.commands.set_up_site import translators_of

pytestmark = pytest.mark.django_db


def test_a_digest_comes_with_its_articles(site, login, make_digest, make_article):
    first, second, born_french = make_article("Rain"), make_article("Wind"), make_article("Neige", language="fr")
    digest = make_digest(first, second, born_french)
    for page in (digest, first, second):
        translating.send_for_translation(page, site.locales["fr"])
    response = login(translators_of("fr")).get(reverse("localization_po_parts", args=[digest.pk, "fr"]))
    names = [name for name, _data in po.unpack("x.zip", response.content)]
    assert names == ["a-well-and-what-it-costs-fr.po", "rain-fr.po", "wind-fr.po"]


def test_articles_of_its_latest_draft(site, login, make_digest, make_article):
    article = make_article("Rain")
    digest = make_digest()
    digest.sections = [("story", {"article": article, "teaser": ""})]
    digest.save_revision()
    translating.send_for_translation(article, site.locales["fr"])
    response = login().get(reverse("localization_po_parts", args=[digest.pk, "fr"]))
    assert [name for name, _data in po.unpack("x.zip", response.content)] == ["rain-fr.po"]


def test_without_a_translation_there_is_nothing_to_get(login, make_digest, make_article):
    digest = make_digest(make_article("Rain"))
    assert login().get(reverse("localization_po_parts", args=[digest.pk, "fr"])).status_code == 302


def test_the_way_there_stands_beside_a_digest_only(login, make_digest, make_article):
    article = make_article("Rain")
    digest, client = make_digest(article), login()

    def editor_of(page):
        return client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()

    assert reverse("localization_po_parts", args=[digest.pk, "fr"]) in editor_of(digest)
    assert "/localization/po/" not in editor_of(article)
