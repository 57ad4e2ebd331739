"""Plays a scenario from its text."""

from pathlib import Path
from textwrap import dedent

import pytest

from bus.simulate.document import ScenarioWrong
from bus.simulate.installation import Installation
from bus.simulate.play import play
from bus.simulate.report import Played
from tests.bus.simulate.small_domain import installation

HEAD = "title: Essai\n"
WHO = "uai: 0781944P, cod_anu: 2026, cod_ind: 1, cod_vrs_vet: 1"


def comes(at: str, etape: str, student: str = "007", system: str = "guichet", more: str = "") -> str:
    """An entry of `given` (indented as in a list)."""
    return f"  - {{at: {at}, system: {system}, event: inscription, data: {{{WHO}, cod_etu: '{student}', cod_etp: {etape}{more}}}}}\n"


def play_text(folder: Path, text: str, installed: Installation | None = None, *, repeat: bool = False, seed: int | None = None) -> Played:
    path = folder / "essai.yaml"
    path.write_text(text, encoding="utf-8")
    return play(path, installed or installation(), repeat, seed)


def played(folder: Path, given: str, expect: str, head: str = "", installed: Installation | None = None) -> Played:
    """`given` as `comes` writes it; `expect` indented as one likes."""
    return play_text(folder, f"{HEAD}{head}given:\n{given}expect:\n{_indented(expect)}", installed)


def holds(folder: Path, given: str, expect: str, head: str = "", installed: Installation | None = None) -> bool:
    return played(folder, given, expect, head, installed).holds


def problems(folder: Path, text: str, installed: Installation | None = None) -> list[str]:
    """What is said of a wrong scenario, without the folder."""
    with pytest.raises(ScenarioWrong) as wrong:
        play_text(folder, text, installed)
    return [str(problem).removeprefix(f"{folder}/") for problem in wrong.value.problems]


def _indented(expect: str) -> str:
    return "".join(f"  {line}\n" for line in dedent(expect).strip().splitlines())
