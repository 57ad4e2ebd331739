"""The engine's transaction on a real PostgreSQL: what it writes, what it refuses, what a retry finds."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import sqlalchemy
from sqlalchemy import text

from bus.database.connection import connect
from bus.engine.assembly import build_engine
from bus.engine.batches import Batch, Fenced, LogBounds, Skipped, Stopped, ToPublish
from bus.engine.engine import MAX_ERRORS, Engine
from bus.engine.publication import instant_of
from bus.engine.transient import Transient
from bus.registry_client import RegistryAway
from schemas.codec import SchemaUnknown, encode
from schemas.outcome import Event, Outcome, Row
from tests.bus.engine import chain
from tests.bus.engine.installation import Installation, dossier, inscription
from tests.waiting import PATIENCE

INPUTS = ("apogee.inscriptions.v1", "aglae.dossiers.v1", "bourses.interne.v1")
IDS = {topic: f"id of {topic}" for topic in INPUTS}
EMPTY = dict.fromkeys(INPUTS, LogBounds(0, 0))
WIDE = dict.fromkeys(INPUTS, LogBounds(0, 1000))


@dataclass
class Raw:
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    timestamp: int = 1_788_249_600_000


class Bench:
    """Makes engines on one installation and batches for them."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.ids = installation.registry.schema_ids({t: installation.deployment.topic(t) for t in INPUTS})
        self.made: list[Any] = []

    def engine(self, probe: Callable[[str], None] = lambda _point: None, **timeouts: float) -> Engine:
        inst = self.installation
        database = connect(inst.services.database, inst.schema, **timeouts)  # type: ignore[arg-type]
        self.made.append(database)
        return build_engine(inst.processor, database, inst.registry, inst.encoder, inst.deployment, {}, probe)

    def raw(self, event: Event, offset: int) -> Raw:
        value = encode(event.topic, event.type, event.data, self.ids[event.topic])
        return Raw(offset, event.key.encode(), value, self.installation.headers(event))

    def batch(self, *events: Event, after: int = 0, first: int | None = None) -> Batch:
        start = after if first is None else first
        return Batch(events[0].topic, 0, [self.raw(event, start + n) for n, event in enumerate(events)], after)


@pytest.fixture
def bench(installation: Installation) -> Iterator[Bench]:
    made = Bench(installation)
    yield made
    for database in made.made:
        database.dispose()


def taken(bench: Bench, **timeouts: float) -> Engine:
    engine = bench.engine(lambda _point: None, **timeouts)
    engine.take_over(0, "cluster", IDS, EMPTY)
    return engine


def ids_of(published: ToPublish | None) -> list[str]:
    return [] if published is None else [record[4] for record in published.records]


def test_states_journal_outbox_and_checkpoint_stand_together(bench: Bench) -> None:
    published = taken(bench).run(bench.batch(inscription("k", 1), inscription("k", 2)))
    query = bench.installation.query
    assert published is not None
    assert len(published.records) == 2
    assert query("SELECT count(*) FROM states")[0][0] == 1
    journal = query('SELECT "offset", how, sequence, reglages FROM journal ORDER BY sequence, rank')
    assert [tuple(row) for row in journal] == [(0, "applique", 1, 1), (1, "applique", 1, 1)]
    assert query("SELECT next_offset FROM checkpoints WHERE topic = 'apogee.inscriptions.v1'")[0][0] == 2
    assert query("SELECT count(*) FROM outbox")[0][0] == 1


def test_a_rollback_leaves_nothing(bench: Bench) -> None:
    def probe(point: str) -> None:
        if point == "before_commit":
            raise RuntimeError("the process dies here")

    engine = bench.engine(probe)
    engine.take_over(0, "cluster", IDS, EMPTY)
    with pytest.raises(RuntimeError):
        engine.run(bench.batch(inscription("k", 1)))
    counts = bench.installation.query(
        "SELECT (SELECT count(*) FROM states), (SELECT count(*) FROM journal), (SELECT count(*) FROM outbox), "
        "(SELECT max(next_offset) FROM checkpoints)"
    )
    assert tuple(counts[0]) == (0, 0, 0, 0)


