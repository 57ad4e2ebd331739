"""One run of one contender: its processes started, timed from outside, stopped.

The clock runs from the moment when every process has its first records in hand (starting and joining the group do not count)
to the moment when all records are finished: outputs acknowledged, offsets or checkpoint committed.
"""

import contextlib
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, Queue

import psutil

from bench.course import Course
from bench.environment import PROJECT

PATIENCE = 150.0
"""Seconds for a whole run; beyond, it has failed."""
LEAVING = 20.0
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contender:
    """A way of doing the job."""

    name: str
    """As the table shows it."""
    module: str
    python: Path
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave."""

    rate: float
    """Records a second."""
    cpu_us: float
    """Microseconds of processor time a record, of all the contender's processes (user and system)."""
    peak_mib: float
    """Largest resident memory of one process, from its start."""


class RunFailed(Exception):
    """A contender ended early or did not finish in time; the text ends with what it wrote."""


@dataclass(slots=True)
class Racer:
    """One process of a contender."""

    process: subprocess.Popen[str]
    errors: Path
    begun: float | None = None
    cpu_at_start: float = 0.0
    done: list[tuple[float, int]] = field(default_factory=list)


class Race:
    """The processes of one run."""

    def __init__(self, contender: Contender, course: Course, expected: int, folder: Path) -> None:
        self._contender = contender
        self._expected = expected
        self._lines: Queue[tuple[Racer, list[str]]] = Queue()
        self._deadline = time.monotonic() + PATIENCE
        count = contender.processes
        courses = [replace(course, rank=rank, processes=count) for rank in range(count)]
        self._racers = [self._start(each, folder / f"errors-{each.rank}.txt") for each in courses]

    def run(self) -> Run:
        try:
            self._until(lambda: self._ready == len(self._racers))
            for racer in self._racers:
                assert racer.process.stdin is not None
                racer.process.stdin.write("go\n")
                racer.process.stdin.flush()
            self._until(lambda: self._total() >= self._expected)
            return self._figures()
        finally:
            self._stop()

    _ready = 0

    def _start(self, course: Course, errors: Path) -> Racer:
        command = [str(self._contender.python), "-W", "ignore", "-m", self._contender.module, course.text()]
        with errors.open("w") as stream:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stream, text=True, cwd=PROJECT, start_new_session=True
            )
        racer = Racer(process, errors)
        threading.Thread(target=self._listen, args=(racer,), daemon=True).start()
        return racer

    def _listen(self, racer: Racer) -> None:
        assert racer.process.stdout is not None
        for line in racer.process.stdout:
            self._lines.put((racer, line.split()))
        self._lines.put((racer, ["ended"]))

    def _until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            try:
                racer, words = self._lines.get(timeout=max(0.1, self._deadline - time.monotonic()))
            except Empty:
                raise RunFailed(f"{self._contender.name} : pas fini en {PATIENCE:.0f} s.\n{self._written()}") from None
            match words:
                case ["ready"]:
                    self._ready += 1
                case ["begun", instant]:
                    racer.begun = float(instant)
                    racer.cpu_at_start = _cpu(racer.process.pid)
                case ["done", instant, count]:
                    racer.done.append((float(instant), int(count)))
                case ["ended"]:
                    raise RunFailed(f"{self._contender.name} : un processus s'est arrêté.\n{self._written()}")

    def _total(self) -> int:
        return sum(count for racer in self._racers for _, count in racer.done)

    def _figures(self) -> Run:
        cpu = sum(_cpu(racer.process.pid) - racer.cpu_at_start for racer in self._racers)
        began = max(racer.begun for racer in self._racers if racer.begun is not None)
        ended = max(racer.done[-1][0] for racer in self._racers if racer.done)
        counted = sum(count for racer in self._racers for instant, count in racer.done if instant > began)
        peak = max(peak_mib(racer.process.pid) for racer in self._racers)
        return Run(counted / (ended - began), cpu / self._expected * 1e6, peak)

    def _written(self) -> str:
        return "\n".join(racer.errors.read_text(errors="replace")[-2000:] for racer in self._racers)

    def _stop(self) -> None:
        for racer in self._racers:
            with contextlib.suppress(ProcessLookupError):
                racer.process.send_signal(signal.SIGTERM)
        for racer in self._racers:
            try:
                racer.process.wait(LEAVING)
            except subprocess.TimeoutExpired:
                racer.process.kill()
                racer.process.wait()


def race(contender: Contender, course: Course, expected: int) -> Run:
    """Run it once. Raises RunFailed."""
    with tempfile.TemporaryDirectory(prefix="passerelle-bench-") as folder:
        return Race(contender, course, expected, Path(folder)).run()


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def peak_mib(pid: int) -> float:
    """The peak as Linux keeps it; elsewhere the present value."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return float(psutil.Process(pid).memory_info().rss) / MIB
