"""Programs the tests need beside Python. `python -m tests.tools gettext chromium`: see to it that they are here."""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

# What is looked for on the path, by Debian's name of the package.
PROGRAMS = {
    "gettext": ["xgettext"],
    "chromium": ["chromium", "chromium-browser", "google-chrome"],
    "default-jre-headless": ["java"],
    "npm": ["npm"],
}
# Beside the Python packages, so that they come and go together.
FOLDER = Path(sys.prefix) / "npm"
LIGHTHOUSE = "lighthouse@13.5.0"
NU_CHECKER = "vnu-jar@26.9.27"
NU_CHECKER_DIGEST = "TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA=="


class Missing(Exception):
    """Why a program cannot be used on this machine."""


def main(packages: list[str]) -> int:
    """Install what is missing, where that can be done without asking. Returns 1 where it cannot, and says why."""
    missing = [package for package in packages if not any(map(shutil.which, PROGRAMS[package]))]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)}…", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
            check=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdout=subprocess.DEVNULL,
        )
        return 0
    if "chromium" in missing:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
        missing.remove("chromium")
    if missing:
        print(f"Not on this machine, please install: {', '.join(missing)}.")
    return bool(missing)


def chromium() -> str | None:
    """The path of the system's Chromium; None where Playwright's own has to do."""
    return next(filter(None, map(shutil.which, PROGRAMS["chromium"])), None)


def lighthouse() -> list[str]:
    """The command of Google Lighthouse, which is fetched once. Raises Missing without npm."""
    program = FOLDER / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        if not shutil.which("npm"):
            raise Missing("Lighthouse is fetched by npm, which is not here")
        options = ["--prefix", str(FOLDER), "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        subprocess.run(["npm", "install", *options, LIGHTHOUSE], check=True)
    return [str(program)]


def nu_checker() -> list[str]:
    """The command of the Nu Html Checker, which is fetched once, by its digest. Raises Missing without Java or npm."""
    jar = FOLDER / f"{NU_CHECKER}.jar"
    if not shutil.which("java"):
        raise Missing("the Nu checker needs Java (Debian: default-jre-headless)")
    if not jar.exists():
        _fetch_nu_checker(jar)
    return ["java", "-Xss2m", "-jar", str(jar)]


def _fetch_nu_checker(jar: Path) -> None:
    if not shutil.which("npm"):
        raise Missing("the Nu checker is fetched by npm, which is not here")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["npm", "pack", "--silent", NU_CHECKER], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Missing(f"npm did not fetch {NU_CHECKER}: {done.stderr.strip()[-300:]}")
        [package] = Path(folder).glob("*.tgz")
        content = package.read_bytes()
    if digest_of(content) != NU_CHECKER_DIGEST:
        raise Missing(f"{NU_CHECKER} is not the package it was when it was chosen")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        inside = archive.extractfile("package/build/dist/vnu.jar")
        assert inside is not None
        jar.parent.mkdir(exist_ok=True)
        unfinished = jar.with_suffix(".part")
        unfinished.write_bytes(inside.read())
        unfinished.rename(jar)


def digest_of(content: bytes) -> str:
    """The digest of a package as npm writes it: SHA-512, in base 64."""
    return base64.b64encode(hashlib.sha512(content).digest()).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
