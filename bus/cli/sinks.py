"""`passerelle sinks`: what leaves the bus. A sink starts in observation and sends nothing until somebody says so."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy import func, select, update

from bus.cli.output import Output, OutputOption, render, say
from bus.cli.session import database_session
from bus.database.tables import effets, sinks
from bus.outgoing.files import Mode, State, locked
from bus.outgoing.one_by_one import WAITING_FOR_A_PERSON
from bus.outgoing.sinks import TARGETS, Way, target_of_test, ways
from bus.told import Told

app = typer.Typer(help="Sorties vers l'extérieur : mode, plafond, envois.", no_args_is_help=True)

COLUMNS = {
    "sortie": "sortie",
    "systeme": "système",
    "transport": "transport",
    "mode": "mode",
    "cible": "cible",
    "plafond_horaire": "plafond horaire",
    "dernier_lot": "dernier lot",
    "a_faire": "à faire",
    "faits": "faits",
    "observes": "observés",
    "incertains": "incertains",
    "refuses": "refusés",
    "suspendue": "suspendue parce que",
}
WAITING_COLUMNS = {
    "id": "identifiant",
    "sortie": "sortie",
    "etat": "état",
    "reponse": "réponse",
    "essais": "essais",
    "depuis": "décidé le",
    "fin": "dernier essai le",
}
Execute = Annotated[bool, typer.Option("--execute", help="Le faire ; sans cette option, seul le plan est montré.")]
Name = Annotated[str, typer.Argument(help="La sortie, telle que « sinks list » la nomme.")]


class Decision(StrEnum):
    """What a person says of an effect whose end the bus does not know, or that was refused."""

    FAIT = "fait"
    REFAIRE = "refaire"


class UnknownSink(Told):
    """No sink has that name."""

    exit_code = 2


class UnknownEffect(Told):
    """No effect has that identifier."""

    exit_code = 2


class Refused(Told):
    """What is asked for lacks something."""

    exit_code = 4


@app.command("list")
def show(output: OutputOption = Output.TABLE) -> None:
    """Chaque sortie, son mode et ce qu'elle a fait."""
    with database_session() as (_, database), database.begin() as connection:
        rows = []
        for way in ways():
            state = locked(connection, way.name)
            query = select(effets.c.state, func.count().label("effects")).where(effets.c.sink == way.name).group_by(effets.c.state)
            by_state = {row.state: row.effects for row in connection.execute(query)}
            rows.append(
                {
                    "sortie": way.name,
                    "systeme": way.system,
                    "transport": way.transport,
                    "mode": state.mode.value,
                    "cible": state.target,
                    "plafond_horaire": way.hourly_ceiling,
                    "dernier_lot": state.last_lot,
                    "a_faire": by_state.get(State.TODO, 0) + by_state.get(State.STARTED, 0),
                    "faits": by_state.get(State.DONE, 0),
                    "observes": by_state.get(State.OBSERVED, 0),
                    "incertains": by_state.get(State.UNCERTAIN, 0),
                    "refuses": by_state.get(State.REFUSED, 0),
                    "suspendue": state.suspended,
                }
            )
    render(rows, COLUMNS, output)


@app.command()
def mode(
    name: Name,
    wanted: Annotated[Mode, typer.Argument(help="observation, redirige ou actif.")],
    target: Annotated[str | None, typer.Option("--vers", help="Le dossier ou l'adresse d'essai du mode redirige.")] = None,
    execute: Execute = False,
) -> None:
    """Change le mode d'une sortie : observation (rien ne part), redirige (vers un essai), actif."""
    way = sink_named(name)
    if (wanted is Mode.REDIRIGE) != (target is not None):
        raise Refused(f"Le mode redirige demande --vers et {TARGETS[way.transport]} ; les autres ne le prennent pas.")
    kept = None if target is None else target_of_test(way, target)
    if target is not None and kept is None:
        raise Refused(f"{name} : --vers attend {TARGETS[way.transport]}.")
    with database_session() as (_, database), database.begin() as connection:
        state = locked(connection, name)
        if wanted is Mode.ACTIF and state.mode is Mode.OBSERVATION:
            say("Cette sortie n'a jamais été redirigée vers un essai : le vérifier d'abord est plus sûr.")
        where = f" vers {kept}" if kept else ""
        say(f"{name} : {state.mode.value} → {wanted.value}{where}")
        if not execute:
            say("Ajouter --execute.")
            return
        values = {"mode": wanted.value, "target": kept, "changed_at": func.now()}
        connection.execute(update(sinks).where(sinks.c.sink == name).values(**values))


