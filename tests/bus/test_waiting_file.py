"""What a worker waits for is shown beside its pid, and only while that process waits."""

import os
from pathlib import Path

import pytest

from bus.cli import stack as cli
from bus.engine.waiting_file import Wait, WaitingFile, wait_of, waits_file
from bus.stack import processes
from bus.stack.places import Places
from bus.supervisor import State, WorkerState

CAUSE = "PostgreSQL (57P01)"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.of(tmp_path)


def test_a_wait_is_told_while_it_lasts(places: Places) -> None:
    tell = WaitingFile(waits_file(places, "bourses"))
    assert wait_of(places, "bourses", os.getpid()) is None
    tell(CAUSE)
    found = wait_of(places, "bourses", os.getpid())
    assert isinstance(found, Wait)
    assert found.cause == CAUSE
    tell(None)
    tell(None)
    assert wait_of(places, "bourses", os.getpid()) is None


def test_what_a_dead_process_waited_for_is_not_believed(places: Places) -> None:
    WaitingFile(waits_file(places, "bourses"))(CAUSE)
    assert wait_of(places, "bourses", os.getpid() + 1) is None


def test_without_a_place_to_write_nothing_is_told_and_nothing_fails(places: Places) -> None:
    WaitingFile(places.var / "absent" / "fichier")(CAUSE)


def test_status_shows_the_cause_instead_of_a_worker_that_runs(places: Places) -> None:
    processes.note(places.pid("worker-bourses"), os.getpid())
    state = WorkerState("bourses", State.RUNNING, "2026-11-22T10:00:00+00:00", os.getpid())
    assert cli._worker(places, state, None)["etat"] == State.RUNNING
    WaitingFile(waits_file(places, "bourses"))(CAUSE)
    assert cli._worker(places, state, None)["etat"] == f"attend : {CAUSE}"
