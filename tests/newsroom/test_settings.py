"""What the environment decides, and what stops a start."""

import os
import subprocess
import sys

import pytest
from django.db import connection


def start(**environment):
    """Start Django with production's settings in a process of its own."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.conf import settings as s; print(s.DEBUG)",
        ],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "newsroom.settings.production",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


COMPLETE = {
    "SECRET_KEY": "x" * 50,
    "SUPPRESSION_KEY": "y" * 50,
    "SITE_URL": "https://news.example.org",
    "EMAIL_URL": "smtp://127.0.0.1:2525",
    "DEFAULT_FROM_EMAIL": "news@example.org",
}


@pytest.mark.parametrize("name", COMPLETE)
def test_production_does_not_start_without_what_it_must_be_told_and_names_it(name):
    done = start(**{key: value for key, value in COMPLETE.items() if key != name})
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].endswith(f"{name} is not set: production does not start without it.")


def test_production_starts_with_all_of_it(tmp_path):
    done = start(**COMPLETE, DATA_DIR=str(tmp_path))
    assert done.stdout.strip() == "False", done.stderr


def test_a_mailbox_needs_no_mail_server(tmp_path):
    keys = {name: COMPLETE[name] for name in ("SECRET_KEY", "SUPPRESSION_KEY")}
    done = start(**keys, SITE_URL="http://127.0.0.1:8000", MAILBOX="on", DATA_DIR=str(tmp_path))
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize(
    ("service", "missing"),
    [("deepl", "DEEPL_AUTH_KEY"), ("libretranslate", "LIBRETRANSLATE_URL"), ("babelfish", "deepl, libretranslate")],
)
def test_machine_translation_does_not_start_without_what_it_must_be_told_and_names_it(service, missing, tmp_path):
    done = start(**COMPLETE, DATA_DIR=str(tmp_path), MACHINE_TRANSLATOR=service)
    assert done.returncode != 0
    assert missing in done.stderr.strip().splitlines()[-1]


@pytest.mark.django_db
def test_sqlite_is_set_up_for_several_writers():
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
    assert connection.transaction_mode == "IMMEDIATE"
