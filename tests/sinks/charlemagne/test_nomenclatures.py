"""Nomenclatures and structures on their way to Charlemagne: both, after its year switch, and never with OMOGEN."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from processors.rentree.procedure import ETAPES
from schemas.outcome import ConsignedFile, Effect, Event
from schemas.records.rentree import EtapeSuivie
from schemas.records.siecle import Fichier
from sinks.rentree import FICHIERS
from sinks.siecle.exports import POUR_CHARLEMAGNE

UAI = "0840001V"
WHEN = datetime(2024, 7, 8, tzinfo=UTC)


def export(kind: str, turn: int = 1, millesime: int = 2024) -> Fichier:
    name = f"ExportXML_{kind.capitalize()}.zip"
    return Fichier(uai=UAI, type=kind, millesime=millesime, nom=name, taille=9, empreinte=f"{kind}-{turn}", recu=f"xml-{kind}-{turn}")


def step(numero: int, statut: Any = "A_FAIRE", attend: tuple[int, ...] = (), annee: int = 2024) -> EtapeSuivie:
    row = ETAPES[numero]
    return EtapeSuivie(
        uai=UAI,
        annee=annee,
        numero=numero,
        section=row.section,
        libelle=row.libelle,
        reference=row.reference,
        a_faire=row.consigne(annee),
        statut=statut,
        attend=attend,
    )


def calendar(omogen: bool = False, annee: int = 2024) -> list[EtapeSuivie]:
    """What the calendar says as it opens, less the rows of other steps."""
    return [step(6, "SANS_OBJET" if omogen else "A_FAIRE", annee=annee), step(7, attend=(13,), annee=annee)]


BOTH = [export("nomenclature"), export("structures")]
SWITCHED = step(7)


def left(records: Sequence[Any]) -> list[Effect]:
    """The effects; between events the state is as the database gives it back."""
    state, effects = None, list[Effect]()
    assert FICHIERS.state is not None
    for number, data in enumerate(records):
        topic = "siecle.nomenclatures.v1" if isinstance(data, Fichier) else "rentree.suivi.v1"
        outcome = FICHIERS.decide(None, state, Event(f"ce-{number}", type(data).__name__.lower(), WHEN, UAI, "s", "/x", topic, data))
        state = msgspec.msgpack.decode(msgspec.msgpack.encode(outcome.state), type=FICHIERS.state | None)
        effects += outcome.effects
    return effects


def digests(records: Sequence[Any]) -> list[set[str]]:
    found = [POUR_CHARLEMAGNE.write(3, (json.loads(msgspec.json.encode(effect.payload)),)) for effect in left(records)]
    return [{each.sha256 for each in folder.files} for folder in found]


@pytest.mark.parametrize("wait", [[], BOTH[:1], BOTH])
def test_nothing_leaves_before_the_year_switch_of_charlemagne(wait: list[Fichier]) -> None:
    assert left([*calendar(), *wait]) == []
    assert left([*wait, *calendar()]) == []


def test_both_leave_in_one_folder_once_its_year_is_switched() -> None:
    (effect,) = left([*calendar(), *BOTH, SWITCHED])
    folder = POUR_CHARLEMAGNE.write(3, (effect.payload,))
    assert folder.name == f"{UAI}_2024_000003"
    assert folder.files == (
        ConsignedFile("ExportXML_Nomenclature.zip", "nomenclature-1"),
        ConsignedFile("ExportXML_Structures.zip", "structures-1"),
    )
    assert effect.sink == POUR_CHARLEMAGNE.name


def test_one_of_the_two_never_leaves_alone() -> None:
    for each in BOTH:
        assert left([*calendar(), SWITCHED, each]) == []
    assert digests([*calendar(), SWITCHED, *BOTH]) == [{"nomenclature-1", "structures-1"}]


def test_a_school_with_omogen_has_them_by_the_web_service() -> None:
    assert left([*calendar(omogen=True), *BOTH, SWITCHED]) == []
    assert left([*BOTH, SWITCHED]) == [], "nothing is known of the school's way"


def test_the_import_done_or_told_again_sends_nothing_anew_and_a_new_export_does() -> None:
    done = step(7, "FAITE")
    assert len(left([*calendar(), *BOTH, SWITCHED, done, done])) == 1
    assert digests([*calendar(), *BOTH, SWITCHED, done, export("structures", 2)])[-1] == {"nomenclature-1", "structures-2"}


def test_a_switch_taken_back_holds_them_again() -> None:
    assert len(left([*calendar(), *BOTH, SWITCHED, step(7, attend=(13,)), export("structures", 2)])) == 1


def test_the_next_year_holds_them_until_its_own_switch() -> None:
    records = [*calendar(), *BOTH, SWITCHED, *calendar(annee=2025), export("nomenclature", 2, 2025), export("structures", 2, 2025)]
    assert len(left(records)) == 1
    assert digests([*records, step(7, "FAITE"), step(7, annee=2025)])[1:] == [{"nomenclature-2", "structures-2"}]


def test_two_years_are_not_mixed() -> None:
    assert left([*calendar(), SWITCHED, export("nomenclature"), export("structures", 2, 2023)]) == []


def test_the_five_other_exports_are_not_for_charlemagne() -> None:
    other = msgspec.structs.replace(export("nomenclature"), type="communs")
    assert left([*calendar(), SWITCHED, other, export("structures")]) == []
