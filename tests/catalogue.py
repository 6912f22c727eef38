"""`python -m tests.catalogue OPTION…`: is every string of the interface translated? (The options are makemessages'.)"""

import ast
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
APPS = ["newsroom", "home", "articles", "newsletter"]
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
NOT_SOURCES = shutil.ignore_patterns(".*", "var", "tests", "docs", "requirements", "__pycache__", "*.mo")


def main(options: list[str]) -> int:
    """Extract the strings from a copy of the sources and compare. Returns 1, with a list, when one is missing."""
    problems = hidden()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "newsroom"
        shutil.copytree(ROOT, copy, ignore=NOT_SOURCES)
        subprocess.run([sys.executable, "manage.py", "makemessages", *options], cwd=copy, check=True)
        for path in sorted(copy.glob("locale/*/LC_MESSAGES/django.po")):
            problems += [f"{path.parent.parent.name}: {problem}" for problem in untranslated(polib.pofile(str(path)))]
    print("\n".join(problems) or "Every string is translated.")
    return bool(problems)


def hidden() -> list[str]:
    """The strings that stand inside an f-string, where makemessages does not see them."""
    found = []
    for path in sorted(path for app in APPS for path in (ROOT / app).rglob("*.py")):
        texts = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.JoinedStr)]
        calls = [node for text in texts for node in ast.walk(text) if isinstance(node, ast.Call)]
        lines = [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id in MARKS]
        found += [f"{path.relative_to(ROOT)}:{line}: makemessages sees nothing inside an f-string" for line in lines]
    return found


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
