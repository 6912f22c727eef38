"""Readers who call the beacon of a running server: how many a second, what a crash loses, and many at once."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from newsroom.demo.__main__ import ROOT, web_server
from tests.bench.databases import Environment
from tests.bench.figures import Figure, medians
from tests.bench.load import Answers
from tests.ports import free_port

CLIENTS = 8
LEAST_OF_BARE = 0.5
AT_ONCE = 600
SLOWEST = 1.0
SECONDS_TO_START = 60
PAGES = "ArticlePage.objects.published().filter(slug__startswith='bulk').order_by('pk').values_list('pk', flat=True)"
READS = "sum(DailyReads.objects.filter(day=corpus.today()).values_list('reads', flat=True))"


class Load:
    """Readers of a site, no two of whom are the same."""

    def __init__(self, environment: Environment) -> None:
        self.environment = {**environment, "PROXIES": "1"}
        self.pages = self.ask(f"*{PAGES}[:200]").split()
        self.loads = 0

    def ask(self, expression: str) -> str:
        """What the site's database says."""
        code = (
            "import django; django.setup()\nfrom articles.models import ArticlePage, DailyReads\n"
            f"from tests.bench import corpus\nprint({expression})"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def start(self, port: str, clients: int, seconds: float, pages: list[str]) -> subprocess.Popen[str]:
        self.loads += 1
        arguments = [port, str(clients), str(seconds), str(self.loads), *pages]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )

    def run(self, port: str, clients: int, seconds: float, pages: list[str]) -> Answers:
        return answers_of(self.start(port, clients, seconds, pages))


def answers_of(load: subprocess.Popen[str]) -> Answers:
    """What a load that was started has had as answers, when it ends."""
    output, _errors = load.communicate()
    return Answers(**json.loads(output))


@contextmanager
def server(environment: Environment, application: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A web server as the demo starts it: its port and process."""
    port = str(free_port())
    process = subprocess.Popen(web_server(port, application), env=environment, cwd=ROOT, start_new_session=True)
    try:
        _wait_for(port)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start within {SECONDS_TO_START} seconds")


def rate(database: str, environment: Environment, runs: int, seconds: float) -> list[Figure]:
    """Beacons a second, beside a bare view."""
    load = Load(environment)
    before = int(load.ask(READS))
    answered = 0

    def rate_of(port: str) -> float:
        nonlocal answered
        answers = load.run(port, CLIENTS, seconds, load.pages)
        answered += answers.counted if port == site else 0
        return answers.rate

    with (
        server(load.environment, "newsroom.wsgi") as (site, _process),
        server(environment, "tests.bench.bare") as (
            bare,
            _other,
        ),
    ):
        for port in (site, bare):  # each thread makes its connection
            rate_of(port)
        reference, measured = medians(runs, lambda: rate_of(bare), lambda: rate_of(site))
    counted = int(load.ask(READS)) - before
    return [
        Figure(
            f"beacons, {CLIENTS} clients",
            database,
            f"{measured:.0f}/s, {counted} of {answered}",
            f"{reference:.0f}/s (bare view)",
            f"{measured / reference:.2f}",
            f"at least {LEAST_OF_BARE} of it, all counted",
            measured >= LEAST_OF_BARE * reference and counted == answered,
        )
    ]


def crash(database: str, environment: Environment, seconds: float) -> list[Figure]:
    """A server that is killed while readers call."""
    load = Load(environment)
    before = int(load.ask(READS))
    with server(load.environment, "newsroom.wsgi") as (port, process):
        calling = load.start(port, CLIENTS, seconds, load.pages)
        time.sleep(seconds / 2)
        os.killpg(process.pid, signal.SIGKILL)
        answers = answers_of(calling)
    counted = int(load.ask(READS)) - before
    return [
        Figure(
            "answered before kill -9",
            database,
            f"{counted} counted",
            f"{answers.counted} answered",
            "–",
            "none lost",
            0 < answers.counted <= counted <= answers.counted + answers.in_flight,
        )
    ]


def at_once(database: str, environment: Environment) -> list[Figure]:
    """Many readers of one article at the same moment."""
    load = Load(environment)
    with server(load.environment, "newsroom.wsgi") as (port, _process):
        load.run(port, CLIENTS, 1, load.pages)  # the server has answered before
        before = int(load.ask(READS))
        answers = load.run(port, AT_ONCE, 0, load.pages[:1])
    counted = int(load.ask(READS)) - before
    return [
        Figure(
            f"{AT_ONCE} readers at once on one article",
            database,
            f"{counted} counted, {len(answers.errors)} errors",
            f"slowest {answers.slowest:.2f} s",
            "–",
            f"all, no error, under {SLOWEST:.0f} s",
            counted == AT_ONCE and not answers.errors and answers.slowest < SLOWEST,
        )
    ]
