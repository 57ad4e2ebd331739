"""What every connector that receives must keep, tested once. A connector's class gives its good deliveries, with the
values of persons that they hold, and these tests do the rest."""

import inspect
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.registry import Connector
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.faults import CODES, MAX_FAULTS
from schemas.codec import encode
from schemas.outcome import Accepted, Delivery, Record, Refused
from tests.connectors.deliveries import RECEIVED, SECRET, delivery
from topics.catalogue import CATALOGUE

HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "one zero": b"\0",
    "zeros": b"\0" * 100_000,
    "random bytes": bytes(range(256)) * 40,
    "a png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "a zip": b"PK\x03\x04" + bytes(100),
    "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "html": b"<!doctype html><html><body>503</body></html>",
    "a json null": b"null",
    "a json number": b"1",
    "a json text": b'"MARTINEZ"',
    "an empty json list": b"[]",
    "a json list of nulls": b"[null, null]",
    "a json list of lists": b"[[], [[]]]",
    "an empty json object": b"{}",
    "deep json": b"[" * 200_000,
    "deep json objects": b'{"voeux":' * 50_000,
    "half a json": b'[{"uai": "0781944P", "nom": "MARTI',
    "json with nan": b'[{"uai": NaN}]',
    "json with a lone surrogate": b'[{"uai": "\\ud800", "\\udfff": 1}]',
    "json with a name of ten thousand letters": json.dumps([{"x" * 10_000: 1}]).encode(),
    "a line without end": b"x" * 1_000_000,
    "many separators": b";" * 60_000 + b"\n" + b";" * 60_000,
    "quotes": b'"' * 60_001,
    "old mac line ends": b"UAI;COD_ANU\r0781944P;2026\r",
    "utf-16 cut in a character": "UAI;NOM\n".encode("utf-16")[:-1],
    "utf-32": "UAI;NOM\n".encode("utf-32"),
    "utf-7": b"UAI;NOM\n0781944P;H+AOk-l+AOg-ne\n",
    "a formula": b'UAI;NOM\n=cmd|"/c calc"!A1;+1+1\n',
    "a path": b"../../etc/passwd\n",
}


@dataclass(frozen=True, slots=True)
class Good:
    """A delivery that must be taken."""

    name: str
    content: bytes
    personal: tuple[str, ...]
    """The values of persons in it: none may come out anywhere but in records' data."""
    records: int
    broken: tuple[bytes, ...]
    """The same with something wrong in one element of several: nothing of it may be taken."""
    identifiers: tuple[str, ...] = ()
    """Those of `personal` that keys and subjects are made of."""


