import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter import sending, subscriptions, tokens
from newsletter.addresses import normalise
from newsletter.models import Consent, NewsletterPage, Subscriber, Subscription

OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def reader():
    """A browser without cookies, for which CSRF checks are on."""
    return Client(enforce_csrf_checks=True, headers=OURS)


def sign_up(reader, email="ada@example.org", language="en", address="/en/subscription/", **data):
    """Fill in the form a minute after it was shown."""
    shown = tokens.FORM.token(int(timezone.now().timestamp()) - 60)
    return reader.post(address, {"email": email, "language": language, "page": "/en/", "shown": shown, **data})


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada.Lovelace+news@Example.ORG ", "ada.lovelace+news@example.org"),
        ("x@straße.de", "x@xn--strae-oqa.de"),  # IDNA 2003 would make it strasse.de, another domain
        ("x@例え.jp", "x@xn--r8jz45g.jp"),
        ("x@XN--R8JZ45G.jp", "x@xn--r8jz45g.jp"),
        ("ada@example.org.", "ada@example.org"),
    ],
)
def test_an_address_is_normalised(typed, stored):
    assert normalise(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada@localhost",
        "ada@exa mple.org",
        "a..b@example.org",
        "ada@example.org\nBcc: eve@example.org",
        "ada@example.org\r\nSubject: Hello",
        "ada@example.org, eve@example.org",
        "ada@[127.0.0.1]",
        "ada@example.org\x00",
        "Ada <ada@example.org>",
    ],
)
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(ValidationError):
        normalise(typed)


def test_an_accent_before_the_at_sign_is_refused_with_a_reason():
    with pytest.raises(ValidationError, match="accents"):
        normalise("zoë@example.org")


@pytest.mark.django_db
def test_every_page_has_the_form_and_none_sets_a_cookie(site, reader):
    for page in (site.en.home, site.fr.home, site.fr.newsletter):
        response = reader.get(page.url)
        language = page.locale.language_code
        assert f'action="/{language}/subscription/"' in response.content.decode()
        assert not response.cookies


@pytest.mark.django_db
def test_the_form_of_a_french_page_is_french_and_offers_french_first(site, reader):
    html = reader.get("/fr/subscription/").content.decode()
    assert '<html lang="fr"' in html
    values = re.findall(r'name="language" value="(\w+)"( checked)?', html)
    assert values[:3] == [("fr", " checked"), ("en", ""), ("all", "")]


@pytest.mark.django_db
def test_signing_up_mails_a_link_and_writes_to_nobody_yet(site, reader, outbox):
    site.en.newsletter.privacy_line = "We use it for nothing else."
    site.en.newsletter.save_revision().publish()
    response = sign_up(reader)
    assert response.status_code == 200
    assert "ada@example.org" in response.content.decode()
    [mail] = outbox
    assert mail.to == ["ada@example.org"]
    assert "https://news.example.org/en/subscription/confirm/" in mail.body
    assert "https://news.example.org/en/subscription/confirm/" in mail.alternatives[0].content
    consent = Consent.objects.get()
    assert consent.subscription.state == Subscription.State.PENDING
    assert consent.confirmed_at is None
    assert "We use it for nothing else." in consent.wording
    assert consent.page_url == "https://news.example.org/en/"
    assert not response.cookies


@pytest.mark.django_db
def test_the_confirmation_mail_is_in_the_language_of_the_form(site, reader, outbox):
    sign_up(reader, address="/fr/subscription/", language="en")
    [mail] = outbox
    assert "https://news.example.org/fr/subscription/confirm/" in mail.body
    assert '<html lang="fr"' in mail.alternatives[0].content
    assert (Consent.objects.get().language, Consent.objects.get().choice) == ("fr", "en")


@pytest.mark.django_db
def test_the_answer_is_the_same_for_new_pending_and_active_addresses(site, reader, outbox, subscribe):
    subscribe("ada@example.org")
    subscribe("bob@example.org", state=Subscription.State.PENDING)
    answers = {
        sign_up(reader, email).content.decode().replace(email, "")
        for email in ("ada@example.org", "bob@example.org", "new@example.org")
    }
    assert len(answers) == 1
    assert len(outbox) == 3


