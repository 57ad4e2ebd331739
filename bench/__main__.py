"""`python -m bench` runs every measure, `python -m bench job` one of them. Prints tables and writes build/bench.json."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from bench import answers, codec, eleves, figures, formation, luciole, measures
from bench.arena import Arena
from bench.environment import PROJECT, alternatives
from bench.measures import Measure
from bench.race import Contender, Run, race
from tests.services import Services, opened

RESULTS = PROJECT / "build" / "bench.json"
ROUNDS = 5
BUDGET = 900.0
"""Seconds for the rounds of one measure: no further round begins beyond. Five rounds fit on two cores."""
MEASURES = ("codec", "job", "vertical", "luciole", "formation", "answers", "eleves")
JOB_RECORDS = 40_000
REGISTRATIONS, DOSSIERS = 34_000, 5_100

told = Console(stderr=True, highlight=False)


def run(measure: Measure, services: Services, rounds: int) -> dict[str, Any]:
    """Every contender once a round, in turn, after one run that only warms the services; every run's outputs are checked."""
    arena = Arena(services, measure.processor, measure.fed)
    runs: dict[str, list[Run]] = {contender.name: [] for contender in measure.contenders}
    try:
        one(arena, measure, measure.contenders[0])
        began = time.monotonic()
        for number in range(1, rounds + 1):
            if time.monotonic() - began > BUDGET:
                told.print(f"  {BUDGET:.0f} s écoulées : {number - 1} tours comptés au lieu de {rounds}", style="bold")
                break
            for contender in measure.contenders:
                done = one(arena, measure, contender)
                told.print(f"  tour {number} · {contender.name} : {done.rate:,.0f}/s", style="dim")
                runs[contender.name].append(done)
    finally:
        arena.close()
    return figures.summary(runs, measure.wanted)


def one(arena: Arena, measure: Measure, contender: Contender) -> Run:
    outputs = arena.watch()
    done = race(contender, arena.course(), len(measure.fed))
    measure.check(arena, outputs())
    return done


def raced(make: Callable[[Path, Path], Measure], rounds: int, console: Console) -> dict[str, Any]:
    measure = make(Path(sys.executable), alternatives())
    told.print(measure.title)
    with opened(os.environ) as services:
        found = run(measure, services, rounds)
    figures.show(console, measure.title, found)
    return found


def compiled(console: Console) -> dict[str, Any]:
    """The codec against fastavro: no service needed."""
    found = [codec.measures(*case) for case in codec.CASES]
    codec.show(console, found)
    return {"cases": found}


def schools(console: Console, rounds: int, scale: float) -> dict[str, Any]:
    """Schools' files: against lxml, and within their limits."""
    with opened(os.environ) as services:
        return eleves.measure(services, rounds, round(eleves.PUPILS * scale), console)


def thousands(count: float, unit: int = 1000) -> int:
    """A whole number of commits of the slowest to commit."""
    return max(unit, round(count / unit) * unit)


def machine() -> dict[str, Any]:
    """What the figures depend on, without naming the machine."""
    return {
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "python": platform.python_version(),
        "system": platform.system(),
        "load_before": os.getloadavg()[0],
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Mesures comparées ; voir bench/README.md.")
    parser.add_argument("measures", nargs="*", choices=MEASURES, default=MEASURES)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="tours comptés (5)")
    parser.add_argument("--scale", type=float, default=1.0, help="part des enregistrements (1), pour une machine lente ou chargée")
    chosen = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
    acts: dict[str, Callable[[], dict[str, Any]]] = {
        "codec": lambda: compiled(console),
        "job": lambda: raced(
            lambda ours, theirs: measures.stateless(ours, theirs, thousands(JOB_RECORDS * chosen.scale)), chosen.rounds, console
        ),
        "vertical": lambda: raced(
            lambda ours, theirs: measures.vertical(ours, theirs, *(thousands(n * chosen.scale, 100) for n in (REGISTRATIONS, DOSSIERS))),
            chosen.rounds,
            console,
        ),
        "luciole": lambda: luciole.run(console, chosen.scale),
        "formation": lambda: formation.run(console, chosen.scale),
        "answers": lambda: answers.measured(chosen.rounds, chosen.scale, console),
        "eleves": lambda: schools(console, chosen.rounds, chosen.scale),
    }
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    for name in chosen.measures:
        began = time.monotonic()
        before = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
        results[name] = {**before, **acts[name](), "seconds": round(time.monotonic() - began)}
        RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    told.print(f"Écrit : {RESULTS.relative_to(PROJECT)}")
    promised = [each for name in chosen.measures for kind in ("ratios", "limits") for each in results[name].get(kind, ())]
    missed = [each for each in promised if each["reached"] is False]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
