"""Synchronous questions of a scenario: answered from what was published, by the very code that answers in production."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bus.answers import detections
from bus.answers.rights import TOPIC, Rights
from bus.simulate.installation import SECRET
from processors.bourses.reponse import Question, repondre
from schemas.outcome import Event
from schemas.student_key import StudentKeys

FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The body that the caller gets, and what the question leaves behind."""

    body: Mapping[str, Any]
    left: tuple[tuple[str, str, str, str, str, Any], ...]
    """(topic, name, key, subject, id, record) of what is published."""


class Questioner(Protocol):
    """One kind of question. `name` is the field of `ask` that says who it is about."""

    name: str
    fields: Mapping[str, str]
    """Field → what it is, in French; those of `required` must be there."""
    required: tuple[str, ...]

    def take(self, event: Event) -> None:
        """A record that was published."""
        ...

    def answer(self, asked: Mapping[str, str]) -> Answer: ...


class BourseQuestion:
    """`ask: {bourse: <NNE>, annee, uai, cod_etp, retard}`: what `GET /v1/bourses/{nne}` answers."""

    name = "bourse"
    fields: Mapping[str, str] = {
        "bourse": "NNE de l'étudiant",
        "annee": "année de la rentrée",
        "uai": "établissement qui demande",
        "cod_etp": "étape demandée",
        "retard": "secondes depuis lesquelles le modèle de lecture n'est plus à jour",
    }
    required = ("bourse", "annee")

    def __init__(self) -> None:
        self._keys = StudentKeys(SECRET)
        self._rights = Rights()

    def take(self, event: Event) -> None:
        if event.topic == TOPIC:
            self._rights.take(event.key, event.data)

    def answer(self, asked: Mapping[str, str]) -> Answer:
        key = self._keys.of_nne(asked["bourse"])
        question = Question(int(asked["annee"]), asked.get("uai"), asked.get("cod_etp"))
        reponse = repondre(self._rights.of(key), question, float(asked.get("retard", "0")) < FRESH_SECONDS)
        found = detections.detection_of(key, question, reponse)
        left = () if found is None else ((detections.TOPIC, detections.NAME, found.key, found.subject, found.id, found.data),)
        return Answer(reponse.corps, left)


QUESTIONERS: tuple[type[BourseQuestion], ...] = (BourseQuestion,)
NUMBERS = ("annee", "retard")
