"""What was measured, and the table of it."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """One line: what was measured on which database, beside what, and whether that is what was wanted."""

    what: str
    database: str
    measured: str
    reference: str
    ratio: str
    target: str
    reached: bool


COLUMNS = {"what": 46, "database": 12, "measured": 26, "reference": 26, "ratio": 8, "target": 34}


def header() -> str:
    return "".join(f"{name:{width}}" for name, width in COLUMNS.items()) + "reached"


def line(figure: Figure) -> str:
    columns = "".join(f"{getattr(figure, name):{width}}" for name, width in COLUMNS.items())
    return columns + ("yes" if figure.reached else "NO")


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def medians(runs: int, *works: Callable[[], float]) -> list[float]:
    """The median of what each gives, in turns, so that whatever else the machine does falls on all of them."""
    return [statistics.median(given) for given in zip(*([work() for work in works] for _ in range(runs)), strict=True)]


def ms(duration: float) -> str:
    return f"{duration * 1000:.2f} ms" if duration < 0.1 else f"{duration * 1000:.0f} ms"
