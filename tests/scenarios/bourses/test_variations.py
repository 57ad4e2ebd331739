"""The bursary scenarios told twice, and with the systems in another order."""

from pathlib import Path

import pytest

from bus.simulate.installation import Installation
from bus.simulate.installed import installed
from bus.simulate.play import play
from bus.simulate.report import text

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))
ORDER_COUNTS = (
    "ac_46_annulation_avant_inscription",
    "attente_expiree",
    "ac_46_csv_mal_forme",
    "sans_dossier_puis_dossier",
    "ac_16_positive",
    "ac_18_rejeu_definitif",
    "ac_21_defauts_du_nne",
    "droits_a_rembourser",
    "ac_22_petite_universite",
    "ac_23_croisement_crous",
    "ac_23_croisement_crous_par_le_cnous",
    "ac_21_correction_du_nne",
    "ac_51_reponse_jamais_sur_parole",
)
"""A registration that ended before its dossier came was never paid, one that ended after was. A bursary passes from conditional to
definitive only where it was conditional first, a line of the CROUS counts only for those that are, and a question is answered
from what came before it. The others have one system."""
ANY_ORDER = [path for path in FILES if path.stem not in ORDER_COUNTS]


@pytest.fixture(scope="module")
def installation() -> Installation:
    return installed()


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_scenario_twice(path: Path, installation: Installation) -> None:
    played = play(path, installation, repeat=True)
    assert played.holds, "\n".join(text(played))


@pytest.mark.parametrize("path", ANY_ORDER, ids=[path.stem for path in ANY_ORDER])
@pytest.mark.parametrize("seed", range(4))
def test_scenario_in_another_order(path: Path, seed: int, installation: Installation) -> None:
    played = play(path, installation, seed=seed)
    assert played.holds, "\n".join(text(played))
