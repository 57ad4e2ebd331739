"""`passerelle editions`: the control lists of the bursaries, what people write about them, the reconciliation."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from bus import editions
from bus.cli.output import Exit, Output, OutputOption, render, say
from bus.cli.session import database_session
from bus.database.edition_tables import editions as table
from bus.told import Told
from sinks.bourses.courriels import NAME
from sinks.bourses.editions import PARIS, Edition, EditionIllisible

app = typer.Typer(help="Listes de contrôle des bourses, suivi des lignes, bilan.", no_args_is_help=True)

COLUMNS = {
    "jour": "jour",
    "liste": "liste",
    "composante": "composante",
    "nouveaux": "nouveaux",
    "ouverts": "ouverts",
    "disparus": "disparus",
    "fichier": "fichier",
}
LARGEST = 50_000_000
Execute = Annotated[bool, typer.Option("--execute", help="Le faire ; sans cette option, seul le plan est montré.")]
List = Annotated[str, typer.Argument(metavar="LISTE", help="Le code de la liste, tel que « editions list » le nomme.")]


class BadDay(Told):
    """No day."""

    exit_code = Exit.USAGE


class BadFile(Told):
    """A returned file that cannot be read."""

    exit_code = Exit.CHECK_FAILED


@app.command("list")
def show(output: OutputOption = Output.TABLE) -> None:
    """Les éditions faites, la plus récente d'abord."""
    query = select(*(table.c[name] for name in COLUMNS)).order_by(table.c.jour.desc(), table.c.liste, table.c.composante)
    with database_session() as (_, database), database.begin() as connection:
        rows = [dict(row._mapping) for row in connection.execute(query)]
    render(rows, COLUMNS, output)


@app.command()
def make(
    jour: Annotated[str | None, typer.Option("--jour", metavar="AAAA-MM-JJ", help="Le jour de l'édition ; aujourd'hui sinon.")] = None,
    execute: Execute = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Fait les éditions du jour : un fichier par liste et composante, un courriel par composante (sortie bourses.editions)."""
    day = _day(jour)
    with database_session() as (settings, database):
        if execute:
            made = editions.make(database, day, editions.up_to(database, editions.partitions_of(settings.deployment())))
            editions.write_files(database, day, settings.outbox_folder)
            say(f"{len(made)} fichier(s) dans {settings.outbox_folder / editions.FOLDER}. Courriels : « passerelle sinks list », {NAME}.")
        else:
            with database.begin() as connection:
                made = editions.prepared(connection, day)
            say("Ajouter --execute.")
    render([_row(edition, day) for edition in made], COLUMNS, output)


@app.command("take-back")
def take_back(
    code: List,
    file: Annotated[Path, typer.Argument(metavar="FICHIER", help="L'édition rendue, telle quelle ou enregistrée par un tableur.")],
    execute: Execute = False,
) -> None:
    """Reprend d'une édition rendue qui traite chaque ligne et les commentaires. Une cellule vide n'efface rien."""
    liste = editions.liste_named(code)
    try:
        if file.stat().st_size > LARGEST:
            raise BadFile(f"Ce fichier dépasse {LARGEST} octets : ce n'est pas une édition.")
        content = file.read_bytes()
    except OSError as error:
        raise BadFile(f"Ce fichier ne se lit pas ({type(error).__name__}).") from None
    with database_session() as (_, database), database.begin() as connection:
        try:
            taken = editions.read_back(connection, liste, content)
        except EditionIllisible as illisible:
            raise BadFile(str(illisible)) from None
        say(f"{liste.titre} : {len(taken.notes)} ligne(s) à noter, {taken.unknown} inconnue(s) laissée(s) de côté.")
        if execute:
            editions.keep(connection, liste, taken.notes)
        else:
            say("Ajouter --execute.")


@app.command()
def note(
    code: List,
    uai: Annotated[str, typer.Option("--uai")],
    annee: Annotated[str, typer.Option("--annee")],
    cod_ind: Annotated[str, typer.Option("--cod-ind")],
    cod_etp: Annotated[str, typer.Option("--cod-etp")],
    cod_vrs_vet: Annotated[str, typer.Option("--cod-vrs-vet")],
    treated_by: Annotated[str, typer.Option("--par", help="Qui traite la ligne : un service ou un agent.")],
    comment: Annotated[str, typer.Option("--commentaire")] = "",
    execute: Execute = False,
) -> None:
    """Note qui traite une ligne, et un commentaire ; l'édition suivante les montre."""
    liste = editions.liste_named(code)
    identity = (uai, annee, cod_ind, cod_etp, cod_vrs_vet)
    with database_session() as (_, database), database.begin() as connection:
        editions.check_line(connection, liste, identity)
        say(f"{liste.titre} : une ligne à noter.")
        if execute:
            editions.keep(connection, liste, {identity: (treated_by[: editions.LONGEST_NAME], comment[: editions.LONGEST_COMMENT])})
        else:
            say("Ajouter --execute.")


@app.command()
def bilan(
    annee: Annotated[int, typer.Option("--annee", help="Année de la rentrée.")],
    declares: Annotated[int | None, typer.Option("--declares", min=0, help="Boursiers que l'établissement compte lui-même.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Compte les bourses d'une année, à côté de ce que l'établissement déclare ; un écart est dit, jamais corrigé."""
    with database_session() as (_, database), database.begin() as connection:
        found = editions.bilan(connection, annee, declares)
    render([{"libelle": label, "nombre": figure} for label, figure in found.lignes()], {"libelle": "", "nombre": "nombre"}, output)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).astimezone(PARIS).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDay("--jour attend AAAA-MM-JJ.") from None


def _row(edition: Edition, jour: date) -> dict[str, object]:
    return {
        "jour": jour,
        "liste": edition.liste.code,
        "composante": edition.composante,
        "nouveaux": edition.nouveaux,
        "ouverts": edition.ouverts,
        "disparus": edition.disparus,
        "fichier": edition.file.name,
    }
