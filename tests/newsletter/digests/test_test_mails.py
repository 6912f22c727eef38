"""Test mails: to colleagues only, marked, and counted nowhere."""

import re

import pytest
from django.urls import reverse
from wagtail.models import PageLogEntry

from newsletter import rendering, transport
from newsletter.models import Campaign, Delivery
from newsletter.transport import Outcome, Result
from newsroom.mail_rendering import RenderingError
from newsroom.management.commands.set_up_site import EDITORS, SENDERS, translators_of
from newsroom.models import User

pytestmark = pytest.mark.django_db


def address(page):
    return reverse("newsletter_test_send", args=[page.pk])


def person(group):
    return User.objects.get(username=group)


@pytest.fixture
def editor(login):
    return login(EDITORS)


def test_every_edition_goes_to_oneself_marked_as_a_test(editor, bilingual_digest, outbox):
    response = editor.get(address(bilingual_digest))
    form = response.context["form"]
    assert form.initial == {"editions": ["en", "fr", "en,fr", "fr,en"], "colleagues": [person(EDITORS).pk]}
    response = editor.post(address(bilingual_digest), form.initial, follow=True)
    assert "4 test mails are on their way." in response.content.decode()
    assert [mail.to for mail in outbox] == [[person(EDITORS).email]] * 4
    assert [mail.subject for mail in outbox] == [
        "[TEST] A well, and what it costs",
        "[TEST] Un puits et son prix",
        "[TEST] A well, and what it costs",
        "[TEST] Un puits et son prix",
    ]
    assert len({mail.extra_headers["Message-ID"] for mail in outbox}) == 4


def test_nothing_is_counted(editor, bilingual_digest, outbox):
    editor.post(address(bilingual_digest), {"editions": ["en", "fr,en"], "colleagues": [person(EDITORS).pk]})
    for mail in outbox:
        for body in (mail.body, mail.alternatives[0][0]):
            assert "utm_" not in body
            assert "https://news.example.org/en/" in body, "its links lead to the stories all the same"
        assert "List-Unsubscribe" not in mail.extra_headers
    assert not Campaign.objects.exists()
    assert not Delivery.objects.exists()
    assert bilingual_digest.sent_edition() is None
    entry = PageLogEntry.objects.get(action="newsletter.test_send")
    assert (entry.user, entry.data) == (person(EDITORS), {"languages": ["en", "fr,en"], "people": 1})


def test_the_personal_links_lead_to_a_page_that_says_it_was_a_test(editor, client, bilingual_digest, outbox):
    editor.post(address(bilingual_digest), {"editions": ["en", "fr"], "colleagues": [person(EDITORS).pk]})
    for mail, language, words in zip(outbox, ("en", "fr"), ("was a test", "était un essai"), strict=True):
        here = f"https://news.example.org/{language}/subscription/test/"
        for body in (mail.body, mail.alternatives[0][0]):
            assert body.count(here) == 3, "unsubscribe, settings, read in the browser"
            assert not re.search(r"/subscription/(unsubscribe|settings|keep)/", body)
        response = client.get(f"/{language}/subscription/test/")
        assert words in response.content.decode()
        assert response["X-Robots-Tag"] == "noindex"
        assert client.post(f"/{language}/subscription/test/").status_code == 405


def test_colleagues_are_ticked_or_typed_and_get_it_once(editor, bilingual_digest, outbox, login):
    login(SENDERS)
    User.objects.filter(username=SENDERS).update(email="Sender@example.org")
    data = {
        "editions": ["en"],
        "colleagues": [person(SENDERS).pk],
        "addresses": "sender@EXAMPLE.org; sender@example.org",
    }
    editor.post(address(bilingual_digest), data)
    assert [mail.to for mail in outbox] == [["Sender@example.org"]]


@pytest.mark.parametrize("stranger", ["someone@elsewhere.example", "ada@example.org", "left@example.org"])
def test_nobody_else_can_be_mailed(editor, bilingual_digest, stranger, subscribe, outbox):
    subscribe("ada@example.org")
    User.objects.create_user("left", "left@example.org", "pw", is_superuser=True, is_active=False)
    data = {"editions": ["en"], "colleagues": [person(EDITORS).pk], "addresses": stranger}
    html = editor.post(address(bilingual_digest), data).content.decode()
    assert f"Nobody here has the address {stranger}." in html
    assert f'value="{stranger}"' in html
    assert outbox == []


def test_somebody_who_cannot_log_in_to_the_admin_is_no_colleague(editor, bilingual_digest, outbox):
    reader = User.objects.create_user("reader", "reader@example.org", "pw")
    editor.post(address(bilingual_digest), {"editions": ["en"], "colleagues": [reader.pk]})
    assert outbox == []


@pytest.mark.parametrize(
    ("data", "words"),
    [({"editions": ["en"]}, "Choose somebody"), ({}, "Choose at least one edition."), ({"editions": ["de"]}, "de")],
)
def test_what_is_missing_is_said(editor, bilingual_digest, outbox, data, words):
    response = editor.post(address(bilingual_digest), data)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert outbox == []


def test_a_mail_that_the_server_refuses_is_told_with_the_reason(editor, bilingual_digest, monkeypatch):
    refusal = Outcome(Result.REFUSED, "550 no such user")
    monkeypatch.setattr(transport.Connection, "hand_over", lambda self, mail: refusal)
    data = {"editions": ["fr"], "colleagues": [person(EDITORS).pk]}
    html = editor.post(address(bilingual_digest), data, follow=True).content.decode()
    assert "The test of the French edition to 7@example.org was not sent: 550 no such user" in html


@pytest.mark.parametrize("group", [EDITORS, SENDERS, translators_of("fr")])
def test_who_edits_approves_or_sends_it_may_test_it(login, bilingual_digest, group, site):
    page = bilingual_digest.get_translation(site.locales["fr"]) if "fr" in group else bilingual_digest
    assert login(group).get(address(page)).status_code == 200


def test_others_may_not(login, bilingual_digest, site):
    page = bilingual_digest.get_translation(site.locales["fr"])
    assert login(translators_of("en")).get(address(page)).status_code == 302


def test_a_digest_that_cannot_be_rendered_says_so(editor, bilingual_digest, monkeypatch):
    def refuse(source):
        raise RenderingError("unexpected token at 12")

    monkeypatch.setattr(rendering, "compile_mjml", refuse)
    html = editor.get(address(bilingual_digest), follow=True).content.decode()
    assert "The mail cannot be rendered: unexpected token at 12" in html
