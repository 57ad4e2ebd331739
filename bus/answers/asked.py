"""What a question must look like, whatever way it came: fields to a question, or what is wrong, without repeating a value."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from bus.answers import messages as say
from processors.bourses.reponse import Question
from schemas.outcome import Fault

FIELDS = frozenset({"nne", "annee", "uai", "cod_etp"})
_USUAL_QUERY = 80
"""Bytes: annee, uai and cod_etp at their longest, with room for some encoded characters. Longer ones are not remembered."""
_USUAL_QUERIES = 4_096
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
    return checked_nne(asked.get("nne")), question_of(asked)


def checked_nne(nne: Any) -> str:
    """Raises BadQuestion."""
    return _checked(nne, _NNE, say.BAD_NNE)


def question_of(asked: Mapping[str, Any]) -> Question:
    """What is asked, of whomever. Raises BadQuestion."""
    annee = _checked(asked.get("annee"), ANNEE, say.BAD_YEAR)
    uai, cod_etp = asked.get("uai"), asked.get("cod_etp")
    if uai is not None:
        uai = _checked(uai, _UAI, say.BAD_UAI).upper()
    if cod_etp is not None:
        cod_etp = _checked(cod_etp, _ETAPE, say.BAD_ETAPE)
    return Question(int(annee), uai, cod_etp)


def question_in(query: bytes) -> Question:
    """The question of an address's query, other fields passed over. Raises BadQuestion.

    The same few are asked all day, each of many students: those are read once.
    """
    return _read_once(query) if len(query) <= _USUAL_QUERY else _read(query)


def _read(query: bytes) -> Question:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return question_of({name: value for name, value in pairs if name in FIELDS})


_read_once = lru_cache(_USUAL_QUERIES)(_read)


def _checked(value: Any, pattern: re.Pattern[str], fault: Fault) -> str:
    text = "" if value is None else str(value)
    if not pattern.fullmatch(text):
        raise BadQuestion(fault)
    return text