def test_a_retry_of_a_commit_whose_answer_was_lost_returns_what_it_wrote(bench: Bench) -> None:
    lost = iter([True])

    def probe(point: str) -> None:
        if point == "after_commit" and next(lost, False):
            raise Transient("the answer to COMMIT was lost")

    engine = bench.engine(probe)
    engine.take_over(0, "cluster", IDS, EMPTY)
    batch = bench.batch(inscription("k", 1))
    with pytest.raises(Transient):
        engine.run(batch)
    again = engine.run(batch)
    assert len(ids_of(again)) == 1
    assert bench.installation.query("SELECT count(*), sum(total) FROM counts WHERE name = 'appliques'")[0] == (1, 1)


def test_a_former_owner_is_fenced_by_the_epoch(bench: Bench) -> None:
    former = taken(bench)
    present = taken(bench)
    with pytest.raises(Fenced):
        former.run(bench.batch(inscription("k", 1)))
    assert ids_of(present.run(bench.batch(inscription("k", 1))))


def test_a_released_task_takes_no_batch(bench: Bench) -> None:
    engine = taken(bench)
    engine.release(0)
    with pytest.raises(Fenced):
        engine.run(bench.batch(inscription("k", 1)))


def test_a_batch_that_skips_records_is_refused(bench: Bench) -> None:
    engine = taken(bench)
    engine.run(bench.batch(inscription("k", 1)))
    with pytest.raises(Skipped):
        engine.run(bench.batch(inscription("k", 3), after=2))


def test_a_batch_that_repeats_records_is_refused(bench: Bench) -> None:
    engine = taken(bench)
    engine.run(bench.batch(inscription("k", 1), inscription("k", 2)))
    with pytest.raises(Skipped):
        engine.run(bench.batch(inscription("k", 2), after=1))


def test_gaps_of_markers_are_no_skip(bench: Bench) -> None:
    engine = taken(bench)
    engine.run(bench.batch(inscription("k", 1)))
    assert ids_of(engine.run(bench.batch(inscription("k", 2), after=1, first=5)))


def test_the_outbox_left_by_a_crash_is_handed_to_the_next_owner_in_order(bench: Bench) -> None:
    engine = taken(bench)
    first = engine.run(bench.batch(inscription("k", 1)))
    second = engine.run(bench.batch(inscription("k", 2), after=1))
    left = bench.engine().take_over(0, "cluster", IDS, WIDE).left
    assert [ids_of(row) for row in left] == [ids_of(first), ids_of(second)]


def test_what_was_published_is_forgotten_with_the_next_batch(bench: Bench) -> None:
    engine = taken(bench)
    first = engine.run(bench.batch(inscription("k", 1)))
    assert first is not None
    engine.run(bench.batch(inscription("k", 2), after=1), forget=[first.sequence])
    assert [row[0] for row in bench.installation.query("SELECT sequence FROM outbox")] == [2]


def test_a_frozen_owner_loses_its_lock(bench: Bench) -> None:
    """The server ends its transaction; the new owner goes on and the former one finds another epoch."""
    frozen, resume = threading.Event(), threading.Event()

    def probe(point: str) -> None:
        if point == "folded":
            frozen.set()
            resume.wait(PATIENCE)

    former = bench.engine(probe, idle_seconds=3.0)
    former.take_over(0, "cluster", IDS, EMPTY)
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            former.run(bench.batch(inscription("k", 1)))
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    frozen.wait(PATIENCE)
    present = bench.engine(lock_seconds=60.0)
    present.take_over(0, "cluster", IDS, EMPTY)
    assert ids_of(present.run(bench.batch(inscription("k", 1))))
    resume.set()
    thread.join(PATIENCE)
    assert isinstance(outcome[0], Transient)
    with pytest.raises(Fenced):
        former.run(bench.batch(inscription("k", 1)))


