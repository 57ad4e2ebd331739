"""The reconciliation is told with its gap and forces nothing (R-AGL-20)."""

import random
from typing import Any

import pytest

from sinks.bourses.bilan import dresser


def rows(bourse: str, count: int, annee: int = 2014, first: int = 0) -> list[dict[str, Any]]:
    return [{"annee": annee, "bourse": bourse, "cod_ind": str(first + rank)} for rank in range(count)]


def ecarts(count: int, differents: bool = True, nature: str = "NUMEROS_DIFFERENTS") -> list[dict[str, Any]]:
    each = {"annee": 2014, "uai": "0781944P", "cod_etp": "L1", "cod_vrs_vet": "1", "differents": differents, "nature": nature}
    return [each | {"cod_ind": str(rank)} for rank in range(count)]


@pytest.mark.parametrize(
    ("definitives", "conditionnelles", "differences", "declares", "gap"),
    [(1871, 709, 28, 2850, 270), (1871, 712, 28, 2850, 267), (10, 5, 0, 15, 0), (10, 5, 3, 12, -3), (0, 0, 0, None, None)],
)
def test_the_gap_is_what_is_declared_less_what_is_followed(
    definitives: int, conditionnelles: int, differences: int, declares: int | None, gap: int | None
) -> None:
    apogee = (
        rows("DEFINITIVE", definitives) + rows("CONDITIONNELLE", conditionnelles) + rows("SANS_OBJET", 40) + rows("DEFINITIVE", 7, 2013)
    )
    random.Random(1).shuffle(apogee)
    bilan = dresser(2014, apogee, ecarts(differences) + ecarts(differences, False, "NUMERO_AGLAE_DIFFERENT"), declares)
    assert (bilan.definitives, bilan.conditionnelles, bilan.ecarts_nne) == (definitives, conditionnelles, differences)
    assert bilan.ecart == gap
    told = dict(bilan.lignes())
    assert ("Écart, à expliquer" in told) == (declares is not None)
    if gap:
        assert told["Écart, à expliquer"] == f"{gap:+d}"
