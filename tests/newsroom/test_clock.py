"""The clock: what is due is done once, by whoever comes first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom import clock
from newsroom.models import ClockEntry


@pytest.fixture
def job(db, monkeypatch):
    """A job that runs every minute and notes its runs."""
    runs = []
    monkeypatch.setattr(clock, "_jobs", {})

    def note():
        runs.append(timezone.now())

    clock.every(note, seconds=60)
    return runs


def test_a_new_job_runs_at_the_first_tick(job):
    assert clock.tick() == 1
    assert len(job) == 1


def test_it_runs_again_when_its_time_has_come_and_not_before(job, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    clock.tick()
    time_machine.move_to(now + timedelta(seconds=59), tick=False)
    assert clock.tick() == 0
    time_machine.move_to(now + timedelta(seconds=61), tick=False)
    assert clock.tick() == 1
    assert len(job) == 2


def test_of_two_clocks_one_acts(job, monkeypatch):
    clock.tick()
    ClockEntry.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    original = ClockEntry.objects.filter

    def another_clock_was_quicker(**where):
        original(job=where["job"]).update(due_at=timezone.now() + timedelta(seconds=60))
        return original(**where)

    monkeypatch.setattr(type(ClockEntry.objects), "filter", lambda self, **where: another_clock_was_quicker(**where))
    assert clock.tick() == 0
    assert len(job) == 1


def test_a_job_that_fails_is_logged_and_does_not_stop_the_others(db, monkeypatch, caplog):
    monkeypatch.setattr(clock, "_jobs", {})
    ran = []

    def fails():
        raise ZeroDivisionError

    def works():
        ran.append(True)

    clock.every(fails, seconds=60)
    clock.every(works, seconds=60)
    assert clock.tick() == 2
    assert ran
    assert "ZeroDivisionError" in caplog.text
