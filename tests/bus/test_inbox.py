"""The inbox of a system on real services: what is taken, refused, waited out and agreed again after a disorder."""

import asyncio
import csv
import json
import os
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from bus.inbox import worker as inbox_worker
from bus.inbox.inbox import Inbox
from bus.inbox.ledger import Ledger, Overtaken, SystemLocks
from bus.publishing import KafkaAway, RecordPublisher
from connectors.transport.deliveries import Policy
from schemas import identity
from schemas.outcome import Accepted, Delivery, Record, Refused
from tests.bus.receiving import AT_ONCE, DOSSIERS, REGISTRATIONS, Receiving, receiving
from tests.connectors.aglae.samples import DOSSIERS_CSV
from tests.connectors.apogee.samples import EXPORT
from tests.services import Services
from tests.waiting import PATIENCE, until


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        yield made


def quarantined(bus: Receiving, system: str = "apogee") -> list[str]:
    return sorted(path.name for path in (bus.folders(system).root / "quarantaine").iterdir())


def archived(bus: Receiving, system: str = "apogee") -> list[str]:
    return sorted(path.name for path in (bus.folders(system).root / "archive").glob("*/*"))


def left(bus: Receiving, system: str = "apogee") -> list[str]:
    folders = bus.folders(system)
    return [path.name for folder in (folders.depot, folders.in_progress) for path in folder.iterdir()]


def test_a_dropped_export_becomes_records_whose_ids_come_from_its_receipt_and_is_archived(bus: Receiving) -> None:
    bus.drop("Export Apogée (1).csv", EXPORT)
    cycles = bus.served()
    assert [(cycle.files, cycle.records) for cycle in cycles] == [(0, 0), (1, 2)]
    (row,) = bus.rows()
    assert (row["state"], row["kind"], row["records"], row["size"]) == ("ARCHIVED", "apogee.inscriptions.csv", 2, len(EXPORT.encode()))
    assert {one.envelope.ce_id for one in bus.came()} == {identity.from_receipt(row["receipt"], f"ligne {line}") for line in (2, 3)}
    assert archived(bus) == [f"{row['receipt']}__Export Apogée (1).csv"]
    assert row["place"] == f"archive/{datetime.now(UTC):%Y-%m-%d}/{archived(bus)[0]}"
    assert left(bus) == []


def test_each_system_has_its_folder_and_its_topic(bus: Receiving) -> None:
    bus.drop("dossiers.csv", DOSSIERS_CSV, "aglae")
    bus.served("aglae")
    assert [(one.name, one.data.numero) for one in bus.came(DOSSIERS)] != []
    assert [row["system"] for row in bus.rows()] == ["aglae"]


def test_a_bad_file_goes_to_quarantine_with_its_report_and_its_neighbours_are_taken(bus: Receiving) -> None:
    bus.drop("1_bon.csv", EXPORT)
    bus.drop("2_mauvais.csv", EXPORT.replace("12/03/2007", "31/02/2007"))
    bus.drop("3_bon.csv", EXPORT)
    bus.served()
    assert [(row["name"], row["state"]) for row in bus.rows()] == [
        ("1_bon.csv", "ARCHIVED"),
        ("2_mauvais.csv", "REFUSED"),
        ("3_bon.csv", "ARCHIVED"),
    ]
    assert quarantined(bus) == ["2_mauvais.csv", "2_mauvais.csv.compte_rendu.json", "2_mauvais.csv.compte_rendu.txt"]
    report = (bus.folders().root / "quarantaine/2_mauvais.csv.compte_rendu.txt").read_text()
    assert "Fichier        : 2_mauvais.csv" in report
    assert "1. [DATE_IMPOSSIBLE] Ligne 2, colonne DATE_NAI : date du calendrier ; trouvé : date impossible." in report
    assert "À faire : Corriger la valeur à la source." in report
    assert "TESTARD" not in report
    data = json.loads((bus.folders().root / "quarantaine/2_mauvais.csv.compte_rendu.json").read_text())
    assert (data["erreurs"][0]["code"], data["erreurs"][0]["ligne"]) == ("DATE_IMPOSSIBLE", 2)
    assert len(bus.came()) == 4


