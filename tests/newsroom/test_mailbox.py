"""The mailbox of the demo."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.http import Http404

from newsroom import mailbox, urls


@pytest.fixture
def sent(settings, tmp_path):
    """A mail that was “sent” into the mailbox."""
    settings.DATA_DIR = tmp_path
    message = EmailMultiAlternatives("L’été à Québec", "Bonjour.", "Réseau <a@example.org>", ["eve@example.org"])
    message.attach_alternative("<p>Bonjour, <b>vous</b>.</p>", "text/html")
    assert mailbox.EmailBackend().send_messages([message]) == 1
    [path] = (tmp_path / "mailbox").iterdir()
    return path


def test_a_mail_is_kept_whole_as_one_file(sent):
    assert sent.suffix == ".eml"
    mail = mailbox.read(sent.stem)
    assert mail.message["subject"] == "L’été à Québec"
    assert mail.message["to"] == "eve@example.org"
    assert mail.text.strip() == "Bonjour."
    assert mail.html.strip() == "<p>Bonjour, <b>vous</b>.</p>"


@pytest.mark.urls(__name__)
def test_the_list_and_the_mail_are_shown(sent, client):
    assert "L’été à Québec" in client.get("/mailbox/").content.decode()
    page = client.get(f"/mailbox/{sent.stem}/").content.decode()
    assert "Bonjour." in page
    assert "Message-ID" in page
    assert client.get(f"/mailbox/{sent.stem}/html/").content.decode().strip() == "<p>Bonjour, <b>vous</b>.</p>"


# The addresses of a site where settings.MAILBOX is on.
urlpatterns = [*urls.mailbox_patterns, *urls.urlpatterns]


@pytest.mark.parametrize("key", ["no-such-mail", "../secret-key", "..", ""])
def test_only_mails_of_the_folder_are_read(key, sent):
    (sent.parent.parent / "secret-key.eml").write_text("secret")
    with pytest.raises(Http404):
        mailbox.read(key)


def test_the_mailbox_is_shut_unless_it_is_switched_on(client, db):
    assert client.get("/mailbox/").status_code == 404
