"""`passerelle simulate`: scenarios through the real rules, with a virtual clock, without any service."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bus.cli.output import Exit, Output, OutputOption, say

if TYPE_CHECKING:
    from bus.simulate.installation import Installation


def simulate(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FICHIER…", help="Scénarios YAML (voir docs/scenarios.md).")] = None,
    output: OutputOption = Output.TABLE,
    repeat: Annotated[bool, typer.Option("--repeat", help="Passer toute l'entrée deux fois et attendre le même résultat.")] = False,
    shuffle: Annotated[
        int | None,
        typer.Option(
            "--shuffle", metavar="GRAINE", help="Livrer dans un autre ordre ce que des systèmes différents disent d'une même clé."
        ),
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Tout ce qu'un scénario peut nommer : événements, champs, topics, tables.")
    ] = False,
) -> None:
    """Joue des scénarios et dit ce qui entre, ce que chaque règle répond et pourquoi, ce qui sort, ce qui attend.

    Sort avec 0 quand toutes les attentes tiennent, 3 quand l'une ne tient pas, 2 quand un scénario est mal écrit.
    """
    from bus.simulate.installed import installed

    installation = installed()
    if listing:
        _list(installation, output)
        return
    if not files:
        say("Donner au moins un fichier de scénario, ou --list pour voir ce qu'un scénario peut nommer.")
        raise typer.Exit(Exit.USAGE)
    results = []
    code = Exit.OK
    for rank, path in enumerate(files):
        result = _one(path, installation, repeat, shuffle, output, rank)
        results.append(result)
        code = _worse(code, result["exit"])
    if output is Output.JSON:
        sys.stdout.write(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    elif output is Output.TABLE and len(files) > 1:
        held = sum(result["exit"] == Exit.OK for result in results)
        say(f"{held} scénario(s) sur {len(files)} tenu(s).")
    raise typer.Exit(code)


def _one(path: Path, installation: "Installation", repeat: bool, seed: int | None, output: Output, rank: int) -> dict[str, Any]:
    from bus.simulate import report
    from bus.simulate.document import ScenarioWrong
    from bus.simulate.play import play
    from bus.simulate.runner import Endless

    try:
        played = play(path, installation, repeat, seed)
    except ScenarioWrong as wrong:
        for problem in wrong.problems:
            say(str(problem))
        result = report.wrong_values(str(path), wrong)
    except Endless as endless:
        say(f"{path} : les règles ne s'arrêtent pas ({endless}).")
        result = {"file": str(path), "holds": False, "exit": Exit.FAILURE, "problems": [{"message": str(endless)}]}
    else:
        if output is Output.TABLE:
            sys.stdout.write(("\n" if rank else "") + "".join(f"{line}\n" for line in report.text(played)))
            return {"exit": report.HOLDS if played.holds else report.DIFFERS}
        result = report.values(played)
    if output is Output.JSONL:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    return result


def _list(installation: "Installation", output: Output) -> None:
    from bus.simulate import catalogue_list

    if output is Output.TABLE:
        sys.stdout.write("".join(f"{line}\n" for line in catalogue_list.text(installation)))
    else:
        indent = 2 if output is Output.JSON else None
        sys.stdout.write(json.dumps(catalogue_list.values(installation), ensure_ascii=False, indent=indent) + "\n")


def _worse(one: int, other: int) -> int:
    """A scenario that cannot run is worse than a difference, and a fault of ours worse than both."""
    order = (Exit.OK, Exit.CHECK_FAILED, Exit.USAGE, Exit.FAILURE)
    return max(one, other, key=order.index)
