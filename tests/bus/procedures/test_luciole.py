"""Luciole's procedure, the national lock, the tables and what leaves, on a real broker, held against `simulate`."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from bus.outgoing.account_secrets import AccountSecrets
from bus.outgoing.files import Mode, OutgoingFiles
from bus.outgoing.mail import MailCarrier
from bus.outgoing.one_by_one import OneByOne
from bus.processors import all_processors
from bus.safe_http import SafeHttp
from bus.settings import OutgoingHttpSettings
from schemas import luciole_keys
from schemas.outcome import Event
from schemas.records.luciole import OrdreConclusion, OrdreEnvoi
from sinks.chorus.paiements import ChorusPaiements
from sinks.luciole.courriels import AppelsAuSupport, DemandesALaDraaf
from tests.bus.outgoing.effects import put_in
from tests.bus.outgoing.mail_servers import Received, serving, smtp
from tests.bus.procedures.network import Network, Played, of_domain, simulated
from tests.services import Services

PROCESSORS = of_domain(all_processors(), "luciole")
FROZEN, NEXT = "ac_11_detenteur_fige_debloque", datetime(2026, 6, 5, 8, 50, tzinfo=UTC)
"""A sender who stands still, and when the support sets him aside."""
COMMANDED = datetime(2026, 6, 5, 8, 0, tzinfo=UTC)
"""When he asks to send."""


@pytest.fixture
def network(services: Services, prefix: str, schema: str) -> Iterator[Network]:
    made = Network(services, prefix, schema, PROCESSORS)
    yield made
    made.close()


async def agrees(network: Network, played: Played, *, copies: bool = False) -> None:
    """Records, rows and effects are those of the simulation; `copies`: a crash may leave a record twice, under its one id."""
    said = await network.said()
    assert copies or len(set(said)) == len(said)
    assert set(said) == played.said(PROCESSORS)
    rows = played.rows(PROCESSORS)
    assert rows
    assert network.rows(rows) == rows
    assert network.effects() == played.effects()


@pytest.mark.parametrize("name", ["ac_01_envoi_complet", "ac_08_draaf_rejette", "ac_11_trente_minutes_du_meme"])
def test_a_scenario_on_the_broker_gives_what_it_gives_in_memory_and_leaves_once(network: Network, name: str, tmp_path: Path) -> None:
    played = simulated("luciole", name)

    async def scenario() -> None:
        async with network.running():
            await network.play(played)
        await agrees(network, played)

    asyncio.run(scenario())
    wanted = [effect for _, effect in played.history.effects]
    mails = left(network, tmp_path)
    assert sorted(mail.message["Subject"] for mail in mails) == sorted(e.payload["objet"] for e in wanted if "objet" in e.payload)
    written = b"".join(path.read_bytes() for path in sorted((tmp_path / "chorus").glob("*.csv")))
    assert sorted(line.split(b";")[1].decode() for line in written.splitlines() if line.startswith(b"TOTAL")) == sorted(
        effect.payload["fichier"] for effect in wanted if effect.sink == ChorusPaiements.name
    )
    assert {row.state for row in network.any.query("SELECT state FROM effets")} == {"FAIT"}
    assert left(network, tmp_path) == []


def left(network: Network, outbox: Path) -> list[Received]:
    """The mails that leave; the files are written under `outbox`."""
    database = network.any.database
    if not network.any.query("SELECT 1 FROM sinks"):
        for sink in (ChorusPaiements.name, AppelsAuSupport.name, DemandesALaDraaf.name):
            put_in(database, sink, Mode.ACTIF)
    http = OutgoingHttpSettings()
    files = OutgoingFiles(database, outbox, [ChorusPaiements()])
    with serving() as (box, port):
        carriers = [MailCarrier(sink, smtp(port), AccountSecrets(http, SafeHttp(http))) for sink in (AppelsAuSupport(), DemandesALaDraaf())]
        mails = OneByOne(database, carriers)
        while network.any.query("SELECT 1 FROM effets WHERE state = 'A_FAIRE'"):
            mails.once()
            files.once()
    return box.received


@pytest.mark.parametrize(
    ("name", "point", "at"),
    [
        ("luciole.verrou", "after_commit", COMMANDED),
        ("luciole.verrou", "mid_publish", NEXT),
        ("luciole", "before_commit", COMMANDED),
        ("luciole", "mid_publish", NEXT + timedelta(minutes=10)),
    ],
    ids=["granting", "granting_to_the_next", "asking", "ending"],
)
def test_a_worker_that_dies_with_the_lock_in_hand_changes_nothing(network: Network, name: str, point: str, at: datetime) -> None:
    played = simulated("luciole", FROZEN)

    async def scenario() -> None:
        async with network.running():
            await network.kill(name, point, at)
            await network.play(played)
        assert network.died == {name}
        await agrees(network, played, copies=True)

    asyncio.run(scenario())
    assert network.tokens() == [2]


def test_the_late_word_of_a_former_holder_changes_no_row(network: Network) -> None:
    played = simulated("luciole", FROZEN)
    rows = {table: rows for table, rows in played.rows(PROCESSORS).items() if table.startswith(("ogapi", "fregata", "luciole_e"))}
    rows.pop("luciole_erreurs")
    former, now = "0341088Y", played.end

    def late(rank: int, name: str, uai: str, data: Any) -> Event:
        identifier = f"00000000-0000-5000-8000-{rank:012d}"
        key = luciole_keys.of_etablissement(uai)
        return Event(identifier, name, now, key, f"envoi/{uai}", "/passerelle/luciole", "luciole.ordres.v1", data)

    who: dict[str, Any] = {"instructeur": "02102322 EPL XXX", "jeton": 1}
    begun: dict[str, Any] = {"demande": "00000000-0000-5000-8000-000000000009", "cycle": None, "annee": None}
    ended: dict[str, Any] = {"issue": "OK", "debut": now - timedelta(hours=1), "fin": now}

    async def scenario() -> None:
        async with network.running():
            await network.play(played)
            before = set(await network.said())
            async with AIOKafkaProducer(**network.any.kafka) as producer:
                for rank, uai in enumerate((former, "0300139B")):
                    await network.give(producer, [late(2 * rank, "ordre_envoi", uai, OrdreEnvoi(**who, **begun))])
                    await network.give(producer, [late(2 * rank + 1, "ordre_conclusion", uai, OrdreConclusion(**who, **ended))])
            await network.rest()
        more = set(await network.said()) - before
        assert not [each for each in more if each[0] in ("ogapi.montants.v1", "fregata.decisions.v1")]

    asyncio.run(scenario())
    assert network.rows(rows) == rows
    assert network.any.query("SELECT count(*) FROM luciole_refus WHERE code = 'JETON_PERIME'")[0][0] == 1 + 2
    assert network.tokens() == [2]