def test_a_depot_dropped_five_times_counts_five_times(bus: Receiving) -> None:
    for number in range(5):
        bus.drop(f"export{number % 2}.csv" if number < 2 else f"export{number}.csv", EXPORT)
    bus.served()
    assert [row["state"] for row in bus.rows()] == ["ARCHIVED"] * 5
    assert len({one.envelope.ce_id for one in bus.came()}) == 10


class StateOfASchool:
    """A made-up connector whose files say the whole state of a school."""

    system = "apogee"
    topics = (REGISTRATIONS,)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = {"etat.csv": Policy.ETAT}

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        answer = self._inner.accept(delivery)
        assert isinstance(answer, Accepted)
        return Accepted("etat.csv", answer.records, school=delivery.name[:8])


def test_a_state_equal_to_the_last_accepted_one_of_its_school_is_ignored_and_said(bus: Receiving) -> None:
    connector = StateOfASchool(bus.connector("apogee"))
    other = EXPORT.replace("L1INFO", "L2INFO")
    for name, content in (
        ("0781944P_1.csv", EXPORT),
        ("0781944P_2.csv", EXPORT),
        ("0341088Y_1.csv", EXPORT),
        ("0781944P_3.csv", other),
        ("0781944P_4.csv", EXPORT),
    ):
        bus.drop(name, content)
        bus.served(connector=connector)
    states = [(row["name"], row["state"]) for row in bus.rows()]
    assert states == [
        ("0781944P_1.csv", "ARCHIVED"),
        ("0781944P_2.csv", "IGNORED"),
        ("0341088Y_1.csv", "ARCHIVED"),
        ("0781944P_3.csv", "ARCHIVED"),
        ("0781944P_4.csv", "ARCHIVED"),
    ]
    assert len(archived(bus)) == 5


def test_a_file_that_is_being_written_is_taken_once_when_it_is_whole(bus: Receiving) -> None:
    half = len(EXPORT) // 2

    async def work(publisher: RecordPublisher) -> list[int]:
        inbox = bus.inbox(publisher, patience=type(AT_ONCE)(quiet=0.0, incomplete=60.0))
        path = bus.drop("lent.csv", EXPORT[:half])
        files = [(await inbox.cycle()).files for _ in range(3)]
        with path.open("a", encoding="utf-8", newline="") as stream:
            stream.write(EXPORT[half:])
        return [*files, *[(await inbox.cycle()).files for _ in range(3)]]

    assert bus.run(work) == [0, 0, 0, 0, 1, 0]
    assert [row["records"] for row in bus.rows()] == [2]


def test_a_name_for_the_time_of_writing_is_left_alone_and_taken_once_renamed(bus: Receiving) -> None:
    path = bus.drop("export.csv.filepart", EXPORT)
    assert [cycle.files for cycle in bus.served(cycles=3)] == [0, 0, 0]
    path.rename(path.with_suffix(""))
    assert sum(cycle.files for cycle in bus.served()) == 1


def test_a_file_whose_writer_died_is_refused_as_incomplete(bus: Receiving) -> None:
    bus.drop("coupe.json", '[{"event_id": "e-1", ')
    bus.served()
    assert [(row["state"], row["flaw"]) for row in bus.rows()] == [("REFUSED", "FICHIER_INCOMPLET")]
    assert "coupe.json.compte_rendu.txt" in quarantined(bus)


def test_a_mark_takes_a_file_at_once_and_goes_with_it(bus: Receiving) -> None:
    bus.drop("sans_fin.csv", EXPORT.rstrip())
    bus.drop("sans_fin.csv.done", b"")
    assert [cycle.files for cycle in bus.served(cycles=1)] == [1]
    assert left(bus) == []


