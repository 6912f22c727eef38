"""Digests that are drafted on a schedule."""

from datetime import UTC, datetime, timedelta

import pytest

from newsletter import drafting
from newsletter.models import Campaign, DigestPage

MONDAY = datetime(2027, 3, 1, 7, tzinfo=UTC)


@pytest.fixture
def newsletter(site, make_article):
    """One that is drafted every other Monday, with a story to tell."""
    make_article("A well", date=MONDAY - timedelta(days=2))
    page = site.en.newsletter
    page.drafted_every, page.drafted_on = 2, 0
    page.save_revision().publish()
    return page


def drafts():
    return list(DigestPage.objects.order_by("pk"))


class TestDrafting:
    """What the clock does; a person does the rest."""

    def test_on_its_day_a_draft_with_the_suggested_stories_is_made(self, newsletter):
        assert drafting.draft_due(MONDAY) == 1
        [draft] = drafts()
        assert (draft.title, draft.date, draft.live) == ("Newsletter, 1 March 2027", MONDAY.date(), False)
        assert [article.title for article in draft.get_latest_revision_as_object().parts()] == ["A well"]
        assert draft.locale == newsletter.locale
        assert not Campaign.objects.exists()

    def test_once_however_often_the_clock_asks(self, newsletter):
        for hour in (7, 8, 20):
            drafting.draft_due(MONDAY.replace(hour=hour))
        assert len(drafts()) == 1

    @pytest.mark.parametrize(("days", "made"), [(1, 0), (7, 0), (14, 1)])
    def test_not_again_before_its_time(self, days, made, newsletter, make_article):
        drafting.draft_due(MONDAY)
        make_article("News", date=MONDAY + timedelta(days=days, hours=-1))
        assert drafting.draft_due(MONDAY + timedelta(days=days)) == made

    def test_not_in_the_middle_of_the_night(self, newsletter):
        assert drafting.draft_due(MONDAY.replace(hour=0)) == 0

    def test_nothing_where_nobody_asked_for_it(self, site, make_article):
        make_article(date=MONDAY - timedelta(days=2))
        assert drafting.draft_due(MONDAY) == 0

    def test_without_anything_to_tell_there_is_no_draft(self, newsletter):
        assert drafting.draft_due(MONDAY + timedelta(weeks=52)) == 0
        assert drafts() == []

    def test_its_number_is_the_next(self, newsletter, make_digest):
        make_digest(number=41)
        drafting.draft_due(MONDAY)
        assert drafts()[-1].number == 42
