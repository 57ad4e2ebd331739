"""`passerelle samples`: invented schools as the real exchange files, from a seed, with the known defects on request."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bus.cli.output import Exit, Output, OutputOption, render, say
from bus.samples import defects
from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, complete_uai, make_school

app = typer.Typer(help="Établissements inventés, en vrais fichiers d'échange.", no_args_is_help=True)

LARGEST = 500_000


@app.command()
def generate(
    folder: Annotated[Path, typer.Argument(help="Dossier à remplir ; un sous-dossier par système.")],
    seed: Annotated[str, typer.Option(help="Même graine, mêmes fichiers.")] = "1",
    uai: Annotated[str, typer.Option(help="UAI, avec ou sans sa lettre ; 983… : Nouvelle-Calédonie, 974… : La Réunion.")] = "0840001V",
    eleves: Annotated[int, typer.Option(min=1, max=LARGEST, help="Nombre d'élèves.")] = 455,
    kind: Annotated[SchoolType, typer.Option("--type", help="Type d'établissement.")] = SchoolType.COLLEGE,
    annee: Annotated[int, typer.Option(min=1990, max=2090, help="Millésime dans SIECLE.")] = 2025,
    at: Annotated[
        datetime | None, typer.Option("--a", help="Instant local des fichiers ; par défaut le lendemain de la rentrée à 10 h.")
    ] = None,
    defaut: Annotated[list[str] | None, typer.Option(help="Défaut à mettre (à répéter) ; voir « samples defauts ».")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Écrire les fichiers d'un établissement inventé. Aucune personne réelle ; rien n'est envoyé."""
    unknown = sorted(set(defaut or ()) - set(defects.DEFECTS))
    if unknown:
        say(f"Défaut inconnu : {', '.join(unknown)}. Connus : {', '.join(defects.DEFECTS)}.")
        raise typer.Exit(Exit.USAGE)
    try:
        whole = complete_uai(uai.upper())
    except ValueError as error:
        say(f"UAI mal formé : {error}.")
        raise typer.Exit(Exit.USAGE) from error
    school = make_school(seed, whole, eleves, kind, annee)
    bundle = make_bundle(school, at or datetime.combine(school.calendar.pupils_start + timedelta(days=1), time(10)))
    try:
        defects.put(bundle, defaut or ())
    except defects.NotHere as error:
        say(f"Ce défaut ne peut pas être mis ici : {error}.")
        raise typer.Exit(Exit.USAGE) from error
    rows = []
    for name, content in files(bundle):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        rows.append({"fichier": name, "octets": len(content)})
    render(rows, ("fichier", "octets"), output)
    say(f"{len(rows)} fichier(s) de {school.name} ({school.uai}, {len(school.pupils)} élèves) dans {folder}.")


@app.command("defauts")
def list_defects(output: OutputOption = Output.TABLE) -> None:
    """Les défauts que « generate --defaut » sait mettre."""
    render([{"defaut": name, "effet": defect.about} for name, defect in defects.DEFECTS.items()], ("defaut", "effet"), output)
