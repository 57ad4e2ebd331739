"""`passerelle sinks`: what leaves the bus. A sink starts in observation and sends nothing until somebody says so."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import func, select, update

from bus.cli.output import Output, OutputOption, render, say
from bus.cli.session import database_session
from bus.database.tables import effets, sinks
from bus.outgoing import Mode, locked
from bus.told import Told
from sinks.registry import FILE_SINKS

app = typer.Typer(help="Sorties vers l'extérieur : mode, plafond, lots.", no_args_is_help=True)

COLUMNS = {
    "sortie": "sortie",
    "systeme": "système",
    "mode": "mode",
    "cible": "cible",
    "plafond_horaire": "plafond horaire",
    "dernier_lot": "dernier lot",
    "a_faire": "à faire",
    "faits": "faits",
    "observes": "observés",
    "suspendue": "suspendue parce que",
}
Execute = Annotated[bool, typer.Option("--execute", help="Le faire ; sans cette option, seul le plan est montré.")]
Name = Annotated[str, typer.Argument(help="La sortie, telle que « sinks list » la nomme.")]


class UnknownSink(Told):
    """No sink has that name."""

    exit_code = 2


class Refused(Told):
    """The mode asked for lacks something."""

    exit_code = 4


@app.command("list")
def show(output: OutputOption = Output.TABLE) -> None:
    """Chaque sortie, son mode et ce qu'elle a fait."""
    with database_session() as (_, database), database.begin() as connection:
        rows = []
        for sink in FILE_SINKS:
            state = locked(connection, sink.name)
            query = select(effets.c.state, func.count().label("effects")).where(effets.c.sink == sink.name).group_by(effets.c.state)
            by_state = {row.state: row.effects for row in connection.execute(query)}
            rows.append(
                {
                    "sortie": sink.name,
                    "systeme": sink.system,
                    "mode": state.mode.value,
                    "cible": state.target,
                    "plafond_horaire": sink.hourly_ceiling,
                    "dernier_lot": state.last_lot,
                    "a_faire": by_state.get("A_FAIRE", 0) + by_state.get("EN_COURS", 0),
                    "faits": by_state.get("FAIT", 0),
                    "observes": by_state.get("OBSERVE", 0),
                    "suspendue": state.suspended,
                }
            )
    render(rows, COLUMNS, output)


@app.command()
def mode(
    name: Name,
    wanted: Annotated[Mode, typer.Argument(help="observation, redirige ou actif.")],
    target: Annotated[Path | None, typer.Option("--vers", help="Le dossier d'essai du mode redirige.")] = None,
    execute: Execute = False,
) -> None:
    """Change le mode d'une sortie : observation (rien ne part), redirige (vers un dossier d'essai), actif."""
    sink_named(name)
    if (wanted is Mode.REDIRIGE) != (target is not None):
        raise Refused("Le mode redirige demande --vers DOSSIER ; les autres ne le prennent pas.")
    with database_session() as (_, database), database.begin() as connection:
        state = locked(connection, name)
        if wanted is Mode.ACTIF and state.mode is Mode.OBSERVATION:
            say("Cette sortie n'a jamais été redirigée vers un essai : le vérifier d'abord est plus sûr.")
        where = f" vers {target}" if target else ""
        say(f"{name} : {state.mode.value} → {wanted.value}{where}")
        if not execute:
            say("Ajouter --execute.")
            return
        values = {"mode": wanted.value, "target": str(target.absolute()) if target else None, "changed_at": func.now()}
        connection.execute(update(sinks).where(sinks.c.sink == name).values(**values))


@app.command()
def resume(name: Name, execute: Execute = False) -> None:
    """Laisse repartir une sortie que son plafond a suspendue."""
    sink_named(name)
    with database_session() as (_, database), database.begin() as connection:
        state = locked(connection, name)
        say(f"{name} : {state.suspended or 'pas suspendue'}")
        if execute:
            connection.execute(update(sinks).where(sinks.c.sink == name).values(suspended=None, changed_at=func.now()))


def sink_named(name: str) -> None:
    """Raises UnknownSink, which names those that exist."""
    known = [sink.name for sink in FILE_SINKS]
    if name not in known:
        raise UnknownSink(f"Sortie inconnue : {name}. Connues : {', '.join(known)}.")
