"""`python -m newsroom.demo`: why it does not start, in one line, and nothing half-made. (That it starts is what the
tests in tests/journeys begin with.)"""

import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings

from newsroom.demo.__main__ import reason_in, static_files_are_current
from tests.ports import free_port


@pytest.fixture
def start(tmp_path):
    """Start the demo on a data folder of its own; returns what it printed as its last words."""

    def run(**environment):
        done = subprocess.run(
            [sys.executable, "-m", "newsroom.demo"],
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data"), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 1
        [line] = done.stderr.strip().splitlines()
        return line

    return run


def test_a_port_in_use(start, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert start(PORT=port) == (
            f"The demo did not start: port {port} is in use. Choose another one: make demo PORT=8001"
        )
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_none(start):
    assert "PORT must be a number" in start(PORT="http")


def test_a_database_that_cannot_be_reached(start, tmp_path):
    reason = start(PORT=str(free_port()), DATABASE_URL="postgres://nobody:secret@127.0.0.1:1/none")
    assert reason.startswith("The demo did not start: migrate: connection failed: ")
    assert "secret" not in reason
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"secret-key", "suppression-key"}


def test_a_database_address_that_is_none(start):
    assert "DATABASE_URL is not understood." in start(PORT=str(free_port()), DATABASE_URL="nonsense")


def test_files_without_a_database_are_left_alone(start, tmp_path):
    picture = tmp_path / "data" / "media" / "ours.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_text("a picture")
    assert "holds files but no database" in start(PORT=str(free_port()))
    assert picture.read_text() == "a picture"


def test_a_data_folder_that_cannot_be_made(start, tmp_path):
    (tmp_path / "file").write_text("")
    reason = start(PORT=str(free_port()), DATA_DIR=str(tmp_path / "file" / "data"))
    assert reason.endswith("cannot be used: Not a directory.")


def test_static_files_are_collected_again_only_after_a_change(tmp_path):
    assert not static_files_are_current(tmp_path)
    manifest = tmp_path / "static" / "staticfiles.json"
    manifest.parent.mkdir()
    manifest.write_text("{}")
    assert static_files_are_current(tmp_path)
    os.utime(manifest, (0, 0))  # older than our stylesheets
    assert not static_files_are_current(tmp_path)


@pytest.mark.parametrize(
    ("complaint", "reason"),
    [
        ("Traceback\n  File x\nCommandError: No such thing.\n", "No such thing."),
        ("Traceback\ndjango.db.utils.OperationalError: refused\n\tIs it running?\n", "refused Is it running?"),
        ("", "it failed without a word."),
    ],
)
def test_the_reason_is_the_message_of_the_last_exception(complaint, reason):
    assert reason_in(complaint) == reason
