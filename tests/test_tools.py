"""The Nu checker: the package that was chosen, or the reason why not."""

import io
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import tools


@pytest.fixture
def npm(monkeypatch, tmp_path):
    """Stand in for npm: `npm(content)` makes it deliver a package with that checker in it, and returns the package."""

    def deliver(content):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            entry = tarfile.TarInfo("package/build/dist/vnu.jar")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))

        def run(command, cwd, **options):
            (Path(cwd) / "vnu-jar.tgz").write_bytes(buffer.getvalue())
            return SimpleNamespace(returncode=0)

        monkeypatch.setattr(tools.subprocess, "run", run)
        return buffer.getvalue()

    monkeypatch.setattr(tools, "FOLDER", tmp_path / "npm")
    monkeypatch.setattr(tools.shutil, "which", lambda program: f"/usr/bin/{program}")
    return deliver


def test_the_chosen_package_is_kept(npm, monkeypatch):
    monkeypatch.setattr(tools, "NU_CHECKER_DIGEST", tools.digest_of(npm(b"checker")))
    *_command, jar = tools.nu_checker()
    assert Path(jar).read_bytes() == b"checker"


def test_another_package_is_not_run(npm):
    npm(b"something else")
    with pytest.raises(tools.Missing, match="not the package"):
        tools.nu_checker()
    assert not tools.FOLDER.exists()


@pytest.mark.parametrize("program", ["java", "npm"])
def test_without_java_or_npm_the_reason_is_said(npm, monkeypatch, program):
    monkeypatch.setattr(tools.shutil, "which", lambda name: None if name == program else f"/usr/bin/{name}")
    with pytest.raises(tools.Missing, match=program.capitalize() if program == "java" else program):
        tools.nu_checker()
