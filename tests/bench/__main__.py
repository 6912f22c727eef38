"""`python -m tests.bench`: what the "most read" costs, on both databases, beside references of the same run.

Prints a table, and returns 1 when a target is missed. With all its counts it takes the better part of an hour on a
small machine; `--stories=2000 --days=20 --runs=3` tries it out.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator

from newsroom.demo.__main__ import ROOT
from tests.bench import beacons
from tests.bench.databases import DATABASES, Environment
from tests.bench.figures import Figure, header, line


def main() -> int:
    """Measure as the arguments say. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--stories", type=int, default=50_000, help="each in two languages (50000)")
    parser.add_argument("--days", type=int, default=100, help="on each of which all are read (100)")
    parser.add_argument("--runs", type=int, default=5, help="whose medians count (5)")
    parser.add_argument("--seconds", type=float, default=5, help="of each load (5)")
    parser.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    options = parser.parse_args()
    missed = False
    print(header())
    for name in options.database or DATABASES:
        with DATABASES[name]() as environment:
            for figure in figures(name, environment, options):
                print(line(figure), flush=True)
                missed |= not figure.reached
    return int(missed)


def figures(database: str, environment: Environment, options: argparse.Namespace) -> Iterator[Figure]:
    """Every figure of one database."""
    arguments = [str(number) for number in (options.stories, options.days, options.runs)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.most_read", *arguments],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    yield from (Figure(**figure) for figure in json.loads(done.stdout))
    if database == "PostgreSQL":
        yield from beacons.rate(database, environment, options.runs, options.seconds)
    else:
        yield from beacons.at_once(database, environment)
    yield from beacons.crash(database, environment, options.seconds)


if __name__ == "__main__":
    sys.exit(main())
