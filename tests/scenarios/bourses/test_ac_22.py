"""AC-22: a university loaded through the real connectors and rules; its reconciliation tells the gap (R-AGL-19, R-AGL-20)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bus.simulate.history import History
from bus.simulate.installed import installed
from bus.simulate.runner import run, steps_of
from bus.simulate.scenario import load
from schemas.identifiants import check_letter
from sinks.bourses.bilan import dresser
from sinks.bourses.editions import LISTES, editer

SCENARIO = """title: Une université au 27 novembre
given:
  - {at: 2026-07-01T08:00, system: aglae, file: dossiers.csv}
  - {at: 2026-09-15T08:00, system: apogee, file: inscriptions.csv}
  - {at: 2026-11-27T08:00}
"""
HEADER = "UAI;COD_ANU;COD_IND;COD_ETU;COD_NNE_IND;NUM_BRS_ETU;COD_ETP;COD_VRS_VET;COD_CMP;ETA_IAE"


def bea(number: int) -> str:
    return f"{number:010d}{check_letter(number)}"


def registrations(first: int, count: int, differing: int = 0) -> Iterator[str]:
    """Lines of an export; the first `differing` ones have another numéro de boursier than their NNE."""
    for rank in range(count):
        nne = bea(first + rank)
        numero = bea(first + rank + 5_000_000) if rank < differing else nne
        yield f"0781944P;2026;{first + rank};{first + rank};{nne};{numero};L1;1;C{rank % 3};E"


def dossiers(first: int, count: int, etat: str) -> Iterator[str]:
    for rank in range(count):
        nne = bea(first + rank)
        yield f"2026VER{nne};2026;{nne};{etat};1;2163.00;1;VER;0781944P;L1"


def university(folder: Path, definitives: int, waiting: int, differing: int) -> History:
    """Definitive ones have a decided dossier; the others an undecided one, or, where their numbers differ, none under their NNE."""
    path = folder / "universite.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    known = [*dossiers(1_000_000, definitives, "CONDITIONNEL"), *dossiers(2_000_000 + differing, waiting - differing, "NON_TRAITE")]
    columns = "NUMERO;ANNEE;NUMERO_BOURSIER;ETAT;ECHELON;MONTANT_ANNUEL;VOEU_RANG;VOEU_ACADEMIE;VOEU_UAI;VOEU_COD_ETP"
    (folder / "dossiers.csv").write_text("\n".join([columns, *known, ""]), encoding="utf-8")
    lines = [*registrations(1_000_000, definitives), *registrations(2_000_000, waiting, differing)]
    (folder / "inscriptions.csv").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")
    installation = installed()
    scenario = load(path, installation)
    return run(scenario, installation, steps_of(scenario, installation))


@pytest.mark.parametrize(
    ("definitives", "waiting", "differing", "declares", "gap"), [(1871, 709, 28, 2850, 270), (40, 25, 7, 60, -5), (12, 0, 0, 12, 0)]
)
def test_the_figures_of_a_day_are_counted_and_the_gap_is_told(
    definitives: int, waiting: int, differing: int, declares: int, gap: int, tmp_path: Path
) -> None:
    tables = university(tmp_path, definitives, waiting, differing).tables()
    apogee, ecarts = list(tables["bourses_apogee"].values()), list(tables.get("bourses_ecarts", {}).values())
    bilan = dresser(2026, apogee, ecarts, declares)
    assert (bilan.definitives, bilan.conditionnelles, bilan.ecarts_nne, bilan.ecart) == (definitives, waiting, differing, gap)
    numbers, conditional, *_ = LISTES
    for liste, rows, count in ((numbers, ecarts, differing), (conditional, apogee, waiting)):
        editions = editer(liste, rows, date(2026, 11, 27), {})
        assert sum(each.ouverts for each in editions) == count
        assert len(editions) == min(3, count)
