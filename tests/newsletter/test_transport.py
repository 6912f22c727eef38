import email
import email.policy
import re
import smtplib
from types import SimpleNamespace

import pytest
import requests
import urllib3
from aiosmtpd.controller import Controller
from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError, AnymailUnsupportedFeature

from newsletter import transport
from newsletter.transport import Result
from tests.ports import free_port


def build(**fields):
    defaults = {
        "to": "ada@example.org",
        "subject": "Un puits",
        "text": "Chère lectrice,\n\ntout va bien.\n",
        "html": "<html><body>Chère lectrice</body></html>",
        "from_name": "Réseau Wayfield",
        "reply_to": "us@example.org",
        "language": "fr",
        "key": "delivery-1",
        "headers": transport.list_headers(
            languages="fr,en", unsubscribe_url="https://news.example.org/unsubscribe/" + "x" * 80 + "/"
        ),
    }
    return transport.build(**{**defaults, **fields})


def raw(**fields):
    return build(**fields).message().as_bytes(linesep="\r\n")


class Server:
    """A real SMTP server on a port of its own. `answer` is what it says after the message."""

    def __init__(self):
        self.received, self.recipient_answer, self.answer = [], None, "250 taken"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.received.append(SimpleNamespace(to=envelope.rcpt_tos, content=envelope.content, peer=session.peer))
        if self.answer == "hang up":
            server.transport.close()
            return "421 bye"
        return self.answer


@pytest.fixture
def server(settings):
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_TIMEOUT = 5
    yield handler
    controller.stop()


def test_a_mail_reaches_a_real_server_as_it_was_built(server):
    with transport.Connection() as connection:
        assert connection.hand_over(build()).result is Result.ACCEPTED
    [received] = server.received
    assert received.to == ["ada@example.org"]
    message = email.message_from_bytes(received.content, policy=email.policy.default)
    assert message["Subject"] == "Un puits"
    assert message["From"].addresses[0].display_name == "Réseau Wayfield"
    assert message.get_body(("plain",)).get_content().startswith("Chère lectrice")
    assert "Chère lectrice" in message.get_body(("html",)).get_content()


def test_a_connection_is_used_again(server):
    with transport.Connection() as connection:
        for number in range(3):
            connection.hand_over(build(key=f"delivery-{number}"))
    assert len(server.received) == 3
    assert len({received.peer for received in server.received}) == 1


@pytest.mark.parametrize(
    ("recipient_answer", "answer", "result"),
    [
        ("550 5.1.1 no such user", "250 taken", Result.REFUSED),
        ("451 4.7.1 greylisted", "250 taken", Result.LATER),
        (None, "554 5.7.1 spam", Result.REFUSED),
        (None, "452 4.3.1 full", Result.LATER),
        (None, "hang up", Result.UNKNOWN),
    ],
)
def test_the_answer_of_the_server_is_the_outcome_and_the_next_mail_gets_through(
    server, recipient_answer, answer, result
):
    server.recipient_answer, server.answer = recipient_answer, answer
    with transport.Connection() as connection:
        assert connection.hand_over(build()).result is result
        server.recipient_answer, server.answer = None, "250 taken"
        assert connection.hand_over(build()).result is Result.ACCEPTED


def test_a_server_that_is_away_is_tried_later(server, settings):
    settings.EMAIL_PORT = free_port()
    with transport.Connection() as connection:
        assert connection.hand_over(build()).result is Result.LATER


def test_a_connection_lost_before_the_message_is_tried_later(server):
    with transport.Connection() as connection:
        connection.hand_over(build())
        connection._backend.connection.sock.close()
        connection._backend.connection.close()
        assert connection.hand_over(build()).result is Result.LATER


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (AnymailRecipientsRefused(), Result.REFUSED),
        (AnymailUnsupportedFeature("x"), Result.LATER),
        (AnymailRequestsAPIError("x", response=SimpleNamespace(status_code=429)), Result.LATER),
        (AnymailRequestsAPIError("x", response=SimpleNamespace(status_code=401)), Result.LATER),
        (AnymailRequestsAPIError("x", response=SimpleNamespace(status_code=422)), Result.REFUSED),
        (AnymailRequestsAPIError("x", response=SimpleNamespace(status_code=503)), Result.UNKNOWN),
        (OSError("disk full"), Result.UNKNOWN),
    ],
)
def test_the_answer_of_a_provider_is_the_outcome(error, result):
    assert transport._result_of_provider(error) is result


