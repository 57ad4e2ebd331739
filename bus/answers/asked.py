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
    nne = _checked(asked.get("nne"), _NNE, say.BAD_NNE)
    annee = _checked(asked.get("annee"), ANNEE, say.BAD_YEAR)
    uai, cod_etp = asked.get("uai"), asked.get("cod_etp")
    if uai is not None:
        uai = _checked(uai, _UAI, say.BAD_UAI).upper()
    if cod_etp is not None:
        cod_etp = _checked(cod_etp, _ETAPE, say.BAD_ETAPE)
    return nne, Question(int(annee), uai, cod_etp)


def _checked(value: Any, pattern: re.Pattern[str], fault: Fault) -> str:
    text = "" if value is None else str(value)
    if not pattern.fullmatch(text):
        raise BadQuestion(fault)
    return text
