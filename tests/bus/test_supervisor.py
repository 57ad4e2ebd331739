"""The supervisor with real processes: short Python programs that end as workers may end."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil
import pytest

from bus import supervisor
from bus.stack import processes
from bus.stack.places import Places
from bus.supervisor import State, WorkerState
from tests.waiting import PATIENCE

LIVE = "import time\nwhile True: time.sleep(0.05)"
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen('{mark}', 'w').close()\nwhile True: time.sleep(0.05)"


def _python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    found = Places.of(tmp_path)
    yield found
    supervisor.stop(found)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "the condition did not come true"
        time.sleep(0.02)


def _start(places: Places, **programs: str) -> None:
    supervisor.start(places, {name: _python(program) for name, program in programs.items()})
    _until(lambda: {state.name for state in supervisor.states(places)} == set(programs))


def _state(places: Places, name: str) -> WorkerState:
    return next(state for state in supervisor.states(places) if state.name == name)


def _runs(places: Places, name: str) -> bool:
    return _state(places, name).state is State.RUNNING


def _pid(places: Places, name: str) -> int:
    _until(lambda: _runs(places, name))
    pid = _state(places, name).pid
    assert pid is not None
    return pid


def test_a_killed_worker_starts_again_and_its_neighbour_is_left_alone(places: Places) -> None:
    _start(places, un=LIVE, deux=LIVE)
    killed, other = _pid(places, "un"), _pid(places, "deux")
    os.kill(killed, signal.SIGKILL)
    _until(lambda: _runs(places, "un") and _state(places, "un").pid != killed)
    assert (_state(places, "un").restarts, _state(places, "un").last_exit) == (1, -9)
    assert _pid(places, "deux") == other


def test_a_worker_that_keeps_failing_waits_longer_each_time(places: Places, tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    _start(places, echec=f"import sys, time\nopen('{starts}', 'a').write(f'{{time.monotonic()}}\\n')\nsys.exit(70)")
    _until(lambda: starts.exists() and len(starts.read_text().split()) >= 3)
    first, second, third = map(float, starts.read_text().split()[:3])
    assert second - first >= 1
    assert third - second >= 2


def test_a_worker_that_stopped_on_purpose_stays_so_until_it_is_resumed(places: Places, tmp_path: Path) -> None:
    mark = tmp_path / "mended"
    _start(places, arret=f"import os, sys, time\nif not os.path.exists('{mark}'): sys.exit(75)\nwhile True: time.sleep(0.05)")
    _until(lambda: _state(places, "arret").state is State.STOPPED)
    assert _state(places, "arret").last_exit == 75

    supervisor.stop(places)
    assert supervisor.states(places) == ()
    _start(places, arret=f"import os, sys, time\nif not os.path.exists('{mark}'): sys.exit(75)\nwhile True: time.sleep(0.05)")
    assert _state(places, "arret").state is State.STOPPED, "a restart of the supervisor is not a person's decision"
    assert _state(places, "arret").restarts == 0

    mark.touch()
    supervisor.resume(places, "arret")
    _until(lambda: _runs(places, "arret"))


def test_term_ends_every_worker_even_a_deaf_one(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = tmp_path / "deaf"
    inner = supervisor.Supervisor(places, {"sourd": _python(DEAF.format(mark=mark)), "docile": _python(LIVE)})
    monkeypatch.setattr(supervisor, "DRAIN_SECONDS", 0.5)
    inner.turn()
    pids = [worker.process.pid for worker in inner.workers if worker.process]
    _until(mark.exists)
    inner._stop_all()
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not list((places.var / "run").glob("worker-*.json"))


def test_stop_leaves_no_process_behind(places: Places) -> None:
    _start(places, un=LIVE, deux=LIVE)
    pids = [_pid(places, "un"), _pid(places, "deux")]
    assert supervisor.stop(places)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert not supervisor.stop(places)


def test_workers_of_a_killed_supervisor_are_ended_before_new_ones_start(places: Places) -> None:
    _start(places, un=LIVE)
    orphan = _pid(places, "un")
    process = processes.find(places.pid(supervisor.NAME))
    assert process is not None
    process.kill()
    process.wait(PATIENCE)
    assert psutil.pid_exists(orphan)
    assert supervisor.states(places) == (), "what a dead supervisor left is not believed"
    _start(places, un=LIVE)
    _until(lambda: _runs(places, "un") and _state(places, "un").pid != orphan)
    assert not psutil.pid_exists(orphan)


def test_the_same_list_twice_changes_nothing_and_another_list_replaces(places: Places) -> None:
    _start(places, un=LIVE)
    pid = _pid(places, "un")
    _start(places, un=LIVE)
    assert _pid(places, "un") == pid
    _start(places, deux=LIVE)
    assert _pid(places, "deux") != pid
    assert not psutil.pid_exists(pid)


def test_a_command_that_does_not_exist_is_tried_again_and_said_in_the_log(places: Places) -> None:
    commands: Mapping[str, Sequence[str]] = {"absent": ["/nulle/part/programme"]}
    supervisor.start(places, commands)
    _until(lambda: bool(supervisor.states(places)) and _state(places, "absent").last_exit == 127)
    assert "/nulle/part/programme" in places.log("absent").read_text()
