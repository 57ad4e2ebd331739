"""`passerelle dead-letters`: what could not be decided, and how it is taken up again."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy
import typer
from aiokafka import AIOKafkaProducer

from bus import dead_letters
from bus.cli.output import Output, OutputOption, render, say
from bus.cli.session import database_session
from bus.engine.assembly import partitioner
from bus.kafka_clients import aiokafka_options
from bus.registry_access import registry_client
from bus.settings import Settings
from schemas.codec import encode
from schemas.envelope import Envelope

app = typer.Typer(help="Lettres mortes : les voir, les reprendre, les corriger.", no_args_is_help=True)

HEADINGS = {
    "id": "n°",
    "processor": "processeur",
    "topic": "topic",
    "partition": "partition",
    "offset": "offset",
    "code": "code",
    "reason": "raison",
    "state": "état",
    "holds": "retient sa clé",
    "since": "depuis",
}
Number = Annotated[int, typer.Argument(help="Le numéro de la lettre morte.")]
Execute = Annotated[bool, typer.Option("--execute", help="Le faire ; sans cette option, seul le plan est montré.")]


@app.command("list")
def show(
    processor: Annotated[str | None, typer.Option("--processeur", help="Celles de ce processeur.")] = None,
    everything: Annotated[bool, typer.Option("--toutes", help="Aussi celles qui ont été reprises.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Les lettres mortes, la plus récente d'abord, sans leurs données : « show » les montre."""
    with database_session() as (_, database):
        rows = dead_letters.listed(database, processor, None if everything else dead_letters.OPEN)
    render(rows, HEADINGS, output)


@app.command()
def count(output: OutputOption = Output.TABLE) -> None:
    """Combien sont ouvertes, par processeur et par code."""
    with database_session() as (_, database):
        render(dead_letters.counted(database), {"processor": "processeur", "code": "code", "nombre": "nombre"}, output)


@app.command("show")
def show_one(
    number: Number, value: Annotated[bool, typer.Option("--valeur", help="Montrer aussi les octets (données personnelles).")] = False
) -> None:
    """Une lettre morte entière, en JSON."""
    with database_session() as (_, database):
        letter = dead_letters.found(database, number)
    row: dict[str, Any] = {name: getattr(letter, name) for name in letter.__dataclass_fields__ if name != "value"}
    row["octets"] = len(letter.value or b"")
    if value:
        row["valeur_hexadecimale"] = (letter.value or b"").hex()
    render([row], list(row), Output.JSON)


@app.command()
def redrive(number: Number, execute: Execute = False) -> None:
    """Rend l'événement à son processeur tel qu'il est, une fois la cause traitée."""
    with database_session() as (settings, database):
        _plan_or_publish(settings, database, dead_letters.redriven(dead_letters.found(database, number)), execute)


@app.command()
def release(number: Number, execute: Execute = False) -> None:
    """Renonce à l'événement et laisse passer ceux de sa clé qui attendent derrière lui."""
    with database_session() as (settings, database):
        _plan_or_publish(settings, database, dead_letters.released(dead_letters.found(database, number)), execute)


@app.command()
def correct(
    number: Number,
    name: Annotated[str, typer.Argument(help="Le type de l'enregistrement corrigé, tel que le contrat le nomme.")],
    file: Annotated[Path, typer.Argument(help="Ses champs, en JSON.", exists=True, dir_okay=False)],
    execute: Execute = False,
) -> None:
    """Donne un autre contenu à l'événement ; il garde l'identité de l'original avec le numéro de la correction."""
    with database_session() as (settings, database):
        letter = dead_letters.found(database, number)
        ids = _schema_ids(settings, database, letter.topic)
        fields = json.loads(file.read_text(encoding="utf-8"))
        _plan_or_publish(settings, database, dead_letters.corrected(letter, name, fields, ids[letter.topic]), execute)


def _plan_or_publish(settings: Settings, database: sqlalchemy.Engine, taken: dead_letters.TakeUp, execute: bool) -> None:
    say(f"Lettre morte n° {taken.letter} → {taken.topic} ({taken.data.motif}).")
    if not execute:
        say("Ajouter --execute.")
        return
    ids = _schema_ids(settings, database, taken.topic)
    asyncio.run(_publish(settings, taken, encode(taken.topic, "reprise", taken.data, ids[taken.topic])))
    dead_letters.note_correction(database, taken)
    say("Publiée ; elle est close quand le processeur l'a traitée.")


def _schema_ids(settings: Settings, database: sqlalchemy.Engine, topic: str) -> dict[str, int]:
    with registry_client(settings, database) as registry:
        return registry.schema_ids({topic: settings.deployment().topic(topic)})


async def _publish(settings: Settings, taken: dead_letters.TakeUp, value: bytes) -> None:
    deployment = settings.deployment()
    headers = Envelope(taken.id, "reprise", "/passerelle/operateur", f"lettre-morte/{taken.letter}", datetime.now(UTC)).headers()
    partition = partitioner(deployment)(taken.topic, taken.key)
    async with AIOKafkaProducer(**aiokafka_options(settings.kafka), acks="all", enable_idempotence=True) as producer:
        await producer.send_and_wait(deployment.topic(taken.topic), value, key=taken.key.encode(), partition=partition, headers=headers)
