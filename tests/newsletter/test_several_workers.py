"""Workers and readers side by side, on a database they really share."""

import threading
from collections import Counter

from django.db import connection
from django.utils import timezone

from newsletter import sending, subscriptions, tokens
from newsletter.models import Campaign, Consent, Delivery, Subscriber, Subscription
from newsletter.subscriptions import Wish

READERS = 40


def test_workers_side_by_side_mail_everybody_once(committed_site, make_digest, make_article, subscribe, outbox):
    for number in range(READERS):
        subscribe(f"reader{number}@example.org")
    campaign = sending.freeze(make_digest(make_article()), None)
    faults = []

    def work():
        deadline = timezone.now().timestamp() + 60
        try:
            while Campaign.objects.exclude(state=Campaign.State.FINISHED).exists():
                sending.step()
                assert timezone.now().timestamp() < deadline
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not faults
    assert Counter(message.to[0] for message in outbox) == Counter(
        f"reader{number}@example.org" for number in range(READERS)
    )
    assert Counter(campaign.deliveries.values_list("state", flat=True)) == {Delivery.State.ACCEPTED: READERS}


def at_once(*acts):
    """Do all of them at the same moment. Returns what each returned, or the error that it raised."""
    ready, outcomes = threading.Barrier(len(acts)), []

    def do(act):
        try:
            ready.wait(timeout=30)
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_confirmations_at_once_are_one(committed_site, outbox):
    subscriptions.sign_up(
        wishes=[Wish(committed_site.en.newsletter, "…")],
        email="ada@example.org",
        choice="en",
        language="en",
        page_url="https://news.example.org/",
    )
    token = tokens.CONFIRMATION.token(str(Consent.objects.get().request))
    outcomes = at_once(*[lambda: subscriptions.confirm(token)] * 3)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyConfirmed", "AlreadyConfirmed", "list"]
    assert Consent.objects.in_force().count() == 1
    assert Subscription.objects.get().state == Subscription.State.ACTIVE


def test_two_sign_ups_at_once_are_one_person_and_one_mail(committed_site, outbox):
    def sign_up():
        subscriptions.sign_up(
            wishes=[Wish(committed_site.en.newsletter, "…")],
            email="ada@example.org",
            choice="en",
            language="en",
            page_url="https://news.example.org/",
        )

    assert at_once(sign_up, sign_up, sign_up) == [None] * 3
    assert Subscriber.objects.count() == Subscription.objects.count() == len(outbox) == 1
    assert len(set(Consent.objects.values_list("request", flat=True))) == 1
