"""The seven exports on their way to PRONOTE: the very files of a complete bundle, all seven or none."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

import msgspec
import pytest

from schemas.outcome import ConsignedFile, Effect, Event, OutgoingFolder
from schemas.records.siecle import Fichier
from schemas.records.synchros import FichierLot, LotComplet, SynchroFaite
from sinks.lsu import FICHIERS
from sinks.siecle.exports import POUR_PRONOTE
from sinks.siecle.originaux import KEPT

UAI = "9830418M"
WHEN = datetime(2018, 2, 20, tzinfo=UTC)
NAMES = {
    "eleves_avec_adresses": "ExportXML_ElevesAvecAdresses.zip",
    "responsables_avec_adresses": "ExportXML_ResponsablesAvecAdresses.zip",
    "structures": "ExportXML_Structures.zip",
    "nomenclature": "ExportXML_Nomenclature.zip",
    "communs": "ExportXML_Communs.zip",
    "etablissements": "ExportXML_Etablissements.zip",
    "geographique": "ExportXML_Geographique.zip",
}


def export(kind: str, turn: int = 1) -> Fichier:
    content = f"{kind}-{turn}"
    return Fichier(
        uai=UAI, type=kind, millesime=2017, nom=NAMES[kind], taille=9_000_000, empreinte=f"sha of {content}", recu=f"xml of {content}"
    )


def exports(turn: int = 1) -> list[Fichier]:
    return [export(kind, turn) for kind in NAMES]


def complete(turn: int = 1, **others: int) -> LotComplet:
    files = tuple(
        FichierLot(type=kind, libelle=kind, fichier=f"{kind}.xml", recu=f"xml of {kind}-{others.get(kind, turn)}") for kind in NAMES
    )
    return LotComplet(uai=UAI, fichiers=files, millesime=2017)


def left(records: Sequence[Any]) -> list[Effect]:
    """The effects; between events the state is as the database gives it back."""
    state, effects = None, list[Effect]()
    assert FICHIERS.state is not None
    for number, data in enumerate(records):
        topic = "siecle.fichiers.v1" if isinstance(data, Fichier) else "synchros.etats.v1"
        outcome = FICHIERS.decide(None, state, Event(f"ce-{number}", type(data).__name__.lower(), WHEN, UAI, "s", "/x", topic, data))
        packed = msgspec.msgpack.encode(outcome.state)
        assert len(packed) < 8 * 1024
        state = msgspec.msgpack.decode(packed, type=FICHIERS.state)
        effects += outcome.effects
    return effects


def written(effect: Effect, lot: int = 12) -> OutgoingFolder:
    return POUR_PRONOTE.write(lot, (json.loads(msgspec.json.encode(effect.payload)),))


def test_the_seven_files_of_a_complete_bundle_leave_in_one_folder_under_the_names_of_siecle() -> None:
    (effect,) = left([*exports(), complete()])
    folder = written(effect)
    assert folder.name == f"{UAI}_2017_000012"
    assert folder.files == tuple(ConsignedFile(name, f"sha of {kind}-1") for kind, name in NAMES.items())
    assert (effect.sink, effect.group) == (POUR_PRONOTE.name, "ce-7")


def test_nothing_leaves_without_a_complete_bundle() -> None:
    assert left([*exports(), SynchroFaite(uai=UAI, synchro="S2", faite_le=WHEN)]) == []


@pytest.mark.parametrize("missing", NAMES)
def test_six_files_never_leave_and_the_seventh_lets_all_out(missing: str) -> None:
    six = [each for each in exports() if each.type != missing]
    assert left([*six, complete()]) == []
    (effect,) = left([*six, complete(), export(missing)])
    assert {each.sha256 for each in written(effect).files} == {f"sha of {kind}-1" for kind in NAMES}
    assert effect.group == "ce-6"


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_first_the_bundle_leaves_once(seed: int) -> None:
    records: list[Any] = [*exports(), complete()]
    Random(seed).shuffle(records)
    assert len(left(records)) == 1


def test_the_files_that_were_checked_leave_though_newer_ones_came_meanwhile() -> None:
    (effect,) = left([*exports(1), *exports(2), complete(1)])
    assert {each.sha256 for each in written(effect).files} == {f"sha of {kind}-1" for kind in NAMES}


def test_a_bundle_of_contents_that_never_came_together_waits_for_the_ones_it_names() -> None:
    assert left([*exports(1), complete(1, structures=2)]) == []
    (effect,) = left([*exports(1), complete(1, structures=2), export("structures", 2)])
    assert "sha of structures-2" in {each.sha256 for each in written(effect).files}


def test_a_bundle_chosen_again_leaves_again_and_a_newer_one_takes_the_place_of_one_that_waits() -> None:
    assert [each.group for each in left([*exports(), complete(), complete()])] == ["ce-7", "ce-8"]
    effects = left([*exports(), complete(2), complete(1), *exports(2)])
    assert [each.group for each in effects] == ["ce-8"]


def test_of_each_kind_the_last_few_are_remembered() -> None:
    many = [each for turn in range(1, KEPT + 2) for each in exports(turn)]
    assert left([*many, complete(1)]) == []
    assert len(left([*many, complete(2)])) == 1


def test_exports_of_before_the_consigne_are_said_to_be_made_again() -> None:
    old = msgspec.structs.replace(complete(), fichiers=tuple(msgspec.structs.replace(each, recu="") for each in complete().fichiers))
    event = Event("ce", "lot_complet", WHEN, UAI, "s", "/x", "synchros.etats.v1", old)
    outcome = FICHIERS.decide(None, None, event)
    assert (outcome.effects, outcome.counted) == ((), "lot_sans_empreinte")
    assert "refaire" in outcome.because
