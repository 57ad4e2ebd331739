"""The sts_emp and the emp_sts on their way through the bus: the same bytes out as in, whole or not at all."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from schemas.outcome import Effect, Event, FileInPieces
from schemas.records.sts import Fichier, Morceau
from sinks.carried import WrongBytes
from sinks.edt.files import PASSED_ON
from sinks.edt.lines import EnCours
from sinks.lsu import FICHIERS
from sinks.lsu.fichiers import Fichiers

UAI = "9830418M"
CONTENT = bytes(range(256)) * 5 + b"\r\n<fin/>"
STS_EMP, EMP_STS = PASSED_ON


def passage(content: bytes = CONTENT, pieces: int = 3, type_: str = "sts_emp", nom: str = "sts_emp_9830418M_2018 (1).xml") -> list[Any]:
    size = -(-len(content) // pieces)
    empreinte = hashlib.sha256(content).hexdigest()
    head = Fichier(uai=UAI, type=type_, millesime=2018, nom=nom, taille=len(content), empreinte=empreinte, morceaux=pieces)
    parts = [content[start : start + size] for start in range(0, len(content), size)]
    return [head, *(Morceau(uai=UAI, empreinte=empreinte, rang=rang, contenu=part) for rang, part in enumerate(parts, 1))]


def decided(records: Sequence[Any], state: EnCours | None = None, first: int = 0) -> tuple[list[Effect], list[str | None], Any]:
    effects: list[Effect] = []
    counted = []
    for number, data in enumerate(records, first):
        name = type(data).__name__.lower()
        event = Event(f"ce-{number}", name, datetime(2018, 2, 20, tzinfo=UTC), UAI, "fichier/sts_emp", "/sts", "sts.fichiers.v1", data)
        outcome = FICHIERS.decide(None, None if state is None else Fichiers(sts=state), event)
        state, effects = outcome.state.sts, [*effects, *outcome.effects]
        counted.append(outcome.counted)
    return effects, counted, state


def stored(effects: Sequence[Effect]) -> tuple[dict[str, Any], ...]:
    """Payloads as `effets` gives them back."""
    return tuple(json.loads(msgspec.json.encode(effect.payload)) for effect in effects)


def test_the_bytes_that_go_out_are_those_that_came_in() -> None:
    effects, _, state = decided(passage())
    file = STS_EMP.write(1, stored(effects))
    assert hashlib.sha256(file.content).digest() == hashlib.sha256(CONTENT).digest()
    assert {effect.sink for effect in effects} == {STS_EMP.name} == {"edt.sts_emp"}
    assert state is None


def test_the_name_is_that_which_sts_web_gives_whatever_the_browser_made_of_it() -> None:
    assert STS_EMP.write(1, stored(decided(passage())[0])).name == "sts_emp_9830418M_2018.xml"
    assert STS_EMP.write(1, stored(decided(passage(nom="copie.xml"))[0])).name == "sts_emp_9830418M_2018.xml"


def test_a_zip_stays_a_zip() -> None:
    content = b"PK\x03\x04" + CONTENT
    file = STS_EMP.write(1, stored(decided(passage(content))[0]))
    assert (file.name, file.content) == ("sts_emp_9830418M_2018.zip", content)


def test_an_emp_sts_goes_to_sts_web() -> None:
    effects, _, _ = decided(passage(type_="emp_sts"))
    assert {effect.sink for effect in effects} == {EMP_STS.name} == {"sts.emp_sts"}
    assert EMP_STS.write(1, stored(effects)).name == "emp_sts_9830418M_2018.xml"
    assert (EMP_STS.system, STS_EMP.system) == ("sts", "edt")


def test_pieces_in_any_order_give_the_file_and_other_bytes_never_go_out() -> None:
    payloads = stored(decided(passage())[0])
    assert STS_EMP.write(1, payloads[::-1]).content == CONTENT
    with pytest.raises(WrongBytes):
        STS_EMP.write(1, payloads[:-1])


def test_each_passage_is_a_group_of_its_own() -> None:
    first, _, state = decided(passage())
    second, _, _ = decided(passage(), state, first=10)
    assert {effect.group for effect in first} == {"ce-0"}
    assert {effect.group for effect in second} == {"ce-10"}


@pytest.mark.parametrize("missing", [1, 2])
def test_what_does_not_follow_is_not_carried(missing: int) -> None:
    records = passage()
    effects, counted, state = decided([*records[:missing], *records[missing + 1 :]])
    assert len(effects) == missing - 1
    assert counted.count("hors_suite") == 3 - missing
    assert state is not None


def test_a_new_file_ends_one_that_was_incomplete() -> None:
    _, _, state = decided(passage()[:2])
    effects, _, after = decided(passage(b"autre"), state, first=10)
    assert STS_EMP.write(1, stored(effects)).content == b"autre"
    assert after is None


def test_what_is_no_file_of_the_synchros_is_counted_and_nothing_of_it_leaves() -> None:
    effects, counted, _ = decided(passage(type_="autre"))
    assert effects == []
    assert counted == ["autre_fichier", "hors_suite", "hors_suite", "hors_suite"]


def test_a_file_waits_until_all_its_pieces_are_there() -> None:
    assert all(isinstance(sink, FileInPieces) for sink in PASSED_ON)
    assert [payload[STS_EMP.pieces_field] for payload in stored(decided(passage())[0])] == [3, 3, 3]
