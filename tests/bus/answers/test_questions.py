"""The question over the bus: the same answers, the same bytes whatever the doubt, a correlation, a time-out."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError

from bus import topic_admin
from bus.answers import QUESTIONS, REPLIES
from bus.answers.asking import Asker, QuestionRefused
from bus.answers.desk import Desk
from bus.answers.detections import Detected
from bus.answers.feed import Feed
from bus.answers.questions import BusQuestions
from bus.answers.rights import Rights
from bus.database.freshness import Look
from bus.deployment import Deployment
from processors.bourses import PROCESSOR
from processors.bourses.reponse import HORS_DELAI, NON_CONFIRMEE, SANS_REPONSE, Question
from schemas.codec import decode, encode
from schemas.contracts import contract_of
from schemas.envelope import Envelope
from schemas.records import bourses
from schemas.records.bourses import Droits, DroitsAnnee
from schemas.student_key import StudentKeys
from tests.bus.answers.serving import ELSEWHERE, NNE, OTHER, SECRET, THIRD, UAI, UNKNOWN, Mark, year
from tests.bus.engine.installation import Installation
from tests.services import Services
from topics.catalogue import CATALOGUE

NOW = datetime(2026, 7, 6, 8, tzinfo=UTC)
SCHEMA_ID = 7


@dataclass
class Bureau:
    """A desk over a read model filled by hand."""

    rights: Rights = field(default_factory=Rights)
    mark: Mark = field(default_factory=Mark)
    detected: list[Detected] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return Desk(StudentKeys(SECRET), self.rights, self.mark, self.detected.append)

    def take(self, nne: str, *years: DroitsAnnee) -> None:
        self.rights.take(StudentKeys(SECRET).of_nne(nne), Droits(annees=years))

    def answering(self) -> BusQuestions:
        schemas = {SCHEMA_ID: contract_of(QUESTIONS).schema}
        return BusQuestions(self.desk, {}, Deployment(), schemas.__getitem__, SCHEMA_ID, timedelta(seconds=10), lambda: NOW)


@dataclass
class Read:
    """A record as a consumer gives it."""

    key: bytes | None
    value: bytes | None
    headers: Any
    partition: int = 0
    offset: int = 0


def asked(nne: str = NNE, *, key: str | None = None, at: datetime = NOW, cause: str | None = None, **changes: Any) -> Read:
    fields: dict[str, Any] = {"annee": 2026, "uai": UAI, **changes}
    value = encode(QUESTIONS, "question", bourses.Question(nne=nne, **fields), SCHEMA_ID)
    headers = Envelope(cause or str(uuid.uuid4()), "question", "/apogee", "question", at).headers()
    return Read((key or str(uuid.uuid4())).encode(), value, headers)


def said(value: bytes) -> tuple[str, Any]:
    return decode(REPLIES, value, lambda _: contract_of(REPLIES).schema)


def test_a_certain_bursary_is_positive_under_the_correlation_of_its_question() -> None:
    bureau = Bureau()
    bureau.take(NNE, year())
    question = asked()
    ((envelope, key, value),) = bureau.answering().replies([question])
    assert said(value) == ("reponse", bourses.Reponse(reponse="POSITIVE"))
    assert (key.encode(), envelope.ce_subject) == (question.key, f"question/{key}")
    assert bureau.detected == []


def test_every_doubt_has_the_same_bytes_and_an_envelope_that_tells_nothing() -> None:
    bureau = Bureau()
    bureau.take(NNE, year())
    bureau.take(OTHER, year(affirmable=False, raison="Dossier en attente de pièces complémentaires."))
    bureau.take(THIRD, year(affirmable=False, raison="Dossier validé dont la progression doit être vérifiée."))
    late = NOW - timedelta(seconds=1)
    questions = [asked(OTHER), asked(THIRD), asked(UNKNOWN), asked(uai=ELSEWHERE), asked(annee=2025), asked(repondre_avant=late)]
    replies = bureau.answering().replies(questions)
    bureau.mark.aside.add(StudentKeys(SECRET).of_nne(NNE))
    replies += bureau.answering().replies([asked()])
    bureau.mark.fresh = False
    replies += bureau.answering().replies([asked()])
    assert len({value for _, _, value in replies}) == 1
    assert said(replies[0][2]) == ("reponse", bourses.Reponse(reponse="ATTENTE", message=NON_CONFIRMEE))
    plain = {(e.ce_type, e.ce_source, e.ce_time, e.ce_sequence, e.traceparent) for e, _, _ in replies}
    assert len(plain) == 1
    assert len(bureau.detected) == len(replies)


def test_a_question_that_is_read_too_late_is_answered_to_wait_and_is_to_be_asked_again() -> None:
    bureau = Bureau()
    bureau.take(NNE, year())
    in_time = [asked(at=NOW - timedelta(seconds=10)), asked(at=NOW - timedelta(hours=1), repondre_avant=NOW)]
    too_late = [asked(at=NOW - timedelta(seconds=11)), asked(repondre_avant=NOW - timedelta(milliseconds=1))]
    answers = [said(value)[1].reponse for _, _, value in bureau.answering().replies(in_time + too_late)]
    assert answers == ["POSITIVE", "POSITIVE", "ATTENTE", "ATTENTE"]
    assert {(each.data.raison, each.data.a_rejouer) for each in bureau.detected} == {(HORS_DELAI, True)}


def test_the_same_question_read_twice_has_one_reply_under_one_id_unless_the_answer_changed() -> None:
    bureau, cause, key = Bureau(), str(uuid.uuid4()), str(uuid.uuid4())
    first, second = (bureau.answering().replies([asked(cause=cause, key=key)])[0][0].ce_id for _ in range(2))
    bureau.take(NNE, year())
    third = bureau.answering().replies([asked(cause=cause, key=key)])[0][0].ce_id
    assert first == second != third


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nne": "123"}, "NNE_INVALIDE"),
        ({"annee": 26}, "ANNEE_INVALIDE"),
        ({"uai": "?"}, "UAI_INVALIDE"),
        ({"cod_etp": "a b"}, "ETAPE_INVALIDE"),
    ],
)
def test_a_question_that_says_something_wrong_is_told_what_and_nothing_of_it_is_repeated(changes: Mapping[str, Any], code: str) -> None:
    ((envelope, _, value),) = Bureau().answering().replies([asked(**changes)])
    name, refused = said(value)
    assert (name, envelope.ce_type, refused.code) == ("question_refusee", "question_refusee", code)
    assert refused.remede


def test_a_record_that_is_no_question_is_refused_and_one_without_a_correlation_is_passed_over() -> None:
    answering, key = Bureau().answering(), str(uuid.uuid4()).encode()
    good = asked()
    bad = [Read(key, b"\x01x", good.headers), Read(key, None, good.headers), Read(key, good.value, [])]
    assert [said(value)[1].code for _, _, value in answering.replies(bad)] == ["QUESTION_ILLISIBLE"] * 3
    with structlog.testing.capture_logs() as logged:
        assert answering.replies([Read(NNE.encode(), good.value, good.headers), Read(None, good.value, good.headers)]) == []
    assert answering.passed_over == 2
    assert NNE not in f"{logged}"


@pytest.mark.parametrize("at", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_a_question_of_the_first_or_the_last_day_of_the_calendar_is_answered_as_any_other(at: datetime) -> None:
    bureau = Bureau()
    bureau.take(NNE, year())
    ((_, _, value),) = bureau.answering().replies([asked(at=at)])
    assert said(value)[1].reponse == ("POSITIVE" if at > NOW else "ATTENTE")


def test_a_reply_that_is_none_does_not_end_the_listening() -> None:
    asking = Asker({}, Deployment(), 4, lambda _: contract_of(REPLIES).schema, SCHEMA_ID, "/apogee")
    good = encode(REPLIES, "reponse", bourses.Reponse(reponse="POSITIVE"), SCHEMA_ID)

    async def came() -> AsyncIterator[Read]:
        for value in (None, b"\x01x", b"", good, good):
            yield Read(b"une question", value, [])

    async def play() -> Any:
        asking._consumer = came()
        asking._waiting["une question"] = asyncio.get_running_loop().create_future()
        await asking._listen()
        return await asking._waiting["une question"]

    with structlog.testing.capture_logs() as logged:
        assert asyncio.run(play()).reponse == "POSITIVE"
    assert [each["event"] for each in logged] == ["asking.undecodable"] * 2


@pytest.mark.parametrize("key", [None, b"\xff\xfe", b""])
def test_rights_under_a_key_that_is_no_text_stop_nobody(key: bytes | None) -> None:
    rights = Rights()
    feed = Feed(rights, {}, "droits", 4, lambda _: contract_of("bourses.droits.v1").schema, lambda: Look(None, None), timedelta(seconds=5))
    value = encode("bourses.droits.v1", "droits", Droits(annees=(year(),)), SCHEMA_ID)
    feed._take([Read(key, None, []), Read(key, b"\x01x", []), Read(b"k", value, [])])
    assert (rights.of("k"), feed.undecodable) == (Droits(annees=(year(),)), 1)


@pytest.fixture
def installation(services: Services, prefix: str, schema: str) -> Iterator[Installation]:
    made = Installation(services, prefix, schema, PROCESSOR)
    with topic_admin.administration(made.kafka) as client:
        topic_admin.create(client, [topic for topic in CATALOGUE if topic.name in (QUESTIONS, REPLIES)], made.deployment)
    yield made
    made.close()


@asynccontextmanager
async def answering(installation: Installation, bureau: Bureau) -> AsyncIterator[None]:
    ids = installation.registry.schema_ids({REPLIES: installation.deployment.topic(REPLIES)})
    service = BusQuestions(
        bureau.desk, installation.kafka, installation.deployment, installation.registry.schema, ids[REPLIES], timedelta(seconds=30)
    )
    task = asyncio.create_task(service.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def asker(installation: Installation) -> Asker:
    ids = installation.registry.schema_ids({QUESTIONS: installation.deployment.topic(QUESTIONS)})
    return Asker(installation.kafka, installation.deployment, 4, installation.registry.schema, ids[QUESTIONS], "/apogee")


def test_questions_over_a_broker_get_each_their_own_answer(installation: Installation) -> None:
    bureau = Bureau()
    bureau.take(NNE, year())
    question = Question(2026, UAI)

    async def play() -> None:
        async with asker(installation) as asking, answering(installation, bureau):
            answers = await asyncio.gather(*(asking.ask(nne, question, 30) for nne in (NNE, OTHER, NNE, THIRD, UNKNOWN)))
            assert [each.reponse for each in answers] == ["POSITIVE", "ATTENTE", "POSITIVE", "ATTENTE", "ATTENTE"]
            with pytest.raises(QuestionRefused, match="11 lettres et chiffres"):
                await asking.ask("123", question, 30)

    asyncio.run(play())
    values = asyncio.run(installation.outputs(REPLIES))
    assert {data.message for _, _, data in values if isinstance(data, bourses.Reponse) and data.reponse == "ATTENTE"} == {NON_CONFIRMEE}


def test_nobody_answering_in_time_is_to_wait_and_the_late_reply_says_so_too(installation: Installation) -> None:
    bureau = Bureau()
    bureau.take(NNE, year())

    async def play() -> None:
        bureau.mark.caught_up = False
        async with asker(installation) as asking, answering(installation, bureau):
            answer = await asking.ask(NNE, Question(2026, UAI), 1.0)
            assert (answer.reponse, answer.raison, answer.a_rejouer) == ("ATTENTE", SANS_REPONSE, True)
            bureau.mark.caught_up = True
            again = await asking.ask(NNE, Question(2026, UAI), 30)
            assert again.reponse == "POSITIVE"

    asyncio.run(play())
    assert sorted(data.reponse for _, _, data in asyncio.run(installation.outputs(REPLIES))) == ["ATTENTE", "POSITIVE"]


def test_a_crash_between_the_reply_and_its_commit_repeats_the_same_reply_under_the_same_id(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau = Bureau()
    bureau.take(NNE, year())
    commit, failed = AIOKafkaConsumer.commit, list[str]()

    async def failing_once(consumer: AIOKafkaConsumer) -> None:
        if not failed:
            failed.append("commit")
            raise KafkaConnectionError
        await commit(consumer)

    monkeypatch.setattr(AIOKafkaConsumer, "commit", failing_once)

    async def play() -> None:
        async with asker(installation) as asking, answering(installation, bureau):
            first = await asking.ask(NNE, Question(2026, UAI), 30)
            second = await asking.ask(OTHER, Question(2026, UAI), 30)
            assert (first.reponse, second.reponse) == ("POSITIVE", "ATTENTE")

    asyncio.run(play())
    positive = [envelope.ce_id for envelope, _, data in asyncio.run(installation.outputs(REPLIES)) if data.reponse == "POSITIVE"]
    assert (len(positive), len(set(positive))) == (2, 1)
