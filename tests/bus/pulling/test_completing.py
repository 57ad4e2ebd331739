"""Registrations that lack something, completed on a real broker: once, after the acknowledgement, whatever ends in between."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.responses import Response

from bus import topic_admin
from bus.pulling import completing_worker
from bus.pulling.completing import PATIENCE
from bus.pulling.ledger import PullLedger
from bus.settings import Settings
from connectors.apogee.completion import GROUP
from connectors.apogee.registrations import record_of, registration_of
from schemas.codec import encode
from schemas.contracts import contract_of
from schemas.envelope import Envelope
from schemas.student_key import StudentKeys
from tests import waiting
from tests.bus.pulling.apogee_services import ApogeeServices, services_answering, settings_for, step, student
from tests.bus.pulling.ordering import PROJECT, told_apart
from tests.bus.receiving import REGISTRATIONS, Came, Receiving, receiving
from tests.connectors.deliveries import SECRET
from tests.services import Services
from topics.catalogue import CATALOGUE

CORRECTIONS = "nne.corrections.v1"
KEYS = StudentKeys(SECRET)
RECEIVED = datetime(2026, 9, 7, 8, tzinfo=UTC)


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        with topic_admin.administration(made.kafka) as client:
            topic_admin.create(client, [topic for topic in CATALOGUE if topic.name == CORRECTIONS], made.deployment)
        made.registry.schema_ids({CORRECTIONS: made.deployment.topic(CORRECTIONS)})
        (tmp_path / "key").write_bytes(SECRET)
        yield made


@contextmanager
def apogee_of(bus: Receiving) -> Iterator[tuple[ApogeeServices, Settings]]:
    folder = bus.folder / "wsdl"
    folder.mkdir()
    apogee = ApogeeServices(folder=folder)
    with services_answering(apogee) as port:
        plain = Settings(
            prefix=bus.deployment.prefix,
            var=bus.folder,
            student_key_file=bus.folder / "key",
            database={"schema": bus.schema},  # type: ignore[arg-type]
            apogee_ws=settings_for(port),
        )
        yield apogee, plain.with_addresses(bus.services.kafka, bus.services.registry, bus.services.database)


def publish(bus: Receiving, *students: int, **values: Any) -> None:
    """Registrations of these students without a NNE, as a push would give them."""
    given = {"uai": "0781944P", "cod_anu": "2026", "cod_etp": "L1INFO", "cod_vrs_vet": "120", "type": "IA_CREEE"} | values
    made = [registration_of(given | {"cod_etu": str(number), "cod_ind": str(number), "event_id": f"e-{number}"}) for number in students]
    records = [record_of(each, KEYS, RECEIVED, str(rank)) for rank, each in enumerate(made)]

    async def send(publisher: Any) -> None:
        await publisher.learn([REGISTRATIONS])
        prepared = await publisher.prepare(records, "apogee", "recu")
        with prepared.spool:
            await publisher.publish(prepared)

    bus.run(send)


def completed(bus: Receiving, topic: str = REGISTRATIONS) -> list[Came]:
    return [one for one in bus.came(topic) if one.envelope.ce_source == "/apogee.ws"]


def work(bus: Receiving, settings: Settings, until: Callable[[], bool]) -> None:
    """The process, in this one, until something holds."""

    async def around() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(completing_worker.run(settings, stop, first_pause=0.05))
        try:
            async with asyncio.timeout(waiting.PATIENCE):
                while not running.done() and not await asyncio.to_thread(until):
                    await asyncio.wait([running], timeout=0.2)
        finally:
            stop.set()
            await running

    asyncio.run(around())


def lag(bus: Receiving) -> int:
    """Registrations that the group has not committed."""
    from bus.lag import GroupInputs, measure

    with topic_admin.administration(bus.kafka) as client:
        found = measure(client, [GroupInputs(GROUP, (REGISTRATIONS,))], bus.deployment)
    return sum(each.end - (each.committed or 0) for each in found)


def test_a_student_without_a_nne_gets_a_correction_and_his_step(bus: Receiving) -> None:
    with apogee_of(bus) as (apogee, settings):
        apogee.students["21907"], apogee.steps["21907"] = student(21_907), [step()]
        publish(bus, 21_907)
        work(bus, settings, lambda: lag(bus) == 0)
        [correction] = bus.came(CORRECTIONS)
        assert correction.key == KEYS.without_nne("0781944P", "21907")
        assert (correction.data.nouveau_nne, correction.data.nouvelle_cle) == ("1111037734L", KEYS.of_nne("1111037734L"))
        [registration] = completed(bus)
        assert registration.key == correction.key
        assert (registration.data.cod_dip, registration.data.cod_cmp, registration.data.num_brs) == ("LINFO", "UFR", "0906018155T")
        assert len(apogee.asked) == 2, "what it published is not asked about again"


@pytest.mark.parametrize("key", [None, b"\xff\xfe"])
def test_a_registration_under_a_key_that_is_no_text_is_left_to_the_matching(key: bytes | None) -> None:
    given = {"uai": "0781944P", "cod_anu": "2026", "cod_etp": "L1INFO", "cod_vrs_vet": "120", "type": "IA_CREEE"}
    record = record_of(registration_of(given | {"cod_etu": "1", "cod_ind": "1", "event_id": "e-1"}), KEYS, RECEIVED, "1")
    headers = Envelope("0" * 8 + "-0000-5000-8000-" + "0" * 12, "inscription", "/apogee", record.subject, RECEIVED).headers()
    value = encode(REGISTRATIONS, "inscription", record.data, 1)
    contract = contract_of(REGISTRATIONS).schema

    def read(under: bytes | None) -> Any:
        found: Any = SimpleNamespace(key=under, value=value, headers=headers)
        return completing_worker.incomplete(found, lambda _: contract)

    assert read(record.key.encode()) is not None
    assert read(key) is None


def test_a_whole_registration_asks_nothing(bus: Receiving) -> None:
    whole = {"nne": "1111037734", "cle_nne": "L", "cod_dip": "LINFO", "cod_cmp": "UFR", "eta_pmt_iae": "P", "tem_iae_prm": True}
    with apogee_of(bus) as (apogee, settings):
        publish(bus, 21_907, **whole)
        work(bus, settings, lambda: lag(bus) == 0)
        assert apogee.calls == []


def test_an_unknown_student_stays_as_he_is(bus: Receiving) -> None:
    with apogee_of(bus) as (_, settings):
        publish(bus, 21_907)
        work(bus, settings, lambda: lag(bus) == 0)
        assert completed(bus) == []
        assert bus.came(CORRECTIONS) == []


def test_faults_about_one_student_do_not_stop_the_others_and_are_told(bus: Receiving) -> None:
    with apogee_of(bus) as (apogee, settings):
        for number in (21_907, 21_908, 21_909):
            apogee.students[str(number)], apogee.steps[str(number)] = student(number), [step()]
        apogee.always = {"21908": "java.lang.NullPointerException"}
        apogee.students["21909"] |= {"numeroINE": "pas un numéro"}
        publish(bus, 21_907, 21_908, 21_909)
        work(bus, settings, lambda: lag(bus) == 0)
        assert {one.data.cod_etu for one in completed(bus)} == {"21907"}
        refusals = PullLedger(bus.database).open_refusals("apogee.ws")
        assert sorted(fault.code for each in refusals for fault in each.faults) == ["IDENTIFIANT_INVALIDE", "SOURCE_EN_ERREUR"]
        said = " ".join(f"{each.place} {fault.message} {fault.remede}" for each in refusals for fault in each.faults)
        assert not [value for value in ("21908", "21909", "pas un numéro") if value in said]
        assert sum(asked["_codEtu"] == "21908" for asked in apogee.asked) == PATIENCE
        apogee.always, apogee.students["21909"] = {}, student(21_909)
        publish(bus, 21_908, 21_909, cod_etp="M1INFO")
        work(bus, settings, lambda: lag(bus) == 0)
        assert PullLedger(bus.database).open_refusals("apogee.ws") == []


def test_an_outage_of_the_services_is_waited_out_and_shown(bus: Receiving, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(PullLedger, "troubled", lambda _self, _source, code: seen.append(code))
    with apogee_of(bus) as (apogee, settings):
        apogee.students["21907"] = student(21_907)
        apogee.answers = [Response(status_code=503), Response(status_code=401), Response(status_code=429)]
        publish(bus, 21_907)
        work(bus, settings, lambda: lag(bus) == 0)
        assert seen == ["SOURCE_EN_ERREUR", "ACCES_REFUSE", "TROP_DE_REQUETES"]
        assert len(bus.came(CORRECTIONS)) == 1


VICTIM = """
import asyncio, json, os, signal, sys
from bus.pulling import completing_worker
from tests.bus.pulling.victims import settings_of
given = json.loads(sys.stdin.read())
def probe(step):
    if step == given["step"]:
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(completing_worker.run(settings_of(given), asyncio.Event(), probe))
"""


@pytest.mark.parametrize("killed_at", ["published", "recorded"])
def test_a_kill_before_the_offsets_are_committed_asks_again_with_the_same_ids(bus: Receiving, killed_at: str) -> None:
    with apogee_of(bus) as (apogee, settings):
        for number in (21_907, 21_908):
            apogee.students[str(number)], apogee.steps[str(number)] = student(number, numeroINE=f"{number:010d}"), [step()]
        publish(bus, 21_907, 21_908)
        given = {
            "prefix": bus.deployment.prefix, "schema": bus.schema, "var": str(bus.folder), "key_file": str(bus.folder / "key"),
            "kafka": bus.services.kafka, "registry": bus.services.registry, "database": bus.services.database, "step": killed_at,
            "apogee_ws": settings.apogee_ws.model_dump(mode="json"),
        }  # fmt: skip
        ended = subprocess.run(
            [sys.executable, "-c", VICTIM], input=json.dumps(given), text=True, cwd=PROJECT, timeout=waiting.PATIENCE, capture_output=True
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        before = len(completed(bus))
        assert before
        work(bus, settings, lambda: lag(bus) == 0)
        again = completed(bus)
        assert len(again) > before, "the batch was published again"
        assert {one.data.cod_etu for one in told_apart(again).values()} == {"21907", "21908"}
        assert len(told_apart(again)) == len(told_apart(bus.came(CORRECTIONS))) == 2