def test_hostile_things_are_quarantined_and_reported_without_being_opened(bus: Receiving, tmp_path: Path) -> None:
    depot = bus.folders().depot
    secret = tmp_path / "secret.csv"
    secret.write_bytes(EXPORT.encode())
    (depot / "lien.csv").symlink_to(secret)
    os.mkfifo(depot / "tube.csv")
    (depot / "dossier.csv").mkdir()
    (depot / "dossier.csv" / "dedans.csv").write_text(EXPORT)
    (depot / "a\nb\x1b[31m.csv").write_text(EXPORT)
    Path(os.fsdecode(os.fsencode(depot) + b"/caf\xe9.csv")).write_text(EXPORT)
    (depot / ("x" * 250 + ".csv")).write_text(EXPORT)
    bus.served()
    assert {row["state"] for row in bus.rows()} == {"REFUSED"}
    assert sorted(row["flaw"] for row in bus.rows()) == ["NOM_INTERDIT"] * 3 + ["PAS_UN_FICHIER"] * 3
    assert all(name.isprintable() for name in quarantined(bus))
    assert len([name for name in quarantined(bus) if name.endswith(".compte_rendu.txt")]) == 6
    assert secret.read_bytes().decode() == EXPORT
    assert bus.came() == []
    assert left(bus) == []


def test_what_stands_in_en_cours_without_a_row_is_taken_under_its_receipt(bus: Receiving) -> None:
    receipt = "0b0e7f5c-0000-4000-8000-000000000001"
    (bus.folders().in_progress / f"{receipt}__a.csv").write_text(EXPORT)
    (bus.folders().in_progress / "pose_a_la_main.csv").write_text(EXPORT)
    bus.served(cycles=1)
    rows = bus.rows()
    assert {row["name"]: row["state"] for row in rows} == {"a.csv": "ARCHIVED", "pose_a_la_main.csv": "ARCHIVED"}
    assert receipt in {row["receipt"] for row in rows}
    assert identity.from_receipt(receipt, "ligne 2") in {one.envelope.ce_id for one in bus.came()}


def test_a_row_whose_file_never_left_depot_is_withdrawn_and_the_file_is_taken_once(bus: Receiving) -> None:
    bus.drop("a.csv", EXPORT)
    Ledger(bus.database).insert("0b0e7f5c-0000-4000-8000-000000000001", "apogee", "a.csv", None, datetime.now(UTC))
    bus.served()
    assert [row["state"] for row in bus.rows()] == ["ARCHIVED"]
    assert len(bus.came()) == 2


def test_a_file_taken_away_by_hand_is_said_to_have_vanished(bus: Receiving) -> None:
    ledger = Ledger(bus.database)
    ledger.insert("0b0e7f5c-0000-4000-8000-000000000001", "apogee", "a.csv", None, datetime.now(UTC))
    ledger.measured("0b0e7f5c-0000-4000-8000-000000000001", 1, "0" * 64)
    bus.served(cycles=1)
    assert [row["state"] for row in bus.rows()] == ["VANISHED"]


def test_an_archived_receipt_dropped_again_in_en_cours_gets_a_new_one(bus: Receiving) -> None:
    bus.drop("a.csv", EXPORT)
    bus.served()
    receipt = bus.rows()[0]["receipt"]
    (bus.folders().in_progress / f"{receipt}__a.csv").write_text(EXPORT)
    bus.served(cycles=1)
    assert len({row["receipt"] for row in bus.rows()}) == 2
    assert len({one.envelope.ce_id for one in bus.came()}) == 4


