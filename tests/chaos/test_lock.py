"""SIGKILL of whoever holds the national lock in hand: the worker of the lock and that of the procedure, processes of their own."""

import asyncio
import multiprocessing
import random
import signal
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from bus import topic_admin
from bus.engine.assembly import inputs_of
from bus.lag import GroupInputs, measure
from processors.luciole import PROCESSOR as LUCIOLE
from processors.verrou import PROCESSOR as VERROU
from processors.verrou.state import Verrou
from schemas.outcome import Event
from tests.bus.procedures.network import Network
from tests.chaos import lock_worker
from tests.chaos.arena import SEEDS, worker_environment
from tests.processors.luciole.driver import Bus, Says, given_of
from tests.services import Services
from tests.waiting import PATIENCE

INSTRUCTEURS = {
    "02102322 EPL XXX": ("0341088Y", "0300139B"),
    "008300205 EPL YYY": ("0660699G", "0110012A"),
    "0311234 EPL ZZZ": ("0820045C",),
    "0712345 EPL WWW": ("0090027D", "0460031E"),
}
"""Who sends to which établissements."""
DOSSIERS = 3
ASKED = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=2)
"""Two days ago: FREGATA's day has come everywhere. Every wait then seems too long as soon as it begins."""
ENDED = ASKED + timedelta(minutes=10)
"""All at once: whatever the order of the grants, nobody but the first begins before."""
HOLDING = ("after_commit", "mid_publish", "before_transaction_end", "after_publish")
"""Points of the engine at which the lock's grant is stored and its answer may not have left."""
ANYWHERE = ("before_transaction", "folded", "before_commit", *HOLDING, "after_ack")
WAITED = {"VERROU_AUTRE", "VERROU_FIGE", "VERROU_CHANGE"}

_forks = multiprocessing.get_context("forkserver")