@pytest.mark.django_db
def test_signing_up_again_changes_nothing_until_it_is_confirmed(site, reader, outbox, subscribe):
    subscription = subscribe("ada@example.org", "en")
    sign_up(reader, "ada@example.org", "fr", "/fr/subscription/")
    subscription.refresh_from_db()
    assert (subscription.state, subscription.language) == (Subscription.State.ACTIVE, "en")


@pytest.mark.django_db
def test_a_second_sign_up_within_ten_minutes_sends_no_second_mail(site, reader, outbox):
    first, second = sign_up(reader), sign_up(reader, "ADA@example.org")
    assert first.content.decode() == second.content.decode()
    assert len(outbox) == 1
    assert Subscriber.objects.count() == 1
    cache.clear()
    sign_up(reader)
    assert len(outbox) == 1


@pytest.mark.django_db
def test_a_second_sign_up_within_ten_minutes_is_what_the_mail_already_sent_confirms(site, reader, outbox):
    sign_up(reader, language="en")
    sign_up(reader, language="all", address="/fr/subscription/", page="/fr/")
    first, second = Consent.objects.order_by("pk")
    assert (second.choice, second.language) == ("all", "fr")
    assert second.page_url == "https://news.example.org/fr/"
    assert "Les deux langues" in second.wording
    [subscription] = subscriptions.confirm(tokens.CONFIRMATION.token(str(first.request)))
    assert (subscription.language, subscription.interface_language) == ("all", "fr")
    assert list(Consent.objects.in_force()) == [second]


@pytest.mark.django_db
def test_after_ten_minutes_there_is_a_new_mail(site, reader, outbox):
    sign_up(reader)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        sign_up(reader)
    assert len(outbox) == 2
    assert Consent.objects.count() == 2


