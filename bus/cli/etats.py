"""`passerelle etats list|show|write`: the printable states of training actions, as HTML and CSV. They name people."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bus.cli import private_files
from bus.cli.output import Output, OutputOption, render, say
from bus.cli.session import database_session

app = typer.Typer(no_args_is_help=True, help="États imprimables des actions de formation.")

ACTIONS = {
    "contrat": "contrat",
    "intitule": "intitulé",
    "organisme": "organisme",
    "annee_programmation": "programmation",
    "etat": "état",
}
ETATS = {"nom": "nom", "titre": "titre", "lignes": "lignes"}


class Forme(StrEnum):
    """A page to print, or cells for a spreadsheet."""

    HTML = "html"
    CSV = "csv"


FormeOption = Annotated[Forme, typer.Option("-f", "--forme", help="html (à imprimer) ou csv (tableur).")]


@app.command("list")
def list_states(
    contrat: Annotated[str | None, typer.Argument(metavar="[CONTRAT]", help="L'action ; sans elle, toutes les actions.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Liste les actions, ou les états d'une action."""
    from bus import etats

    with database_session() as (_, database):
        if contrat is None:
            render(etats.actions(database), ACTIONS, output)
            return
        found = etats.etats_de(database, contrat)
    rows = [{"nom": etat.nom, "titre": etat.titre, "lignes": len(etat.lignes(donnees))} for etat, donnees in found]
    render(rows, ETATS, output)


@app.command()
def show(
    nom: Annotated[str, typer.Argument(metavar="ÉTAT", help="Un nom de « passerelle etats list CONTRAT », ou accueil.")],
    contrat: Annotated[str | None, typer.Option("--contrat", help="L'action.")] = None,
    organisme: Annotated[str | None, typer.Option("--organisme", help="L'organisme, pour sa page d'accueil.")] = None,
    forme: FormeOption = Forme.HTML,
) -> None:
    """Écrit un état sur la sortie standard."""
    from bus import etats
    from sinks.formation.etats import en_csv, en_html

    if (contrat is None) == (organisme is None) or (organisme is not None) != (nom == "accueil"):
        raise typer.BadParameter("donner --contrat ; pour l'état accueil, donner --organisme.")
    with database_session() as (_, database):
        etat, donnees = etats.etat_de(database, contrat, nom) if contrat else etats.accueil_de(database, organisme or "")
    content = en_html(etat, donnees).encode() if forme is Forme.HTML else en_csv(etat, donnees)
    sys.stdout.buffer.write(content)


@app.command()
def write(
    contrat: Annotated[str, typer.Argument(metavar="CONTRAT", help="L'action.")],
    dossier: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où écrire ; créé s'il manque, les fichiers de même nom remplacés.")],
) -> None:
    """Écrit tous les états d'une action, en HTML et en CSV, lisibles de vous seul : ils nomment des personnes."""
    from bus import etats
    from sinks.formation.etats import en_csv, en_html

    with database_session() as (_, database):
        found = etats.etats_de(database, contrat)
    private_files.made(dossier)
    for etat, donnees in found:
        name = f"{contrat}_{etat.nom.replace('/', '_')}"
        private_files.write(dossier / f"{name}.html", en_html(etat, donnees).encode())
        private_files.write(dossier / f"{name}.csv", en_csv(etat, donnees))
    say(f"{2 * len(found)} fichiers écrits dans {dossier}.")
