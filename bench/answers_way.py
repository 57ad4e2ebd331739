"""A decision's way: from a dossier published on Kafka, through the engine, to the moment when the answer says POSITIVE."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

from rich.console import Console
from sqlalchemy import text

from bench.asked import ANNEE, ETAPE, SECRET, UAI, nne_of
from bus.answers.desk import Desk
from bus.answers.doubts import look_at
from bus.answers.feed import Feed
from bus.answers.rights import TOPIC, Rights
from bus.database.freshness import Marks
from processors.bourses import PROCESSOR
from processors.bourses.reponse import Question
from schemas.outcome import Event
from schemas.records.aglae import Dossier, Voeu
from schemas.student_key import StudentKeys
from tests.bus.engine.installation import Installation
from tests.services import Services

PATIENCE = 60.0
LOOKED_EVERY = 0.001


def dossier(rank: int, key: str) -> Event:
    """A conditional dossier, decided and without reserve."""
    at = datetime.now(UTC)
    nne = nne_of(rank)
    voeux = (Voeu(rang=1, uai=UAI, cod_etp=ETAPE),)
    data = Dossier(numero=f"{ANNEE}VER{nne}", annee=ANNEE, numero_boursier=nne, etat="CONDITIONNEL", voeux=voeux, dat_mod=at)
    identifier = f"00000000-0000-5000-8000-{rank:012d}"
    return Event(identifier, "dossier", at, key, f"dossier/{ANNEE}", "/aglae", "aglae.dossiers.v1", data)


async def measured(services: Services, decisions: int) -> dict[str, float]:
    """One decision after another, each of another student; the marks of freshness are those of the engine."""
    schema = f"bench_{secrets.token_hex(4)}"
    installation = Installation(services, f"bench{secrets.token_hex(3)}.", schema, PROCESSOR)
    try:
        async with _running(installation) as (desk, feed):
            await _until(lambda: feed.fresh)
            took = [await _one(installation, desk, rank) for rank in range(decisions + 1)]
    finally:
        with installation.database.begin() as connection:
            connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
        installation.close()
    cut = quantiles(took[1:], n=100, method="inclusive")
    return {"decisions": decisions, "p50_ms": cut[49], "p99_ms": cut[98]}


@asynccontextmanager
async def _running(installation: Installation) -> AsyncIterator[tuple[Desk, Feed]]:
    source, runner = installation.assembled()
    marks, rights = Marks(installation.connected(), PROCESSOR.name), Rights()
    runner._tell_fresh = marks.write
    topic, schemas = installation.deployment.topic(TOPIC), installation.registry.schema
    feed = Feed(rights, installation.kafka, topic, 4, schemas, lambda: look_at(marks, 4), timedelta(seconds=5))
    engine, reading = asyncio.create_task(source.run(runner, every=0.2)), asyncio.create_task(feed.run())
    try:
        yield Desk(StudentKeys(SECRET), rights, feed, lambda _detected: None), feed
    finally:
        source.stop()
        await engine
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _one(installation: Installation, desk: Desk, rank: int) -> float:
    nne, question = nne_of(rank), Question(ANNEE, UAI, ETAPE)
    event = dossier(rank, StudentKeys(SECRET).of_nne(nne))
    published = asyncio.create_task(installation.publish([event]))
    began = time.perf_counter()
    await _until(lambda: desk.answer(nne, question).reponse == "POSITIVE")
    took = (time.perf_counter() - began) * 1000
    await published
    return took


async def _until(condition: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the answer never came")
        await asyncio.sleep(LOOKED_EVERY)


def show(console: Console, way: dict[str, float]) -> None:
    console.print(
        f"De l'événement à la réponse ({way['decisions']:.0f} décisions, connexion du producteur comprise) : "
        f"médiane {way['p50_ms']:.0f} ms, 99e centile {way['p99_ms']:.0f} ms (voulu : moins de 1 000)\n"
    )
