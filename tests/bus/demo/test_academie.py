"""The invented schools of the demonstration: on any day of the year their files and events are taken by the real connectors."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from bus.demo import academie
from bus.demo.academie import Event, File
from bus.samples.school import SchoolType
from connectors.registry import push_connectors
from schemas.outcome import Accepted, Delivery, Record, Refused
from tests.connectors.deliveries import SECRET

DAYS = (date(2026, 1, 1), date(2026, 3, 11), date(2026, 7, 14), date(2026, 9, 25), date(2026, 12, 31))
CONNECTORS = {each.system: each for each in push_connectors(SECRET)}


def taken(system: str, name: str, content: bytes) -> Accepted | Refused:
    media = "" if name else "application/json"
    return CONNECTORS[system].accept(Delivery(name, len(content), lambda: io.BytesIO(content), datetime.now(UTC), media))


def posted(today: date) -> Iterator[tuple[str, list[Event]]]:
    college, lycee, (first, second) = academie.academie(today)
    yield "etablissement", academie.before_the_structure(college, ["ExportXML_Structures.zip"])
    yield "etablissement", [*academie.structure_sent(college), *academie.deposit(college, "liens.zip", 12)]
    yield "charlemagne", [*academie.rentree(college, False), *academie.rentree(lycee, True), *academie.pupils_sent(lycee)]
    yield "charlemagne", [*academie.charlemagne(first, 3, 1), *academie.mended(first, 3), *academie.charlemagne(second, 0, 0)]
    yield "academie", [academie.described(college, False), academie.described(lycee, True), academie.described(first, None)]
    yield "academie", [academie.integrated(lycee)]
    yield "onde", [academie.imported(first, "0" * 64)]


def dropped(today: date) -> Iterator[File]:
    college, lycee, ecoles = academie.academie(today)
    for school in (college, lycee, *ecoles):
        yield from academie.exchanges(school)
    yield from (academie.links(college, hour, wrong) for hour, wrong in ((10, True), (11, False)))
    yield from (academie.archive(school) for school in ecoles)


@pytest.mark.parametrize("today", DAYS)
def test_the_posts_are_taken_and_none_is_of_a_day_to_come(today: date) -> None:
    for system, events in posted(today):
        answer = taken(system, "", json.dumps(events, ensure_ascii=False).encode())
        assert isinstance(answer, Accepted), (system, answer)
        records: list[Record] = list(answer.records)
        assert len(records) == len(events)
        assert max(each.time for each in records).date() < today


def test_the_files_are_taken() -> None:
    for path, content in dropped(date(2026, 10, 12)):
        system, _, name = path.partition("/")
        assert isinstance(taken(system, name, content), Accepted), path


def test_the_college_has_455_pupils_and_is_in_nouvelle_caledonie() -> None:
    college, lycee, ecoles = academie.academie(date(2026, 10, 12))
    assert (len(college.school.pupils), college.uai[:3]) == (455, "983")
    assert [each.kind for each in (lycee, *ecoles)] == [SchoolType.LYCEE, SchoolType.ECOLE, SchoolType.ECOLE]


def test_the_first_file_of_links_is_wrong_and_the_second_one_newer() -> None:
    college, _, _ = academie.academie(date(2026, 10, 12))
    wrong, right = academie.links(college, 10, wrong=True), academie.links(college, 11, wrong=False)
    assert wrong[0] < right[0]
    assert wrong[1] != right[1]
