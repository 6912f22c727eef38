"""Fakes for the doors to the outside. They refuse by default: what no test asked for must not pass unnoticed."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class RefusingEmailBackend(BaseEmailBackend):
    """Raises for every mail. The `outbox` fixture replaces it for a test that expects mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise AssertionError("A mail was about to leave; a test that expects mail takes the `outbox` fixture.")
