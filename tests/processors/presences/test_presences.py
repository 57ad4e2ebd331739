"""The same INE in two schools: told to both, taken back when one of them gives it up, silent about pupils who merely moved on."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.engine.fold import MAX_STATE_BYTES
from processors.presences import PROCESSOR
from processors.presences.partages import partages
from processors.presences.reglages import Reglages
from processors.presences.state import Etat, Presence
from schemas.outcome import Emitted, Event
from schemas.records import siecle

A, B, C, NOUMEA = "0341088Y", "0840001V", "0691774D", "9830649N"
ZOE, ILO = "a" * 32, "ab" * 16
AT = datetime(2025, 10, 1, tzinfo=UTC)


class Bus:
    """States by key; what the processor says to itself is heard at once."""

    def __init__(self) -> None:
        self.states: dict[str, Etat] = {}
        self.told: list[Emitted] = []

    def export(self, uai: str, pupils: dict[str, str], year: int | None = 2025) -> None:
        by_seau: dict[str, list[siecle.EleveDuSeau]] = {seau: [] for seau in "0123456789abcdef"}
        for cle, eleve_id in sorted(pupils.items()):
            by_seau[cle[0]].append(siecle.EleveDuSeau(cle=cle, eleve_id=eleve_id))
        for seau, eleves in by_seau.items():
            self._give(f"{uai}/{seau}", "presences", siecle.Presences(uai=uai, millesime=year, eleves=tuple(eleves)))

    def _give(self, key: str, name: str, data: msgspec.Struct) -> None:
        event = Event("e", name, AT, key, "", "/test", "siecle.presences.v1", data)
        outcome = PROCESSOR.decide(Reglages(), self.states.get(key), event)
        assert outcome.refusal is None
        if outcome.state is None:
            self.states.pop(key, None)
        else:
            self.states[key] = outcome.state
        for each in outcome.emitted:
            assert each.key is not None
            if each.topic == "siecle.presences.v1":
                self._give(each.key, each.name, each.data)
            else:
                assert each.key == each.data.uai
                self.told.append(each)

    def holding(self) -> set[tuple[str, str, str]]:
        """What a table of it would hold."""
        rows: set[tuple[str, str, str]] = set()
        for each in self.told:
            key = (each.data.uai, each.data.eleve_id, each.data.autre_uai)
            rows = rows | {key} if each.name == "ine_partage" else rows - {key}
        return rows


def test_both_schools_are_told_and_the_text_has_no_ine() -> None:
    bus = Bus()
    bus.export(A, {ZOE: "101", ILO: "102"})
    assert not bus.told
    bus.export(B, {ZOE: "9001"})
    assert [(each.name, each.data.uai, each.data.autre_uai) for each in bus.told] == [("ine_partage", A, B), ("ine_partage", B, A)]
    first = bus.told[0].data
    assert first.message == f"L'INE de l'élève 101 est actif aussi dans l'établissement {B}, pour l'élève 9001 (identifiants SIECLE)."
    assert first.code == "INE_DANS_DEUX_ETABLISSEMENTS"
    assert ZOE not in str(bus.told)


@pytest.mark.parametrize("leaving", [A, B])
def test_the_report_is_taken_back_from_both_when_either_gives_the_pupil_up(leaving: str) -> None:
    bus = Bus()
    bus.export(A, {ZOE: "101"})
    bus.export(B, {ZOE: "9001"})
    bus.export(leaving, {})
    assert bus.holding() == set()
    assert sum(each.name == "ine_rendu" for each in bus.told) == 2
    bus.export(leaving, {ZOE: "101" if leaving == A else "9001"})
    assert bus.holding() == {(A, "101", B), (B, "9001", A)}


def test_an_export_like_the_one_before_says_nothing_again() -> None:
    bus = Bus()
    for _ in range(3):
        bus.export(A, {ZOE: "101"})
        bus.export(B, {ZOE: "9001"})
    assert len(bus.told) == 2


def test_a_third_school_is_told_with_each_of_the_two() -> None:
    bus = Bus()
    for uai in (A, B, C):
        bus.export(uai, {ZOE: f"1{uai[:3]}"})
    assert len(bus.holding()) == 6
    bus.export(B, {})
    assert {(uai, other) for uai, _, other in bus.holding()} == {(A, C), (C, A)}


def test_a_pupil_made_anew_in_siecle_changes_the_row_and_leaves_none_behind() -> None:
    bus = Bus()
    bus.export(A, {ZOE: "101"})
    bus.export(B, {ZOE: "9001"})
    bus.export(A, {ZOE: "111"})
    assert bus.holding() == {(A, "111", B), (B, "9001", A)}
    assert bus.told[-1].data.message.count("111") == 1


def test_last_years_export_of_the_school_that_a_pupil_left_is_no_double() -> None:
    bus = Bus()
    bus.export(A, {ZOE: "101"}, year=2024)
    bus.export(B, {ZOE: "9001"}, year=2025)
    assert not bus.told
    bus.export(A, {ZOE: "101"}, year=2025)
    assert len(bus.holding()) == 2


@pytest.mark.parametrize(
    ("une", "autre", "expected"),
    [
        ((A, 2025), (B, 2025), True),
        ((A, 2025), (B, 2026), False),
        ((A, None), (B, 2026), True),
        ((NOUMEA, 2017), (A, 2017), True),
        ((NOUMEA, 2017), (A, 2018), True),
        ((NOUMEA, 2018), (A, 2017), False),
        ((NOUMEA, 2017), (A, 2019), False),
        ((NOUMEA, 2017), ("9830418M", 2018), False),
    ],
)
def test_years_meet_as_the_calendars_do(une: tuple[str, int | None], autre: tuple[str, int | None], expected: bool) -> None:
    ecoles = {uai: Presence("1", year) for uai, year in (une, autre)}
    assert bool(partages(Reglages(), ecoles)) is expected
    assert bool(partages(Reglages(), dict(reversed(ecoles.items())))) is expected


def test_nothing_is_kept_of_a_pupil_or_a_bucket_that_nobody_has() -> None:
    bus = Bus()
    bus.export(A, {ZOE: "101", ILO: "102"})
    bus.export(A, {})
    assert bus.states == {}


def test_the_largest_school_there_is_fits_many_times_in_its_states() -> None:
    bus = Bus()
    pupils = {hashlib.md5(b"%d" % rank, usedforsecurity=False).hexdigest(): str(1_000_000 + rank) for rank in range(3500)}
    bus.export(A, pupils)
    assert max(len(msgspec.msgpack.encode(each)) for each in bus.states.values()) < MAX_STATE_BYTES / 4


IDS = st.sampled_from(("1", "2"))
PUPILS = st.fixed_dictionaries({}, optional={ZOE: IDS, ILO: IDS.map("7".__add__)})
EXPORTS = st.lists(st.tuples(st.sampled_from((A, B, C)), PUPILS), max_size=8)


@given(EXPORTS)
def test_what_holds_is_what_the_last_exports_say(exports: Iterable[tuple[str, dict[str, str]]]) -> None:
    bus, last = Bus(), dict[str, dict[str, str]]()
    for uai, pupils in exports:
        bus.export(uai, pupils)
        last[uai] = pupils
    expected = {
        (uai, pupils[cle], other) for uai, pupils in last.items() for cle in pupils for other in last if other != uai and cle in last[other]
    }
    assert bus.holding() == expected