def test_kafka_away_keeps_the_file_under_its_receipt_until_it_is_back(bus: Receiving) -> None:
    bus.drop("a.csv", EXPORT)
    bus.drop("a.csv.done", b"")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = {"bootstrap_servers": f"127.0.0.1:{closed.getsockname()[1]}"}
        for _ in range(2):
            with pytest.raises(KafkaAway):
                bus.served(cycles=1, kafka=nobody, patience=0.5)
    (row,) = bus.rows()
    assert (row["state"], left(bus)) == ("CLAIMED", [f"{row['receipt']}__a.csv"])
    bus.served(cycles=1)
    assert [(each["receipt"], each["state"]) for each in bus.rows()] == [(row["receipt"], "ARCHIVED")]
    assert {one.envelope.ce_id for one in bus.came()} == {identity.from_receipt(row["receipt"], f"ligne {line}") for line in (2, 3)}


@pytest.mark.parametrize("step", ["row_written", "claimed", "accepted", "prepared", "published", "recorded", "moved"])
def test_postgresql_that_cuts_at_any_step_loses_and_doubles_nothing(bus: Receiving, step: str) -> None:
    bus.drop("a.csv", EXPORT)
    bus.drop("a.csv.done", b"")
    cut = threading.Event()
    ended: list[int] = []
    backends: set[int] = set()
    """Its own only: the tests beside it use the same server."""
    bus.database.dispose()
    event.listen(bus.database, "connect", lambda raw, _record: backends.add(raw.info.backend_pid))

    def probe(name: str) -> None:
        """By a connection of another pool, or the one that is idle would be taken for it and nothing be cut."""
        if name == step and not cut.is_set():
            cut.set()
            beside, own = bus.connected(), {"backends": sorted(backends)}
            with beside.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                living = "FROM pg_stat_activity WHERE pid = ANY(:backends)"
                ended.extend(connection.execute(text(f"SELECT pg_terminate_backend(pid) {living}"), own).scalars())
                until(lambda: not connection.execute(text(f"SELECT 1 {living}"), own).all())
            beside.dispose()

    async def work(publisher: RecordPublisher) -> None:
        inbox, locks, stop = bus.inbox(publisher, probe=probe), SystemLocks(bus.database), asyncio.Event()
        serving = asyncio.create_task(inbox_worker.serve(inbox, locks, stop, scan_seconds=0.02))
        async with asyncio.timeout(PATIENCE):
            await _until(lambda: [row["state"] for row in _rows_or_none(bus)] == ["ARCHIVED"])
        stop.set()
        await serving
        locks.close()

    bus.run(work)
    assert cut.is_set()
    assert ended
    assert len({one.envelope.ce_id for one in bus.came()}) == 2
    assert len(archived(bus)) == 1
    assert left(bus) == []


async def _until(true: Callable[[], bool]) -> None:
    """Wait for a condition that only the database knows."""
    never = asyncio.Event()
    while not await asyncio.to_thread(true):
        with suppress(TimeoutError):
            await asyncio.wait_for(never.wait(), 0.02)


def _rows_or_none(bus: Receiving) -> list[dict[str, Any]]:
    try:
        return bus.rows()
    except inbox_worker.OUTAGES:
        return []


def test_two_workers_never_take_a_file_twice_and_keep_the_order(bus: Receiving) -> None:
    for number in range(12):
        path = bus.drop(f"{number:02}.csv", EXPORT.replace(";120;", f";{number:03};"))
        os.utime(path, ns=(number * 10**9, number * 10**9))

    async def work(publisher: RecordPublisher) -> None:
        other, stop = bus.publisher(), asyncio.Event()
        locks = [SystemLocks(bus.database), SystemLocks(bus.database)]
        inboxes = [bus.inbox(publisher), bus.inbox(other)]
        serving = [
            asyncio.create_task(inbox_worker.serve(inbox, lock, stop, scan_seconds=0.02))
            for inbox, lock in zip(inboxes, locks, strict=True)
        ]
        async with asyncio.timeout(PATIENCE):
            await _until(lambda: [row["state"] for row in bus.rows()].count("ARCHIVED") == 12)
        stop.set()
        await asyncio.gather(*serving)
        await other.stop()
        for lock in locks:
            lock.close()

    bus.run(work)
    assert [row["name"] for row in bus.rows()] == [f"{number:02}.csv" for number in range(12)]
    came = bus.came()
    assert len(came) == len({one.envelope.ce_id for one in came}) == 24
    for key in {one.key for one in came}:
        versions = [one.data.cod_vrs_vet for one in came if one.key == key]
        assert versions == sorted(versions)


