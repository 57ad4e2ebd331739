"""A processor declared stateless: its outputs are published first, then its checkpoint moves; what a crash repeats has the same ids."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bus.engine.assembly import build_engine
from bus.engine.batches import Batch, Fenced, LogBounds, Skipped
from bus.engine.engine import Engine
from schemas.codec import encode
from schemas.identity import derive
from schemas.outcome import Event, Outcome
from tests.bus.engine import chain
from tests.bus.engine.installation import Installation, dossier, inscription
from tests.bus.engine.test_transaction import Raw
from tests.services import Services
from tests.waiting import PATIENCE

TOPIC = "apogee.inscriptions.v1"
INPUTS = (TOPIC, "aglae.dossiers.v1")
IDS = {topic: f"id of {topic}" for topic in INPUTS}
EMPTY = dict.fromkeys(INPUTS, LogBounds(0, 0))


def decide(_reglages: Any, _state: Any, event: Event) -> Outcome:
    if event.type == "inscription" and event.data.cod_brs == "ECHOUE":
        raise RuntimeError("a rule that fails on purpose")
    return Outcome(None, emitted=(chain.emit(chain.Chain(), event.topic, event),))


PROCESSOR = replace(chain.PROCESSOR, decide=decide, state=None, stateless=True)


@pytest.fixture
def alone(services: Services, prefix: str, schema: str) -> Iterator[Installation]:
    made = Installation(services, prefix, schema, PROCESSOR)
    yield made
    made.close()


def engine_of(installation: Installation) -> Engine:
    deployment = installation.deployment
    engine = build_engine(PROCESSOR, installation.database, installation.registry, installation.encoder, deployment, {})
    engine.take_over(0, "cluster", IDS, EMPTY)
    return engine


def batch_of(installation: Installation, *events: Event, after: int = 0, partition: int = 0) -> Batch:
    number = installation.registry.schema_ids({TOPIC: installation.deployment.topic(TOPIC)})[TOPIC]
    records = [
        Raw(after + n, event.key.encode(), encode(TOPIC, event.type, event.data, number), installation.headers(event))
        for n, event in enumerate(events)
    ]
    return Batch(TOPIC, partition, records, after)


def checkpoint(installation: Installation) -> int:
    return int(installation.query("SELECT next_offset FROM checkpoints WHERE topic = :topic", topic=TOPIC)[0][0])


def test_outputs_come_before_the_checkpoint_and_neither_state_nor_journal_nor_outbox_is_kept(alone: Installation) -> None:
    engine = engine_of(alone)
    decided = engine.decide(batch_of(alone, inscription("k", 1), inscription("k", 2)))
    assert [record[4] for record in decided.publish.records] == [derive(inscription("k", n).id, "situation", 0) for n in (1, 2)]
    assert checkpoint(alone) == 0
    engine.settle(decided)
    assert checkpoint(alone) == 2
    kept = alone.query("SELECT (SELECT count(*) FROM states), (SELECT count(*) FROM journal), (SELECT count(*) FROM outbox)")
    assert tuple(kept[0]) == (0, 0, 0)


def test_a_batch_repeated_after_a_crash_has_the_same_ids_and_settles_once(alone: Installation) -> None:
    batch = batch_of(alone, inscription("k", 1))
    first = engine_of(alone).decide(batch)
    engine = engine_of(alone)
    again = engine.decide(batch)
    assert again.publish.records == first.publish.records
    engine.settle(again)
    engine.settle(again)
    assert checkpoint(alone) == 1
    assert [row.total for row in alone.query("SELECT total FROM counts WHERE name = 'lus'")] == [1]


def test_a_former_owner_settles_nothing(alone: Installation) -> None:
    former = engine_of(alone)
    decided = former.decide(batch_of(alone, inscription("k", 1)))
    engine_of(alone)
    with pytest.raises(Fenced):
        former.settle(decided)
    assert checkpoint(alone) == 0


def test_a_batch_that_skips_records_is_refused(alone: Installation) -> None:
    engine = engine_of(alone)
    with pytest.raises(Skipped):
        engine.settle(engine.decide(batch_of(alone, inscription("k", 1), after=3)))


def test_a_rule_that_fails_leaves_a_dead_letter_and_its_key_goes_on(alone: Installation) -> None:
    engine = engine_of(alone)
    decided = engine.decide(batch_of(alone, inscription("k", 1, cod_brs="ECHOUE"), inscription("k", 2)))
    engine.settle(decided)
    assert len(decided.publish.records) == 1
    rows = alone.query('SELECT code, "offset", holds FROM dead_letters')
    assert [tuple(row) for row in rows] == [("REGLE_EN_ERREUR", 0, False)]


def test_what_keeps_its_key_keeps_its_partition(alone: Installation) -> None:
    """A foreign producer may place keys otherwise: what follows from its records still stays with them, in their order."""
    key = next(f"k{n}" for n in range(100) if alone.place(TOPIC, f"k{n}") == 3)
    decided = engine_of(alone).decide(batch_of(alone, inscription(key, 1), partition=2))
    assert [record[1] for record in decided.publish.records] == [2]


def test_through_kafka_everything_comes_out_once(alone: Installation) -> None:
    events = [each for n in range(300) for each in (inscription(f"k{n % 17}", n), dossier(f"k{n % 17}", n))]

    async def scenario() -> None:
        await alone.publish(events)
        source, runner = alone.assembled()
        task = asyncio.create_task(source.run(runner))
        limit = time.monotonic() + PATIENCE
        while not await asyncio.to_thread(alone.consumed):
            assert time.monotonic() < limit, "not consumed"
            await asyncio.sleep(0.05)
        source.stop()
        await task
        found = [envelope.ce_id for envelope, _key, _data in await alone.outputs()]
        assert sorted(found) == sorted(derive(event.id, "situation", 0) for event in events)

    asyncio.run(scenario())
