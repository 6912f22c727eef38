"""Work that threads do together."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from articles.together import Together

THREADS = 8
SECONDS = 30


class TestTogether:
    """What comes while others are at work is done at once, afterwards."""

    @pytest.fixture
    def done_together(self):
        """The batches that come of a first item, and of others that come while the first is being done."""

        def run(work):
            batches, started, go_on = [], Event(), Event()

            def recorded(items):
                batches.append(list(items))
                started.set()
                assert go_on.wait(SECONDS)
                work(items)

            together = Together(recorded)
            with ThreadPoolExecutor(THREADS) as pool:
                first = pool.submit(together.do, 0)
                assert started.wait(SECONDS)
                others = [pool.submit(together.do, number) for number in range(1, THREADS)]
                while len(together._next.items) < THREADS - 1:
                    pass
                go_on.set()
                return batches, [future.exception(SECONDS) for future in (first, *others)]

        return run

    def test_each_item_is_done_once_and_those_that_waited_at_once(self, done_together):
        batches, failures = done_together(lambda items: None)
        assert [sorted(batch) for batch in batches] == [[0], [1, 2, 3, 4, 5, 6, 7]]
        assert failures == [None] * THREADS

    def test_what_fails_fails_for_those_whose_work_it_was(self, done_together):
        def fail_after_the_first(items):
            if items != [0]:
                raise OSError("down")

        _batches, failures = done_together(fail_after_the_first)
        assert failures[0] is None
        assert {str(failure) for failure in failures[1:]} == {"down"}

    def test_a_failure_does_not_stop_what_comes_after(self):
        seen = []

        def work(items):
            seen.extend(items)
            if items == [1]:
                raise OSError("down")

        together = Together(work)
        with pytest.raises(OSError, match="down"):
            together.do(1)
        together.do(2)
        assert seen == [1, 2]
