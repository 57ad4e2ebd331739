"""From a decision of the CROUS to its record: key and subject."""

from datetime import datetime

from schemas import subjects
from schemas.outcome import Record
from schemas.records.crous import DecisionCrous
from schemas.student_key import StudentKeys

TOPIC = "crous.decisions.v1"


def record_of(decision: DecisionCrous, keys: StudentKeys, time: datetime, position: str, own_id: str | None = None) -> Record:
    """Its time is the last change that the source gives, else that of reception: the CROUS gives days, not instants."""
    return Record(
        topic=TOPIC,
        name="decision_crous",
        key=keys.of_nne(decision.numero_boursier),
        subject=subjects.of_decision_crous(decision.annee),
        time=min(decision.dat_mod, time) if decision.dat_mod is not None else time,
        data=decision,
        position=position,
        own_id=own_id,
    )