@pytest.mark.django_db
def test_who_comes_back_after_confirming_or_leaving_gets_a_mail_at_once(site, reader, outbox):
    sign_up(reader)
    [subscription] = subscriptions.confirm(tokens.CONFIRMATION.token(str(Consent.objects.get().request)))
    sign_up(reader, language="fr")
    assert len(outbox) == 2
    subscriptions.unsubscribe(subscription)
    sign_up(reader)
    assert len(outbox) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "message", "shown"),
    [
        ({"email": ""}, "Please enter your e-mail address.", ""),
        ({"email": "ada@"}, "This does not look like an e-mail address.", "ada@"),
        ({"email": "zoë@example.org"}, "We cannot write to addresses with accents", "zoë@example.org"),
        (
            {"email": "ada@example.org\nBcc: eve@example.org"},
            "This does not look like an e-mail address.",
            "ada@example.org\nBcc: eve@example.org",
        ),
        ({"language": "de"}, "Select a valid choice. de is not one of the available choices.", "ada@example.org"),
        ({"language": ""}, "Please choose a language.", "ada@example.org"),
    ],
)
def test_bad_input_keeps_what_was_typed_and_says_why(site, reader, data, message, shown):
    response = sign_up(reader, **{"email": "ada@example.org", **data})
    html = response.content.decode()
    assert response.status_code == 422
    assert re.search(rf'class="field__error"[^>]*>{re.escape(message)}', html)
    assert re.search(r'<input type="email"[^>]* value="([^"]*)"', html)[1] == shown
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
def test_markup_in_the_address_comes_back_as_text(site, reader):
    html = sign_up(reader, '"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in html


@pytest.mark.django_db
def test_who_fills_in_the_trap_is_thanked_and_ignored(site, reader, outbox):
    response = sign_up(reader, website="https://spam.example")
    assert response.status_code == 200
    assert not outbox
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Origin": "https://news.example.org"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://news.example.org"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://news.example.org.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_only_forms_of_this_site_are_accepted(site, outbox, headers, status):
    response = sign_up(Client(enforce_csrf_checks=True, headers=headers))
    assert response.status_code == status
    assert len(outbox) == (1 if status == 200 else 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", ["https://evil.example/", "//evil.example/", "/a\nb", "javascript:alert(1)", f"/en/{'x' * 400}/"]
)
def test_the_page_of_the_proof_is_one_of_ours(site, reader, outbox, page):
    sign_up(reader, page=page)
    assert Consent.objects.get().page_url == "https://news.example.org/en/subscription/"


@pytest.mark.django_db
def test_a_mail_server_that_is_down_is_admitted_and_the_reader_may_try_again(site, reader, settings, outbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    response = sign_up(reader)
    assert response.status_code == 503
    assert "could not send you the mail" in response.content.decode()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert sign_up(reader).status_code == 200
    assert len(outbox) == 1


@pytest.mark.django_db
def test_the_sign_up_page_has_the_form_once(site, reader):
    assert reader.get("/en/subscription/").content.decode().count('name="email"') == 1


class TestLimits:
    """Neither one address nor the mail server is flooded, and no reader loses what they typed."""

    pytestmark = pytest.mark.django_db

    def test_any_number_of_forms_for_one_address_are_three_mails_a_day(self, site, reader, outbox, settings):
        settings.FORMS_PER_NETWORK = settings.FORMS_PER_HOUR = 10_000
        now = timezone.now()
        answers = set()
        for minutes in range(0, 24 * 60, 60):
            with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
                answers.add(sign_up(reader, language=("en", "fr", "all")[minutes % 3]).content.decode())
        assert len(answers) == 1
        assert len(outbox) == 3
        assert Consent.objects.count() <= subscriptions.OPEN_REQUESTS
        with time_machine.travel(now + timedelta(days=1, minutes=11), tick=False):
            sign_up(reader)
        assert len(outbox) == 4

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "Too many people have signed up"), ("fr", "Trop d’inscriptions")]
    )
    def test_a_network_that_signs_up_everybody_is_asked_to_come_back_later(
        self, site, reader, outbox, settings, language, words
    ):
        settings.FORMS_PER_NETWORK = 3
        path = f"/{language}/subscription/"
        for number in range(5):
            response = sign_up(reader, f"reader{number}@example.org", address=path)
        assert response.status_code == 429
        html = response.content.decode()
        assert words in html and "reader4@example.org" in html
        assert len(outbox) == 3
        assert not Subscriber.objects.filter(email="reader4@example.org").exists()
        assert sign_up(Client(REMOTE_ADDR="203.0.113.9", headers=OURS), "other@example.org").status_code == 200

    def test_all_networks_together_have_a_limit_too(self, site, outbox, settings):
        settings.FORMS_PER_HOUR = 3
        statuses = [
            sign_up(Client(REMOTE_ADDR=f"203.0.113.{number}", headers=OURS), f"r{number}@example.org").status_code
            for number in range(4)
        ]
        assert statuses == [200, 200, 200, 429]

    def test_after_an_hour_the_network_may_again(self, site, reader, outbox, settings):
        settings.FORMS_PER_NETWORK = 1
        sign_up(reader, "a@example.org")
        assert sign_up(reader, "b@example.org").status_code == 429
        with time_machine.travel(timezone.now() + timedelta(minutes=61)):
            assert sign_up(reader, "b@example.org").status_code == 200

    @pytest.mark.parametrize("shown", ["just now", "", "forged"])
    def test_who_is_quicker_than_a_person_is_asked_to_press_once_more(self, site, reader, outbox, shown):
        token = {"just now": tokens.FORM.token(int(timezone.now().timestamp())), "": "", "forged": "x:y:z"}[shown]
        response = sign_up(reader, shown=token)
        html = response.content.decode()
        assert response.status_code == 422
        assert "Please press the button once more." in html and "ada@example.org" in html
        assert not outbox
        again = re.search(r'name="shown" value="([^"]+)"', html)[1]
        with time_machine.travel(timezone.now() + timedelta(seconds=3)):
            assert sign_up(reader, shown=again).status_code == 200
        assert len(outbox) == 1

    def test_addresses_that_live_for_minutes_are_refused_with_a_reason(self, site, reader, settings):
        settings.DISPOSABLE_DOMAINS = ["mailinator.example"]
        for email in ("ada@mailinator.example", "ada@x.mailinator.example"):
            response = sign_up(reader, email)
            assert response.status_code == 422
            assert "live for minutes only" in response.content.decode()


