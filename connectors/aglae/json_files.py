"""Aglaé's JSON files: one dossier with its vœux or a list of them; one re-treatment or a list of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.aglae import messages
from connectors.aglae.dossiers import dossier_record, retraitement_record, warnings_of
from connectors.aglae.fields import DOSSIER, DOSSIER_NAMES, MAX_VOEUX, RETRAITEMENT, RETRAITEMENT_NAMES, VOEU
from connectors.transport import messages as transport_messages
from connectors.transport.deliveries import check_then_give
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.fields import read_object
from connectors.transport.json_elements import as_object, read_elements
from connectors.transport.values import kind_of
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records.aglae import Dossier, Retraitement, Voeu
from schemas.student_key import StudentKeys

DOSSIERS = "aglae.dossiers.json"
RETRAITEMENTS = "aglae.retraitements.json"


def accept_file(delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    """A file holds one kind: re-treatments when its first object has a `resultat`, else dossiers."""
    try:
        elements = read_elements(delivery, (*DOSSIER_NAMES, *RETRAITEMENT_NAMES))
    except Unreadable as unreadable:
        return Refused(DOSSIERS, (unreadable.fault,))
    first = elements[0]
    if isinstance(first, dict) and "resultat" in first:
        return _accept_retraitements(elements, delivery, keys)
    return _accept_dossiers(elements, delivery, keys)


def _accept_retraitements(elements: list[Any], delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    def parse(faults: FaultList, warnings: FaultList) -> Iterator[Record]:
        for rank, element in _objects(elements, faults):
            before = faults.count
            values = read_object(RETRAITEMENT, element, rank, faults)
            if faults.count > before:
                continue
            retraitement = Retraitement(**values)
            warnings.extend(warnings_of(retraitement, f"Élément {rank}, champ", rank))
            yield retraitement_record(retraitement, keys, delivery.received, f"element {rank}")

    return check_then_give(RETRAITEMENTS, parse)


def _accept_dossiers(elements: list[Any], delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    def parse(faults: FaultList, warnings: FaultList) -> Iterator[Record]:
        first_ranks: dict[str, int] = {}
        for rank, element in _objects(elements, faults):
            before = faults.count
            values = read_object(DOSSIER, element, rank, faults, passed=("voeux",))
            voeux = _voeux(element, rank, faults)
            first = first_ranks.setdefault(values.get("numero", ""), rank)
            if "numero" in values and first != rank:
                faults.add(messages.given_twice(rank, first))
            if faults.count > before:
                continue
            dossier = Dossier(**values, voeux=voeux)
            warnings.extend(warnings_of(dossier, f"Élément {rank}, champ", rank))
            yield dossier_record(dossier, keys, delivery.received, f"element {rank}")

    return check_then_give(DOSSIERS, parse)


def _objects(elements: list[Any], faults: FaultList) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for rank, element in enumerate(elements, start=1):
        found = as_object(element, rank, faults)
        if found is not None:
            yield rank, found


def _voeux(dossier: Mapping[str, Any], rank: int, faults: FaultList) -> tuple[Voeu, ...]:
    where = f"Élément {rank}, champ voeux"
    given = dossier.get("voeux") or []
    if not isinstance(given, list) or len(given) > MAX_VOEUX:
        found = f"{len(given)} éléments" if isinstance(given, list) else kind_of(given)
        faults.add(
            transport_messages.bad_value(
                where, rank, "TYPE_INATTENDU", f"liste d'au plus {MAX_VOEUX} vœux", found, "Envoyer les vœux en liste d'objets."
            )
        )
        return ()
    read: dict[int, Voeu] = {}
    for number, each in enumerate(given, start=1):
        before = faults.count
        if not isinstance(each, dict):
            faults.add(transport_messages.event_not_an_object(rank, kind_of(each)))
            continue
        values = read_object(VOEU, each, rank, faults, inside=f"voeux[{number}].")
        if faults.count > before:
            continue
        voeu = Voeu(**values)
        if voeu.rang in read:
            faults.add(messages.same_rank(f"{where}[{number}].rang", rank, voeu.rang))
        read[voeu.rang] = voeu
    return tuple(read[rang] for rang in sorted(read))
