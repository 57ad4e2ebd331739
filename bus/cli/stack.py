"""`passerelle up`, `down`, `status`: the embedded stack and its workers."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bus.cli.output import Exit, Output, OutputOption, render, say
from bus.settings import Settings, load_settings
from bus.stack import processes, stack
from bus.stack.places import Places
from bus.told import Told

COLUMNS = {
    "nom": "nom",
    "genre": "genre",
    "etat": "état",
    "pid": "pid",
    "depuis": "depuis",
    "memoire_mo": "mémoire (Mo)",
    "relances": "relances",
    "adresse": "adresse",
}
Row = dict[str, object]


class NotEmbedded(Told):
    """The embedded stack was asked for where real services are set."""

    exit_code = Exit.REFUSED


def up(
    workers: Annotated[bool, typer.Option("--workers/--no-workers", help="Démarrer aussi les travailleurs.")] = True,
) -> None:
    """Démarre ce qui ne tourne pas encore : Kafka, registre, PostgreSQL, puis tables, topics et travailleurs."""
    settings, places = _embedded()
    stack.up(places, say, settings.maven_url)
    _make_secrets(settings)
    if workers:
        from bus import supervisor
        from bus.installation import prepare
        from bus.workers import commands

        running = load_settings()
        prepare(running, say)
        supervisor.start(places, commands(running))
    say(f"Prêt. Données et journaux : {places.var}. État : passerelle status.")


def down() -> None:
    """Arrête les travailleurs, puis les trois services, chacun par son propre pid. Les données restent."""
    from bus import supervisor

    _, places = _embedded()
    if supervisor.stop(places):
        say("travailleurs : arrêtés")
    if not stack.down(places, say):
        say("Rien ne tournait.")


def status(output: OutputOption = Output.TABLE) -> None:
    """Montre les trois services et les travailleurs. Sort avec 3 si un service ou un travailleur ne tourne pas."""
    from bus import supervisor

    _, places = _embedded()
    rows = [_service(line) for line in stack.status(places)]
    rows += [_supervisor(places), *(_worker(places, state) for state in supervisor.states(places))]
    render(rows, COLUMNS, output)
    if any(row["etat"] != supervisor.State.RUNNING for row in rows):
        raise typer.Exit(Exit.CHECK_FAILED)


def _embedded() -> tuple[Settings, Places]:
    settings = load_settings(services=False)
    if settings.environment == "production" or settings.kafka.bootstrap_servers:
        raise NotEmbedded("Les services sont donnés par les réglages : la pile embarquée n'a rien à faire ici.")
    return settings, Places.of(settings.var, settings.cache_folder)


def _make_secrets(settings: Settings) -> None:
    from bus.stack import secrets
    from connectors.registry import push_connectors

    systems = [connector.system for connector in push_connectors(bytes(32))]
    secrets.make(settings.var / "secrets", systems)


def _service(line: stack.ServiceStatus) -> Row:
    return {"nom": line.name, "genre": "service", **_alive(line.running), "relances": None, "adresse": line.address or None}


def _supervisor(places: Places) -> Row:
    from bus.supervisor import NAME

    return {"nom": NAME, "genre": "superviseur", **_alive(processes.running(places.pid(NAME))), "relances": None, "adresse": None}


def _worker(places: Places, state: object) -> Row:
    from bus.supervisor import WorkerState

    assert isinstance(state, WorkerState)
    alive = _alive(processes.running(places.pid(f"worker-{state.name}")))
    return {"nom": state.name, "genre": "travailleur", **alive, "etat": state.state, "relances": state.restarts, "adresse": None}


def _alive(running: processes.Running | None) -> Row:
    if running is None:
        return {"etat": "arrêté", "pid": None, "depuis": None, "memoire_mo": None}
    since = datetime.fromtimestamp(running.started, UTC).isoformat(timespec="seconds")
    return {"etat": "en marche", "pid": running.pid, "depuis": since, "memoire_mo": running.memory // 1_000_000}
