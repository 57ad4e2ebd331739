"""The synchronous answer: its race against a bare ASGI "hello" on the same server, its read model, and a decision's way to it."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from bench import answers_model, answers_way
from bench.environment import PROJECT
from bench.figures import Spread
from tests.services import opened

CONNECTIONS = 32
SECONDS = 4.0
STUDENTS = 100_000
SIZES = (50_000, 100_000, 200_000)
DECISIONS = 200
WANTED_RATIO = 0.5
WANTED_P99_MS = 5.0
LEAVING = 30.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What the callers saw of one server in one round, and what the server spent."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    """Microseconds of the server's processor time a request: what other programs on the machine change least."""
    load: float
    """Load average of the machine at the end."""


@contextmanager
def serving(kind: str, students: int) -> Iterator[tuple[psutil.Process, str, str]]:
    """A server in a process of its own: the process, its port, a token."""
    with tempfile.TemporaryDirectory(prefix="passerelle-bench-") as folder:
        command = [sys.executable, "-m", "bench.contenders.answers", kind, folder, str(students)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)
        try:
            assert process.stdout is not None
            _, port, token = process.stdout.readline().split()
            yield psutil.Process(process.pid), port, token
        finally:
            process.terminate()
            try:
                process.wait(LEAVING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def turn(server: tuple[psutil.Process, str, str], students: int) -> Turn:
    process, port, token = server
    before = _cpu(process)
    command = [sys.executable, "-m", "bench.callers", port, token, str(CONNECTIONS), str(SECONDS), str(students)]
    called = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True, timeout=SECONDS * 10 + 60)
    found = json.loads(called.stdout)
    cpu = (_cpu(process) - before) / found["requests"] * 1e6
    return Turn(found["rate"], found["p50_ms"], found["p99_ms"], cpu, os.getloadavg()[0])


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def measured(rounds: int, scale: float, console: Console) -> dict[str, Any]:
    """All three; prints them."""
    students = max(1_000, round(STUDENTS * scale))
    raced = race(rounds, students)
    _show_race(console, raced)
    with opened(os.environ) as services:
        sizes = [max(1_000, round(size * scale)) for size in SIZES]
        models = answers_model.measured(services, sizes)
        way = asyncio.run(answers_way.measured(services, max(20, round(DECISIONS * scale))))
    answers_model.show(console, models)
    answers_way.show(console, way)
    return {**raced, "model": models, "way": way}


def race(rounds: int, students: int) -> dict[str, Any]:
    """Both servers stay up; each round asks one, then the other."""
    turns: dict[str, list[Turn]] = {"hello": [], "answers": []}
    with serving("hello", students) as hello, serving("answers", students) as answers:
        for server in (hello, answers):
            turn(server, students)
        for _ in range(rounds):
            for name, server in (("hello", hello), ("answers", answers)):
                turns[name].append(turn(server, students))
    ratios = [ours.rate / theirs.rate for ours, theirs in zip(turns["answers"], turns["hello"], strict=True)]
    ratio = {"of": "GET /v1/bourses/{nne}", "to": "hello ASGI", "wanted": WANTED_RATIO, "ratio": asdict(Spread.of(ratios))}
    p99 = Spread.of([each.p99_ms for each in turns["answers"]])
    return {
        "connections": CONNECTIONS,
        "students": students,
        "contenders": {name: _summary(each) for name, each in turns.items()},
        "ratios": [{**ratio, "reached": Spread.of(ratios).median >= WANTED_RATIO}],
        "limits": [{"of": "99e centile, ms", "wanted": WANTED_P99_MS, "found": asdict(p99), "reached": p99.median < WANTED_P99_MS}],
    }


def _summary(turns: Sequence[Turn]) -> dict[str, Any]:
    names = ("rate", "p50_ms", "p99_ms", "cpu_us", "load")
    return {name: asdict(Spread.of([getattr(each, name) for each in turns])) for name in names}


def _show_race(console: Console, raced: dict[str, Any]) -> None:
    title = f"Réponse synchrone, {raced['connections']} connexions, {raced['students']} étudiants"
    table = Table(title=title, title_justify="left", caption="premier quartile – médiane – troisième quartile", caption_justify="left")
    for heading in ("", "requêtes/s", "médiane, ms", "99e centile, ms", "processeur du serveur, µs/requête", "charge"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, each in raced["contenders"].items():
        spreads = {key: Spread(**value) for key, value in each.items()}
        digits = {"rate": 0, "p50_ms": 1, "p99_ms": 1, "cpu_us": 0, "load": 1}
        table.add_row(name, *(spreads[key].shown(count) for key, count in digits.items()))
    console.print(table)
    (ratio,) = raced["ratios"]
    told = "atteint" if ratio["reached"] else "NON ATTEINT"
    console.print(f"  {ratio['of']} / {ratio['to']} : {Spread(**ratio['ratio']).shown(2)} (voulu : au moins {ratio['wanted']:g} ; {told})")
    reached = "atteint" if raced["limits"][0]["reached"] else "NON ATTEINT ; celui de « hello » sur la même machine est dans la table"
    console.print(f"  99e centile voulu : moins de {WANTED_P99_MS:g} ms ; {reached}\n")
