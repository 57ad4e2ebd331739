"""Links between pupils and groups deposited in SIECLE: checked, predicted, treated by night, reported (R-PRO-03, 40 to 77)."""

from processors.depot_siecle.garde import Tranche
from processors.depot_siecle.garde import decide as garder
from processors.depot_siecle.reglages import Reglages
from processors.depot_siecle.rules import decide
from processors.depot_siecle.state import Ecole
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="siecle.depots",
    about="Contrôle les dépôts de liens élève-groupe, prédit leur compte-rendu, le calcule la nuit et le compare à celui de SIECLE.",
    inputs=(
        "siecle.exports.v1",
        "sts.echanges.v1",
        "pronote.liens_eleve_groupe.v1",
        "siecle.depots.v1",
        "siecle.comptes_rendus_lus.v1",
        "synchros.etats.v1",
        "siecle.depots.collectes.v1",
    ),
    outputs=(
        "siecle.suivi_depots.v1",
        "siecle.predictions.v1",
        "siecle.comptes_rendus.v1",
        "siecle.depots.tranches.v1",
        "siecle.depots.collectes.v1",
    ),
    refusals="siecle.depots.refus.v1",
    decide=decide,
    reglages=Reglages,
    state=Ecole,
)

TRANCHES = Processor(
    name="siecle.depots.tranches",
    about="Garde les élèves, les groupes et les liens d'un établissement en tranches, et les rend à qui les collecte.",
    inputs=("siecle.depots.tranches.v1",),
    outputs=("siecle.depots.tranches.v1", "siecle.depots.collectes.v1"),
    refusals="siecle.depots.refus.v1",
    decide=garder,
    state=Tranche,
)
