"""The measures: who runs, on what, and how what comes out is checked."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bench import feed, job
from bench.arena import Arena, Published
from bench.feed import Fed
from bench.figures import Wanted
from bench.plainly import Job
from bench.race import Contender
from bus.processors import find_processor
from processors.bourses.state import Etudiant
from schemas.identity import derive
from schemas.outcome import Event, Outcome, Processor

ENGINE = "bench.contenders.engine"


class WrongOutputs(Exception):
    """A contender did not do the job: its figure means nothing."""


Check = Callable[[Arena, Sequence[Published]], None]


@dataclass(frozen=True, slots=True)
class Measure:
    """One comparison."""

    title: str
    processor: Processor
    fed: list[Fed]
    contenders: tuple[Contender, ...]
    wanted: tuple[Wanted, ...]
    check: Check


def stateless(ours: Path, theirs: Path, records: int) -> Measure:
    """Job J (`bench/job.py`)."""
    engine, plain, faststream, quix = "Passerelle", "boucle aiokafka", "FastStream par lots", "Quix Streams"
    return Measure(
        title=f"Tâche J, sans état : {records} inscriptions",
        processor=job.PROCESSOR,
        fed=feed.registrations(records),
        contenders=(
            Contender(engine, ENGINE, ours),
            Contender(plain, "bench.contenders.plain", theirs),
            Contender(faststream, "bench.contenders.faststream_job", theirs),
            Contender(quix, "bench.contenders.quix_job", theirs),
        ),
        wanted=(Wanted(engine, plain, 0.7), Wanted(engine, faststream, 1.0), Wanted(engine, quix, 1.0)),
        check=JobDone(),
    )


def vertical(ours: Path, theirs: Path, registrations: int, dossiers: int) -> Measure:
    """The bursary matching with its full transaction, by one and by two processes."""
    fed = feed.university(registrations, dossiers)
    faststream = "bench.contenders.faststream_vertical"
    contenders: list[Contender] = []
    wanted: list[Wanted] = []
    for count in (1, 2):
        engine, assembled = f"Passerelle, {count} processus", f"FastStream + SQLAlchemy + fastavro, {count} processus"
        lent = f"le même avec notre codec, {count} processus"
        contenders += [
            Contender(assembled, faststream, theirs, count),
            Contender(engine, ENGINE, ours, count),
            Contender(lent, f"{faststream}_lent", theirs, count),
        ]
        wanted += [Wanted(engine, assembled, 2.5), Wanted(engine, lent)]
    return Measure(
        title=f"Rapprochement des bourses, transaction complète : {len(fed)} événements",
        processor=find_processor("bourses"),
        fed=fed,
        contenders=tuple(contenders),
        wanted=tuple(wanted),
        check=Matched(fed),
    )


# --- was the job done ------------------------------------------------------------------------------------------------

COMPARED = ("ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_specversion", "content-type")


class JobDone:
    """Every output, byte for byte, and its envelope: a sum over all of them, whatever their order."""

    def __init__(self) -> None:
        self._expected: tuple[int, int] | None = None

    def __call__(self, arena: Arena, published: Sequence[Published]) -> None:
        if self._expected is None:
            self._expected = _sum(_by_plain_calls(arena))
        found = _sum(published)
        if found != self._expected:
            raise WrongOutputs(f"{found[0]} enregistrements publiés, {self._expected[0]} attendus, ou d'autres octets.")


def _by_plain_calls(arena: Arena) -> Iterable[Published]:
    act = Job(arena.schema_ids, arena.processor.name, arena.processor.decide)
    for each in arena.fed:
        for answer in act.answers(_event(each)):
            yield Published(answer.topic, answer.key, answer.value, dict(answer.headers))


def _sum(published: Iterable[Published]) -> tuple[int, int]:
    count = total = 0
    for each in published:
        parts = [each.topic.encode(), each.key, each.value, *(each.headers.get(name, b"") for name in COMPARED)]
        total += int.from_bytes(hashlib.blake2b(b"\0".join(parts), digest_size=8).digest(), "big")
        count += 1
    return count, total % 2**64


class Matched:
    """The last status of every registration and every payment: both are the same whichever topic is heard first."""

    def __init__(self, fed: Iterable[Fed]) -> None:
        processor = find_processor("bourses")
        reglages = processor.reglages()
        found: dict[str, Any] = {}
        known: set[str] = set()
        payments: set[str] = set()
        for each in fed:
            event = _event(each)
            if event.id in known:
                continue
            known.add(event.id)
            outcome: Outcome = processor.decide(reglages, found.get(event.key), event)
            found[event.key] = outcome.state
            payments |= {derive(str(e.cause), e.name, 0) for e in outcome.emitted if e.name == "mise_en_paiement"}
        self._students = {key: _facts(state) for key, state in found.items() if state is not None}
        self._payments = payments

    def __call__(self, arena: Arena, published: Sequence[Published]) -> None:
        decode = msgspec.msgpack.Decoder(Etudiant).decode
        students = {key: _facts(decode(value)) for key, value in arena.states().items()}
        if students != self._students:
            raise WrongOutputs(f"{len(students)} états, {len(self._students)} attendus, ou d'autres statuts.")
        paid = {each.headers["ce_id"].decode() for each in published if each.headers["ce_type"] == b"mise_en_paiement"}
        if paid != self._payments:
            raise WrongOutputs(f"{len(paid)} mises en paiement, {len(self._payments)} attendues, ou d'autres.")


def _event(fed: Fed) -> Event:
    record, identifier = fed.record, dict(fed.headers)["ce_id"].decode()
    return Event(identifier, record.name, record.time, record.key, record.subject, "", record.topic, record.data)


def _facts(etudiant: Etudiant) -> tuple[Any, ...]:
    statuts = sorted((i.identite, i.acquis.statut if i.acquis else "") for i in etudiant.inscriptions)
    return (statuts, sorted((p.numero, p.inscription) for p in etudiant.paiements))
