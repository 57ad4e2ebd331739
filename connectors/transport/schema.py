"""An XML tree against one of our own XSDs, with faults in French: where and what kind, never the value found."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from connectors.transport.faults import fault
from schemas.outcome import Fault

UNIQUE = "SCHEMAV_CVC_IDC"
"""Also said of a value that is not valid, which is then said already."""

_REASONS = {
    "SCHEMAV_ELEMENT_CONTENT": "cette balise n'est pas attendue ici, ou une balise obligatoire manque avant elle",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "la valeur est trop longue",
    "SCHEMAV_CVC_MINLENGTH_VALID": "la valeur est vide ou trop courte",
    "SCHEMAV_CVC_LENGTH_VALID": "la valeur n'a pas la longueur attendue",
    "SCHEMAV_CVC_PATTERN_VALID": "la valeur n'a pas la forme attendue",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "la valeur n'est pas du type attendu (une date s'écrit AAAA-MM-JJ et doit exister)",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "le nombre est trop grand",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "le nombre est trop petit",
    UNIQUE: "une valeur qui doit être unique est donnée deux fois",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "du texte se trouve entre des balises",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "un attribut n'est pas attendu ici",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "un attribut obligatoire manque",
    "SCHEMAV_CVC_ELT_1": "l'élément racine n'est pas celui attendu",
}
_LAST = re.compile(r"([A-Za-z_:-]+)(?:\[(\d+)\])?$")
_RANKED = re.compile(r"/([A-Z_]+)\[(\d+)\]")
REMEDE = "Corriger à la source, puis refaire l'export."


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def violations(tree: etree._Element, xsd: Path) -> tuple[Fault, ...]:
    """What the schema does not allow, in the order of the document; nothing for a valid tree."""
    schema = _schema(xsd)
    if schema.validate(tree):
        return ()
    log: Iterable[Any] = schema.error_log  # type: ignore[assignment]
    errors = [error for error in log if error.type_name != "SCHEMAV_CVC_TYPE_3_1_3"]
    wrong = {error.path for error in errors if error.type_name != UNIQUE}
    return tuple(_fault(error) for error in errors if error.type_name != UNIQUE or error.path not in wrong)


def _fault(error: Any) -> Fault:
    last = _LAST.search(error.path or "")
    ranked = _RANKED.findall(error.path or "")
    tag = last[1] if last else "?"
    where = f"Ligne {error.line}, balise {tag}"
    if ranked:
        where += f" ({ranked[0][0]} n° {ranked[0][1]})"
    why = _REASONS.get(error.type_name, "la structure n'est pas celle attendue")
    return fault("XML_NON_VALIDE", f"{where} : {why}.", REMEDE, error.line)
