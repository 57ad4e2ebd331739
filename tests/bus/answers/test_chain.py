"""From an event to its answer on real services: the engine, the compacted topic, the read model, the marks of freshness."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert

from bus import dead_letters, topic_admin
from bus.answers.detections import TOPIC as DETECTIONS
from bus.answers.detections import detection_of
from bus.answers.doubts import look_at
from bus.answers.feed import Feed
from bus.answers.publisher import DetectionPublisher
from bus.answers.rights import TOPIC, Rights
from bus.database import freshness, tables
from bus.database.freshness import Marks
from processors.bourses import PROCESSOR
from processors.bourses.reponse import Question, repondre
from processors.bourses.state import Etudiant, Transfert
from schemas.outcome import Event, Outcome, Processor
from schemas.records.aglae import Dossier, Voeu
from schemas.records.apogee import Inscription
from schemas.records.nne import CorrectionNne
from schemas.student_key import StudentKeys
from tests.bus.answers.serving import NNE, OTHER, SECRET, UAI
from tests.bus.engine.installation import Installation
from tests.bus.engine.running import running
from tests.bus.engine.test_dead_letters import take_up
from tests.services import Services
from tests.waiting import PATIENCE
from topics.catalogue import CATALOGUE

KEY, OTHER_KEY = StudentKeys(SECRET).of_nne(NNE), StudentKeys(SECRET).of_nne(OTHER)
AT = datetime(2026, 7, 1, 8, tzinfo=UTC)
QUESTION = Question(2026, UAI)
FRESH_FOR = timedelta(seconds=5)


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
    feed = Feed(rights, installation.kafka, topic, 4, installation.registry.schema, lambda: look_at(marks, 4), FRESH_FOR)
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
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
                await until(lambda: told(feed.fresh) == "POSITIVE")
                mark = feed.mark
                await until(lambda: feed.mark is not None and mark is not None and feed.mark > mark)
            await until(lambda: not feed.fresh)
            assert told(feed.fresh) == "ATTENTE"
            assert told(True) == "POSITIVE"

    asyncio.run(play())


def test_a_corrected_identifier_is_answered_of_at_once_though_its_facts_pass_over_a_second_topic(installation: Installation) -> None:
    """R-AGL-21: from the key of the wrong NNE, by the topic of transmissions, to the key of the right one."""
    rights, marks = Rights(), Marks(installation.connected(), PROCESSOR.name)
    registration: Any = Inscription(
        uai=UAI, cod_anu="2026", cod_ind="1", cod_etu="1", cod_etp="L1INFO", cod_vrs_vet="1", nne=OTHER[:10], cle_nne=OTHER[10], eta_iae="E"
    )
    correction = CorrectionNne(uai=UAI, cod_etu="1", ancien_nne=OTHER, nouveau_nne=NNE, nouvelle_cle=KEY)
    events = (
        Event(
            "00000000-0000-5000-8000-000000000101", "inscription", AT, OTHER_KEY, "ia/1", "/apogee", "apogee.inscriptions.v1", registration
        ),
        Event("00000000-0000-5000-8000-000000000102", "correction_nne", AT, OTHER_KEY, "nne/1", "/nne", "nne.corrections.v1", correction),
    )
    assert installation.place("nne.corrections.v1", KEY) != installation.place("nne.corrections.v1", OTHER_KEY), "two tasks"

    def registered() -> bool:
        droits = rights.of(KEY)
        return droits is not None and any(annee.inscriptions for annee in droits.annees)

    async def play() -> None:
        await installation.publish([dossier(1, "CONDITIONNEL"), events[0]])
        async with feeding(installation, rights, marks) as feed, running(installation) as member:
            member.runner._tell_fresh = marks.write
            await until(lambda: feed.fresh and rights.of(KEY) is not None)
            assert not registered()
            await installation.publish([events[1]])
            await until(lambda: registered() and feed.fresh)

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
    assert marks.look(4).up_to is None
    marks.write({0: later, 1: later, 3: later})
    marks.write({3: AT})
    assert marks.look(4).up_to == later


def failing_on(numero: str) -> Processor:
    """The matching, with a rule that fails on one version of a dossier."""

    def decide(reglages: Any, state: Any, event: Event) -> Outcome:
        if event.id == numero:
            raise ValueError(event.id)
        return PROCESSOR.decide(reglages, state, event)

    return replace(PROCESSOR, decide=decide)


def test_a_fresh_mark_does_not_speak_for_a_student_of_whom_something_is_set_aside(installation: Installation) -> None:
    refused = dossier(3, "REFUSE")
    installation.processor = failing_on(refused.id)
    rights, marks = Rights(), Marks(installation.connected(), PROCESSOR.name)

    def answer(feed: Feed, key: str) -> str:
        return repondre(rights.of(key), QUESTION, feed.fresh and feed.sure_of(key)).reponse

    async def play() -> None:
        await installation.publish([dossier(1, "CONDITIONNEL"), dossier(2, "CONDITIONNEL", OTHER_KEY)])
        async with feeding(installation, rights, marks) as feed, running(installation) as member:
            member.runner._tell_fresh = marks.write
            await until(lambda: answer(feed, KEY) == answer(feed, OTHER_KEY) == "POSITIVE")
            await installation.publish([refused, dossier(4, "NON_TRAITE")])
            await until(lambda: not feed.sure_of(KEY))
            aside = datetime.now(UTC)
            await until(lambda: feed.mark is not None and feed.mark > aside and feed.fresh)
            assert (answer(feed, KEY), answer(feed, OTHER_KEY)) == ("ATTENTE", "POSITIVE")
            assert repondre(rights.of(KEY), QUESTION).reponse == "POSITIVE", "what is set aside is not in the read model"
            letter = dead_letters.listed(installation.database, PROCESSOR.name)[0]["id"]
            await take_up(installation, dead_letters.released(dead_letters.found(installation.database, letter)))
            await until(lambda: answer(feed, KEY) == "POSITIVE" or feed.sure_of(KEY))
            assert answer(feed, KEY) == "ATTENTE", "the dossier that queued behind it is decided"
            await installation.publish([dossier(5, "DEFINITIF")])
            await until(lambda: answer(feed, KEY) == "POSITIVE")

    asyncio.run(play())


def test_what_is_set_aside_under_a_corrected_identifier_is_doubted_under_the_new_one(installation: Installation) -> None:
    marks = Marks(installation.database, PROCESSOR.name)
    third = "c" * 32
    moved = msgspec.msgpack.encode(Etudiant(transferts=(Transfert(UAI, "1", OTHER_KEY, NNE),)))
    again = msgspec.msgpack.encode(Etudiant(transferts=(Transfert(UAI, "1", third, NNE),)))
    with installation.database.begin() as connection:
        for key, value in ((KEY, moved), (OTHER_KEY, again)):
            row = {"processor": PROCESSOR.name, "key": key, "version": 1, "value": value, "waits": False}
            connection.execute(insert(tables.states), row)
        connection.execute(insert(tables.holds), {"processor": PROCESSOR.name, "key": KEY})
        connection.execute(insert(tables.holds), {"processor": "bourses.projections", "key": "d" * 32})
    assert look_at(marks, 4).aside == frozenset({KEY, OTHER_KEY, third})


def test_too_much_set_aside_to_tell_apart_is_a_doubt_of_everyone(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "COUNTABLE", 1)
    with installation.database.begin() as connection:
        connection.execute(insert(tables.holds), [{"processor": PROCESSOR.name, "key": key} for key in (KEY, OTHER_KEY)])
    rights, marks = Rights(), Marks(installation.database, PROCESSOR.name)

    async def play() -> None:
        async with feeding(installation, rights, marks) as feed:
            await until(lambda: not feed.sure_of("c" * 32))

    asyncio.run(play())


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
