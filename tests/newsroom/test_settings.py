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


def test_production_does_not_start_without_its_secret_and_names_it():
    done = start()
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].endswith("SECRET_KEY is not set: production does not start without it.")


def test_production_starts_with_it(tmp_path):
    done = start(SECRET_KEY="x" * 50, DATA_DIR=str(tmp_path))
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.django_db
def test_sqlite_is_set_up_for_several_writers():
    if connection.vendor != "sqlite":
        assert connection.vendor == "postgresql"
        return
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (20_000,)
    assert connection.transaction_mode == "IMMEDIATE"
