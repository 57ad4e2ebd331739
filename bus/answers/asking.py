"""The asking side over the bus, for programs in Python: one question, its correlation, its time-out.

No answer in time is an answer: ATTENTE, to be asked again (R-AGL-36).
"""

import asyncio
import contextlib
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bus.answers import QUESTIONS, REPLIES
from bus.deployment import Deployment
from bus.engine.assembly import partitioner
from processors.bourses.reponse import SANS_REPONSE, Question, Reponse, attendre
from schemas.codec import Undecodable, WriterSchema, decode, encode
from schemas.envelope import Envelope
from schemas.records import bourses

log = structlog.get_logger("bus.answers")


class QuestionRefused(Exception):
    """The bus did not understand the question. `code` names the fault; the text is French and says what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Asker:
    """Asks and waits. An asynchronous context manager; it sees the replies from its start on."""

    def __init__(
        self,
        kafka: Mapping[str, Any],
        deployment: Deployment,
        partitions: int,
        writer_schema: WriterSchema,
        schema_id: int,
        source: str,
    ) -> None:
        """`partitions` of the replies' topic; `schema_id` of the questions' contract; `source` is who asks, such as `/apogee`."""
        self._kafka = kafka
        self._deployment = deployment
        self._replies = [TopicPartition(deployment.topic(REPLIES), number) for number in range(partitions)]
        self._writer_schema = writer_schema
        self._schema_id = schema_id
        self._source = source
        self._place = partitioner(deployment)
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    async def __aenter__(self) -> "Asker":
        self._producer = AIOKafkaProducer(**self._kafka, enable_idempotence=True)
        self._consumer = AIOKafkaConsumer(**self._kafka, group_id=None, enable_auto_commit=False, isolation_level="read_committed")
        await self._producer.start()
        await self._consumer.start()
        self._consumer.assign(self._replies)
        await self._consumer.seek_to_end(*self._replies)
        for partition in self._replies:
            await self._consumer.position(partition)
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening
        await self._consumer.stop()
        await self._producer.stop()

    async def ask(self, nne: str, question: Question, seconds: float) -> Reponse:
        """The answer, or ATTENTE when none came within `seconds`. Raises QuestionRefused and KafkaError."""
        correlation = str(uuid.uuid4())
        came = self._waiting[correlation] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._publish(correlation, nne, question, datetime.now(UTC) + timedelta(seconds=seconds))
                reply = await came
        except TimeoutError:
            return attendre(SANS_REPONSE)
        finally:
            del self._waiting[correlation]
        if isinstance(reply, bourses.QuestionRefusee):
            raise QuestionRefused(reply.code, f"{reply.message} {reply.remede}")
        return Reponse(reply.reponse)

    async def _publish(self, correlation: str, nne: str, question: Question, before: datetime) -> None:
        data = bourses.Question(nne=nne, annee=question.annee, uai=question.uai, cod_etp=question.cod_etp, repondre_avant=before)
        envelope = Envelope(str(uuid.uuid4()), "question", self._source, f"question/{correlation}", datetime.now(UTC))
        value = encode(QUESTIONS, "question", data, self._schema_id)
        topic, place = self._deployment.topic(QUESTIONS), self._place(QUESTIONS, correlation)
        await self._producer.send_and_wait(topic, value, key=correlation.encode(), partition=place, headers=envelope.headers())

    async def _listen(self) -> None:
        async for record in self._consumer:
            came = self._waiting.get((record.key or b"").decode(errors="replace"))
            if came is not None and record.value is not None:
                try:
                    _, reply = await asyncio.to_thread(decode, REPLIES, record.value, self._writer_schema)
                except Undecodable as error:  # no reply: whoever asked is told to wait
                    log.error("asking.undecodable", code=error.code, partition=record.partition, offset=record.offset)
                    continue
                if not came.done():
                    came.set_result(reply)
