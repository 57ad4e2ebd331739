"""One asked source: its pages become records on its topics.

Order for each page, so that a crash anywhere loses nothing and doubles nothing: asked from the stored cursor → what was
published lately left out → published and acknowledged → cursor and published ids stored in one transaction. A crash before
that transaction asks from the same cursor again; what it gives has the same `ce_id`s, and readers drop what they have seen.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import structlog

from bus.publishing import Prepared, RecordPublisher, TooLarge
from bus.pulling.ledger import Held, PageDone, PullLedger
from schemas import identity
from schemas.codec import Unencodable
from schemas.outcome import Fault, NotTaken, PullConnector, Record

log = structlog.get_logger("bus.pulling.pulling")

UNENCODABLE = Fault(
    "LECTURE_EN_ERREUR",
    "Cet élément ne peut pas être écrit selon le contrat, par une erreur du bus et non par une faute reconnue de la source.",
    "Transmettre ce refus à l'exploitant du bus ; l'élément sera pris après correction, dès qu'il changera à la source.",
)
NO_RECEIPT = ""
"""Records of a source carry their own ids: no receipt makes them."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one page gave."""

    published: int
    duplicates: int
    refused: int
    """Newly refused; those known as refused are not counted again."""
    complete: bool


class Pulling:
    """One source. One worker at a time asks it (`SystemLocks`)."""

    def __init__(
        self,
        connector: PullConnector,
        ledger: PullLedger,
        publisher: RecordPublisher,
        probe: Callable[[str], None] = lambda _step: None,
    ) -> None:
        self._connector = connector
        self._ledger = ledger
        self._publisher = publisher
        self._probe = probe

    @property
    def name(self) -> str:
        return self._connector.name

    async def page(self) -> Page:
        """Ask once, publish, store how far. Raises SourceAway for the source, and for ours KafkaAway, RegistryAway, RegistryRefuses,
        DBAPIError, Overtaken: call again later."""
        reading = await asyncio.to_thread(self._ledger.read, self.name)
        pulled = await asyncio.to_thread(self._connector.pull, reading.cursor)
        self._probe("pulled")
        await self._publisher.learn(self._connector.topics)
        records, held = await asyncio.to_thread(self._told_apart, pulled.records)
        found = {self._id(record): record for record in records}
        known = await asyncio.to_thread(self._ledger.known, self.name, found) if found else set()
        fresh = [record for identifier, record in found.items() if identifier not in known]
        sent, refused = await self._publish(fresh)
        left_out = {each.place for each in refused}
        kept = {identifier: record for identifier, record in found.items() if record.position not in left_out}
        self._probe("published")
        done = PageDone(
            pulled.cursor,
            pulled.complete,
            events=kept.keys(),
            places={record.position for record in kept.values()},
            held={place: each for place, each in held.items() if place not in left_out},
            published=sent,
            duplicates=len(pulled.records) - len(fresh),
            not_taken=(*pulled.not_taken, *refused),
            doubted=[each for each in pulled.doubted if each.place not in left_out],
        )
        newly = await asyncio.to_thread(self._ledger.advance, self.name, reading, done)
        self._probe("recorded")
        if sent or newly:
            log.info("pulling.page", connector=self.name, records=sent, count=newly)
        return Page(sent, done.duplicates, newly, pulled.complete)

    def _told_apart(self, records: Sequence[Record]) -> tuple[list[Record], dict[str, Held]]:
        """A content that comes back after another one (A, B, A) is news: its id tells how often its place had changed by then, or
        readers would drop it as the first A. What was published lately and is only read again keeps its id."""
        if not records:
            return [], {}
        before = self._ledger.held(self.name, {record.position for record in records})
        lately = self._ledger.known(self.name, {self._id(record) for record in records})
        held: dict[str, Held] = {}
        told: list[Record] = []
        for record in records:
            said = self._id(record)
            last = held.get(record.position) or before.get(record.position)
            if last is None or (last.said != said and said not in lately):
                last = held[record.position] = Held(said, 0 if last is None else last.turn + 1)
            again = last.said == said and last.turn > 0
            told.append(msgspec.structs.replace(record, own_id=f"{record.own_id}/{last.turn}") if again else record)
        return told, held

    def _id(self, record: Record) -> str:
        assert record.own_id is not None  # PullConnector's promise
        return identity.from_source(self._connector.system, record.own_id)

    async def _publish(self, records: Sequence[Record]) -> tuple[int, list[NotTaken]]:
        """How many the broker acknowledged, and those that no broker or contract takes: they do not stop their neighbours."""
        if not records:
            return 0, []
        prepared = await self._prepared(records)
        refused: list[NotTaken] = []
        if not isinstance(prepared, Prepared):
            good: list[Record] = []
            for record in records:
                alone = await self._prepared([record])
                if isinstance(alone, Prepared):
                    alone.close()
                    good.append(record)
                else:
                    refused.append(NotTaken(record.position, (alone,)))
            prepared = await self._prepared(good)
            assert isinstance(prepared, Prepared)
        with prepared.spool:
            return await self._publisher.publish(prepared), refused

    async def _prepared(self, records: Sequence[Record]) -> Prepared | Fault:
        try:
            prepared = await self._publisher.prepare(records, self._connector.system, NO_RECEIPT)
        except Unencodable:
            return UNENCODABLE
        return prepared.fault if isinstance(prepared, TooLarge) else prepared
