"""Links in mails are opened by scanners, previews and people who only look: none of that changes anything."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import personal_data, subscriptions, tokens
from newsletter.models import Subscription
from newsletter.subscriptions import Wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def addresses(site, subscribe, outbox):
    """Every address of the newsletter with a link that works, in both languages, for readers in every state."""
    active, left = subscribe("ada@example.org"), subscribe("bea@example.org")
    subscriptions.unsubscribe(left)
    paused = subscribe("cat@example.org")
    subscriptions.pause(paused)
    subscriptions.sign_up(
        wishes=[Wish(site.en.newsletter, "…")],
        email="dan@example.org",
        choice="en",
        language="en",
        page_url="https://news.example.org/",
    )
    pending = Subscription.objects.get(subscriber__email="dan@example.org")
    request = str(pending.consents.get().request)
    paths = [f"confirm/{tokens.CONFIRMATION.token(request)}/", ""]
    for subscription in (active, left, paused, pending):
        person = subscription.subscriber_id
        paths += [
            f"unsubscribe/{tokens.UNSUBSCRIPTION.token(subscription.pk)}/",
            f"stay/{tokens.UNDO.token(subscription.pk)}/",
            f"settings/{tokens.PREFERENCES.token(person)}/",
            f"keep/{tokens.KEEP.token(person)}/",
            f"my-data/{personal_data.token_for(subscription.subscriber)}/",
            f"new-address/{tokens.NEW_ADDRESS.token(person, subscription.subscriber.email, 'new@example.org')}/",
        ]
    one_click = [f"/unsubscribe/{tokens.UNSUBSCRIPTION.token(active.pk)}/"]
    return [f"/{language}/subscription/{path}" for language in ("en", "fr") for path in paths] + one_click


QUERIES = [
    "",
    "?action=erase",
    "?action=pause&newsletters=",
    "?email=x@example.org&language=en",
    "?List-Unsubscribe=One-Click",
]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_sequence_of_get_head_and_options_changes_anything(data, addresses, outbox):
    client = Client(enforce_csrf_checks=True)
    mails = len(outbox)
    requests = st.tuples(
        st.sampled_from(["get", "head", "options"]), st.sampled_from(addresses), st.sampled_from(QUERIES)
    )
    with CaptureQueriesContext(connection) as queries:
        for method, path, query in data.draw(st.lists(requests, min_size=1, max_size=12)):
            assert getattr(client, method)(path + query).status_code < 500
    writing = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writing == []
    assert len(outbox) == mails
