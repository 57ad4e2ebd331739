"""Processes that outlive the command that starts them, found again by a pid file and never by a name.

A pid file says the pid *and* which process had it: a pid that the system has given to somebody else since is
recognised, and never signalled.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from bus.stack.failure import StackFailure, last_lines

LARGEST_LOG = 10_000_000
"""Bytes from which a log is put aside at the next start."""
KEPT_LOGS = 3


@dataclass(frozen=True, slots=True)
class Running:
    """A process of ours that is alive."""

    pid: int
    started: float
    """Seconds since the epoch."""
    memory: int
    """Resident bytes."""


def spawn(
    argv: Sequence[str | Path],
    *,
    pid_file: Path,
    log: Path,
    environment: Mapping[str, str],
    folder: Path | None = None,
    user: int | None = None,
    group: int | None = None,
) -> int:
    """Start a process in a session of its own, with nothing of our terminal, and note it at once. Returns its pid."""
    rotate(log)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(word) for word in argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    note(pid_file, process.pid)
    process.returncode = 0  # it outlives us on purpose: without this, Popen warns when it is collected
    return process.pid


def rotate(log: Path) -> None:
    """Put a log that has grown aside (`.1`, the newest, to `.3`) before a process starts to write to it."""
    if not log.exists() or log.stat().st_size < LARGEST_LOG:
        return
    for rank in range(KEPT_LOGS, 0, -1):
        older = log if rank == 1 else log.with_name(f"{log.name}.{rank - 1}")
        if older.exists():
            os.replace(older, log.with_name(f"{log.name}.{rank}"))


def note(pid_file: Path, pid: int) -> None:
    """Write the pid file of a process that lives."""
    draft = pid_file.with_suffix(".tmp")
    draft.write_text(json.dumps({"pid": pid, "mark": mark(pid)}))
    os.replace(draft, pid_file)


def mark(pid: int) -> str:
    """What tells one process from every other that has had or will have its pid.

    On Linux the boot and the ticks from it to the start: unlike a date, they do not move when the clock is set.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        ticks = stat.read_text().rpartition(")")[2].split()[19]
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{ticks}"
    return str(psutil.Process(pid).create_time())


def find(pid_file: Path) -> psutil.Process | None:
    """The process of the pid file if it is alive and is the very one that was noted."""
    if not pid_file.exists():
        return None
    noted = json.loads(pid_file.read_text())
    try:
        process = psutil.Process(noted["pid"])
        if process.status() == psutil.STATUS_ZOMBIE or mark(process.pid) != noted["mark"]:
            return None
    except (psutil.NoSuchProcess, FileNotFoundError):
        return None
    return process


def running(pid_file: Path) -> Running | None:
    """What a person wants to know of a process that lives."""
    process = find(pid_file)
    if process is None:
        return None
    try:
        return Running(process.pid, process.create_time(), process.memory_info().rss)
    except psutil.NoSuchProcess:
        return None


def stop(pid_file: Path, *, ask: signal.Signals = signal.SIGTERM, patience: float = 20.0) -> bool:
    """Ask the process to end, then make it end after `patience` seconds. Returns whether there was one."""
    process = find(pid_file)
    if process is None:
        pid_file.unlink(missing_ok=True)
        return False
    try:
        process.send_signal(ask)
        try:
            process.wait(patience)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(10)
    except psutil.NoSuchProcess:
        pass  # it ended between two looks, which is what was wanted
    pid_file.unlink(missing_ok=True)
    return True


def wait_until(ready: Callable[[], bool], *, service: str, pid_file: Path, log: Path, seconds: float = 60.0) -> None:
    """Return once `ready()` holds; raise `StackFailure` with the end of the log when the process ends or time runs out."""
    end = time.monotonic() + seconds
    while not ready():
        if find(pid_file) is None:
            raise StackFailure(f"{service} s'est arrêté au démarrage. Fin de {log} :\n{last_lines(log)}")
        if time.monotonic() > end:
            raise StackFailure(f"{service} n'était pas prêt au bout de {seconds:.0f} s. Fin de {log} :\n{last_lines(log)}")
        time.sleep(0.05)
