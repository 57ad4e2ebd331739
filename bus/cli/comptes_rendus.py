"""`passerelle comptes-rendus list|show|write|controles`: reports of imports of links and predictions, as HTML and CSV, which name
pupils; what the files of schools say of each other."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bus.cli import private_files
from bus.cli.output import Output, OutputOption, render, say
from bus.cli.session import database_session

app = typer.Typer(no_args_is_help=True, help="Comptes-rendus d'import des liens élève-groupe, calculés ou prédits.")

COLUMNS = {
    "uai": "établissement",
    "nature": "nature",
    "fichier": "fichier",
    "date_import": "date d'import",
    "calcule_le": "calculé le",
    "eleves": "élèves",
    "absents": "absents",
    "rejetes": "rejetés",
    "avec_anomalies": "avec anomalies",
}


CONTROLES = {
    "uai": "établissement",
    "objet": "objet",
    "code": "code",
    "message": "message",
    "remede": "remède",
    "constate_le": "constaté le",
}


class Forme(StrEnum):
    """SIECLE's own page, or cells for a spreadsheet."""

    HTML = "html"
    CSV = "csv"


@app.command("list")
def list_reports(
    uai: Annotated[str | None, typer.Argument(metavar="[UAI]", help="L'établissement ; sans lui, tous.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Le « Suivi des échanges » : chaque compte-rendu et chaque prédiction, le plus récent d'abord."""
    from bus import comptes_rendus

    with database_session() as (_, database):
        found = comptes_rendus.calculs(database, uai)
    rows = [
        {
            **{name: each.entete.get(name) for name in COLUMNS},
            "nature": each.nature,
            "calcule_le": each.entete["calcule_le"].isoformat(timespec="seconds"),
            "date_import": day.isoformat() if (day := each.entete.get("date_import")) else None,
        }
        for each in found
    ]
    render(rows, COLUMNS, output)


@app.command()
def show(
    fichier: Annotated[str, typer.Argument(metavar="FICHIER", help="Le fichier XML de liens, tel que « list » le nomme.")],
    prediction: Annotated[bool, typer.Option("--prediction", help="La prédiction d'avant le dépôt, et non le compte-rendu.")] = False,
    forme: Annotated[Forme, typer.Option("-f", "--forme", help="html (à imprimer) ou csv (tableur).")] = Forme.HTML,
) -> None:
    """Écrit le dernier compte-rendu d'un fichier sur la sortie standard."""
    from bus import comptes_rendus
    from sinks.siecle.compte_rendu import csv_lignes, html

    with database_session() as (_, database):
        calcul = comptes_rendus.dernier(database, fichier, comptes_rendus.PREDIT if prediction else comptes_rendus.TRAITE)
        page = comptes_rendus.page(database, calcul)
    sys.stdout.buffer.write(html(page).encode() if forme is Forme.HTML else csv_lignes(page))


@app.command()
def write(
    uai: Annotated[str, typer.Argument(metavar="UAI", help="L'établissement.")],
    dossier: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où écrire ; créé s'il manque, les fichiers de même nom remplacés.")],
) -> None:
    """Écrit le suivi des échanges d'un établissement et le dernier calcul de chaque fichier, lisibles de vous seul : ils nomment
    des élèves."""
    from bus import comptes_rendus
    from sinks.siecle.compte_rendu import csv_lignes, csv_liste, html

    with database_session() as (_, database):
        found = comptes_rendus.derniers(database, uai)
        pages = [(each, comptes_rendus.page(database, each)) for each in found]
        treated = [each.entete for each in comptes_rendus.calculs(database, uai) if each.nature == comptes_rendus.TRAITE]
    private_files.made(dossier)
    private_files.write(dossier / f"{uai}_suivi_des_echanges.csv", csv_liste(treated))
    for calcul, page in pages:
        suffix = "compte_rendu" if calcul.nature == comptes_rendus.TRAITE else "prediction"
        stem = f"{Path(calcul.entete['fichier']).stem}_{suffix}"
        private_files.write(dossier / f"{stem}.html", html(page).encode())
        private_files.write(dossier / f"{stem}.csv", csv_lignes(page))
    say(f"{1 + 2 * len(pages)} fichiers écrits dans {dossier}.")


@app.command()
def controles(
    uai: Annotated[str | None, typer.Argument(metavar="[UAI]", help="L'établissement ; sans lui, tous.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Ce qui est à corriger d'après les fichiers reçus : INE actif dans deux établissements, bilans du LSU qui ne s'accordent pas avec
    SIECLE ou STS-WEB. Des identifiants de SIECLE, aucun nom."""
    from bus.controles import constats

    with database_session() as (_, database):
        found = constats(database, uai)
    render([{**each, "constate_le": each["constate_le"].isoformat(timespec="seconds")} for each in found], CONTROLES, output)
