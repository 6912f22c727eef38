import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import Site

from home.models import SiteSettings
from newsletter import tokens
from newsletter.models import Subscription, Suppression
from newsletter.suppression import suppress

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_program():
    """Whatever posts to the address in the header: no cookie, any origin."""
    return Client(enforce_csrf_checks=True, headers={"Origin": "https://mail.example"})


@pytest.fixture
def subscription(subscribe):
    return subscribe("ada@example.org", "en", "fr")


def one_click(subscription):
    return f"/unsubscribe/{tokens.UNSUBSCRIPTION.token(subscription.pk)}/"


def page(subscription, language="fr"):
    return f"/{language}/subscription/unsubscribe/{tokens.UNSUBSCRIPTION.token(subscription.pk)}/"


def state(subscription):
    subscription.refresh_from_db()
    return subscription.state


def test_nothing_but_post_ever_unsubscribes(subscription, mail_program):
    for address in (one_click(subscription), page(subscription)):
        for method in ("get", "head", "options", "put", "delete", "patch"):
            getattr(mail_program, method)(address)
    assert state(subscription) == Subscription.State.ACTIVE


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_acts_at_once_without_cookie_or_redirect(subscription, mail_program, content_type):
    if content_type.startswith("multipart"):
        response = mail_program.post(one_click(subscription), {"List-Unsubscribe": "One-Click"})
    else:
        response = mail_program.post(one_click(subscription), "List-Unsubscribe=One-Click", content_type=content_type)
    assert response.status_code == 200
    assert not response.cookies
    assert state(subscription) == Subscription.State.UNSUBSCRIBED
    assert subscription.consents.get().withdrawn_at is not None


def test_a_second_click_changes_nothing(subscription, mail_program):
    mail_program.post(one_click(subscription))
    withdrawn_at = subscription.consents.get().withdrawn_at
    assert mail_program.post(one_click(subscription)).status_code == 200
    assert subscription.consents.get().withdrawn_at == withdrawn_at


def test_the_page_is_in_the_language_of_the_subscription(subscription, mail_program):
    response = mail_program.get(one_click(subscription), headers={"Accept-Language": "en"})
    html = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="fr"' in html
    assert f'action="{page(subscription)}" method="post"' in html
    assert "ada@example.org" not in html
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_button_of_the_page_unsubscribes(subscription, mail_program):
    assert mail_program.get(page(subscription)).status_code == 200
    assert mail_program.post(page(subscription)).status_code == 200
    assert state(subscription) == Subscription.State.UNSUBSCRIBED


def test_of_several_newsletters_the_pages_name_the_one_that_ends(subscription, mail_program, make_newsletter):
    brief = make_newsletter()
    other = Subscription.objects.create(
        subscriber=subscription.subscriber,
        newsletter_key=brief.translation_key,
        language="en",
        interface_language="en",
        state=Subscription.State.ACTIVE,
    )
    assert "Should we stop sending “Monday Brief” to" in mail_program.get(page(other, "en")).content.decode()
    html = mail_program.post(page(other, "en")).content.decode()
    assert "You will not receive “Monday Brief” any more." in html and "no more digests" not in html
    action = re.search(r'action="(/en/subscription/stay/[^"]+)"', html)[1]
    assert "Should we go on sending “Monday Brief” to" in mail_program.get(action).content.decode()
    assert state(subscription) == Subscription.State.ACTIVE


@pytest.mark.parametrize("prefix", ["/unsubscribe/", "/en/subscription/unsubscribe/"])
def test_a_forged_link_is_a_clear_page_and_changes_nothing(subscription, mail_program, prefix):
    for token in (tokens.CONFIRMATION.token(subscription.pk), f"{subscription.pk}.forged", "x"):
        for method in (mail_program.get, mail_program.post):
            response = method(f"{prefix}{token}/")
            assert response.status_code == 400
            assert "This link does not work" in response.content.decode()
    assert state(subscription) == Subscription.State.ACTIVE


def test_the_link_of_an_erased_subscription_is_answered_kindly(subscription, mail_program):
    address, page_address = one_click(subscription), page(subscription)
    subscription.subscriber.delete()
    assert mail_program.post(address).status_code == 200
    assert mail_program.get(page_address).status_code == 200


def test_an_old_link_does_not_end_a_newer_request(subscription, mail_program):
    mail_program.post(one_click(subscription))
    newer = subscription.consents.create(language="en", choice="en", wording="…", page_url="https://news.example.org/")
    mail_program.post(one_click(subscription))
    newer.refresh_from_db()
    assert newer.withdrawn_at is None


