"""The same question over the bus: `bourses.questions.v1` → `bourses.reponses.v1`, under the correlation that the asker chose.

- The key of a question is a UUID; the reply has that key and, in its envelope, the subject `question/<UUID>`. A record without
  such a key cannot be replied to: it is counted and passed over.
- A question that is read after its deadline is answered ATTENTE (R-AGL-36), and so are those that waited for a restart.
- A reply is published before its question counts as read: after a crash it may come again, under the same `ce_id` if it says
  the same. Two waiting replies have the same bytes. No question is answered before the read model is whole.

Who may ask is the broker's to say: reading rights on the replies, writing rights on the questions (`passerelle topics plan`).
"""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from bus.answers import NAME, QUESTIONS, REPLIES
from bus.answers import messages as say
from bus.answers.asked import BadQuestion, asked_of
from bus.answers.desk import Desk
from bus.deployment import Deployment
from bus.engine.assembly import partitioner
from bus.registry_client import RegistryAway
from processors.bourses.reponse import HORS_DELAI, Reponse
from schemas.codec import Undecodable, WriterSchema, decode, encode
from schemas.envelope import BadEnvelope, Envelope
from schemas.identity import derive
from schemas.outcome import Fault
from schemas.records import bourses

SOURCE = "/passerelle/reponses"
POLL_MS = 200
PAUSE_SECONDS = 0.5

log = structlog.get_logger("bus.answers")


class BusQuestions:
    """One member of the group that answers. `run` ends only with the process."""

    def __init__(
        self,
        desk: Desk,
        kafka: Mapping[str, Any],
        deployment: Deployment,
        writer_schema: WriterSchema,
        schema_id: int,
        patience: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`schema_id`: of the replies' contract; `patience`: for a question that says no deadline of its own."""
        self._desk = desk
        self._kafka = kafka
        self._deployment = deployment
        self._writer_schema = writer_schema
        self._schema_id = schema_id
        self._patience = patience
        self._now = now
        self._place = partitioner(deployment)
        self._values = {each.reponse: self._encoded(each) for each in (Reponse("POSITIVE"), Reponse("ATTENTE"))}
        """Each value is made once: two waiting replies are the same bytes."""
        self.passed_over = 0
        """Records that could not be replied to: their key is no UUID."""

    async def run(self) -> None:
        """Answer for ever, once the read model is whole; a broker that is away is tried again."""
        while True:
            if self._desk.open:
                await self._serve()
            await asyncio.sleep(PAUSE_SECONDS)

    async def _serve(self) -> None:
        consumer = AIOKafkaConsumer(
            self._deployment.topic(QUESTIONS),
            **self._kafka,
            group_id=self._deployment.group(NAME),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        producer = AIOKafkaProducer(**self._kafka, enable_idempotence=True)
        try:
            await producer.start()
            await consumer.start()
            while True:
                await self._once(consumer, producer)
        except (KafkaError, RegistryAway) as error:
            log.warning("answers.questions_wait", error=type(error).__name__)
        finally:
            for client in (consumer, producer):
                with contextlib.suppress(KafkaError):
                    await client.stop()

    async def _once(self, consumer: AIOKafkaConsumer, producer: AIOKafkaProducer) -> None:
        batches = await consumer.getmany(timeout_ms=POLL_MS)
        records = [record for batch in batches.values() for record in batch]
        if not records:
            return
        replies = await asyncio.to_thread(self.replies, records)
        sent = [await self._send(producer, *reply) for reply in replies]
        await asyncio.gather(*sent)
        await consumer.commit()

    async def _send(self, producer: AIOKafkaProducer, envelope: Envelope, key: str, value: bytes) -> Any:
        partition = self._place(REPLIES, key)
        topic = self._deployment.topic(REPLIES)
        return await producer.send(topic, value, key=key.encode(), partition=partition, headers=envelope.headers())

    def replies(self, records: Sequence[Any]) -> list[tuple[Envelope, str, bytes]]:
        """Envelope, key and value of each reply, in the order of the questions."""
        found = []
        for record in records:
            correlation = _correlation(record.key)
            if correlation is None:
                self.passed_over += 1
                log.warning("answers.question_passed_over", partition=record.partition, offset=record.offset)
                continue
            name, cause, value = self._reply(record, correlation)
            rank = int(value == self._values["ATTENTE"])
            envelope = Envelope(derive(cause, name, rank), name, SOURCE, f"question/{correlation}", self._now())
            found.append((envelope, correlation, value))
        return found

    def _reply(self, record: Any, correlation: str) -> tuple[str, str, bytes]:
        """Record name, what caused it, value."""
        try:
            envelope, question = self._question(record)
            nne, asked = asked_of(msgspec.structs.asdict(question))
        except BadQuestion as bad:
            return "question_refusee", correlation, self._refused(bad.fault)
        reponse = self._desk.answer(nne, asked, HORS_DELAI if self._too_late(envelope, question) else "")
        return "reponse", envelope.ce_id, self._values[reponse.reponse]

    def _too_late(self, envelope: Envelope, question: bourses.Question) -> bool:
        """The last day of the calendar, which any clock may say, has no later one: the time that has passed is compared."""
        now = self._now()
        return now > question.repondre_avant if question.repondre_avant else now - envelope.ce_time > self._patience

    def _question(self, record: Any) -> tuple[Envelope, bourses.Question]:
        try:
            envelope = Envelope.parse(record.headers)
            if record.value is None:
                raise BadQuestion(say.UNREADABLE)
            _, question = decode(QUESTIONS, record.value, self._writer_schema)
        except (BadEnvelope, Undecodable):
            raise BadQuestion(say.UNREADABLE) from None
        return envelope, question

    def _encoded(self, reponse: Reponse) -> bytes:
        return encode(REPLIES, "reponse", bourses.Reponse(**reponse.corps), self._schema_id)  # type: ignore[arg-type]

    def _refused(self, fault: Fault) -> bytes:
        refused = bourses.QuestionRefusee(code=fault.code, message=fault.message, remede=fault.remede)
        return encode(REPLIES, "question_refusee", refused, self._schema_id)


def _correlation(key: bytes | None) -> str | None:
    """A UUID in its canonical form: so no key, log or reply repeats anything of a person."""
    try:
        text = (key or b"").decode("ascii")
        return text if str(uuid.UUID(text)) == text.lower() else None
    except ValueError:
        return None
