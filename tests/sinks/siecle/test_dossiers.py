"""The archive of dossiers on its way to SIECLE: once the calendar accepts the sending of its pupils, once, and not before."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import msgspec
import pytest

from schemas.outcome import ConsignedFile, Effect, Event
from schemas.records.charlemagne import Fichier
from schemas.records.rentree import Occurrence, Retard
from sinks.rentree import FICHIERS
from sinks.rentree.lines import SINK as RETARDS
from sinks.siecle.import_eleves import ImportEleves

UAI = "0840001V"
WHEN = datetime(2024, 9, 20, tzinfo=UTC)
FIRST, SECOND = f"{UAI}PRIVE2024240920091341.zip", f"{UAI}PRIVE2024240920101500.zip"


def came(nom: str = FIRST) -> Fichier:
    return Fichier(uai=UAI, type="import_eleves_prive", millesime=2024, nom=nom, taille=900_000, empreinte=f"{hash(nom) & 0xFF:064x}")


def sending(statut: Any, nom: str = "2024-09", numero: int = 22, annee: int = 2024) -> Occurrence:
    return Occurrence(
        uai=UAI,
        annee=annee,
        occurrence=nom,
        numero=numero,
        statut=statut,
        fenetre_debut=date(2024, 9, 15),
        fenetre_fin=date(2025, 5, 31),
    )


IMPORTED, ACCEPTED, CHECKED, LATE = (sending(each) for each in ("IDENTIFIANTS_IMPORTES", "A_CONTROLER", "CONTROLEE", "HORS_FENETRE"))


def left(records: Sequence[Any]) -> list[Effect]:
    """The effects; between events the state is as the database gives it back."""
    state, effects = None, list[Effect]()
    for number, data in enumerate(records):
        topic = "charlemagne.fichiers.v1" if isinstance(data, Fichier) else "rentree.suivi.v1"
        outcome = FICHIERS.decide(None, state, Event(f"ce-{number}", type(data).__name__.lower(), WHEN, UAI, "s", "/x", topic, data))
        assert FICHIERS.state is not None
        state = msgspec.msgpack.decode(msgspec.msgpack.encode(outcome.state), type=FICHIERS.state | None)
        effects += outcome.effects
    return effects


def names(records: Sequence[Any]) -> list[str]:
    return [ImportEleves().write(1, (json.loads(msgspec.json.encode(effect.payload)),)).name for effect in left(records)]


def test_nothing_leaves_before_the_sending_is_accepted() -> None:
    assert names([came(), IMPORTED]) == []
    assert names([came(), IMPORTED, LATE]) == []
    assert names([came(), CHECKED]) == []


@pytest.mark.parametrize("order", permutations(range(2)))
def test_an_accepted_sending_lets_the_archive_out_whichever_comes_first(order: tuple[int, ...]) -> None:
    records = [came(), ACCEPTED]
    (effect,) = left([records[place] for place in order])
    assert (effect.sink, effect.group) == (ImportEleves.name, f"ce-{order.index(1)}")
    assert ImportEleves().write(1, (effect.payload,)) == ConsignedFile(FIRST, came().empreinte)


def test_pupils_sent_by_omogen_are_not_sent_a_second_time_by_a_file() -> None:
    assert names([came(), sending("A_CONTROLER", numero=21)]) == []


def test_the_last_archive_before_the_sending_is_the_one() -> None:
    assert names([came(), came(SECOND), ACCEPTED]) == [SECOND]


def test_a_sending_told_twice_by_its_step_and_by_its_list_lets_one_archive_out() -> None:
    assert names([came(), ACCEPTED, ACCEPTED, came(SECOND), ACCEPTED]) == [FIRST]
    assert names([ACCEPTED, ACCEPTED, came(), came(SECOND)]) == [FIRST]


def test_a_new_sending_takes_a_new_occurrence_and_a_new_archive() -> None:
    second = sending("A_CONTROLER", "2024-11")
    assert names([came(), ACCEPTED, CHECKED, second]) == [FIRST]
    assert names([came(), ACCEPTED, CHECKED, came(SECOND), second]) == [FIRST, SECOND]
    assert names([came(), ACCEPTED, came(SECOND), sending("A_CONTROLER", annee=2025)]) == [FIRST, SECOND]


@pytest.mark.parametrize("over", [CHECKED, sending("IDENTIFIANTS_IMPORTES", "2024-11")])
def test_a_sending_that_went_without_the_bus_lets_no_later_archive_out(over: Occurrence) -> None:
    assert names([ACCEPTED, over, came()]) == []
    assert names([ACCEPTED, over, came(), sending("A_CONTROLER", "2024-11")]) == [FIRST]


def test_notices_of_lateness_are_written_beside_and_change_nothing() -> None:
    late = Retard(uai=UAI, annee=2024, numero=18, libelle="x", echeance=date(2024, 9, 15), jours_de_retard=1, a_faire="y")
    effects = left([late, came(), late, ACCEPTED, late])
    assert [effect.sink for effect in effects] == [RETARDS, RETARDS, ImportEleves.name, RETARDS]
