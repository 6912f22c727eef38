"""A demo of one's own, for as long as one needs it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsroom.demo.__main__ import demo_environment
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 600


@contextmanager
def running_demo(prepare: str = "") -> Iterator[str]:
    """The address of a demo made for this purpose and removed afterwards. `prepare` is Python to run inside it.

    DEMO_URL names one that runs already, to save its start while tests are being written; with its DATA_DIR, it is
    prepared, too.
    """
    if running := os.environ.get("DEMO_URL"):
        if prepare and (data := os.environ.get("DATA_DIR")):
            _run_inside(running.rpartition(":")[2], Path(data), prepare)
        yield running
        return
    port = str(free_port())
    folder = tempfile.mkdtemp(prefix="newsroom-demo-")
    environment = {**os.environ, "DATA_DIR": folder, "PORT": port}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    process = subprocess.Popen([sys.executable, "-m", "newsroom.demo"], cwd=ROOT, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        if prepare:
            _run_inside(port, Path(folder), prepare)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _run_inside(port: str, data: Path, code: str) -> None:
    environment = demo_environment(port, data)
    environment.pop("DATABASE_URL", None)
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", code], cwd=ROOT, env=environment, check=True
    )


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, "the demo ended instead of starting; its reason stands above"
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the demo did not start within {SECONDS_TO_START} seconds")
