"""Pid files: ours and nobody else's."""

import json
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from bus.stack import processes
from bus.stack.failure import StackFailure

LIVE = "import time\nwhile True: time.sleep(0.05)"


def _spawn(tmp_path: Path, program: str = LIVE) -> Path:
    pid_file = tmp_path / "essai.json"
    processes.spawn([sys.executable, "-c", program], pid_file=pid_file, log=tmp_path / "essai.log", environment={})
    return pid_file


def test_a_process_is_found_again_and_stopped(tmp_path: Path) -> None:
    pid_file = _spawn(tmp_path)
    found = processes.running(pid_file)
    assert found is not None
    assert found.memory > 0
    assert processes.stop(pid_file)
    assert not psutil.pid_exists(found.pid)
    assert not pid_file.exists()
    assert not processes.stop(pid_file)


def test_a_pid_that_was_given_to_somebody_else_is_left_alone(tmp_path: Path) -> None:
    pid_file = _spawn(tmp_path)
    noted = json.loads(pid_file.read_text())
    stranger = tmp_path / "stranger.json"
    stranger.write_text(json.dumps({**noted, "pid": os.getpid()}))
    assert processes.find(stranger) is None
    assert not processes.stop(stranger)
    assert not stranger.exists(), "a file that names nobody of ours is removed"
    processes.stop(pid_file)


def test_a_process_that_ignores_term_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    pid_file = _spawn(tmp_path, f"import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen('{ready}', 'w')\n{LIVE}")
    processes.wait_until(ready.exists, service="essai", pid_file=pid_file, log=tmp_path / "essai.log")
    assert processes.stop(pid_file, patience=0.2)
    assert processes.find(pid_file) is None


def test_a_dead_process_is_not_running_even_before_it_is_reaped(tmp_path: Path) -> None:
    pid_file = _spawn(tmp_path)
    found = processes.find(pid_file)
    assert found is not None
    os.kill(found.pid, signal.SIGKILL)
    os.waitid(os.P_PID, found.pid, os.WEXITED | os.WNOWAIT)
    assert processes.find(pid_file) is None
    found.wait(5)


def test_a_start_that_ends_early_shows_the_end_of_its_log(tmp_path: Path) -> None:
    pid_file = _spawn(tmp_path, "print('le port est pris')")
    with pytest.raises(StackFailure, match="le port est pris"):
        processes.wait_until(lambda: False, service="essai", pid_file=pid_file, log=tmp_path / "essai.log")


def test_a_start_that_takes_too_long_is_said(tmp_path: Path) -> None:
    pid_file = _spawn(tmp_path)
    with pytest.raises(StackFailure, match="n'était pas prêt"):
        processes.wait_until(lambda: False, service="essai", pid_file=pid_file, log=tmp_path / "essai.log", seconds=0.2)
    processes.stop(pid_file)


def test_a_log_that_has_grown_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LARGEST_LOG", 3)
    log = tmp_path / "a.log"
    for text in ("un--", "deux", "tres", "quat"):
        log.write_text(text)
        processes.rotate(log)
    assert not log.exists()
    assert [(tmp_path / f"a.log.{rank}").read_text() for rank in (1, 2, 3)] == ["quat", "tres", "deux"]
    log.write_text("x")
    processes.rotate(log)
    assert log.exists()
