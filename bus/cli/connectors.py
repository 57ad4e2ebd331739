"""`passerelle connectors`: every way in and out of the bus, how far sources were read, what of them is refused."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from bus.cli.output import Output, OutputOption, render
from bus.cli.session import database_session
from bus.inbox.ledger import Ledger
from bus.outgoing.sinks import ways
from bus.processors import all_processors
from bus.pulling.ledger import PullLedger
from bus.pulling.sources import configured
from bus.settings import Settings, load_settings
from connectors.registry import pull_connectors, push_connectors
from schemas.outcome import Fault
from sinks.registry import PROCESSORS as SINK_PROCESSORS

app = typer.Typer(help="Connecteurs et sorties.", no_args_is_help=True)

COLUMNS = {"nom": "nom", "systeme": "système", "sens": "sens", "topics": "topics", "transports": "transports", "etat": "état"}
SOURCE_COLUMNS = {
    "source": "source",
    "etat": "état",
    "lue_le": "lue le",
    "entiere_le": "entière le",
    "publies": "publiés",
    "doublons": "doublons",
    "refuses": "refusés",
}
REMARK_COLUMNS = {"source": "source", "place": "élément", "depuis": "depuis", "code": "code", "message": "message", "remede": "à faire"}
UNUSED_SECRET = bytes(32)
"""Connectors ask for the secret of the students' keys when they are built; nothing shown here depends on it."""
Row = dict[str, object]


@app.callback()
def _connectors() -> None:
    """Connecteurs et sorties."""


@app.command("list")
def show(output: OutputOption = Output.TABLE) -> None:
    """Chaque connecteur et chaque sortie : son système, son sens, ses topics, ses transports et son état."""
    settings = load_settings(services=False)
    rows = [*_inward(settings), *_outward(settings)]
    if output is Output.TABLE:
        rows = [{**row, **{name: ", ".join(row[name]) for name in ("topics", "transports") if isinstance(row[name], list)}} for row in rows]  # type: ignore[arg-type]
    render(rows, COLUMNS, output)


@app.command()
def sources(output: OutputOption = Output.TABLE) -> None:
    """Jusqu'où chaque source interrogée a été lue, ce qu'elle a donné, ce qui empêche de la lire."""
    with database_session() as (settings, database):
        found = PullLedger(database).states()
    on = configured(settings)
    rows = [_source(asked.name, asked.name in on, found.get(asked.name, {})) for asked in pull_connectors(UNUSED_SECRET)]
    render(rows, SOURCE_COLUMNS, output)


@app.command()
def refusals(
    source: Annotated[str | None, typer.Option("--source", help="Ceux de cette source.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Ce que les sources interrogées ont donné et qui n'a pas pu être pris, tant que ce n'est pas corrigé à la source."""
    with database_session() as (_, database):
        found = PullLedger(database).open_refusals(source)
    render([_remark(each.source, each.place, each.since, fault) for each in found for fault in each.faults], REMARK_COLUMNS, output)


@app.command()
def warnings(
    source: Annotated[str | None, typer.Option("--source", help="Ceux de cette source, ou de ce système.")] = None,
    days: Annotated[int, typer.Option("--jours", min=1, help="Les fichiers pris depuis ce nombre de jours.")] = 30,
    output: OutputOption = Output.TABLE,
) -> None:
    """Ce qui a été pris tel quel et qui est douteux (clés d'UAI, d'INE ou de NNE) : fichiers déposés, sources interrogées."""
    with database_session() as (_, database):
        polled = PullLedger(database).open_doubts(source)
        dropped = Ledger(database).warned(datetime.now(UTC) - timedelta(days=days), source)
    rows = [_remark(each.source, each.place, each.since, fault) for each in polled for fault in each.faults]
    rows += [_remark(each.system, each.name, each.claimed_at, fault) for each in dropped for fault in each.remarks]
    render(rows, REMARK_COLUMNS, output)


def _remark(source: str, place: str, since: datetime, fault: Fault) -> Row:
    return {
        "source": source,
        "place": place if fault.line is None else f"{place}, ligne {fault.line}",
        "depuis": since.isoformat(timespec="seconds"),
        "code": fault.code,
        "message": fault.message,
        "remede": fault.remede,
    }


def _source(name: str, on: bool, state: Mapping[str, Any]) -> Row:
    instants = {label: state.get(column) for label, column in (("lue_le", "read_at"), ("entiere_le", "complete_at"))}
    return {
        "source": name,
        "etat": (state.get("trouble") or "lue") if on and state else "jamais lue" if on else "non configurée",
        **{label: when.isoformat(timespec="seconds") if when else None for label, when in instants.items()},
        "publies": state.get("published", 0),
        "doublons": state.get("duplicates", 0),
        "refuses": state.get("refused", 0),
    }


def _inward(settings: Settings) -> Iterator[Row]:
    for connector in push_connectors(UNUSED_SECRET):
        yield _row(connector.system, connector.system, "entrée", connector.topics, connector.transports, "disponible")
    on = configured(settings)
    for asked in pull_connectors(UNUSED_SECRET):
        state = "configuré" if asked.name in on else "non configuré"
        yield _row(asked.name, asked.system, "entrée", asked.topics, ("interrogation",), state)


def _outward(settings: Settings) -> Iterator[Row]:
    modes = _modes(settings)
    fed = {processor.name: processor.inputs for processor in all_processors()}
    for processor in SINK_PROCESSORS:
        if processor.name.endswith(".projections"):
            yield _row(processor.name, "PostgreSQL", "sortie", fed[processor.name], ("sql",), "actif")
    for way in ways():
        yield _row(way.name, way.system, "sortie", fed[way.processor], (way.transport,), modes.get(way.name, "observation"))


def _modes(settings: Settings) -> dict[str, str]:
    """What the operator set, where the database can be asked; a sink nobody touched is in observation."""
    if not settings.database.url.get_secret_value():
        return {}
    from sqlalchemy import select
    from sqlalchemy.exc import DBAPIError

    from bus.database.connection import connect
    from bus.database.tables import sinks

    database = connect(settings.database.address().render_as_string(hide_password=False), settings.database.db_schema)
    try:
        with database.begin() as connection:
            found = connection.execute(select(sinks.c.sink, sinks.c.mode, sinks.c.suspended)).all()
            return {row.sink: f"{row.mode} (suspendue)" if row.suspended else row.mode for row in found}
    except DBAPIError:
        return {sink.name: "inconnu (base injoignable)" for sink in ways()}
    finally:
        database.dispose()


def _row(name: str, system: str, direction: str, topics: tuple[str, ...], transports: tuple[str, ...], state: str) -> Row:
    return {"nom": name, "systeme": system, "sens": direction, "topics": list(topics), "transports": list(transports), "etat": state}