def test_a_provider_that_was_never_reached_is_tried_later_and_one_that_fell_silent_is_unknown():
    refused = requests.ConnectionError(
        urllib3.exceptions.MaxRetryError(None, "/", reason=urllib3.exceptions.NewConnectionError(None, "refused"))
    )
    for cause, result in [
        (refused, Result.LATER),
        (requests.ConnectTimeout(), Result.LATER),
        (requests.ReadTimeout(), Result.UNKNOWN),
    ]:
        error = AnymailRequestsAPIError("x")
        error.__cause__ = cause
        assert transport._result_of_provider(error) is result


def test_headers_are_ascii_once_each_and_never_folded_right_after_the_colon():
    head = raw(subject="É" * 120).partition(b"\r\n\r\n")[0].decode("ascii")
    lines = head.split("\r\n")
    names = [line.partition(":")[0].lower() for line in lines if not line.startswith((" ", "\t"))]
    assert len(names) == len(set(names))
    assert {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"} <= set(names)
    assert not [line for line in lines if re.fullmatch(r"[\w-]+:\s*", line)]
    assert all(len(line) <= 998 for line in lines)
    assert any(re.fullmatch(r"Date: .* \+0000", line) for line in lines)


def test_parts_are_quoted_printable_with_short_lines_and_text_comes_first():
    message = email.message_from_bytes(raw(html="<p>" + "é" * 3000 + "</p>"), policy=email.policy.default)
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts} == {"quoted-printable"}
    assert {part.get_content_charset() for part in parts} == {"utf-8"}
    assert max(map(len, raw(html="<p>" + "é" * 3000 + "</p>").split(b"\r\n"))) <= 998
    assert b"\n" not in raw().replace(b"\r\n", b"")


def test_a_line_break_in_a_subject_makes_no_header():
    message = build(subject="Hello\r\nBcc: eve@example.org").message()
    assert message["Subject"] == "Hello Bcc: eve@example.org"
    assert message["Bcc"] is None


def test_the_no_break_spaces_of_a_french_subject_stay():
    subject = "«\u00a0Un puits\u00a0»\u202f!"
    assert build(subject=f" {subject}\n").subject == subject


@pytest.mark.parametrize("line_end", ["\v", "\f", "\x1c", "\x85", "\u2028"])
def test_nothing_that_python_takes_for_the_end_of_a_line_breaks_a_subject(line_end):
    head = raw(subject=f"Hello{line_end}everybody").partition(b"\r\n\r\n")[0]
    assert b"\r\nSubject: Hello everybody\r\n" in head


def test_smtp_errors_are_kept_in_one_line():
    error = smtplib.SMTPDataError(554, b"5.7.1 no\r\nthanks")
    assert transport.words_of(error).startswith("554 5.7.1")


def test_a_line_break_in_the_name_of_the_sender_or_the_reply_address_makes_no_header():
    message = build(from_name="Réseau\nWayfield", reply_to=" us@example.org\n").message()
    assert message["From"].startswith("=?utf-8?q?R=C3=A9seau_Wayfield?= <")
    assert message["Reply-To"] == "us@example.org"


@pytest.mark.parametrize("broken", [{"language": "fr\nen"}, {"text": "\ud800"}])
def test_a_mail_that_cannot_be_built_is_refused_and_nothing_leaves(server, broken):
    with transport.Connection() as connection:
        outcome = connection.hand_over(build(**broken))
        assert (outcome.result, server.received) == (Result.REFUSED, [])
        assert outcome.reason
        assert connection.hand_over(build()).result is Result.ACCEPTED