@pytest.mark.django_db
class TestSeveralNewsletters:
    """One is the default and needs no choice; others can be ticked beside it."""

    def test_the_form_of_every_page_is_for_the_default_one(self, site, reader, make_newsletter):
        make_newsletter()
        html = reader.get(site.en.home.url).content.decode()
        assert f'name="newsletters" value="{site.en.newsletter.translation_key}"' in html
        assert "Which newsletters would you like?" not in html

    def test_the_page_of_another_one_has_its_own_form(self, site, reader, make_newsletter):
        brief = make_newsletter(pitch="Three lines a week.")
        html = reader.get(brief.url).content.decode()
        assert f'name="newsletters" value="{brief.translation_key}"' in html
        assert "Three lines a week." in html

    def test_on_the_page_of_the_form_they_can_be_chosen_and_one_mail_confirms_all(
        self, site, reader, outbox, make_newsletter
    ):
        brief = make_newsletter()
        html = reader.get("/en/subscription/").content.decode()
        ticked = re.findall(r'type="checkbox" name="newsletters" value="([^"]+)"( checked)?', html)
        assert ticked == [(str(site.en.newsletter.translation_key), " checked"), (str(brief.translation_key), "")]
        sign_up(reader, newsletters=[key for key, _checked in ticked])
        [mail] = outbox
        assert mail.subject == "Please confirm: Newsletter and Monday Brief"
        path = next(line for line in mail.body.splitlines() if "/confirm/" in line)
        page = reader.get(path.removeprefix("https://news.example.org")).content.decode()
        assert "<li>Newsletter</li><li>Monday Brief</li>" in page
        reader.post(path.removeprefix("https://news.example.org"))
        assert set(Subscription.objects.values_list("state", flat=True)) == {Subscription.State.ACTIVE}
        assert {consent.purpose for consent in Consent.objects.in_force()} == {"Newsletter", "Monday Brief"}

    def test_one_that_is_sent_twice_is_one_wish(self, site, reader, outbox):
        sign_up(reader, newsletters=[str(site.en.newsletter.translation_key)] * 3)
        assert outbox[0].subject == "Please confirm: Newsletter"
        assert Consent.objects.count() == 1

    def test_none_is_not_enough_where_there_are_several(self, site, reader, make_newsletter):
        make_newsletter()
        response = sign_up(reader)
        assert response.status_code == 422
        assert "Please choose a newsletter." in response.content.decode()

    def test_nobody_signs_up_for_one_by_invitation(self, site, reader, outbox, make_newsletter):
        press = make_newsletter("Press", by_invitation=True)
        assert ">\n                Press" not in reader.get("/en/subscription/").content.decode()
        response = sign_up(reader, newsletters=[str(press.translation_key)])
        assert response.status_code == 422
        assert not Subscriber.objects.exists() and not outbox


@pytest.mark.django_db
def test_two_confirmations_of_one_request_are_one(site, reader, outbox):
    sign_up(reader)
    token = tokens.CONFIRMATION.token(str(Consent.objects.get().request))
    stale = subscriptions.find_request(token)
    subscriptions.confirm(token)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subscriptions, "find_request", lambda token: stale)  # read before the other confirmed
        with pytest.raises(subscriptions.AlreadyConfirmed):
            subscriptions.confirm(token)
    assert Consent.objects.in_force().count() == 1


@pytest.mark.django_db
def test_a_welcome_mail_brings_the_latest_digest_where_it_is_switched_on(
    site, reader, outbox, bilingual_digest, subscribe, work
):
    subscribe("bea@example.org")
    sending.freeze(bilingual_digest, None)
    work()
    outbox.clear()
    for welcome in (False, True):
        NewsletterPage.objects.update(welcome=welcome)
        email = f"reader-{welcome}@example.org".lower()
        sign_up(reader, email)
        path = next(line for line in outbox[-1].body.splitlines() if "/confirm/" in line)
        reader.post(path.removeprefix("https://news.example.org"))
    [welcome] = [mail for mail in outbox if mail.subject.startswith("Welcome")]
    assert welcome.to == ["reader-true@example.org"]
    assert "A well, and what it costs" in " ".join(welcome.body.split())
    assert bilingual_digest.full_url in welcome.body


@pytest.mark.django_db
def test_the_number_of_queries_does_not_depend_on_how_many_subscribe(site, reader, outbox, subscribe):
    costs = []
    for number in (0, 1, 30):  # the first warms up
        for n in range(number):
            subscribe(f"reader{number}-{n}@example.org")
        with CaptureQueriesContext(connection) as queries:
            sign_up(reader, f"new{number}@example.org")
            path = next(line for line in outbox[-1].body.splitlines() if "/confirm/" in line)
            reader.post(path.removeprefix("https://news.example.org"))
            subscription = Subscription.objects.get(subscriber__email=f"new{number}@example.org")
            reader.post(f"/unsubscribe/{tokens.UNSUBSCRIPTION.token(subscription.pk)}/")
        costs.append(len(queries))
    assert costs[1] == costs[2]
