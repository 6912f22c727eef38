"""Fakes for the doors to the outside. They refuse by default: what no test asked for must not pass unnoticed. And the
queue, in which Wagtail's own tasks wait until a test asks for them."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django_tasks.backends.immediate import ImmediateBackend


class RefusingEmailBackend(BaseEmailBackend):
    """Raises for every mail. The `outbox` fixture replaces it for a test that expects mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise AssertionError("A mail was about to leave; a test that expects mail takes the `outbox` fixture.")


class ImmediateBackendOfOurTasks(ImmediateBackend):
    """Runs our tasks at once. Those of Wagtail keep the admin's own indexes ("used 3 times", its search), which is an
    eighth of what the suite would do and interests a few tests: the `wagtail_indexes` fixture lets them run, too."""

    OTHERS = ("wagtail.", "modelsearch.")
    run_others = False

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        if self.run_others or not task.module_path.startswith(self.OTHERS):
            return super().enqueue(task, args, kwargs)
        return None
