"""From an event to its answer on real services: the engine, the compacted topic, the read model, the marks of freshness."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bus import topic_admin
from bus.answers.detections import TOPIC as DETECTIONS
from bus.answers.detections import detection_of
from bus.answers.feed import Feed
from bus.answers.publisher import DetectionPublisher
from bus.answers.rights import TOPIC, Rights
from bus.database.freshness import Marks
from processors.bourses import PROCESSOR
from processors.bourses.reponse import Question, repondre
from schemas.outcome import Event
from schemas.records.aglae import Dossier, Voeu
from schemas.student_key import StudentKeys
from tests.bus.answers.serving import NNE, OTHER, SECRET, UAI
from tests.bus.engine.installation import Installation
from tests.bus.engine.running import running
from tests.services import Services
from topics.catalogue import CATALOGUE

KEY, OTHER_KEY = StudentKeys(SECRET).of_nne(NNE), StudentKeys(SECRET).of_nne(OTHER)
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
QUESTION = Question(2026, UAI)


def dossier(rank: int, etat: str, key: str = KEY) -> Event:
    data: Any = Dossier(
        numero=f"2026VER{NNE}",
        annee=2026,
        numero_boursier=NNE,
        etat=etat,  # type: ignore[arg-type]
        voeux=(Voeu(rang=1, uai=UAI, cod_etp="L1INFO"),),
        dat_mod=AT + timedelta(minutes=rank),
    )
    identifier = f"00000000-0000-5000-8000-{rank:012d}"
    return Event(identifier, "dossier", AT, key, "dossier/2026", "/aglae", "aglae.dossiers.v1", data)


@pytest.fixture
def installation(services: Services, prefix: str, schema: str) -> Iterator[Installation]:
    made = Installation(services, prefix, schema, PROCESSOR)
    with topic_admin.administration(made.kafka) as client:
        topic_admin.create(client, [topic for topic in CATALOGUE if topic.name == DETECTIONS], made.deployment)
    yield made
    made.close()


@asynccontextmanager
async def feeding(installation: Installation, rights: Rights, marks: Marks) -> AsyncIterator[Feed]:
    topic = installation.deployment.topic(TOPIC)
    feed = Feed(rights, installation.kafka, topic, 4, installation.registry.schema, lambda: marks.oldest(4), timedelta(seconds=5))
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not in time"
        await asyncio.sleep(0.02)


def test_an_answer_follows_its_event_and_a_stopped_engine_makes_it_wait(installation: Installation) -> None:
    rights, marks = Rights(), Marks(installation.connected(), PROCESSOR.name)

    def told(fresh: bool) -> str:
        return repondre(rights.of(KEY), QUESTION, fresh).reponse

    async def play() -> None:
        await installation.publish([dossier(1, "NON_TRAITE")])
        async with feeding(installation, rights, marks) as feed:
            async with running(installation) as member:
                member.runner._tell_fresh = marks.write
                await until(lambda: feed.fresh and rights.of(KEY) is not None)
                assert told(feed.fresh) == "ATTENTE"
                await installation.publish([dossier(2, "CONDITIONNEL")])
                began = time.monotonic()
                await until(lambda: told(feed.fresh) == "POSITIVE")
                assert time.monotonic() - began < 5
                mark = feed.mark
                await until(lambda: feed.mark is not None and mark is not None and feed.mark > mark)
            await until(lambda: not feed.fresh)
            assert told(feed.fresh) == "ATTENTE"
            assert told(True) == "POSITIVE"

    asyncio.run(play())


def test_a_read_model_is_rebuilt_from_the_topic_alone_and_not_fresh_without_marks(installation: Installation) -> None:
    async def play() -> None:
        await installation.publish([dossier(1, "DEFINITIF"), dossier(3, "NON_TRAITE", OTHER_KEY)])
        async with running(installation):
            await until(installation.consumed)
        rights = Rights()
        async with feeding(installation, rights, Marks(installation.connected(), PROCESSOR.name)) as feed:
            await until(lambda: feed.caught_up)
            assert len(rights) == 2
            assert not feed.fresh
        assert repondre(rights.of(KEY), QUESTION).reponse == "POSITIVE"
        assert repondre(rights.of(OTHER_KEY), QUESTION).reponse == "ATTENTE"

    asyncio.run(play())


def test_a_mark_never_goes_back_and_every_task_must_have_one(installation: Installation) -> None:
    marks = Marks(installation.connected(), "essai")
    later = AT + timedelta(seconds=30)
    marks.write({0: AT, 1: AT, 2: later})
    assert marks.oldest(4) is None
    marks.write({0: later, 1: later, 3: later})
    marks.write({3: AT})
    assert marks.oldest(4) == later


def test_a_detection_is_published_once_under_its_own_id(installation: Installation) -> None:
    found = detection_of(KEY, QUESTION, repondre(None, QUESTION))
    assert found is not None
    schema_id = installation.registry.schema_ids({DETECTIONS: installation.deployment.topic(DETECTIONS)})[DETECTIONS]

    async def play() -> None:
        publisher = DetectionPublisher(installation.kafka, installation.deployment.topic(DETECTIONS), schema_id, installation.place)
        task = asyncio.create_task(publisher.run())
        for _ in range(3):
            publisher(found)
        publisher(replace(found, id="00000000-0000-5000-8000-000000000009"))
        await publisher.drained()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        came = await installation.outputs(DETECTIONS)
        assert [envelope.ce_id for envelope, _, _ in came] == [found.id, "00000000-0000-5000-8000-000000000009"]
        assert {key for _, key, _ in came} == {KEY}
        assert {data for _, _, data in came} == {found.data}

    asyncio.run(play())
