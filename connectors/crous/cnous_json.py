"""The answers of the CNOUS provider interface, as they are (bursaries facts §1.3): one object or a list of them.

`grantStatus` 0 is definitive, any other is conditional; `removed` O is a radiation. A day is the calendar day that the text
writes, in whatever zone: turned to UTC first, 1 September would become 31 August. An error of that interface (`description`,
`code`) is refused as what it is: it says nothing of anybody.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from connectors.crous import messages
from connectors.crous.records import record_of
from connectors.transport import student_fields, values
from connectors.transport.deliveries import check_then_give
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.fields import Field, read_object
from connectors.transport.json_elements import as_object, read_elements
from connectors.transport.values import BadValue, Kind
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records.crous import DecisionCrous, ResultatCrous
from schemas.student_key import StudentKeys

KIND = "crous.cnous.json"
OWN_FIELDS = ("grantStatus", "grantEchelon", "lastName")
ERROR_FIELDS = frozenset({"description", "code"})
_LOCAL_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T[0-9:.]{5,15}(?:Z|[+-][0-9]{2}:?[0-9]{2})?")


def _day_as_written(value: Any) -> date:
    found = _LOCAL_DAY.fullmatch(value) if isinstance(value, str) else None
    text = found[1] if found else value
    if not isinstance(text, str):
        raise BadValue("DATE_INVALIDE", "date et heure avec décalage, AAAA-MM-JJTHH:MM:SS+HH:MM", values.kind_of(value))
    return values.read_day(text)


DAY = Kind(from_text=_day_as_written, from_json=_day_as_written)

PERSON: tuple[Field, ...] = (
    Field("ine", student_fields.NUMERO_BOURSIER, required=True),
    Field("lastName", values.text()),
    Field("firstName", values.text()),
    Field("firstName2", values.text()),
    Field("firstName3", values.text()),
    Field("birthDate", DAY),
    Field("birthPlaceLibelle", values.text()),
    Field("civility", student_fields.SEXE),
    Field("email", values.text()),
    Field("grantStatus", values.integer(0, 99), required=True),
    Field("grantEchelon", student_fields.ECHELON),
    Field("studyTown", values.text()),
    Field("schoolName", values.text()),
    Field("numberUaiRne", student_fields.UAI),
    Field("backToSchoolDate", DAY),
    Field("paymentDuration", values.integer(0, 12)),
    Field("updatedAt", values.instant()),
    Field("grantNotificationDate", DAY),
    Field("removalDate", DAY),
    Field("removed", values.code(("O", "N"))),
    Field("boursier", values.boolean()),
)
BIRTH_PLACE: tuple[Field, ...] = (Field("libelle", values.text()),)
CAMPAIGN: tuple[Field, ...] = (Field("year", student_fields.ANNEE),)
NAMES = (*(each.name for each in PERSON), *sorted(ERROR_FIELDS))


def recognises(delivery: Delivery) -> bool:
    """Whether the first object is in the provider's words, an error included."""
    try:
        first = read_elements(delivery, NAMES)[0]
    except Unreadable:
        return False
    return isinstance(first, dict) and (any(name in first for name in OWN_FIELDS) or first.keys() == ERROR_FIELDS)


def accept_answers(delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    def parse(faults: FaultList, _warnings: FaultList) -> Iterator[Record]:
        for rank, element in enumerate(read_elements(delivery, NAMES), start=1):
            found = as_object(element, rank, faults)
            decision = None if found is None else _decision(found, rank, faults)
            if decision is not None:
                yield record_of(decision, keys, delivery.received, f"element {rank}")

    return check_then_give(KIND, parse)


def _decision(found: Mapping[str, Any], rank: int, faults: FaultList) -> DecisionCrous | None:
    if found.keys() == ERROR_FIELDS:
        faults.add(messages.error_answer(rank, found["code"]))
        return None
    before = faults.count
    said = read_object(PERSON, found, rank, faults, passed=tuple(found))
    place = _inside(found, "birthPlace", BIRTH_PLACE, rank, faults)
    campaign = _inside(found, "campaign", CAMPAIGN, rank, faults)
    rentree = said.get("backToSchoolDate")
    annee = rentree.year if rentree is not None else campaign.get("year")
    if faults.count == before and annee is None:
        faults.add(messages.no_year(rank))
    if faults.count > before or annee is None:
        return None
    prenoms = tuple(said[name] for name in ("firstName", "firstName2", "firstName3") if said.get(name))
    return DecisionCrous(
        annee=annee,
        numero_boursier=said["ine"],
        resultat=_resultat(said),
        echelon=said.get("grantEchelon"),
        date_decision=said.get("grantNotificationDate"),
        nom=said.get("lastName"),
        prenoms=prenoms,
        date_naissance=said.get("birthDate"),
        lieu_naissance=place.get("libelle") or said.get("birthPlaceLibelle"),
        sexe=said.get("civility"),
        email=said.get("email"),
        ville_etudes=said.get("studyTown"),
        etablissement=said.get("schoolName"),
        uai=said.get("numberUaiRne"),
        date_rentree=rentree,
        duree=said.get("paymentDuration"),
        date_radiation=said.get("removalDate"),
        dat_mod=said.get("updatedAt"),
    )


def _inside(found: Mapping[str, Any], name: str, fields: tuple[Field, ...], rank: int, faults: FaultList) -> dict[str, Any]:
    value = found.get(name)
    return read_object(fields, value, rank, faults, inside=f"{name}.", passed=tuple(value)) if isinstance(value, dict) else {}


def _resultat(said: Mapping[str, Any]) -> ResultatCrous:
    if said.get("removed") == "O":
        return "RADIE"
    if said.get("boursier") is False:
        return "REFUSE"
    return "DEFINITIF" if said["grantStatus"] == 0 else "CONDITIONNEL"