@app.command()
def resume(name: Name, execute: Execute = False) -> None:
    """Laisse repartir une sortie suspendue : ce qui attend à cet instant est voulu et ne compte plus dans le plafond."""
    sink_named(name)
    with database_session() as (_, database), database.begin() as connection:
        state = locked(connection, name)
        say(f"{name} : {state.suspended or 'pas suspendue'}")
        if execute:
            connection.execute(update(sinks).where(sinks.c.sink == name).values(suspended=None, changed_at=func.now()))


@app.command()
def uncertain(output: OutputOption = Output.TABLE) -> None:
    """Les envois qu'une personne doit régler : fin inconnue (INCERTAIN) ou refus de l'autre côté (REFUSE)."""
    query = (
        select(effets.c.id, effets.c.sink, effets.c.state, effets.c.answer, effets.c.attempt, effets.c.since, effets.c.done_at)
        .where(effets.c.state.in_(WAITING_FOR_A_PERSON))
        .order_by(effets.c.since, effets.c.id)
    )
    with database_session() as (_, database), database.begin() as connection:
        rows = [
            {
                "id": row.id,
                "sortie": row.sink,
                "etat": row.state,
                "reponse": row.answer,
                "essais": row.attempt,
                "depuis": row.since.isoformat(),
                "fin": row.done_at.isoformat() if row.done_at else None,
            }
            for row in connection.execute(query)
        ]
    render(rows, WAITING_COLUMNS, output)
    if rows:
        say("L'identifiant est le début du Message-ID d'un courriel et l'Idempotency-Key d'un appel : vérifier chez le destinataire,")
        say("puis « passerelle sinks settle IDENTIFIANT fait|refaire --execute ».")


@app.command()
def settle(
    identifier: Annotated[UUID, typer.Argument(help="L'identifiant, tel que « sinks uncertain » le donne.")],
    decision: Annotated[Decision, typer.Argument(help="fait : il est bien arrivé ou n'est plus à faire ; refaire : il repart.")],
    execute: Execute = False,
) -> None:
    """Règle un envoi incertain ou refusé, après vérification chez le destinataire."""
    with database_session() as (_, database), database.begin() as connection:
        query = select(effets.c.sink, effets.c.state, effets.c.answer).where(effets.c.id == str(identifier)).with_for_update()
        found = connection.execute(query).one_or_none()
        if found is None:
            raise UnknownEffect(f"Aucun envoi n'a l'identifiant {identifier} : « passerelle sinks uncertain » les montre.")
        if found.state not in WAITING_FOR_A_PERSON:
            raise Refused(f"Cet envoi est {found.state} : seul un envoi INCERTAIN ou REFUSE se règle à la main.")
        say(f"{found.sink} : {found.state} ({found.answer}) → {'FAIT' if decision is Decision.FAIT else 'A_FAIRE'}")
        if not execute:
            say("Ajouter --execute.")
            return
        values: dict[str, Any]
        if decision is Decision.FAIT:
            values = {"state": State.DONE.value, "done_at": func.now(), "begun_at": None}
        else:
            again = {"due_at": None, "begun_at": None, "engaged_at": None, "done_at": None, "lot": None, "attempt": 0}
            values = {"state": State.TODO.value, **again}
        connection.execute(update(effets).where(effets.c.id == str(identifier)).values(**values))


def sink_named(name: str) -> Way:
    """Raises UnknownSink, which names those that exist."""
    known = {way.name: way for way in ways()}
    if name not in known:
        raise UnknownSink(f"Sortie inconnue : {name}. Connues : {', '.join(known)}.")
    return known[name]
