"""Workers side by side, on a database they really share."""

import threading
from collections import Counter

from django.db import connection
from django.utils import timezone

from newsletter import sending
from newsletter.models import Campaign, Delivery

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
