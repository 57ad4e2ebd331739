"""From the read fields of one registration to its record: key, subject, time, and what is doubtful in it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from connectors.apogee import messages
from connectors.transport import identifier_warnings
from schemas import subjects
from schemas.identifiants import join_nne, normalise
from schemas.outcome import Fault, Record
from schemas.records.apogee import Inscription
from schemas.student_key import StudentKeys

TOPIC = "apogee.inscriptions.v1"

STATE_OF_EVENT = {"IA_CREEE": "E", "IA_MODIFIEE": "E", "IA_ANNULEE": "A", "IA_RESILIEE": "R"}
"""What `eta_iae` is when an event does not say it."""

_STATES_ALLOWED = {"IA_ANNULEE": "A", "IA_RESILIEE": "R"}


def registration_of(values: Mapping[str, Any]) -> Inscription:
    """The record of read fields; an export says the state it saw, an event what happened."""
    said = dict(values)
    said.setdefault("type", "IA_CONSTATEE")
    said.setdefault("eta_iae", STATE_OF_EVENT.get(said["type"], "E"))
    return Inscription(**said)


def record_of(registration: Inscription, keys: StudentKeys, received: datetime, position: str) -> Record:
    """Key: of the NNE, else of the establishment's own number. The own id is the caller's, within its establishment.

    A numéro de boursier that is not the NNE has a student key too: rules cannot compute it, the record carries it."""
    nne = join_nne(registration.nne, registration.cle_nne)
    numero = normalise(registration.num_brs or "")
    if numero and numero != nne:
        registration = msgspec.structs.replace(registration, cle_boursier=keys.of_nne(numero))
    return Record(
        topic=TOPIC,
        name="inscription",
        key=keys.of_nne(nne) if nne else keys.without_nne(registration.uai, registration.cod_etu),
        subject=subjects.of_registration(
            registration.uai, registration.cod_anu, registration.cod_ind, registration.cod_etp, registration.cod_vrs_vet
        ),
        time=registration.dat_mod_iae or received,
        data=registration,
        position=position,
        own_id=f"{registration.uai}/{registration.event_id}" if registration.event_id else None,
    )


def warnings_of(registration: Inscription, where: str, line: int | None) -> Iterator[Fault]:
    """Keys that do not fit and a state that the event contradicts: said, never refused (R-AGL-16)."""
    yield from identifier_warnings.of_uai(registration.uai, f"{where} uai", line)
    if nne := join_nne(registration.nne, registration.cle_nne):
        yield from identifier_warnings.of_student(nne, f"{where} nne", line)
    expected = _STATES_ALLOWED.get(registration.type)
    if expected and registration.eta_iae != expected:
        yield messages.contradictory_state(where, line, registration.type, registration.eta_iae, expected)