class ConnectorContract:
    """Subclass it once per connector; the class name says which."""

    connector_class: ClassVar[type]
    good: ClassVar[Sequence[Good]]
    keys_of_persons: ClassVar[bool] = True
    """False where keys are schools, contracts or bordereaux: the secret then changes nothing to them."""

    def made(self, secret: bytes = SECRET) -> Connector:
        """A new one; only those whose keys are of persons need take a secret."""
        takes_secret = bool(inspect.signature(self.connector_class).parameters)
        made: Connector = self.connector_class(secret) if takes_secret else self.connector_class()
        return made

    @pytest.fixture
    def connector(self) -> Connector:
        return self.made()

    def records(self, connector: Connector, given: Delivery) -> list[Record]:
        answer = connector.accept(given)
        assert isinstance(answer, Accepted), answer
        return list(answer.records)

    def test_its_topics_are_in_the_catalogue_and_its_transports_are_known(self, connector: Connector) -> None:
        assert set(connector.topics) <= {topic.name for topic in CATALOGUE}
        assert connector.transports
        assert set(connector.transports) <= {"depot", "http"}

    def test_good_deliveries_are_taken_as_one_of_its_kinds(self, connector: Connector) -> None:
        seen = set()
        for each in self.good:
            answer = connector.accept(delivery(each.content, each.name))
            assert isinstance(answer, Accepted), (each.name, answer)
            assert len(list(answer.records)) == each.records
            seen.add(answer.kind)
        assert seen == set(connector.kinds)

    def test_a_state_names_its_school_and_an_act_none(self, connector: Connector) -> None:
        for each in self.good:
            answer = connector.accept(delivery(each.content, each.name))
            assert isinstance(answer, Accepted)
            keys = {record.key for record in answer.records}
            assert answer.school in (keys if connector.kinds[answer.kind] is Policy.ETAT else {""})

    def test_the_same_delivery_twice_gives_the_same_records(self, connector: Connector) -> None:
        for each in self.good:
            first, second = (self.records(one, delivery(each.content, each.name)) for one in (connector, self.made()))
            assert first == second

    def test_positions_are_unique_within_a_delivery(self, connector: Connector) -> None:
        for each in self.good:
            positions = [record.position for record in self.records(connector, delivery(each.content, each.name))]
            assert len(set(positions)) == len(positions)

    def test_every_record_is_of_its_topics_contract(self, connector: Connector) -> None:
        for each in self.good:
            for record in self.records(connector, delivery(each.content, each.name)):
                assert record.topic in connector.topics
                assert encode(record.topic, record.name, record.data, 1)

    def test_times_are_instants_not_after_what_the_delivery_says(self, connector: Connector) -> None:
        for each in self.good:
            for record in self.records(connector, delivery(each.content, each.name)):
                assert record.time.tzinfo is not None
                assert record.time <= RECEIVED

    def test_keys_and_subjects_never_hold_an_identifier_of_a_person(self, connector: Connector) -> None:
        for each in self.good:
            assert each.identifiers or not self.keys_of_persons
            for record in self.records(connector, delivery(each.content, each.name)):
                said = f"{record.key}|{record.subject}|{record.position}".upper()
                assert not [value for value in (*each.personal, *each.identifiers) if value.upper() in said]

    def test_the_secret_makes_the_keys_of_persons_and_no_others(self, connector: Connector) -> None:
        other = self.made(b"another-secret-of-32-bytes-long!")
        for each in self.good:
            given = delivery(each.content, each.name)
            ours, theirs = ({record.key for record in self.records(one, given)} for one in (connector, other))
            assert ours.isdisjoint(theirs) if self.keys_of_persons else ours == theirs

    def test_one_wrong_element_refuses_the_whole_delivery(self, connector: Connector) -> None:
        for each in self.good:
            assert each.broken
            for content in each.broken:
                assert isinstance(connector.accept(delivery(content, each.name)), Refused), content[:200]

    def test_faults_and_warnings_have_a_known_code_and_no_value_of_a_person(self, connector: Connector) -> None:
        for each in self.good:
            for content in (each.content, *each.broken, *_damaged(each.content)):
                answer = connector.accept(delivery(content, each.name))
                found = answer.faults if isinstance(answer, Refused) else answer.warnings
                for fault in found:
                    assert fault.code in CODES
                    assert fault.message
                    assert fault.remede
                    said = f"{fault.message} {fault.remede}"
                    assert not [value for value in (*each.personal, *each.identifiers) if value in said], said

    def test_a_shifted_file_does_not_leak_its_values(self, connector: Connector) -> None:
        """A separator too many on each line: every value stands in another column."""
        for each in self.good:
            if each.name.endswith(".csv"):
                head, *lines = each.content.decode().splitlines()
                shifted = "\n".join([head, *(";" + line.rsplit(";", 1)[0] for line in lines)]) + "\n"
                answer = connector.accept(delivery(shifted, each.name))
                assert isinstance(answer, Refused)
                said = " ".join(fault.message for fault in answer.faults)
                assert not [value for value in (*each.personal, *each.identifiers) if value in said], said

    @pytest.mark.parametrize("what", sorted(HOSTILE))
    def test_hostile_bytes_are_refused_with_a_bounded_french_report(self, connector: Connector, what: str) -> None:
        for name in ("", "x.csv", "x.json", "x.txt", "x.zip", "x", "x.JSON", "é\n.csv"):
            answer = connector.accept(delivery(HOSTILE[what], name))
            assert isinstance(answer, Refused), name
            assert 0 < len(answer.faults) <= MAX_FAULTS + 1
            assert all(fault.code in CODES and fault.remede and len(fault.message) < 2_000 for fault in answer.faults)
            assert answer.kind in {*connector.kinds, INCONNU}

    def test_a_stream_is_opened_anew_and_closed(self, connector: Connector) -> None:
        before = len(list(Path("/proc/self/fd").iterdir()))
        for each in self.good:
            self.records(connector, delivery(each.content, each.name))
        assert len(list(Path("/proc/self/fd").iterdir())) <= before


def _damaged(content: bytes) -> list[bytes]:
    """The same bytes cut, mixed and doubled."""
    half = content[: len(content) // 2]
    return [half, half + b"\xe9" + content[len(half) :], content + content, content.replace(b"2026", b"9999"), content.replace(b"/", b"-")]