# --- stops -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cluster", "ids", "bounds", "words"),
    [
        ("another", IDS, WIDE, "autre grappe"),
        ("cluster", {**IDS, INPUTS[0]: "another id"}, WIDE, "supprimé et recréé"),
        ("cluster", IDS, {**WIDE, INPUTS[0]: LogBounds(5, 10)}, "rétention"),
        ("cluster", IDS, {**WIDE, INPUTS[0]: LogBounds(0, 1)}, "Kafka est plus ancien"),
    ],
)
def test_a_log_that_is_not_the_checkpoints_stops_the_task_with_its_remedy(
    bench: Bench, cluster: str, ids: dict[str, str], bounds: dict[str, LogBounds], words: str
) -> None:
    taken(bench).run(bench.batch(inscription("k", 1), inscription("k", 2)))
    with pytest.raises(Stopped) as stop:
        bench.engine().take_over(0, cluster, ids, bounds)
    assert words in str(stop.value)
    assert "passerelle tasks" in str(stop.value)


def test_a_stopped_task_stays_stopped_until_it_is_resumed(bench: Bench) -> None:
    engine = taken(bench)
    engine.stop(0, "Parce que.")
    with pytest.raises(Stopped, match="Parce que"):
        bench.engine().take_over(0, "cluster", IDS, EMPTY)
    with bench.installation.database.begin() as connection:
        connection.execute(text("UPDATE tasks SET stopped = NULL"))
    assert bench.engine().take_over(0, "cluster", IDS, EMPTY).epoch == 2


def test_why_a_task_stopped_is_kept_in_its_row(bench: Bench) -> None:
    taken(bench).run(bench.batch(inscription("k", 1)))
    with pytest.raises(Stopped) as stop:
        bench.engine().take_over(0, "cluster", {**IDS, INPUTS[0]: "another id"}, WIDE)
    assert bench.installation.query("SELECT stopped FROM tasks")[0][0] == str(stop.value)


def test_a_state_of_a_later_release_stops_the_task_and_says_so(bench: Bench) -> None:
    taken(bench).run(bench.batch(inscription("k", 1)))
    with bench.installation.database.begin() as connection:
        connection.execute(text("UPDATE states SET version = 9"))
    engine = bench.engine()
    engine.take_over(0, "cluster", IDS, WIDE)
    with pytest.raises(Stopped, match="version 9"):
        engine.run(bench.batch(inscription("k", 2), after=1))
    assert "version 9" in bench.installation.query("SELECT stopped FROM tasks")[0][0]


def test_a_former_owner_is_fenced_before_the_ends_of_the_log_are_read(bench: Bench) -> None:
    """Else it could go on past an end that was read too early, and the task would stop for a loss that is none."""
    former = taken(bench)
    successor = bench.engine()
    fenced = successor.fence(0)
    with pytest.raises(Fenced):
        former.run(bench.batch(inscription("k", 1)))
    assert successor.take_over(0, "cluster", IDS, WIDE, fenced).epoch == (fenced or 0) + 1


def test_ends_read_before_yet_another_owner_came_are_not_believed(bench: Bench) -> None:
    taken(bench)
    late = bench.engine()
    fenced = late.fence(0)
    present = taken(bench)
    present.run(bench.batch(inscription("k", 1), inscription("k", 2)))
    with pytest.raises(Fenced):
        late.take_over(0, "cluster", IDS, EMPTY, fenced)
    assert bench.installation.query("SELECT stopped FROM tasks")[0][0] is None


