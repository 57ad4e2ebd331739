"""What a question must look like, whatever way it came: fields to a question, or what is wrong, without repeating a value."""

import re
from collections.abc import Mapping
from typing import Any

from bus.answers import messages as say
from processors.bourses.reponse import Question
from schemas.outcome import Fault

FIELDS = frozenset({"nne", "annee", "uai", "cod_etp"})
_NNE = re.compile(r"[0-9A-Za-z]{11}")
ANNEE = re.compile(r"(?:19|20)[0-9]{2}")
_UAI = re.compile(r"[0-9]{7}[A-Za-z]")
_ETAPE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.+&-]{0,15}")


class BadQuestion(Exception):
    """No question."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def asked_of(asked: Mapping[str, Any]) -> tuple[str, Question]:
    """The NNE and the question. Raises BadQuestion."""
    nne, annee, uai, cod_etp = (asked.get(name) for name in ("nne", "annee", "uai", "cod_etp"))
    for value, pattern, fault, required in (
        (nne, _NNE, say.BAD_NNE, True),
        (annee, ANNEE, say.BAD_YEAR, True),
        (uai, _UAI, say.BAD_UAI, False),
        (cod_etp, _ETAPE, say.BAD_ETAPE, False),
    ):
        if (value is None and required) or (value is not None and not pattern.fullmatch(str(value))):
            raise BadQuestion(fault)
    return str(nne), Question(int(str(annee)), str(uai).upper() if uai is not None else None, None if cod_etp is None else str(cod_etp))
