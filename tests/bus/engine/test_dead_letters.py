"""A dead letter is taken up again through the bus itself: in order, in a transaction, once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from bus import dead_letters
from schemas.codec import encode
from schemas.envelope import Envelope
from schemas.identity import derive
from schemas.outcome import Event
from tests.bus.engine.installation import Installation, inscription
from tests.waiting import PATIENCE

TOPIC = "apogee.inscriptions.v1"


@asynccontextmanager
async def running(installation: Installation) -> AsyncIterator[Callable[[Callable[[], bool]], Any]]:
    """The engine on aiokafka; gives a function that waits for a condition and raises what the engine raises."""
    source, runner = installation.assembled()
    task = asyncio.create_task(source.run(runner, every=0.2))

    async def until(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                if task.done():
                    task.result()
                await asyncio.sleep(0.1)

    try:
        yield until
    finally:
        source.stop()
        await task


async def take_up(installation: Installation, taken: dead_letters.TakeUp) -> None:
    ids = installation.registry.schema_ids({taken.topic: installation.deployment.topic(taken.topic)})
    value = encode(taken.topic, "reprise", taken.data, ids[taken.topic])
    headers = Envelope(taken.id, "reprise", "/passerelle/operateur", f"lettre-morte/{taken.letter}", datetime.now(UTC)).headers()
    await installation.publish_raw(taken.topic, taken.key, value, headers)
    dead_letters.note_correction(installation.database, taken)


def letters(installation: Installation) -> list[Any]:
    return installation.query("SELECT id, code, state FROM dead_letters ORDER BY id")


def applied(installation: Installation) -> int:
    return int(installation.query("SELECT coalesce(sum(total), 0) FROM counts WHERE name = 'appliques'")[0][0])


def fields(event: Event, **changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(event.data)
    return {**plain, **changes}


def schema_id(installation: Installation) -> int:
    return installation.registry.schema_ids({TOPIC: installation.deployment.topic(TOPIC)})[TOPIC]


def test_a_correction_is_decided_then_what_queued_behind_it(installation: Installation) -> None:
    failing, behind = inscription("k", 1, cod_brs="ECHOUE"), inscription("k", 2)

    async def play() -> None:
        await installation.publish([failing, behind])
        async with running(installation) as until:
            await until(lambda: len(letters(installation)) == 1 and installation.consumed())
            letter = dead_letters.found(installation.database, letters(installation)[0].id)
            corrected = dead_letters.corrected(letter, "inscription", fields(failing, cod_brs=None), schema_id(installation))
            await take_up(installation, corrected)
            await until(lambda: applied(installation) == 2)

    asyncio.run(play())
    ids = [envelope.ce_id for envelope, _, _ in asyncio.run(installation.outputs())]
    assert ids == [derive(derive(failing.id, "correction", 1), "situation", 0), derive(behind.id, "situation", 0)]
    assert letters(installation)[0].state == "REPRISE"


def test_a_release_gives_the_event_up(installation: Installation) -> None:
    failing, behind = inscription("k", 1, cod_brs="ECHOUE"), inscription("k", 2)

    async def play() -> None:
        await installation.publish([failing, behind])
        async with running(installation) as until:
            await until(lambda: len(letters(installation)) == 1 and installation.consumed())
            letter = dead_letters.found(installation.database, letters(installation)[0].id)
            await take_up(installation, dead_letters.released(letter))
            await until(lambda: applied(installation) == 1)

    asyncio.run(play())
    assert [envelope.ce_id for envelope, _, _ in asyncio.run(installation.outputs())] == [derive(behind.id, "situation", 0)]


def test_a_redrive_of_an_unreadable_record_is_another_dead_letter_and_loses_nothing(installation: Installation) -> None:
    event = inscription("k", 1)

    async def play() -> None:
        await installation.publish_raw(TOPIC, "k", b"\x01nothing", installation.headers(event))
        async with running(installation) as until:
            await until(lambda: len(letters(installation)) == 1)
            letter = dead_letters.found(installation.database, letters(installation)[0].id)
            await take_up(installation, dead_letters.redriven(letter))
            await until(lambda: len(letters(installation)) == 2)

    asyncio.run(play())
    assert [letter.code for letter in letters(installation)] == ["AVRO_ENTETE", "AVRO_ENTETE"]


def test_the_same_redrive_published_twice_is_done_once(installation: Installation) -> None:
    failing, behind = inscription("k", 1, cod_brs="ECHOUE"), inscription("k", 2)

    async def play() -> None:
        await installation.publish([failing, behind])
        async with running(installation) as until:
            await until(lambda: len(letters(installation)) == 1 and installation.consumed())
            letter = dead_letters.found(installation.database, letters(installation)[0].id)
            corrected = dead_letters.corrected(letter, "inscription", fields(failing, cod_brs=None), schema_id(installation))
            await take_up(installation, corrected)
            await take_up(installation, corrected)
            await until(lambda: bool(installation.query("SELECT 1 FROM counts WHERE name = 'doublons_transport' AND total > 0")))

    asyncio.run(play())
    assert len(asyncio.run(installation.outputs())) == 2


def test_a_correction_that_breaks_the_contract_is_refused_before_anything_is_published(installation: Installation) -> None:
    letter = dead_letters.DeadLetter(1, "bourses", TOPIC, 0, 0, "X", "", "k", None, {}, b"", "OUVERTE", 0, False, datetime.now(UTC))
    with pytest.raises(dead_letters.NotPossible, match="ne respecte pas le contrat"):
        dead_letters.corrected(letter, "inscription", {"uai": "0781944P"}, 1)
    with pytest.raises(dead_letters.NotPossible, match="ne connaît pas"):
        dead_letters.corrected(letter, "dossier", {}, 1)


def test_a_letter_without_a_key_or_already_taken_up_cannot_be_taken_up() -> None:
    letter = dead_letters.DeadLetter(1, "bourses", TOPIC, 0, 0, "X", "", None, None, {}, b"", "OUVERTE", 0, False, datetime.now(UTC))
    with pytest.raises(dead_letters.NotPossible, match="pas de clé"):
        dead_letters.redriven(letter)
    closed = dead_letters.DeadLetter(1, "bourses", TOPIC, 0, 0, "X", "", "k", None, {}, b"", "REPRISE", 0, False, datetime.now(UTC))
    with pytest.raises(dead_letters.NotPossible, match="déjà reprise"):
        dead_letters.redriven(closed)
