"""How many people have received the newsletters, month after month."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletter.growth import growth
from newsletter.models.subscriber import ConsentQuerySet
from newsroom.management.commands.set_up_site import EDITORS, SENDERS

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def on(month, day=15, year=2026):
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.fixture
def consented(subscribe):
    """Make a subscription with consents in force between the moments given: pairs of beginning and end."""

    def make(email, language, *spells):
        subscription = subscribe(email, language)
        super(ConsentQuerySet, subscription.consents.all()).delete()
        for begun, ended in spells:
            subscription.consents.create(
                purpose="News",
                language="en",
                choice=language,
                wording="…",
                requested_at=begun,
                confirmed_at=begun,
                withdrawn_at=ended,
            )
        return subscription

    return make


def test_each_month_counts_whose_consent_was_in_force_at_its_end(consented):
    consented("ada@example.org", "en", (on(8), None))
    consented("bea@example.org", "en", (on(9), on(10)))
    consented("cleo@example.org", "fr", (on(11), None))
    found = growth(NOW, 4)
    assert [timezone.localtime(month).month for month in found.months] == [8, 9, 10, 11]
    assert found.lines == {"en": [1, 2, 1, 1], "fr": [0, 0, 0, 1]}


def test_what_began_before_the_first_month_counts(consented):
    consented("ada@example.org", "en", (on(1, year=2020), None))
    assert growth(NOW, 12).lines == {"en": [1] * 12}


def test_who_left_and_came_back_counts_only_while_here(consented):
    consented("ada@example.org", "en", (on(8), on(9)), (on(11), None))
    assert growth(NOW, 4).lines == {"en": [1, 0, 0, 1]}


def test_consents_of_one_subscription_that_overlap_count_once(consented):
    consented("ada@example.org", "en", (on(8), on(10)), (on(9), on(10)))
    consented("bea@example.org", "en", (on(8), on(9)), (on(9), None))
    consented("cleo@example.org", "en", (on(8), None), (on(9), on(10)))
    assert growth(NOW, 4).lines == {"en": [3, 3, 2, 2]}


def test_what_was_never_confirmed_does_not_count(subscribe):
    subscribe("ada@example.org", state="pending")
    assert growth(NOW, 4).lines == {}


def test_a_month_ends_where_the_site_is(consented):
    # 31 October, 23:30 in Brussels, and 1 November, 00:30 there, which is still October in UTC.
    consented("ada@example.org", "en", (datetime(2026, 10, 31, 22, 30, tzinfo=UTC), None))
    consented("bea@example.org", "en", (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), None))
    assert growth(NOW, 2).lines == {"en": [1, 2]}


def test_two_queries_however_many_months(consented):
    consented("ada@example.org", "en", (on(8), None))
    with CaptureQueriesContext(connection) as captured:
        growth(NOW, 24)
    assert len(captured) == 2


def test_the_page_draws_tells_in_words_and_has_a_table(login, consented):
    consented("ada@example.org", "en", (on(8, year=2020), None))
    consented("bea@example.org", "fr", (on(8, year=2020), None))
    html = login(SENDERS).get(reverse("newsletter_subscribers:growth")).content.decode()
    assert html.count("<polyline") == 2
    assert re.search(r"English: from 1 to 1\.\s+French: from 1 to 1\.", html)
    assert "<details>" in html
    assert 'role="img"' in html
    assert "style=" not in html.partition("<svg")[2].partition("</svg>")[0]


def test_the_page_shows_a_year_or_two_and_takes_nothing_else(login, consented):
    consented("ada@example.org", "en", (on(8), None))
    client = login(SENDERS)
    url = reverse("newsletter_subscribers:growth")
    screens = [client.get(url, {"months": months}).content.decode() for months in ("12", "24", "9999999", "x")]
    rows = [html.partition("<details>")[2].partition("</details>")[0].count('scope="row"') for html in screens]
    assert rows == [12, 24, 12, 12]


def test_coordinates_have_no_decimal_comma_in_french(login, consented):
    consented("ada@example.org", "fr", (on(8), None))
    html = login(SENDERS, language="fr").get(reverse("newsletter_subscribers:growth")).content.decode()
    points = re.search(r'points="([^"]+)"', html)[1]
    assert all(re.fullmatch(r"\d+\.\d,\d+\.\d", point) for point in points.split())
    assert "Croissance" in html


def test_without_anybody_the_page_says_so(login, site):
    html = login(SENDERS).get(reverse("newsletter_subscribers:growth")).content.decode()
    assert "Nobody has subscribed yet" in html


def test_who_may_not_see_subscribers_sees_no_growth(login, site):
    assert login(EDITORS).get(reverse("newsletter_subscribers:growth")).status_code == 302
