"""Medians, quartiles and ratios of interleaved runs, as a table and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.race import Run


@dataclass(frozen=True, slots=True)
class Spread:
    """First quartile, median, third quartile."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = quantiles(values, n=4, method="inclusive")
        return cls(low, median, high)

    def shown(self, digits: int = 0) -> str:
        return " – ".join(f"{value:,.{digits}f}".replace(",", " ") for value in (self.low, self.median, self.high))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A ratio to show."""

    ours: str
    theirs: str
    at_least: float | None = None
    """What the project promises; None: shown, and nothing promised."""


def summary(runs: Mapping[str, Sequence[Run]], wanted: Sequence[Wanted]) -> dict[str, Any]:
    """Per contender and per wanted ratio. A ratio is taken within each round, against the neighbour in time."""
    return {
        "contenders": {
            name: {
                "records_per_second": asdict(Spread.of([run.rate for run in each])),
                "processor_us_per_record": asdict(Spread.of([run.cpu_us for run in each])),
                "peak_mib_of_a_process": max(run.peak_mib for run in each),
                "runs": [asdict(run) for run in each],
            }
            for name, each in runs.items()
        },
        "ratios": [
            {
                "of": each.ours,
                "to": each.theirs,
                "wanted": each.at_least,
                "ratio": asdict(Spread.of(rates := [a.rate / b.rate for a, b in zip(runs[each.ours], runs[each.theirs], strict=True)])),
                "processor_ratio": asdict(
                    Spread.of([b.cpu_us / a.cpu_us for a, b in zip(runs[each.ours], runs[each.theirs], strict=True)])
                ),
                "reached": None if each.at_least is None else Spread.of(rates).median >= each.at_least,
            }
            for each in wanted
        ],
    }


def show(console: Console, title: str, found: Mapping[str, Any]) -> None:
    table = Table(title=title, title_justify="left", caption="premier quartile – médiane – troisième quartile", caption_justify="left")
    for heading in ("", "enregistrements/s", "processeur, µs/enregistrement", "mémoire de pointe, Mio"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, each in found["contenders"].items():
        rate, cpu = Spread(**each["records_per_second"]), Spread(**each["processor_us_per_record"])
        table.add_row(name, rate.shown(), cpu.shown(), f"{each['peak_mib_of_a_process']:.0f}")
    console.print(table)
    for ratio in found["ratios"]:
        mark = "atteint" if ratio["reached"] else "NON ATTEINT"
        promise = "pour information" if ratio["wanted"] is None else f"voulu : au moins {ratio['wanted']:g} ; {mark}"
        console.print(
            f"  {ratio['of']} / {ratio['to']} : {Spread(**ratio['ratio']).shown(2)} ({promise}) ; "
            f"à temps de processeur égal : {Spread(**ratio['processor_ratio']).shown(2)}"
        )
    console.print()
