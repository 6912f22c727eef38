"""What is live is public: no page can be hidden from some readers, so that none of them can be counted or listed."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page, PageViewRestriction

LOGGED_IN = PageViewRestriction.LOGIN


@pytest.fixture(params=["root", "home", "index", "article"])
def page(request, site, make_article):
    """A page, or one that stands above others."""
    article = make_article()
    return {
        "root": Page.objects.get(depth=1),
        "home": site.en.home,
        "index": site.en.index,
        "article": article,
    }[request.param]


def test_the_admin_hides_no_page(page, login):
    address = reverse("wagtailadmin_pages:set_privacy", args=[page.pk])
    answer = login().post(address, {"restriction_type": LOGGED_IN, "password": "", "groups": []})
    assert answer.status_code in (200, 302)
    assert not PageViewRestriction.objects.exists()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nor_does_a_script(page, language):
    words = {"en": "A live page is there for every reader.", "fr": "Une page en ligne est visible"}[language]
    with override(language), pytest.raises(PermissionDenied, match=words):
        PageViewRestriction.objects.create(page=page, restriction_type=LOGGED_IN)
    assert not PageViewRestriction.objects.exists()
