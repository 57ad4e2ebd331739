"""`passerelle tasks`: who works on what, what stopped on purpose and why, and how it starts again."""

from typing import Annotated

import typer
from sqlalchemy import delete, select, update

from bus import supervisor
from bus.cli.output import Exit, Output, OutputOption, render, say
from bus.cli.session import database_session
from bus.database.tables import checkpoints, tasks
from bus.engine.takeover import ADOPT
from bus.stack.places import Places

app = typer.Typer(help="Tâches du moteur : une par processeur et par partition.", no_args_is_help=True)

COLUMNS = {
    "processeur": "processeur",
    "partition": "partition",
    "epoque": "époque",
    "transactions": "transactions",
    "arret": "arrêtée parce que",
    "depuis": "depuis",
}
Execute = Annotated[bool, typer.Option("--execute", help="Le faire ; sans cette option, seul le plan est montré.")]
Name = Annotated[str, typer.Argument(help="Le processeur, tel que « tasks list » le nomme.")]


@app.command("list")
def show(output: OutputOption = Output.TABLE) -> None:
    """Chaque tâche, son époque (une de plus à chaque reprise) et, si elle s'est arrêtée exprès, pourquoi. Sort avec 3 s'il y en a une."""
    with database_session() as (_, database), database.begin() as connection:
        found = connection.execute(select(tasks).order_by(tasks.c.processor, tasks.c.partition)).all()
    rows = [
        {
            "processeur": row.processor,
            "partition": row.partition,
            "epoque": row.epoch,
            "transactions": row.sequence,
            "arret": row.stopped,
            "depuis": row.changed_at,
        }
        for row in found
    ]
    render(rows, COLUMNS, output)
    if any(row["arret"] for row in rows):
        raise typer.Exit(Exit.CHECK_FAILED)


@app.command()
def resume(processor: Name, execute: Execute = False) -> None:
    """Laisse repartir les tâches qui se sont arrêtées exprès, une fois la cause traitée."""
    with database_session() as (settings, database), database.begin() as connection:
        stopped = connection.execute(select(tasks.c.partition, tasks.c.stopped).where(tasks.c.processor == processor)).all()
        waiting = [row for row in stopped if row.stopped is not None]
        for row in waiting:
            say(f"{processor}, partition {row.partition} : {row.stopped}")
        if not execute:
            say(f"{len(waiting)} tâche(s) repartiraient. Ajouter --execute.")
            return
        connection.execute(update(tasks).where(tasks.c.processor == processor).values(stopped=None))
    supervisor.resume(Places.of(settings.var, settings.cache_folder), processor)
    say(f"{processor} repart.")


@app.command()
def adopt(processor: Name, execute: Execute = False) -> None:
    """Accepte le Kafka d'aujourd'hui : les points de reprise qui n'y correspondent plus repartent du début de ce qui reste.

    À ne faire qu'après avoir fait renvoyer ce qui manque : ce que Kafka a perdu n'est pas lu.
    """
    with database_session() as (_, database), database.begin() as connection:
        rows = connection.execute(select(checkpoints).where(checkpoints.c.processor == processor)).all()
        for row in rows:
            say(f"{row.topic}, partition {row.partition} : point de reprise {row.next_offset}")
        if not execute:
            say(f"{len(rows)} point(s) de reprise seraient refaits depuis le début des topics ; ce qui a déjà été traité est reconnu.")
            say("Ajouter --execute.")
            return
        connection.execute(delete(checkpoints).where(checkpoints.c.processor == processor))
        connection.execute(update(tasks).where(tasks.c.processor == processor).values(stopped=None, cluster_id=ADOPT))
    say(f"{processor} : « passerelle tasks resume {processor} --execute » pour repartir.")
