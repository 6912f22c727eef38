"""`python -m newsroom.demo`: the whole newsroom on one machine, as in production, with its mail kept in a mailbox.

Prepares the database and the demo content once, then runs the web server and the worker until Ctrl-C.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from newsroom.demo import PASSWORD

ROOT = Path(__file__).resolve().parent.parent.parent
LOGINS = "editor, translator, sender, admin"
SECONDS_TO_START = 60


class CannotStart(Exception):
    """A reason, in one line, why the demo does not start."""


def main() -> int:
    """Run the demo. Returns the exit status; reasons not to start are printed in one line."""
    port = os.environ.get("PORT", "8000")
    data = Path(os.environ.get("DATA_DIR") or ROOT / "var").absolute()
    try:
        check_port(port)
        environment = demo_environment(port, data)
        prepare(environment, data)
        return run(environment, port)
    except CannotStart as reason:
        print(f"The demo did not start: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def check_port(port: str) -> None:
    """Raises CannotStart when another program listens on the port."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {port!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError:
            raise CannotStart(f"port {port} is in use. Choose another one: make demo PORT=8001") from None


def demo_environment(port: str, data: Path) -> dict[str, str]:
    """Production's settings for a site on this machine, with secrets of its own that are kept in the data folder.

    Raises CannotStart when that folder cannot be used.
    """
    try:
        data.mkdir(parents=True, exist_ok=True)
        kept = {name: kept_secret(data / name.lower().replace("_", "-")) for name in ("SECRET_KEY", "SUPPRESSION_KEY")}
    except OSError as error:
        raise CannotStart(f"the data folder {data} cannot be used: {error.strerror}.") from error
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "newsroom.settings.production",
        **kept,
        "DATA_DIR": str(data),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "MAILBOX": "on",
        "PYTHONUNBUFFERED": "1",
    }


def kept_secret(file: Path) -> str:
    """A secret that is made up once and kept in a file that only its owner can read. Raises OSError."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def prepare(environment: dict[str, str], data: Path) -> None:
    """Bring the database up to date and load the demo.

    A first load that is interrupted leaves nothing behind: an embedded database is made in a folder of its own, which
    is moved into place when it is complete.
    """
    embedded = "DATABASE_URL" not in environment
    first_time = embedded and not (data / "newsroom.sqlite3").exists()
    unfinished = data / "unfinished"
    if first_time:
        if (data / "media").exists():
            raise CannotStart(f"{data} holds files but no database. Choose another folder: make demo DATA_DIR=…")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        print("Making the demo, once; this takes about a minute.")
    where = {**environment, "DATA_DIR": str(unfinished)} if first_time else environment
    manage(where, "migrate", "--verbosity=0", "--no-input")
    manage(where, "load_demo")
    if first_time:
        for path in unfinished.iterdir():
            path.rename(data / path.name)
        unfinished.rmdir()
    if not static_files_are_current(data):
        manage(environment, "collectstatic", "--no-input", "--verbosity=0")


def static_files_are_current(data: Path) -> bool:
    """Whether static files were collected after our own and the installed packages last changed: collecting compresses
    a thousand files, which takes longer than all the rest of a second start."""
    collected = data / "static" / "staticfiles.json"
    sources = [ROOT / "requirements" / "base.txt", *(ROOT / "static").rglob("*")]
    return collected.exists() and collected.stat().st_mtime > max(path.stat().st_mtime for path in sources)


def manage(environment: dict[str, str], *arguments: str) -> None:
    """Run a management command. Raises CannotStart with its last line of complaint."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise CannotStart(f"{arguments[0]}: {reason_in(done.stderr)}")


def reason_in(complaint: str) -> str:
    """The message of the exception that a traceback ends with, on one line."""
    last = re.split(r"^(?:[\w.]*\.)?\w*(?:Error|Exception|Configured|Interrupt)\b:?", complaint, flags=re.MULTILINE)[-1]
    return " ".join(last.split()) or "it failed without a word."


def web_server(port: str, application: str = "newsroom.wsgi") -> list[str]:
    """The command that starts the web server."""
    return [
        *(sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}"),
        *("--worker-class=gthread", "--workers=1", "--threads=8", "--log-level=warning"),
    ]


def run(environment: dict[str, str], port: str) -> int:
    """Run web server and worker until one of them ends or somebody presses Ctrl-C; then end both."""
    web = web_server(port)
    worker = [sys.executable, str(ROOT / "manage.py"), "worker"]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    # Sessions of their own, so that Ctrl-C reaches this process only, which then ends them in order.
    processes = [
        subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True) for command in (web, worker)
    ]
    try:
        wait_until_healthy(port, processes)
        print_addresses(port)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        raise CannotStart("the web server or the worker ended; see above.")
    except KeyboardInterrupt:
        print("\nStopping…")
        return 0
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def wait_until_healthy(port: str, processes: list[subprocess.Popen[bytes]]) -> None:
    """Wait for the first answer. Raises CannotStart when a process ends or none comes."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise CannotStart("the web server does not answer; see above.")


def print_addresses(port: str) -> None:
    """Say where everything is."""
    site = f"http://127.0.0.1:{port}"
    print(
        f"""
The newsroom runs. Ctrl-C stops it.

  English     {site}/en/
  Français    {site}/fr/
  Admin       {site}/admin/
  Sent mail   {site}/mailbox/

  Log in as   {LOGINS}
  Password    {PASSWORD}
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