def test_the_page_of_the_header_names_its_language_and_leads_to_its_other_languages(subscription, mail_program):
    response = mail_program.get(one_click(subscription), headers={"Accept-Language": "en"})
    assert response["Content-Language"] == "fr"
    assert f'href="{page(subscription, "en")}" lang="en"' in response.content.decode()
    assert mail_program.post(one_click(subscription), headers={"Accept-Language": "en"})["Content-Language"] == "fr"


def test_a_damaged_link_names_an_address_to_write_to(client, site):
    SiteSettings.objects.update_or_create(site=Site.objects.get(), defaults={"contact_email": "desk@example.org"})
    response = client.get("/fr/subscription/unsubscribe/nonsense/")
    assert response.status_code == 400
    html = response.content.decode()
    assert 'href="mailto:desk@example.org"' in html.split("<footer")[0]
    assert 'name="email"' not in html


class TestUndoing:
    """Right after, or by the mail that follows, for forwarded mails get clicked."""

    def test_the_page_offers_to_stay_and_one_press_does_it(self, subscription, mail_program):
        html = mail_program.post(page(subscription)).content.decode()
        action = re.search(r'action="(/fr/subscription/stay/[^"]+)"', html)[1]
        for method in ("get", "head", "options"):
            getattr(mail_program, method)(action)
        assert state(subscription) == Subscription.State.UNSUBSCRIBED
        assert "Votre abonnement continue" in mail_program.post(action).content.decode()
        assert state(subscription) == Subscription.State.ACTIVE
        old, new = subscription.consents.order_by("pk")
        assert old.withdrawn_at is not None
        assert (new.method, new.wording, new.withdrawn_at) == ("undone", old.wording, None)
        assert new.confirmed_at is not None

    def test_twice_is_once(self, subscription, mail_program):
        mail_program.post(page(subscription))
        action = f"/en/subscription/stay/{tokens.UNDO.token(subscription.pk)}/"
        for _time in range(2):
            assert mail_program.post(action).status_code == 200
        assert subscription.consents.count() == 2

    def test_the_link_does_not_outlive_a_week(self, subscription, mail_program):
        mail_program.post(page(subscription))
        action = f"/en/subscription/stay/{tokens.UNDO.token(subscription.pk)}/"
        with time_machine.travel(timezone.now() + timedelta(days=8)):
            response = mail_program.post(action)
        assert response.status_code == 410
        assert 'name="email"' in response.content.decode()
        assert state(subscription) == Subscription.State.UNSUBSCRIBED

    def test_who_never_confirmed_cannot_stay(self, subscribe, mail_program):
        pending = subscribe("bea@example.org", state=Subscription.State.PENDING)
        mail_program.post(page(pending))
        assert mail_program.post(f"/en/subscription/stay/{tokens.UNDO.token(pending.pk)}/").status_code == 410
        assert state(pending) == Subscription.State.UNSUBSCRIBED

    @pytest.mark.parametrize("token", ["x", "a:b:c"])
    def test_a_forged_link_does_nothing(self, subscription, mail_program, token):
        mail_program.post(page(subscription))
        assert mail_program.post(f"/en/subscription/stay/{token}/").status_code == 400
        assert state(subscription) == Subscription.State.UNSUBSCRIBED

    def test_after_a_week_the_old_link_to_leave_offers_no_way_back_but_the_form(self, subscription, mail_program):
        path = page(subscription, "en")
        mail_program.post(path)
        assert "/subscription/stay/" in mail_program.get(path).content.decode()
        with time_machine.travel(timezone.now() + timedelta(days=8)):
            html = mail_program.get(path).content.decode()
            fresh = f"/en/subscription/stay/{tokens.UNDO.token(subscription.pk)}/"
            assert mail_program.post(fresh).status_code == 410
        assert "/subscription/stay/" not in html and "Sign up again" in html
        assert state(subscription) == Subscription.State.UNSUBSCRIBED

    @pytest.mark.parametrize("reason", list(Suppression.Reason), ids=str)
    def test_who_must_not_be_written_to_is_offered_no_way_back_and_has_none(self, subscription, mail_program, reason):
        suppress("ada@example.org", reason)
        assert "/subscription/stay/" not in mail_program.get(page(subscription)).content.decode()
        action = f"/en/subscription/stay/{tokens.UNDO.token(subscription.pk)}/"
        assert mail_program.post(action).status_code == 410
        assert state(subscription) == Subscription.State.UNSUBSCRIBED