def test_a_system_is_one_workers_until_it_ends(bus: Receiving) -> None:
    first, second = SystemLocks(bus.database), SystemLocks(bus.database)
    assert (first.held("apogee"), second.held("apogee"), second.held("aglae"), first.held("apogee")) == (True, False, True, True)
    first.close()
    until(lambda: second.held("apogee"))  # PostgreSQL gives it back when it sees the connection's end
    second.close()


def test_two_inboxes_without_the_lock_still_take_each_file_once(bus: Receiving) -> None:
    for number in range(10):
        bus.drop(f"{number}.csv", EXPORT)
        bus.drop(f"{number}.csv.done", b"")

    async def cycles(inbox: Inbox) -> int:
        files = 0
        for _ in range(3):
            try:
                files += (await inbox.cycle()).files
            except (Overtaken, FileNotFoundError):
                continue
        return files

    async def work(publisher: RecordPublisher) -> None:
        await asyncio.gather(cycles(bus.inbox(publisher)), cycles(bus.inbox(publisher)))
        await cycles(bus.inbox(publisher))

    bus.run(work)
    assert len(archived(bus)) == 10
    assert len({one.envelope.ce_id for one in bus.came()}) == 20
    assert left(bus) == []


class Failing:
    """A made-up connector with a mistake of ours in it."""

    system = "apogee"
    topics = (REGISTRATIONS,)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = {"x": Policy.DEPOT}

    def __init__(self, error: Exception | None, late: bool) -> None:
        """None: the record that it gives is none of its contract."""
        self._error = error
        self._late = late

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        if self._error is not None and not self._late:
            raise self._error
        return Accepted("x", self._records(delivery))

    def _records(self, delivery: Delivery) -> Iterator[Record]:
        if self._error is not None:
            raise self._error
        yield Record(REGISTRATIONS, "inscription", "k", "s", delivery.received, object(), "ligne 1")


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("error", [None, KeyError("MARTINEZ"), struct.error("MARTINEZ"), zlib.error("MARTINEZ"), EOFError(), csv.Error()])
def test_a_mistake_of_ours_quarantines_the_file_and_does_not_stop_the_inbox(bus: Receiving, error: Exception | None, late: bool) -> None:
    bus.drop("a.csv", EXPORT)
    bus.served(connector=Failing(error, late))
    assert [row["remarks"][0]["code"] for row in bus.rows()] == ["LECTURE_EN_ERREUR"]
    bus.drop("b.csv", EXPORT)
    bus.served()
    assert [row["state"] for row in bus.rows()] == ["REFUSED", "ARCHIVED"]


def test_a_file_that_changes_while_it_is_read_is_read_again_and_published_once(bus: Receiving) -> None:
    path = bus.drop("a.csv", EXPORT)
    bus.drop("a.csv.done", b"")
    held = path.open("a", encoding="utf-8", newline="")
    changed = False

    def probe(step: str) -> None:
        nonlocal changed
        if step == "accepted" and not changed:
            changed = True
            held.write(EXPORT.splitlines()[1].replace("900001", "900003") + "\r\n")
            held.flush()

    async def work(publisher: RecordPublisher) -> list[int]:
        inbox = bus.inbox(publisher, probe=probe)
        return [(await inbox.cycle()).records for _ in range(2)]

    assert bus.run(work) == [0, 3]
    held.close()
    assert len(bus.came()) == 3
