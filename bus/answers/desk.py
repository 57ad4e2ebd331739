"""Where a question is answered, whatever way it came: from the read model, and only of whom it may speak."""

from collections.abc import Callable
from typing import Protocol

from bus.answers.detections import Detected, detection_of
from bus.answers.rights import Rights
from processors.bourses.reponse import Question, Reponse, attendre, repondre
from schemas.records.bourses import Droits
from schemas.student_key import StudentKeys


class Freshness(Protocol):
    """What the feed knows of the read model."""

    @property
    def fresh(self) -> bool: ...
    @property
    def caught_up(self) -> bool: ...
    def sure_of(self, key: str) -> bool: ...


class Desk:
    """One read model and what asking it leaves behind. Asking changes nothing else (R-AGL-02)."""

    def __init__(self, keys: StudentKeys, rights: Rights, freshness: Freshness, detected: Callable[[Detected], None]) -> None:
        self._keys = keys
        self._rights = rights
        self._freshness = freshness
        self._detected = detected

    @property
    def open(self) -> bool:
        """Everything that stood in the topic at the start is read: before that, nothing is answered."""
        return self._freshness.caught_up

    @property
    def fresh(self) -> bool:
        return self._freshness.fresh

    @property
    def students(self) -> int:
        return len(self._rights)

    def answer(self, nne: str, question: Question, too_late: str = "") -> Reponse:
        """A doubt is noted as a detection (R-AGL-07). `too_late`: why no answer may be given any more."""
        key = self._keys.of_nne(nne)
        if too_late:
            reponse = attendre(too_late)
        else:
            reponse = repondre(self._rights.of(key), question, self._sure_of(key))
        found = detection_of(key, question, reponse)
        if found is not None:
            self._detected(found)
        return reponse

    def known(self, nne: str) -> tuple[Droits | None, bool]:
        """The rights of a student, and whether they may be spoken of."""
        key = self._keys.of_nne(nne)
        return self._rights.of(key), self._sure_of(key)

    def _sure_of(self, key: str) -> bool:
        return self._freshness.fresh and self._freshness.sure_of(key)
