"""The `worker` command, as a process of its own beside this one."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

SECONDS_LATE = 2
# How long a reader of this test looks, on a machine that does much else.
PATIENCE = 30


@pytest.fixture
def worker(committed_site):
    """A worker on the database of this test. Ends as it would at a deploy, and must end well."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "newsroom.settings.dev",
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": database_url(),
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "The worker runs: queue, clock, sending.\n"
    yield process
    process.terminate()
    assert process.wait(10) == 0


def database_url():
    """The address of the database this test runs on, for another process."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    host = facts["OPTIONS"].get("host") or facts["HOST"]
    return f"postgres://{facts['USER']}:{quote(facts['PASSWORD'])}@/{facts['NAME']}?host={host}"


def test_a_scheduled_article_is_shown_within_two_seconds(committed_site, worker, make_article):
    due_at = timezone.now() + timedelta(seconds=2)
    article = make_article("On time", live=False, go_live_at=due_at)
    article.save_revision().publish()
    reader = Client()
    assert reader.get(article.url).status_code == 404

    deadline = time.monotonic() + PATIENCE
    while reader.get(article.url).status_code == 404:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    article.refresh_from_db()
    # When the worker made it public, not when this test got to look.
    assert due_at <= article.last_published_at < due_at + timedelta(seconds=SECONDS_LATE)
    assert "On time" in reader.get(committed_site.en.latest.url).content.decode()


def test_an_article_expires_on_time(committed_site, worker, make_article):
    article = make_article("Not for ever", expire_at=timezone.now() + timedelta(seconds=2))
    reader = Client()
    assert reader.get(article.url).status_code == 200
    deadline = timezone.now() + timedelta(seconds=2 + SECONDS_LATE)
    while reader.get(article.url).status_code == 200:
        assert timezone.now() < deadline
        time.sleep(0.05)


def test_it_does_not_start_without_its_database(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "worker"],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": "postgres://nobody:secret@127.0.0.1:1/none",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("CommandError: The database cannot be reached: ")
    assert "secret" not in line
