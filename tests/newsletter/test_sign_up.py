import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from newsletter import subscriptions, tokens
from newsletter.addresses import normalise
from newsletter.models import Consent, Subscriber, Subscription

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
@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example/", "/a\nb", "javascript:alert(1)"])
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
