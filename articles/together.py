"""Work that is cheaper done together."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass
class _Batch(Generic[Item]):
    """What is done at once, and what becomes of it."""

    items: list[Item] = field(default_factory=list)
    outcome: Future[None] = field(default_factory=Future)


class Together(Generic[Item]):
    """Lets threads do their work together: what comes while others are at work waits for them, and is then done at
    once, by the thread that came first. Nobody goes on before their own work is done.

    A thread that comes alone does its work at once and by itself.
    """

    def __init__(self, work: Callable[[list[Item]], None]) -> None:
        self._work = work
        self._door = Lock()
        self._turn = Lock()
        self._next: _Batch[Item] = _Batch()

    def do(self, item: Item) -> None:
        """Have it done. Raises what the work raises, in every thread that has waited for it."""
        with self._door:
            batch = self._next
            batch.items.append(item)
            first = len(batch.items) == 1
        if first:
            with self._turn:
                with self._door:
                    self._next = _Batch()
                self._do_all(batch)
        batch.outcome.result()

    def _do_all(self, batch: _Batch[Item]) -> None:
        try:
            self._work(batch.items)
        except BaseException as failure:  # whatever it is, nobody must wait for ever
            batch.outcome.set_exception(failure)
        else:
            batch.outcome.set_result(None)
