"""What a waiting answer leaves behind (R-AGL-07): one detection a student, year and establishment, under one id for ever."""

from dataclasses import dataclass

from bus.answers import DETECTIONS
from processors.bourses.reponse import NON_CONFIRMEE, Question, Reponse
from schemas.identity import derive
from schemas.records.bourses import Detection

TOPIC = DETECTIONS
NAME = "detection"
SOURCE = "/passerelle/reponses"


@dataclass(frozen=True, slots=True)
class Detected:
    """A record to publish under the student's key."""

    id: str
    key: str
    subject: str
    data: Detection


def detection_of(key: str, question: Question, reponse: Reponse) -> Detected | None:
    """None for a positive answer. The same doubt about the same thing is the same detection, whenever it is asked."""
    if reponse.reponse == "POSITIVE":
        return None
    uai = question.uai or ""
    data = Detection(annee=question.annee, uai=uai, message=NON_CONFIRMEE, raison=reponse.raison, a_rejouer=reponse.a_rejouer)
    cause = f"{key}/{question.annee}/{uai}/{reponse.raison}"
    return Detected(derive(cause, NAME, 0), key, f"question/{question.annee}/{uai}", data)
