"""The inbox of one system: dropped files become records on its topics, or go to quarantine with a French report.

Order for each file, so that a crash anywhere loses nothing and doubles nothing: ledger row → taken into `en_cours/` →
read and checked → bytes that an event will claim in the consigne → all published and acknowledged → ledger → archive. A crash
starts again from the row's receipt, which gives the same ids. An outage of Kafka, PostgreSQL or the registry leaves the file
where it is, for the next cycle.
"""

import asyncio
import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bus.consigne import Consigne
from bus.inbox.complete import is_complete, open_plain
from bus.inbox.folders import DATA_SUFFIX, REPORT_SUFFIX, Folders, has_bad_name, is_regular, printable
from bus.inbox.ledger import Ledger, Overtaken, Row, State
from bus.inbox.messages import FLAWS, report_text
from bus.inbox.ready import Watch
from bus.publishing import Prepared, RecordPublisher, TooLarge
from connectors.registry import Connector
from connectors.transport.deliveries import ChangedWhileRead, Policy
from schemas.codec import Unencodable
from schemas.outcome import Accepted, Delivery, Fault, Refused

log = structlog.get_logger("bus.inbox.inbox")

PARIS = ZoneInfo("Europe/Paris")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a file is waited for, in seconds."""

    quiet: float = 2.0
    """Unchanged before it is taken."""
    incomplete: float = 120.0
    """Unchanged without its end before it is refused."""


@dataclass(slots=True)
class Cycle:
    """What one cycle did."""

    accepted: int = 0
    refused: int = 0
    ignored: int = 0
    records: int = 0

    @property
    def files(self) -> int:
        return self.accepted + self.refused + self.ignored


@dataclass(frozen=True, slots=True)
class _Measure:
    """The bytes as they were when they were hashed."""

    size: int
    changed: int
    sha256: str


class Inbox:
    """One system's folders. One worker at a time runs its cycles (`Ledger.lock`)."""

    def __init__(
        self,
        connector: Connector,
        folders: Folders,
        ledger: Ledger,
        publisher: RecordPublisher,
        consigne: Consigne,
        patience: Patience | None = None,
        probe: Callable[[str], None] = lambda _step: None,
    ) -> None:
        patience = patience or Patience()
        self._connector = connector
        self._folders = folders
        self._ledger = ledger
        self._publisher = publisher
        self._consigne = consigne
        self._probe = probe
        self._watch = Watch(self._is_complete, patience.quiet, patience.incomplete)

    @property
    def system(self) -> str:
        return self._connector.system

    async def cycle(self) -> Cycle:
        """Finish what was begun, then take what is ready, oldest first.

        Raises KafkaAway, RegistryAway, RegistryRefuses, DBAPIError or OSError on an outage: call again later.
        """
        done = Cycle()
        await asyncio.to_thread(self._folders.make)
        for row, path in await asyncio.to_thread(self._begun):
            await self._serve(row, path, done)
        for ready in self._watch.ready(await asyncio.to_thread(self._folders.dropped), time.monotonic()):
            claimed = await asyncio.to_thread(self._claim, ready.name, ready.flaw)
            if claimed is not None:
                await self._serve(*claimed, done)
        return done

    # --- claiming and finding again -----------------------------------------------------------------------------------

    def _claim(self, name: str, flaw: str | None) -> tuple[Row, Path] | None:
        receipt, kept = str(uuid.uuid4()), printable(name)
        row = self._ledger.insert(receipt, self.system, kept, flaw, datetime.now(UTC))
        self._probe("row_written")
        path = self._folders.claim(name, receipt, kept)
        if path is None:
            self._ledger.withdraw(receipt)
            return None
        self._probe("claimed")
        return row, path

    def _begun(self) -> list[tuple[Row, Path]]:
        """What a crash or an outage left, in the order of the claims, with `en_cours/` and the ledger agreed again."""
        rows = {row.receipt: row for row in self._ledger.unsettled(self.system)}
        paths: dict[str, Path] = {}
        for receipt, name, path in list(self._folders.claimed()):
            if receipt is not None and receipt in rows:
                paths[receipt] = path
            elif (found := self._adopted(receipt, name, path)) is not None:
                rows[found[0].receipt], paths[found[0].receipt] = found
        for row in rows.values():
            if row.receipt not in paths:
                self._settle_without_file(row)
        return [(row, paths[row.receipt]) for row in rows.values() if row.receipt in paths]

    def _adopted(self, receipt: str | None, name: str, path: Path) -> tuple[Row, Path] | None:
        """A file of `en_cours/` that the ledger does not await gets a row: its own receipt again, or a new one."""
        kept, flaw = printable(name), "NOM_INTERDIT" if has_bad_name(name) else None
        fresh = receipt is None or self._ledger.find(receipt) is not None
        known = str(uuid.uuid4()) if receipt is None or fresh else receipt
        log.warning("inbox.adopted", system=self.system, receipt=known)
        row = self._ledger.insert(known, self.system, kept, flaw, datetime.now(UTC))
        moved = self._folders.adopt(path, known, kept) if fresh else path
        return (row, moved) if moved is not None else None

    def _settle_without_file(self, row: Row) -> None:
        """A row whose file is not in `en_cours/`: never taken, already at its last place, or taken away by someone."""
        if row.place is not None and os.path.lexists(self._folders.root / row.place):
            self._finish(row, row.place)
        elif row.state is State.CLAIMED and row.sha256 is None:
            self._ledger.withdraw(row.receipt)
        else:
            log.error("inbox.vanished", system=self.system, receipt=row.receipt, status=str(row.state))
            self._ledger.settled(row.receipt, State.VANISHED)

    # --- one file -----------------------------------------------------------------------------------------------------

    async def _serve(self, row: Row, path: Path, done: Cycle) -> None:
        """Bring one claimed file to its end. Returns early, for the next cycle, when it changes while it is read."""
        await asyncio.to_thread(self._folders.drop_marks, row.name)
        if row.state is not State.CLAIMED:
            await asyncio.to_thread(self._settle, row, path)
            return
        flaw = row.flaw or (None if is_regular(path) else "PAS_UN_FICHIER")
        if flaw is not None:
            await self._refuse(row, path, None, (FLAWS[flaw],), done)
            return
        try:
            await self._read(row, path, done)
        except ChangedWhileRead:
            log.warning("inbox.changed_while_read", system=self.system, receipt=row.receipt)

    async def _read(self, row: Row, path: Path, done: Cycle) -> None:
        measure = await asyncio.to_thread(_measure, path)
        await asyncio.to_thread(self._ledger.measured, row.receipt, measure.size, measure.sha256)
        await self._publisher.learn(self._connector.topics)
        delivery = Delivery(row.name, measure.size, lambda: open_plain(path), row.claimed_at)
        try:
            answer = await asyncio.to_thread(self._connector.accept, delivery)
        except (ChangedWhileRead, OSError):
            raise
        except Exception:  # whatever a reader met in it, one file never stops the inboxes
            log.exception("inbox.connector_failed", system=self.system, receipt=row.receipt)
            await self._refuse(row, path, None, (FLAWS["LECTURE_EN_ERREUR"],), done)
            return
        if isinstance(answer, Refused):
            await self._refuse(row, path, answer.kind, answer.faults, done)
        elif await asyncio.to_thread(self._is_known_state, row, answer, measure):
            await self._ignore(row, path, answer, measure, done)
        else:
            await self._publish(row, path, answer, measure, done)

    async def _publish(self, row: Row, path: Path, answer: Accepted, measure: _Measure, done: Cycle) -> None:
        self._probe("accepted")
        try:
            prepared = await self._publisher.prepare(answer.records, self.system, row.receipt)
        except Unencodable as error:
            log.error("inbox.unencodable", system=self.system, receipt=row.receipt, cause=str(error))
            await self._refuse(row, path, answer.kind, (FLAWS["LECTURE_EN_ERREUR"],), done)
            return
        except (ChangedWhileRead, OSError):
            raise
        except Exception:  # as above: the records come as they are asked for
            log.exception("inbox.connector_failed", system=self.system, receipt=row.receipt)
            await self._refuse(row, path, answer.kind, (FLAWS["LECTURE_EN_ERREUR"],), done)
            return
        if isinstance(prepared, TooLarge):
            await self._refuse(row, path, answer.kind, (prepared.fault,), done)
            return
        with prepared.spool:
            await self._send(row, path, answer, measure, prepared, done)

    async def _send(self, row: Row, path: Path, answer: Accepted, measure: _Measure, prepared: Prepared, done: Cycle) -> None:
        if await asyncio.to_thread(_measure, path) != measure:
            raise ChangedWhileRead
        self._probe("prepared")
        await asyncio.to_thread(self._keep, path, answer, measure)
        self._probe("kept")
        count = await self._publisher.publish(prepared)
        self._probe("published")
        await asyncio.to_thread(self._claim_kept, row, answer, measure)
        now = datetime.now(UTC)
        place = f"archive/{now:%Y-%m-%d}/{row.receipt}__{row.name}"
        await asyncio.to_thread(self._ledger.published, row.receipt, answer.kind, answer.school, count, answer.warnings, place)
        self._probe("recorded")
        await asyncio.to_thread(self._finish_file, path, place)
        await asyncio.to_thread(self._ledger.settled, row.receipt, State.ARCHIVED)
        self._probe("settled")
        done.accepted += 1
        done.records += count
        log.info("inbox.accepted", system=self.system, receipt=row.receipt, kind=answer.kind, records=count, count=len(answer.warnings))

    async def _refuse(self, row: Row, path: Path, kind: str | None, faults: tuple[Fault, ...], done: Cycle) -> None:
        place = await asyncio.to_thread(self._folders.free_place, "quarantaine", row.name, row.receipt)
        await asyncio.to_thread(self._ledger.refused, row.receipt, kind, faults, place)
        self._probe("refusal_recorded")
        await asyncio.to_thread(self._quarantine, row, path, place, kind, faults)
        done.refused += 1
        log.warning(
            "inbox.refused", system=self.system, receipt=row.receipt, kind=kind, code=" ".join(sorted({fault.code for fault in faults}))
        )

    async def _ignore(self, row: Row, path: Path, answer: Accepted, measure: _Measure, done: Cycle) -> None:
        """Its bytes may be forgotten since: they are there anew, for what has been said of them."""
        await asyncio.to_thread(self._keep, path, answer, measure)
        await asyncio.to_thread(self._claim_kept, row, answer, measure)
        place = f"archive/{datetime.now(UTC):%Y-%m-%d}/{row.receipt}__{row.name}"
        await asyncio.to_thread(self._ledger.ignored, row.receipt, answer.kind, answer.school, place)
        await asyncio.to_thread(self._finish_file, path, place)
        await asyncio.to_thread(self._ledger.settled, row.receipt, State.IGNORED)
        done.ignored += 1
        log.info("inbox.already_known", system=self.system, receipt=row.receipt, kind=answer.kind)

    def _keep(self, path: Path, answer: Accepted, measure: _Measure) -> None:
        """Bytes that a record claims are durable before that record is."""
        if answer.kept_for:
            self._consigne.keep(measure.sha256, measure.size, lambda: open_plain(path))

    def _claim_kept(self, row: Row, answer: Accepted, measure: _Measure) -> None:
        """Raises Overtaken when they were swept between the two: the next cycle keeps them anew."""
        if answer.kept_for and not self._consigne.claim(measure.sha256, answer.kept_for):
            raise Overtaken(row.receipt)

    def _is_known_state(self, row: Row, answer: Accepted, measure: _Measure) -> bool:
        """An *état* equal to the last accepted one of that school is ignored; a *dépôt* always counts (architecture §3)."""
        if self._connector.kinds[answer.kind] is not Policy.ETAT:
            return False
        return self._ledger.last_accepted(self.system, answer.kind, answer.school, row.receipt) == measure.sha256

    # --- last places --------------------------------------------------------------------------------------------------

    def _settle(self, row: Row, path: Path) -> None:
        """What remained to do for a file whose end was decided before a crash."""
        place = row.place or self._folders.free_place("quarantaine", row.name, row.receipt)
        if row.state is State.REFUSED:
            self._quarantine(row, path, place, row.kind, row.remarks)
        else:
            self._finish_file(path, place)
            self._finish(row, place)

    def _finish(self, row: Row, place: str) -> None:
        if row.state is State.REFUSED:
            self._quarantine(row, self._folders.root / place, place, row.kind, row.remarks)
        else:
            self._ledger.settled(row.receipt, State.IGNORED if row.state is State.IGNORED else State.ARCHIVED)

    def _finish_file(self, path: Path, place: str) -> None:
        self._folders.settle(path, place)
        self._probe("moved")

    def _quarantine(self, row: Row, path: Path, place: str, kind: str | None, faults: tuple[Fault, ...]) -> None:
        """The reports first: a refused file is never found without them."""
        text = report_text(row.name, self.system, row.receipt, kind, row.claimed_at, faults, PARIS)
        data = {
            "fichier": row.name,
            "systeme": self.system,
            "recepisse": row.receipt,
            "type": kind,
            "pris_en_charge": row.claimed_at.isoformat(),
            "erreurs": [{"code": each.code, "message": each.message, "remede": each.remede, "ligne": each.line} for each in faults],
        }
        self._folders.write_beside(place, REPORT_SUFFIX, text)
        self._folders.write_beside(place, DATA_SUFFIX, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        self._probe("reported")
        if path != self._folders.root / place:
            self._finish_file(path, place)
        self._ledger.settled(row.receipt, State.REFUSED)

    def _is_complete(self, name: str) -> bool:
        try:
            return is_complete(self._folders.depot / name, name)
        except OSError:
            return False


def _measure(path: Path) -> _Measure:
    digest = hashlib.sha256()
    with open_plain(path) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
        info = os.fstat(stream.fileno())
    return _Measure(info.st_size, info.st_mtime_ns, digest.hexdigest())
