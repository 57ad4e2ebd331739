"""`passerelle database`: the tables of the installation."""

from typing import Annotated

import typer

from bus.cli.output import Exit, say
from bus.cli.session import database_session
from bus.database.migrate import SchemaBehind, check_schema, migrate

app = typer.Typer(help="Tables de PostgreSQL.", no_args_is_help=True)


@app.command()
def check() -> None:
    """Vérifie que les tables sont celles de ce programme. Sort avec 3 sinon."""
    with database_session() as (_, database):
        try:
            check_schema(database)
        except SchemaBehind as behind:
            say(str(behind))
            raise typer.Exit(Exit.CHECK_FAILED) from behind
    say("Les tables sont à jour.")


@app.command("migrate")
def bring_up_to_date(execute: Annotated[bool, typer.Option("--execute", help="Le faire.")] = False) -> None:
    """Fait les migrations qui manquent."""
    with database_session() as (settings, database):
        try:
            check_schema(database)
            say("Rien à faire.")
        except SchemaBehind as behind:
            say(str(behind))
            if execute:
                migrate(database, settings.database.db_schema)
                say("Fait.")
