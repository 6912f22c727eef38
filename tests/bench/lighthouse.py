"""`python -m tests.bench.lighthouse`: Google Lighthouse's marks for the demo, on a phone.

Not part of the suite: the mark for performance depends on what else the machine does, so five runs are made and the
median counts. DEMO_URL names a demo that runs already.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable

from tests import tools
from tests.journeys.page_types import PLACES
from tests.running_demo import running_demo

RUNS = 5
ATTEMPTS = 4
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
PAGES = [PLACES[name][language] for name in ("front", "article", "category") for language in ("en", "fr")]
CHROME_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"

Marks = dict[str, float]


def main() -> int:
    """Print a table of medians. Returns 1 when one is too low."""
    command = tools.lighthouse()
    environment = {**os.environ, "CHROME_PATH": tools.chromium() or ""}
    too_low = False
    with running_demo() as site:
        print(f"{'':72}{''.join(f'{name:>16}' for name in LEAST)}")
        for path in PAGES:
            marks = median(run(command, site + path, environment) for _ in range(RUNS))
            too_low |= any(marks[name] < least for name, least in LEAST.items())
            print(f"{path:72}{''.join(f'{marks[name]:>16.0f}' for name in LEAST)}", flush=True)
    return too_low


def run(command: list[str], url: str, environment: dict[str, str]) -> Marks:
    """The marks of one run, from 0 to 100; what cost points is printed where the mark should be full."""
    # The address comes first: lighthouse takes what follows a list of categories for one more.
    options = [url, "--output=json", "--quiet", f"--only-categories={','.join(LEAST)}"]
    options.append(f"--chrome-flags={CHROME_FLAGS}")
    report = json.loads(_output([*command, *options], environment))
    for name, least in LEAST.items():
        for reference in report["categories"][name]["auditRefs"] if least == 100 else ():
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"  {name}: {audit['title']}", file=sys.stderr)
    return {name: 100 * report["categories"][name]["score"] for name in LEAST}


def _output(command: list[str], environment: dict[str, str]) -> str:
    """What a run prints. Now and then Chromium gives Lighthouse a recording without a beginning (NO_NAVSTART); such a
    run has no marks, and is made again."""
    for _attempt in range(ATTEMPTS):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout
        print(done.stderr.strip(), file=sys.stderr)
    raise SystemExit(f"{ATTEMPTS} runs failed in a row")


def median(runs: Iterable[Marks]) -> Marks:
    """The median of each mark."""
    marks = list(runs)
    return {name: statistics.median(mark[name] for mark in marks) for name in LEAST}


if __name__ == "__main__":
    sys.exit(main())
