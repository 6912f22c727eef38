"""What the clock does to subscriptions."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from newsletter import chores, import_runs, sending, subscriptions, tokens
from newsletter.models import Bounce, Chore, Consent, Subscriber, Subscription, Suppression
from newsletter.subscriptions import Wish
from newsletter.suppression import bounce, suppress
from newsroom import clock
from newsroom.management.commands.set_up_site import EDITORS, MANAGERS, SENDERS

pytestmark = pytest.mark.django_db
State = Subscription.State


@pytest.fixture
def asked(site, outbox):
    """Ada has asked for the newsletter in French; her confirmation mail is gone from the outbox."""
    subscriptions.sign_up(
        wishes=[Wish(site.fr.newsletter, "…")],
        email="ada@example.org",
        choice="fr",
        language="fr",
        page_url="https://news.example.org/fr/",
    )
    outbox.clear()
    return Subscription.objects.get()


def after(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=False)


class TestThoseWhoNeverConfirmed:
    """One reminder, and after thirty days nothing."""

    def test_one_reminder_after_two_days_in_their_language(self, asked, outbox):
        with after(days=1, hours=23):
            assert subscriptions.remind_unconfirmed() == 0
        with after(days=2, hours=1):
            assert subscriptions.remind_unconfirmed() == 1
            assert subscriptions.remind_unconfirmed() == 0
        with after(days=5):
            assert subscriptions.remind_unconfirmed() == 0
        [mail] = outbox
        assert mail.to == ["ada@example.org"]
        assert "Nous n’enverrons pas d’autre rappel." in mail.body

    def test_the_link_of_the_reminder_confirms(self, asked, outbox, client):
        with after(days=2, hours=1):
            subscriptions.remind_unconfirmed()
            path = next(line for line in outbox[0].body.splitlines() if "/confirm/" in line)
            client.post(path.removeprefix("https://news.example.org"))
        asked.refresh_from_db()
        assert asked.state == State.ACTIVE

    def test_it_names_all_newsletters_that_wait(self, site, outbox, make_newsletter, client):
        wishes = [Wish(page, "…") for page in (site.en.newsletter, make_newsletter(), make_newsletter("Press Digest"))]
        subscriptions.sign_up(
            wishes=wishes, email="ada@example.org", choice="en", language="en", page_url="https://news.example.org/"
        )
        outbox.clear()
        with after(days=3):
            assert subscriptions.remind_unconfirmed() == 1
            assert subscriptions.remind_unconfirmed() == 0
            [mail] = outbox
            assert mail.subject == "Please confirm: Newsletter, Monday Brief and Press Digest"
            path = next(line for line in mail.body.splitlines() if "/confirm/" in line)
            client.post(path.removeprefix("https://news.example.org"))
        assert set(Subscription.objects.values_list("state", flat=True)) == {State.ACTIVE}

    def test_who_asked_once_more_is_reminded_of_that_two_days_later(self, asked, site, outbox):
        with after(days=2):
            wish = Wish(site.fr.newsletter, "…")
            subscriptions.sign_up(
                wishes=[wish], email="ada@example.org", choice="fr", language="fr", page_url="https://news.example.org/"
            )
        outbox.clear()
        with after(days=2, hours=3):
            assert subscriptions.remind_unconfirmed() == 0
        with after(days=4, hours=3):
            assert subscriptions.remind_unconfirmed() == 1
        assert len(outbox) == 1

    def test_nobody_is_reminded_who_must_not_be_written_to(self, asked, outbox):
        suppress("ada@example.org", Suppression.Reason.HARD_BOUNCE)
        with after(days=3):
            assert subscriptions.remind_unconfirmed() == 0
        assert not outbox

    def test_a_mail_server_that_is_down_costs_an_hour_and_not_the_reminder(self, asked, outbox, settings):
        backend = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        with after(days=3):
            assert subscriptions.remind_unconfirmed() == 0
            settings.EMAIL_BACKEND = backend
            assert subscriptions.remind_unconfirmed() == 1

    def test_after_thirty_days_they_are_forgotten(self, asked):
        with after(days=29):
            assert subscriptions.forget_unconfirmed() == 0
        with after(days=31):
            assert subscriptions.forget_unconfirmed() == 1
        assert not Subscriber.objects.exists() and not Consent.objects.exists()

    def test_so_is_who_never_confirmed_and_whose_mail_came_back(self, asked):
        bounce(asked.subscriber, Bounce.Kind.HARD, "550 no such user")
        with after(days=29):
            assert subscriptions.forget_unconfirmed() == 0
        with after(days=31):
            assert subscriptions.forget_unconfirmed() == 1
        assert not Subscriber.objects.exists() and not Consent.objects.exists()
        assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE

    def test_who_has_left_is_not_forgotten_with_them(self, subscribe):
        ada = subscribe("ada@example.org")
        subscriptions.unsubscribe(ada)
        with after(days=400):
            assert subscriptions.forget_unconfirmed() == 0
        assert Subscription.objects.get().state == State.UNSUBSCRIBED
        assert Consent.objects.get().confirmed_at

    def test_an_open_request_of_an_active_reader_is_forgotten_and_the_reader_stays(self, subscribe):
        ada = subscribe("ada@example.org")
        ada.consents.create(purpose="Newsletter", language="en", choice="fr", wording="…")
        with after(days=31):
            assert subscriptions.forget_unconfirmed() == 0
        assert ada.consents.get().confirmed_at
        assert Subscription.objects.get().state == State.ACTIVE


class TestThoseWhoLeft:
    """One mail that offers to stay."""

    def test_it_is_sent_once_in_the_language_of_the_reader(self, subscribe, outbox):
        ada = subscribe("ada@example.org", "all", "fr")
        subscriptions.unsubscribe(ada)
        assert subscriptions.send_farewells() == 1
        assert subscriptions.send_farewells() == 0
        [mail] = outbox
        assert mail.to == ["ada@example.org"]
        assert "https://news.example.org/fr/subscription/stay/" in mail.body

    def test_the_link_in_it_brings_them_back(self, subscribe, outbox, client):
        ada = subscribe("ada@example.org")
        subscriptions.unsubscribe(ada)
        subscriptions.send_farewells()
        path = next(line for line in outbox[0].body.splitlines() if "/stay/" in line)
        client.post(path.removeprefix("https://news.example.org"))
        ada.refresh_from_db()
        assert ada.state == State.ACTIVE
        assert [consent.method for consent in ada.consents.in_force()] == ["undone"]

    def test_who_never_confirmed_is_not_written_to(self, asked, outbox):
        subscriptions.unsubscribe(asked)
        assert subscriptions.send_farewells() == 0

    def test_who_is_back_already_is_not_written_to(self, subscribe, outbox):
        ada = subscribe("ada@example.org")
        subscriptions.unsubscribe(ada)
        subscriptions.undo(ada)
        assert subscriptions.send_farewells() == 0

    def test_a_mail_server_that_is_down_is_tried_again(self, subscribe, outbox, settings):
        subscriptions.unsubscribe(subscribe("ada@example.org"))
        backend = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        assert subscriptions.send_farewells() == 0
        settings.EMAIL_BACKEND = backend
        assert subscriptions.send_farewells() == 1


class TestTheSilent:
    """From two years without a sign of life on, digests ask whether to go on."""

    @pytest.fixture
    def silent(self, subscribe):
        ada = subscribe("ada@example.org")
        Subscriber.objects.update(created_at=timezone.now() - timedelta(days=731))
        return ada

    def test_they_are_those_without_a_sign_of_life_in_two_years(self, silent, subscribe):
        subscribe("bea@example.org")
        left = subscribe("cat@example.org")
        Subscriber.objects.filter(pk=left.subscriber_id).update(created_at=timezone.now() - timedelta(days=999))
        subscriptions.unsubscribe(left)
        now = timezone.now()
        assert [person.email for person in Subscriber.objects.silent(now)] == ["ada@example.org"]
        Subscriber.objects.update(seen_at=now - timedelta(days=729))
        assert not Subscriber.objects.silent(now).exists()

    def test_one_press_of_the_button_and_they_are_not(self, silent, client):
        path = f"/en/subscription/keep/{tokens.KEEP.token(silent.subscriber_id)}/"
        assert client.get(path).status_code == 200
        assert Subscriber.objects.silent(timezone.now()).exists()
        assert "You are still subscribed" in client.post(path).content.decode()
        assert not Subscriber.objects.silent(timezone.now()).exists()

    @pytest.mark.parametrize("ended", [subscriptions.expire, lambda person: suppress(person.email, "staff")])
    def test_the_button_of_an_old_mail_promises_nothing_to_who_receives_nothing(self, silent, client, ended):
        ended(silent.subscriber)
        path = f"/en/subscription/keep/{tokens.KEEP.token(silent.subscriber_id)}/"
        for method in (client.get, client.post):
            html = method(path).content.decode()
            assert "You are unsubscribed" in html and "Sign up again" in html
        assert not Subscription.objects.active().exists()

    def test_staff_may_end_it(self, silent):
        assert subscriptions.expire(silent.subscriber) == 1
        silent.refresh_from_db()
        assert silent.state == State.EXPIRED
        assert not silent.consents.in_force().exists()

    def test_digests_ask_them_and_nobody_else(self, silent, subscribe, bilingual_digest, work, outbox):
        subscribe("bea@example.org")
        sending.freeze(bilingual_digest, None)
        work()
        mails = {mail.to[0]: mail for mail in outbox}
        for body in (mails["ada@example.org"].body, mails["ada@example.org"].alternatives[0].content):
            assert "https://news.example.org/en/subscription/keep/" in body
        for body in (mails["bea@example.org"].body, mails["bea@example.org"].alternatives[0].content):
            assert "keep" not in body and "We have not heard from you" not in body


class TestTheReport:
    """What the clock did is counted by day and shown to staff; it names nobody."""

    PAGE = "newsletter_subscribers:housekeeping"

    def test_every_job_about_subscribers_that_the_clock_has_is_reported(self):
        ours = {
            name for name in clock._jobs if name.startswith(("newsletter.subscriptions.", "newsletter.import_runs."))
        }
        reported = [
            subscriptions.send_farewells,
            subscriptions.remind_unconfirmed,
            subscriptions.end_pauses,
            subscriptions.forget_unconfirmed,
            import_runs.take_up_again,
            import_runs.forget_files,
        ]
        assert ours == {f"{job.__module__}.{job.__name__}" for job in reported}
        assert len(reported) == len(Chore.Task)

    def test_what_was_done_is_counted_by_day_and_logged(self, subscribe, outbox, caplog):
        caplog.set_level(logging.INFO, logger=chores.__name__)
        for name in ("ada", "bea"):
            subscriptions.unsubscribe(subscribe(f"{name}@example.org"))
            subscriptions.send_farewells()
        subscriptions.send_farewells()
        chore = Chore.objects.get()
        assert (chore.day, chore.task, chore.number) == (timezone.localdate(), "farewells", 2)
        assert caplog.messages == ["Housekeeping: 1 farewells"] * 2
        assert "example.org" not in caplog.text
        with after(days=1):
            subscriptions.unsubscribe(subscribe("cleo@example.org"))
            subscriptions.send_farewells()
        assert list(Chore.objects.values_list("number", flat=True)) == [1, 2]

    def test_each_task_has_its_line(self, asked, subscribe, outbox):
        subscriptions.pause(subscribe("ben@example.org"))
        with after(days=3):
            subscriptions.remind_unconfirmed()
        with after(days=100):
            subscriptions.end_pauses()
            subscriptions.forget_unconfirmed()
        assert set(Chore.objects.values_list("task", "number")) == {("reminders", 1), ("resumed", 1), ("forgotten", 1)}

    @pytest.mark.parametrize(
        ("language", "heading", "line"),
        [("en", "Housekeeping", "Pauses ended"), ("fr", "Entretien", "Pauses terminées")],
    )
    def test_staff_see_it_in_their_language(self, login, site, language, heading, line):
        client = login(SENDERS, language=language)
        assert "newsletter_subscribers/housekeeping" in client.get(reverse("wagtailadmin_home")).content.decode()
        assert line not in client.get(reverse(self.PAGE)).content.decode()
        Chore.objects.create(day="2026-11-01", task="resumed", number=1200)
        html = client.get(reverse(self.PAGE)).content.decode()
        assert heading in html and line in html
        assert {"en": "1,200", "fr": "1\u202f200"}[language] in html.replace("\xa0", "\u202f")

    def test_a_long_one_has_pages(self, login, site):
        client = login(MANAGERS)
        day = timezone.localdate()
        Chore.objects.bulk_create(
            Chore(day=day - timedelta(days=number), task="files", number=1) for number in range(150)
        )
        html = client.get(reverse(self.PAGE)).content.decode()
        assert html.count("Imports whose files were removed") == 100
        assert "?p=2" in html

    def test_an_editor_of_pages_sees_none_of_it(self, login, site):
        client = login(EDITORS)
        assert client.get(reverse(self.PAGE)).status_code == 302
        assert "newsletter_subscribers/housekeeping" not in client.get(reverse("wagtailadmin_home")).content.decode()
