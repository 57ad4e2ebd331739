"""`passerelle up`, `down`, `status`, `run`, `secrets`: the embedded stack and the workers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bus import answers
from bus.cli.output import Exit, Output, OutputOption, render, say
from bus.settings import Settings, load_settings
from bus.stack import ports, processes, stack
from bus.stack.places import Places
from bus.stack.secrets import make
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
NOT_READY = "pas prêt"
"""Of a process that runs and does not answer yet."""
READY_SECONDS = 3.0


class NotEmbedded(Told):
    """The embedded stack was asked for where real services are set."""

    exit_code = Exit.REFUSED


def up(
    workers: Annotated[bool, typer.Option("--workers/--no-workers", help="Démarrer aussi les travailleurs.")] = True,
) -> None:
    """Démarre ce qui ne tourne pas encore : Kafka, registre, PostgreSQL, puis tables, topics et travailleurs."""
    settings, places = _embedded()
    stack.up(places, say, settings.maven_url)
    make(settings.var / "secrets", _systems())
    if workers:
        from bus import supervisor
        from bus.installation import prepare
        from bus.workers import commands

        running = load_settings()
        prepare(running, say)
        supervisor.start(places, commands(running))
    say(f"Prêt. Données et journaux : {near(places.var)}. État : passerelle status.")


def down() -> None:
    """Arrête les travailleurs, puis les trois services, chacun par son propre pid. Les données restent."""
    from bus import supervisor

    _, places = _embedded()
    if supervisor.stop(places):
        say("travailleurs : arrêtés")
    if not stack.down(places, say):
        say("Rien ne tournait.")


def run() -> None:
    """Tient les travailleurs de cette machine au premier plan, avec les services que donnent les réglages, jusqu'à SIGTERM."""
    from bus import supervisor
    from bus.installation import prepare
    from bus.workers import commands

    settings = load_settings()
    prepare(settings, say)
    supervisor.run_here(_places(settings), commands(settings))


def secrets(
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Le dossier à remplir.")] = Path("var/compose"),
) -> None:
    """Crée les secrets que monte docker-compose.yml. Ceux qui existent restent comme ils sont."""
    from bus.stack.secrets import make_for_compose

    make_for_compose(folder, _systems())
    say(f"Secrets prêts dans {folder}.")


def status(output: OutputOption = Output.TABLE) -> None:
    """Montre les services embarqués et les travailleurs. Sort avec 3 si l'un d'eux ne tourne pas, attend ou n'est pas prêt."""
    from bus import supervisor

    settings = load_settings(services=False)
    places = _places(settings)
    rows = [] if _given(settings) else [_service(line) for line in stack.status(places)]
    listening = _listening(settings, places)
    rows += [_supervisor(places), *(_worker(places, state, listening.get(state.name)) for state in supervisor.states(places))]
    render(rows, COLUMNS, output)
    if any(row["etat"] != supervisor.State.RUNNING for row in rows):
        raise typer.Exit(Exit.CHECK_FAILED)


def _embedded() -> tuple[Settings, Places]:
    settings = load_settings(services=False)
    if _given(settings):
        raise NotEmbedded("Les services sont donnés par les réglages : la pile embarquée n'a rien à faire ici (voir « passerelle run »).")
    return settings, _places(settings)


def near(folder: Path) -> Path:
    """As seen from here, where it lies below."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _given(settings: Settings) -> bool:
    return settings.environment == "production" or bool(settings.kafka.bootstrap_servers)


def _places(settings: Settings) -> Places:
    return Places.of(settings.var, settings.cache_folder)


def _systems() -> list[str]:
    from connectors.registry import push_connectors

    return [connector.system for connector in push_connectors(bytes(32))]


def _service(line: stack.ServiceStatus) -> Row:
    return {"nom": line.name, "genre": "service", **_alive(line.running), "relances": None, "adresse": line.address or None}


def _supervisor(places: Places) -> Row:
    from bus.supervisor import NAME

    return {"nom": NAME, "genre": "superviseur", **_alive(processes.running(places.pid(NAME))), "relances": None, "adresse": None}


def _listening(settings: Settings, places: Places) -> dict[str, str]:
    """Address of each process that people or programs call, by its name."""
    remembered = ports.read(places.var / "ports.json")
    found = {"http": (settings.http.host, settings.http.port), answers.NAME: (settings.answers.host, settings.answers.port)}
    used = {name: (_reached(host), port or remembered.get(name, 0)) for name, (host, port) in found.items()}
    return {name: f"http://{host}:{port}" for name, (host, port) in used.items() if port}


def _reached(host: str) -> str:
    """Where a server that listens on every address is reached from its own machine."""
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104


def _worker(places: Places, state: object, address: str | None) -> Row:
    from bus.engine.waiting_file import wait_of
    from bus.supervisor import State, WorkerState

    assert isinstance(state, WorkerState)
    alive = _alive(processes.running(places.pid(f"worker-{state.name}")))
    waits = state.name == answers.NAME and state.state is State.RUNNING and address is not None and not _is_ready(address)
    away = wait_of(places, state.name, state.pid) if state.state is State.RUNNING else None
    shown = f"attend : {away.cause}" if away is not None else NOT_READY if waits else state.state
    return {"nom": state.name, "genre": "travailleur", **alive, "etat": shown, "relances": state.restarts, "adresse": address}


def _is_ready(address: str) -> bool:
    """Whether the answers have read everything that stood in their topic when they started."""
    import httpx

    try:
        return httpx.get(f"{address}/ready", timeout=READY_SECONDS, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _alive(running: processes.Running | None) -> Row:
    if running is None:
        return {"etat": "arrêté", "pid": None, "depuis": None, "memoire_mo": None}
    since = datetime.fromtimestamp(running.started, UTC).isoformat(timespec="seconds")
    return {"etat": "en marche", "pid": running.pid, "depuis": since, "memoire_mo": running.memory // 1_000_000}
