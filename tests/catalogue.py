"""`python -m tests.catalogue OPTION…`: is every string of the interface translated? (The options are makemessages'.)"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
NOT_SOURCES = shutil.ignore_patterns(".*", "var", "tests", "docs", "requirements", "__pycache__", "*.mo")


def main(options: list[str]) -> int:
    """Extract the strings from a copy of the sources and compare. Returns 1, with a list, when one is missing."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "newsroom"
        shutil.copytree(ROOT, copy, ignore=NOT_SOURCES)
        subprocess.run([sys.executable, "manage.py", "makemessages", *options], cwd=copy, check=True)
        for path in sorted(copy.glob("locale/*/LC_MESSAGES/django.po")):
            problems += [f"{path.parent.parent.name}: {problem}" for problem in untranslated(polib.pofile(str(path)))]
    print("\n".join(problems) or "Every string is translated.")
    return bool(problems)


def untranslated(catalogue: polib.POFile) -> list[str]:
    """The strings of a catalogue that have no translation, an uncertain one, or no use any more."""
    found = []
    for entry in catalogue:
        if entry.obsolete:
            found.append(f"no longer used: {entry.msgid!r}")
        elif entry.fuzzy:
            found.append(f"uncertain: {entry.msgid!r}")
        elif not entry.translated():
            found.append(f"not translated: {entry.msgid!r}")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
