"""Is it HTML? Two parsers that report what a browser would forgive: html5lib, and the Nu Html Checker."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from html5lib.constants import E

from tests.judges.answers import Answer

# What the Nu checker says of correct pages, with the reason why it is right to go on.
NOT_WORTH_THE_NAME: list[str] = []


def parse_errors(answer: Answer) -> list[str]:
    """What html5lib stumbled over: "line 3: Unexpected end tag (p)"."""
    return [f"line {line}: {E.get(code, code) % values}" for line, code, values in answer.parse_errors]


def nu_complaints(answers: Iterable[Answer], checker: list[str], folder: Path) -> dict[str, list[str]]:
    """Errors and warnings of the Nu checker, by address. `checker` is the command that runs it; the pages are written
    into `folder`, since it starts a good deal more slowly than it checks."""
    addresses = {}
    for number, answer in enumerate(answers):
        file = folder / f"{number:04}.html"
        file.write_bytes(answer.body)
        addresses[file.as_uri().replace("file:///", "file:/")] = answer.path
    command = [*checker, "--format", "json", "--stdout", "--exit-zero-always", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    complaints: dict[str, list[str]] = {}
    for message in json.loads(done.stdout)["messages"]:
        if message["message"] not in NOT_WORTH_THE_NAME:
            place = addresses.get(message.get("url", ""), "the checker itself")
            extract = " ".join(message.get("extract", "").split())
            complaints.setdefault(place, []).append(f"line {message.get('lastLine')}: {message['message']} {extract}")
    return complaints
