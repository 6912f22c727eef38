"""`python -m tests.tools gettext chromium`: see to it that programs the tests need are on this machine."""

import os
import shutil
import subprocess
import sys

# What is looked for on the path, by Debian's name of the package.
PROGRAMS = {
    "gettext": ["xgettext"],
    "chromium": ["chromium", "chromium-browser", "google-chrome"],
}


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