def test_the_journal_follows_the_calendar_without_another_takeover(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = taken(bench)
    engine.run(bench.batch(inscription("k", 1)))

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Later":
            return cls(2040, 2, 29, 0, 0, 1, tzinfo=UTC)

    for module in ("engine", "batch_writing"):
        monkeypatch.setattr(f"bus.engine.{module}.datetime", Later)
    assert ids_of(engine.run(bench.batch(inscription("k", 2), after=1)))
    assert bench.installation.query("SELECT count(*) FROM journal WHERE day > '2040-02-29'")[0][0] == 1


def test_more_than_twenty_rule_errors_in_a_minute_stop_the_task(bench: Bench) -> None:
    engine = taken(bench)
    events = [inscription(f"key{n}", n, cod_brs="ECHOUE") for n in range(MAX_ERRORS + 1)]
    with pytest.raises(Stopped, match="mauvaise version"):
        engine.run(bench.batch(*events))
    assert bench.installation.query("SELECT count(*) FROM dead_letters")[0][0] == MAX_ERRORS + 1
    assert bench.installation.query("SELECT stopped FROM tasks")[0][0]


# --- bad records -----------------------------------------------------------------------------------------------------


def spoiled(bench: Bench, kind: str, offset: int) -> Raw:
    good = bench.raw(inscription("k", 50), offset)
    assert good.value is not None
    match kind:
        case "AVRO_ENTETE":
            return Raw(offset, good.key, b"\x01hello", good.headers)
        case "AVRO_ILLISIBLE":
            return Raw(offset, good.key, good.value[:9], good.headers)
        case "AVRO_SCHEMA_INCONNU":
            return Raw(offset, good.key, b"\0" + (999_999).to_bytes(4, "big") + good.value[5:], good.headers)
        case "ENVELOPPE_INCOMPLETE":
            return Raw(offset, good.key, good.value, [(n, v) for n, v in good.headers if n != "ce_id"])
        case "TYPE_CONTRAIRE":
            return Raw(offset, good.key, good.value, [(n, b"dossier" if n == "ce_type" else v) for n, v in good.headers])
        case "CLE_ABSENTE":
            return Raw(offset, None, good.value, good.headers)
    raise AssertionError(kind)


@pytest.mark.parametrize(
    "kind", ["AVRO_ENTETE", "AVRO_ILLISIBLE", "AVRO_SCHEMA_INCONNU", "ENVELOPPE_INCOMPLETE", "TYPE_CONTRAIRE", "CLE_ABSENTE"]
)
def test_an_unreadable_record_is_a_dead_letter_and_its_neighbours_are_decided(bench: Bench, kind: str) -> None:
    bad = spoiled(bench, kind, 1)
    records = [bench.raw(inscription("k", 1), 0), bad, bench.raw(inscription("k", 2), 2)]
    published = taken(bench).run(Batch(INPUTS[0], 0, records, 0))
    assert len(ids_of(published)) == 2
    letter = bench.installation.query('SELECT code, "offset", value, reason FROM dead_letters')[0]
    assert (letter[0], letter[1], bytes(letter[2])) == (kind, 1, bad.value)
    assert letter[3]


def test_hostile_headers_do_not_stop_the_task(bench: Bench) -> None:
    records = [Raw(0, b"\xff\x00", b"\0", [("ce_id", b"\x00\xff"), ("a\x00b", b"x")]), bench.raw(inscription("k", 1), 1)]
    assert len(ids_of(taken(bench).run(Batch(INPUTS[0], 0, records, 0)))) == 1
    assert bench.installation.query("SELECT count(*) FROM dead_letters")[0][0] == 1


@pytest.mark.parametrize("kind", ["echeance", "inscription", "reprise"])
def test_a_record_without_a_value_is_no_deletion_where_nothing_is_deleted(bench: Bench, kind: str) -> None:
    good = bench.raw(inscription("k", 50), 1)
    null = Raw(1, good.key, None, [(n, kind.encode() if n == "ce_type" else v) for n, v in good.headers])
    published = taken(bench).run(Batch(INPUTS[0], 0, [bench.raw(inscription("k", 1), 0), null, bench.raw(inscription("k", 2), 2)], 0))
    assert len(ids_of(published)) == 2
    assert bench.installation.query('SELECT code, "offset", holds FROM dead_letters') == [("TYPE_CONTRAIRE", 1, False)]


@pytest.mark.parametrize("timestamp", [-1, -(10**15), 10**18, 2**63 - 1, -(2**63)])
def test_a_record_is_decided_whenever_its_producer_says_that_it_came(bench: Bench, timestamp: int) -> None:
    waiting = inscription("k", 1, type="IA_ANNULEE", subject="ia/9")
    raw = [replace(bench.raw(event, n), timestamp=timestamp) for n, event in enumerate((inscription("k", 2), waiting))]
    assert len(ids_of(taken(bench).run(Batch(INPUTS[0], 0, raw, 0)))) >= 1
    assert bench.installation.query("SELECT count(*) FROM dead_letters")[0][0] == 0


@pytest.mark.parametrize("instant", [b"9999-12-31T23:59:59.9996Z", b"0001-01-01T00:00:00.0004Z", b"9999-12-31T23:59:59.999999999Z"])
def test_an_output_of_the_first_and_the_last_instant_can_be_published(bench: Bench, instant: bytes) -> None:
    """Committed and not publishable, it would stand before all others for ever."""
    good = bench.raw(inscription("k", 1), 0)
    raw = replace(good, headers=[(name, instant if name == "ce_time" else value) for name, value in good.headers])
    published = taken(bench).run(Batch(INPUTS[0], 0, [raw], 0))
    assert published is not None
    assert [instant_of(record[7])[:4] for record in published.records] == [instant[:4]]


def test_a_record_of_huge_hostile_parts_is_a_dead_letter(bench: Bench) -> None:
    noise = random.Random(1).randbytes(300_000)
    records = [Raw(0, noise, noise, [("ce_id", noise), (noise.hex(), noise)]), bench.raw(inscription("k", 1), 1)]
    assert len(ids_of(taken(bench).run(Batch(INPUTS[0], 0, records, 0)))) == 1
    assert bench.installation.query("SELECT count(*) FROM dead_letters")[0][0] == 1


def test_what_postgresql_refuses_to_write_is_a_dead_letter_of_its_record_alone(bench: Bench) -> None:
    table = sqlalchemy.Table(
        "lines",
        sqlalchemy.MetaData(),
        sqlalchemy.Column("id", sqlalchemy.String, primary_key=True),
        sqlalchemy.Column("texte", sqlalchemy.String),
    )
    with bench.installation.database.begin() as connection:
        table.create(connection)

    def decide(_reglages: Any, state: Any, event: Event) -> Outcome:
        return Outcome(state, rows=(Row("lines", {"id": event.id}, {"texte": event.data.nom}),))

    def named(n: int, nom: str) -> Event:
        event = inscription(f"key{n}", n)
        return msgspec.structs.replace(event, data=msgspec.structs.replace(event.data, nom=nom))

    bench.installation.processor = replace(chain.PROCESSOR, decide=decide)
    engine = build_engine(
        bench.installation.processor,
        bench.installation.database,
        bench.installation.registry,
        bench.installation.encoder,
        bench.installation.deployment,
        {"lines": table},
    )
    engine.take_over(0, "cluster", IDS, EMPTY)
    engine.run(bench.batch(named(1, "a"), named(2, "nul \x00"), named(3, "c")))
    assert {row[0] for row in bench.installation.query("SELECT texte FROM lines")} == {"a", "c"}
    assert [tuple(row) for row in bench.installation.query('SELECT code, "offset", holds FROM dead_letters')] == [
        ("ECRITURE_REFUSEE", 1, True)
    ]


def test_a_registry_that_is_away_decides_nothing_and_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = taken(bench)
    batch = bench.batch(inscription("k", 1))

    def away(_schema_id: int) -> Any:
        raise RegistryAway("panne")

    monkeypatch.setattr(engine._reader, "_writer_schema", away)
    with pytest.raises(Transient):
        engine.run(batch)
    assert bench.installation.query("SELECT count(*) FROM dead_letters")[0][0] == 0
    monkeypatch.undo()
    assert ids_of(engine.run(batch))


def unknown_schemas(bench: Bench, ids: Sequence[int]) -> Batch:
    good = [bench.raw(inscription("k", n), n) for n in range(len(ids))]
    return Batch(INPUTS[0], 0, [replace(raw, value=b"\0" + n.to_bytes(4, "big")) for raw, n in zip(good, ids, strict=True)], 0)


def test_a_schema_that_the_registry_does_not_have_is_asked_for_once_a_batch(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = taken(bench)
    asked: list[int] = []

    def ask(schema_id: int) -> Any:
        asked.append(schema_id)
        raise SchemaUnknown

    monkeypatch.setattr(engine._reader, "_writer_schema", ask)
    assert engine.run(unknown_schemas(bench, [900_001] * 40 + [900_002] * 40)) is None
    assert asked == [900_001, 900_002]
    assert bench.installation.query("SELECT count(*) FROM dead_letters")[0][0] == 80


def test_no_lock_is_held_while_a_slow_registry_is_asked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL ends a transaction that stands idle; the same batch would then be tried again for ever."""
    engine = taken(bench, idle_seconds=3.0)

    def slow(_schema_id: int) -> Any:
        time.sleep(4.0)
        raise SchemaUnknown

    monkeypatch.setattr(engine._reader, "_writer_schema", slow)
    assert engine.run(unknown_schemas(bench, [900_001])) is None
    assert bench.installation.query("SELECT code FROM dead_letters") == [("AVRO_SCHEMA_INCONNU",)]


# --- what waits survives the transaction -----------------------------------------------------------------------------


def test_waiting_events_and_holds_survive_a_restart(bench: Bench) -> None:
    engine = taken(bench)
    waiting = inscription("k", 1, type="IA_ANNULEE", subject="ia/9")
    failing = inscription("h", 2, cod_brs="ECHOUE")
    engine.run(bench.batch(waiting, failing, inscription("h", 3)))
    successor = bench.engine()
    successor.take_over(0, "cluster", IDS, WIDE)
    published = successor.run(bench.batch(inscription("k", 4, subject="ia/9"), inscription("h", 5), after=3))
    assert len(ids_of(published)) == 2
    assert bench.installation.query("SELECT count(*) FROM waiting WHERE kind = 'H'")[0][0] == 2
    assert bench.installation.query("SELECT count(*) FROM waiting WHERE kind = 'P'")[0][0] == 0
    assert bench.installation.query("SELECT key FROM holds")[0][0] == "h"


def test_deadlines_are_due_once_and_only_those_of_the_task(bench: Bench) -> None:
    engine = taken(bench)
    engine.run(bench.batch(dossier("k", 1, annee=1910), dossier("l", 2, annee=1920)))
    due = engine.due_deadlines(0, datetime(2027, 1, 1, tzinfo=UTC))
    assert [name for _, name, _ in due] == ["rappel", "rappel"]
    assert engine.due_deadlines(1, datetime(2027, 1, 1, tzinfo=UTC)) == []
    engine.deadlines_published(due[:1])
    assert engine.due_deadlines(0, datetime(2027, 1, 1, tzinfo=UTC)) == due[1:]


def test_a_state_is_removed_when_a_rule_leaves_none(bench: Bench) -> None:
    engine = taken(bench)
    engine.run(bench.batch(inscription("k", 1)))
    assert bench.installation.query("SELECT count(*) FROM states")[0][0] == 1


def test_a_lock_held_elsewhere_is_waited_for_then_transient(bench: Bench) -> None:
    engine = taken(bench, lock_seconds=0.3)
    with bench.installation.database.begin() as connection:
        connection.execute(text("SELECT * FROM tasks FOR UPDATE"))
        started = time.monotonic()
        with pytest.raises(Transient):
            engine.run(bench.batch(inscription("k", 1)))
        assert time.monotonic() - started < 25
    assert ids_of(engine.run(bench.batch(inscription("k", 1))))
