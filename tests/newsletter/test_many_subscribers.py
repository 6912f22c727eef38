"""What one reader does costs the same however many others there are, and none of it reads through a table of them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import tokens
from newsletter.models import Consent, Subscriber, Subscription, Suppression

pytestmark = pytest.mark.django_db

# A whole table of ours that is read from one end to the other, in the words of either database.
READ_THROUGH = re.compile(r"(SCAN|Seq Scan on) newsletter_(subscriber|subscription|consent|suppression)\b")
# What each act takes: the statements of one request, savepoints among them.
SIGN_UP, CONFIRM, UNSUBSCRIBE, UNDO, ONE_CLICK = 25, 17, 14, 16, 6


@pytest.fixture
def crowd(site):
    """Make so many active subscribers with their consents, and as many who must not be written to."""

    def make(count):
        people = Subscriber.objects.bulk_create(
            Subscriber(email=f"reader{number}@example.org", seen_at=timezone.now()) for number in range(count)
        )
        subscriptions = Subscription.objects.bulk_create(
            Subscription(
                subscriber=person,
                newsletter_key=site.en.newsletter.translation_key,
                language="en",
                interface_language="en",
                state=Subscription.State.ACTIVE,
            )
            for person in people
        )
        now = timezone.now()
        Consent.objects.bulk_create(
            Consent(
                subscription=subscription,
                purpose="Newsletter",
                language="en",
                choice="en",
                wording="…",
                wording_hash="…",
                requested_at=now,
                confirmed_at=now,
            )
            for subscription in subscriptions
        )
        Suppression.objects.bulk_create(
            Suppression(keyed_hash=f"{number:064x}", reason=Suppression.Reason.COMPLAINT) for number in range(count)
        )
        if connection.vendor == "postgresql":
            tables = [model._meta.db_table for model in (Subscriber, Subscription, Consent, Suppression)]
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {', '.join(tables)}")

    return make


@pytest.fixture
def acts(site, outbox):
    """Do what a reader does, one request after the other. Returns the statements of each."""

    def run():
        reader = Client(headers={"Sec-Fetch-Site": "same-origin"})
        statements = {}

        def post(name, address, data=None):
            with CaptureQueriesContext(connection) as captured:
                assert reader.post(address, data or {}).status_code == 200
            statements[name] = [query["sql"] for query in captured]

        shown = tokens.FORM.token(int(timezone.now().timestamp()) - 60)
        post("sign up", "/en/subscription/", {"email": "ada@example.org", "language": "en", "shown": shown})
        path = next(line for line in outbox[-1].body.splitlines() if "/confirm/" in line)
        post("confirm", path.removeprefix("https://news.example.org"))
        ada = Subscription.objects.get(subscriber__email="ada@example.org")
        token = tokens.UNSUBSCRIPTION.token(ada.pk)
        post("unsubscribe", f"/en/subscription/unsubscribe/{token}/")
        post("undo", f"/en/subscription/stay/{tokens.UNDO.token(ada.pk)}/")
        post("one click", f"/unsubscribe/{token}/", {"List-Unsubscribe": "One-Click"})
        ada.subscriber.delete()
        return statements

    run()  # what is looked up once is looked up now
    return run


@pytest.mark.parametrize("count", [10, 10_000])
def test_as_many_statements_among_ten_as_among_ten_thousand(crowd, acts, count):
    crowd(count)
    assert {name: len(statements) for name, statements in acts().items()} == {
        "sign up": SIGN_UP,
        "confirm": CONFIRM,
        "unsubscribe": UNSUBSCRIBE,
        "undo": UNDO,
        "one click": ONE_CLICK,
    }


def test_every_statement_finds_its_rows_by_an_index(crowd, acts):
    crowd(10_000)
    explain = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}[connection.vendor]
    ours = 0
    for name, statements in acts().items():
        for sql in statements:
            if "newsletter_" in sql and sql.startswith(("SELECT", "UPDATE", "DELETE")):
                with connection.cursor() as cursor:
                    cursor.execute(f"{explain} {sql}")
                    plan = "\n".join(str(row[-1]) for row in cursor)
                assert not READ_THROUGH.search(plan), f"{name}: {sql}\n{plan}"
                ours += 1
    assert ours > 20


def test_whether_somebody_silent_is_active_is_looked_up_by_the_person(crowd):
    """SQLite would rather look through all that is active, for each of them. (PostgreSQL joins the two.)"""
    crowd(10)
    plan = Subscriber.objects.silent(timezone.now()).order_by("-created_at").explain()
    assert "SEARCH" not in plan or "states_of_subscriber (subscriber_id=? AND state=?)" in plan
