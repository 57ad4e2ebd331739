"""One process that keeps the workers alive: starts each command, starts it again when it ends, shows what it sees.

`start` leaves it behind, detached; `stop` ends it and with it all workers. A worker that exits with 75 stays `arrêté`,
also over a restart of the supervisor, until `resume`. State: `var/run/supervisor-state.json`, written whole. Unix only.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from types import FrameType

from bus.restarts import after_exit
from bus.stack import processes
from bus.stack.places import Places
from bus.told import Told

NAME = "supervisor"
TURN_SECONDS = 0.1
DRAIN_SECONDS = 30.0
"""How long workers may take to finish what they hold when they are asked to end."""


class AlreadyRunning(Told):
    """Two supervisors of one folder would start every worker twice."""

    exit_code = 4


class State(StrEnum):
    """What a worker is doing, in the words people read."""

    RUNNING = "en marche"
    WAITING = "en attente de relance"
    STOPPED = "arrêté"


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One worker as the state file shows it. Instants are ISO 8601, UTC."""

    name: str
    state: State
    since: str
    pid: int | None = None
    restarts: int = 0
    last_exit: int | None = None
    next_start: str | None = None


# --- from outside ----------------------------------------------------------------------------------------------------


def start(places: Places, commands: Mapping[str, Sequence[str]]) -> None:
    """Leave one supervisor behind with these workers (name → argv). One that runs is replaced when its list differs."""
    wanted = json.dumps({name: list(argv) for name, argv in commands.items()}, indent=2)
    file = _commands_file(places)
    if processes.find(places.pid(NAME)):
        if file.exists() and file.read_text() == wanted:
            return
        stop(places)
    _write(file, wanted)
    processes.spawn(
        [sys.executable, "-m", "bus.supervisor", places.var],
        pid_file=places.pid(NAME),
        log=places.log(NAME),
        environment={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def stop(places: Places) -> bool:
    """End the workers and the supervisor, in order. Returns whether there was one."""
    return processes.stop(places.pid(NAME), patience=DRAIN_SECONDS + 15)


def states(places: Places) -> tuple[WorkerState, ...]:
    """The workers as the supervisor last saw them; what a dead supervisor left is not believed."""
    if processes.find(places.pid(NAME)) is None:
        return ()
    return _read_states(places)


def resume(places: Places, name: str) -> None:
    """Ask the supervisor to start a stopped worker again, or at once one that waits."""
    _write(_requests(places) / name, "")


# --- the process -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Worker:
    name: str
    argv: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    """Monotonic."""
    due: float | None = 0.0
    """When it starts next (monotonic); None: not before somebody says so."""
    failures: int = 0
    restarts: int = 0
    last_exit: int | None = None
    since: str = ""


class Supervisor:
    """The loop. `turn` is one look at everything."""

    def __init__(self, places: Places, commands: Mapping[str, Sequence[str]]) -> None:
        self.places = places
        self.ending = False
        stopped = {state.name: state for state in _read_states(places) if state.state is State.STOPPED}
        self.workers = [self._new(name, argv, stopped.get(name)) for name, argv in commands.items()]
        self._shown = ""

    @staticmethod
    def _new(name: str, argv: Sequence[str], stopped: WorkerState | None) -> _Worker:
        if stopped is None:
            return _Worker(name, argv, since=_now())
        return _Worker(name, argv, due=None, restarts=stopped.restarts, last_exit=stopped.last_exit, since=stopped.since)

    def run(self) -> None:
        """Until TERM or INT; then the workers get `DRAIN_SECONDS` to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        self._stop_orphans()
        while not self.ending:
            self.turn()
            time.sleep(TURN_SECONDS)
        self._stop_all()

    def turn(self) -> None:
        """Note who ended, do what was asked, start who is due, show it."""
        for worker in self.workers:
            if worker.process is not None and worker.process.poll() is not None:
                self._ended(worker, worker.process.returncode)
        self._answer_requests()
        for worker in self.workers:
            if worker.process is None and worker.due is not None and time.monotonic() >= worker.due:
                self._start(worker)
        self._show()

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self.ending = True

    def _start(self, worker: _Worker) -> None:
        log = self.places.log(worker.name)
        processes.rotate(log)
        worker.started, worker.due, worker.since = time.monotonic(), None, _now()
        with log.open("ab") as output:
            try:
                worker.process = subprocess.Popen(
                    list(worker.argv), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
                )
            except OSError as error:
                output.write(f"{worker.argv[0]} : {error}\n".encode())
                self._ended(worker, 127)
                return
        processes.note(self._pid_file(worker.name), worker.process.pid)

    def _ended(self, worker: _Worker, code: int) -> None:
        self._pid_file(worker.name).unlink(missing_ok=True)
        following = after_exit(code, time.monotonic() - worker.started, worker.failures)
        worker.process, worker.last_exit, worker.failures, worker.since = None, code, following.failures, _now()
        worker.due = None if following.pause is None else time.monotonic() + following.pause
        worker.restarts += following.pause is not None

    def _answer_requests(self) -> None:
        for worker in self.workers:
            request = _requests(self.places) / worker.name
            if request.exists():
                request.unlink()
                if worker.process is None:
                    worker.due, worker.failures = time.monotonic(), 0

    def _stop_orphans(self) -> None:
        """Workers that a killed supervisor left: two of one name would take each other's tasks for ever."""
        for file in self.places.pid(NAME).parent.glob("worker-*.json"):
            processes.stop(file, patience=DRAIN_SECONDS)

    def _stop_all(self) -> None:
        alive = [worker for worker in self.workers if worker.process is not None]
        for worker in alive:
            assert worker.process is not None
            worker.process.terminate()
        end = time.monotonic() + DRAIN_SECONDS
        for worker in alive:
            assert worker.process is not None
            try:
                worker.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            worker.last_exit, worker.process, worker.due = worker.process.returncode, None, time.monotonic()
            self._pid_file(worker.name).unlink(missing_ok=True)
        self._show()

    def _pid_file(self, name: str) -> Path:
        return self.places.pid(f"worker-{name}")

    def _show(self) -> None:
        shown = [asdict(_shown(worker)) for worker in self.workers]
        text = json.dumps({"pid": os.getpid(), "workers": shown}, ensure_ascii=False, indent=2)
        if text != self._shown:
            _write(_state_file(self.places), text)
            self._shown = text


def _shown(worker: _Worker) -> WorkerState:
    following = None
    if worker.process is not None:
        state = State.RUNNING
    elif worker.due is None:
        state = State.STOPPED
    else:
        state = State.WAITING
        following = _instant(datetime.now(UTC) + timedelta(seconds=worker.due - time.monotonic()))
    pid = worker.process.pid if worker.process else None
    return WorkerState(worker.name, state, worker.since, pid, worker.restarts, worker.last_exit, following)


def _instant(when: datetime) -> str:
    return when.isoformat(timespec="seconds")


def _now() -> str:
    return _instant(datetime.now(UTC))


def _commands_file(places: Places) -> Path:
    return places.pid(NAME).with_name("supervisor-commands.json")


def _state_file(places: Places) -> Path:
    return places.pid(NAME).with_name("supervisor-state.json")


def _requests(places: Places) -> Path:
    folder = places.pid(NAME).with_name("supervisor-requests")
    folder.mkdir(exist_ok=True)
    return folder


def _read_states(places: Places) -> tuple[WorkerState, ...]:
    file = _state_file(places)
    if not file.exists():
        return ()
    return tuple(WorkerState(**{**row, "state": State(row["state"])}) for row in json.loads(file.read_text())["workers"])


def _write(file: Path, text: str) -> None:
    draft = file.with_name(f"{file.name}.tmp")
    draft.write_text(text)
    os.replace(draft, file)


def run_here(places: Places, commands: Mapping[str, Sequence[str]]) -> None:
    """Keep the workers alive from this very process, until TERM or INT. A second one for the same folder ends at once."""
    with places.pid(NAME).with_name("supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"Un superviseur tient déjà les travailleurs de {places.var}.") from None
        processes.note(places.pid(NAME), os.getpid())
        Supervisor(places, commands).run()


def main() -> None:
    """`python -m bus.supervisor VAR`: the process that `start` leaves behind."""
    places = Places.of(Path(sys.argv[1]))
    run_here(places, json.loads(_commands_file(places).read_text()))


if __name__ == "__main__":
    main()