class Worker:
    """One process on one procedure."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        self.process = _forks.Process(target=lock_worker.live, args=(environment, str(log)))
        self.process.start()

    def destroy(self) -> None:
        if self.process.is_alive():
            self.process.kill()
        self.process.join(10)


class Country:
    """The two procedures as processes. One that ends is started again, with the next of its faults as long as there is one."""

    def __init__(self, services: Services, prefix: str, schema: str, folder: Path) -> None:
        self.network = Network(services, prefix, schema, (LUCIOLE, VERROU))
        self.faults: dict[str, deque[str]] = {LUCIOLE.name: deque(), VERROU.name: deque()}
        self.ended: list[tuple[str, int]] = []
        """Processor and exit code."""
        self.held: list[bool] = []
        """At each death of the lock's worker: whether somebody held the lock."""
        self._workers: dict[str, Worker] = {}
        self._all: list[Worker] = []
        self._folder = folder
        self._environment = worker_environment(services, prefix, schema, folder)

    def close(self) -> None:
        for worker in self._all:
            worker.destroy()
        self.network.close()

    def give(self, events: list[Event]) -> None:
        async def published() -> None:
            async with AIOKafkaProducer(**self.network.any.kafka, acks="all", enable_idempotence=True) as producer:
                await self.network.give(producer, events)

        asyncio.run(published())

    def supervise(self) -> None:
        """Start what is not there."""
        for name, faults in self.faults.items():
            worker = self._workers.get(name)
            if worker is not None:
                code = worker.process.exitcode
                if code is None:
                    continue
                self.ended.append((name, code))
                if name == VERROU.name:
                    self.held.append(self.lock().detenteur is not None)
            batch = "1" if name == VERROU.name else "5"
            fault = faults.popleft() if faults else ""
            environment = {**self._environment, "CHAOS_PROCESSOR": name, "CHAOS_FAULT": fault, "CHAOS_BATCH": batch}
            self._workers[name] = Worker(environment, self._folder / f"{name}-{len(self._all)}.log")
            self._all.append(self._workers[name])

    def leave(self) -> None:
        """Both are asked to end, and do."""
        for worker in self._workers.values():
            worker.process.terminate()
        for name, worker in self._workers.items():
            worker.process.join(PATIENCE)
            assert worker.process.exitcode == 0, f"{name}: {worker.log.read_text(errors='replace')[-2500:]}"
        self._workers.clear()

    def settled(self, seconds: float = PATIENCE) -> None:
        """Until everything is consumed, due and published."""
        groups = [GroupInputs(name, inputs_of(part.processor)) for name, part in self.network.parts.items()]
        with topic_admin.administration(self.network.any.kafka) as client:
            self._until(lambda: self._settles(client, groups), seconds)

    def _settles(self, client: Any, groups: list[GroupInputs]) -> bool:
        left = "SELECT (SELECT count(*) FROM deadlines WHERE due <= now()) + (SELECT count(*) FROM outbox)"
        return self.query(left)[0][0] == 0 and all(each.count == 0 for each in measure(client, groups, self.network.any.deployment))

    def _until(self, true: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            self.supervise()
            if true() and not any(self.faults.values()):
                return
            said = "\n".join(f"--- {w.log.name}:\n{w.log.read_text(errors='replace')[-1500:]}" for w in self._all[-4:] if w.log.exists())
            assert time.monotonic() < end, f"not within {seconds:.0f} s; left: {self.faults}\n{said}"
            time.sleep(0.2)

    # --- looking ---

    def query(self, sql: str) -> list[Any]:
        return self.network.any.query(sql)

    def lock(self) -> Verrou:
        rows = self.query(f"SELECT value FROM states WHERE processor = '{VERROU.name}'")
        return msgspec.msgpack.decode(rows[0].value, type=Verrou) if rows else Verrou()

    def said(self) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
        """Topic and name → id → value; copies of one id must be equal."""
        found: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
        for topic, identifier, name, _key, value in asyncio.run(self.network.said()):
            data = msgspec.json.decode(value)
            assert found.setdefault((topic, name), {}).setdefault(identifier, data) == data
        return found


@pytest.fixture
def country(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Country]:
    made = Country(services, prefix, schema, tmp_path)
    yield made
    made.close()


class Campaign:
    """What is given, act by act; the same acts played in memory say what must come of them."""

    def __init__(self) -> None:
        self.bus = Bus(now=ASKED - timedelta(days=20))
        self.acts: list[list[Event]] = []
        says = Says(self.bus)
        for who, uais in INSTRUCTEURS.items():
            for uai in uais:
                says.rattache(who, uai)
                says.pret(uai, *(f"{uai}-{n}" for n in range(DOSSIERS)), bordereau=f"B-{uai}", fichier=f"F-{uai}", who=who)
        self._act()
        self.bus.now = ASKED - timedelta(hours=1)
        for who in INSTRUCTEURS:
            says.prepare(who)
        self._act()
        self.bus.now = ASKED
        for who in INSTRUCTEURS:
            says.envoie(who)
        for who in INSTRUCTEURS:
            says.fin(who, at=ENDED)
        self._act()
        self.bus.pass_time(2 * 24 * 60)

    def _act(self) -> None:
        self.bus.settle()
        before = sum(map(len, self.acts))
        given = list(given_of(self.bus))[before:]
        self.acts.append([msgspec.structs.replace(each, id=str(uuid.uuid5(uuid.NAMESPACE_OID, each.id))) for each in given])

    def effects(self, topic: str) -> set[str]:
        """Identities of OGAPI's amounts or FREGATA's decisions."""
        return {event.id for event in self.bus.published if event.topic == topic}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_worker_that_holds_the_lock_is_killed_and_everything_is_sent_once(country: Country, seed: int) -> None:
    """The lock's worker dies twice with the lock given, the procedure's dies twice wherever the dice say, all while four send."""
    dice = random.Random(seed)
    campaign = Campaign()
    for act in campaign.acts[:-1]:
        country.give(act)
        country.settled()
    country.leave()
    country.faults[VERROU.name].extend(f"kill:{point}:{dice.randint(1, 2)}" for point in dice.sample(HOLDING, 2))
    country.faults[LUCIOLE.name].extend(f"kill:{point}:{dice.randint(2, 4)}" for point in dice.sample(ANYWHERE, 2))
    country.give(campaign.acts[-1])
    country.settled()

    assert Counter(country.ended) == {(VERROU.name, -signal.SIGKILL): 2, (LUCIOLE.name, -signal.SIGKILL): 2}
    assert country.held == [True, True]
    said = country.said()
    for topic in ("ogapi.montants.v1", "fregata.decisions.v1"):
        [name] = {name for of, name in said if of == topic}
        assert set(said[topic, name]) == campaign.effects(topic)
    grants = {each["jeton"]: each["instructeur"] for each in said["luciole.accords.v1", "accord"].values()}
    assert sorted(grants) == [1, 2, 3, 4]
    assert set(grants.values()) == set(INSTRUCTEURS)
    lines = said["luciole.suivi.v1", "ligne_envoi"].values()
    owners = {uai: who for who, uais in INSTRUCTEURS.items() for uai in uais}
    assert {each["etablissement"]: grants[each["jeton"]] for each in lines} == owners
    sends = sorted({(each["jeton"], each["debut"], each["fin"]) for each in lines})
    assert all(before[2] <= after[1] for before, after in pairwise(sends))
    assert {each["code"] for each in said.get(("luciole.refus.v1", "refus"), {}).values()} <= WAITED
    calls, void = (said.get(("support.appels.v1", name), {}) for name in ("appel", "appel_sans_objet"))
    assert {each["jeton"] for each in calls.values()} == {each["jeton"] for each in void.values()}
    lock = country.lock()
    assert (lock.detenteur, lock.file, lock.blocage, lock.jeton) == (None, (), None, 4)
    assert country.query("SELECT 1 FROM dead_letters") == []
