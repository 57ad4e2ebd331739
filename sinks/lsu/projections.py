"""Which record of the correspondences goes to which table.

An element that EDT no longer has, or a service that is no longer missing, keeps its row; the rows that hold are those whose
`publie_le` is that of their head (`lsu_correspondances_bilans`, `lsu_services_verifies`): a head and its rows are published as one.
"""

from sinks.contract_rows import Projection, Projections

CORRESPONDANCES = "lsu.correspondances.v1"
CONTROLES = "lsu.controles.v1"

PROJECTIONS: Projections = {
    "correspondances": Projection(
        CORRESPONDANCES,
        "lsu_correspondances_bilans",
        ("uai", "nature"),
        "Où en sont les correspondances de chaque établissement, par nature (R-PRO-12).",
    ),
    "correspondance": Projection(
        CORRESPONDANCES,
        "lsu_correspondances",
        ("uai", "nature", "edt"),
        "Éléments d'EDT et leurs correspondances dans STS-WEB ; valent celles du même publie_le que leur bilan (R-PRO-13).",
    ),
    "services_verifies": Projection(
        CORRESPONDANCES, "lsu_services_verifies", ("uai",), "La dernière recherche des services de notation dans STS-WEB (R-PRO-14)."
    ),
    "service_manquant": Projection(
        CORRESPONDANCES,
        "lsu_services_manquants",
        ("uai", "groupe", "discipline"),
        "Services de notation absents de STS-WEB ; valent ceux dont publie_le est celui de lsu_services_verifies (R-PRO-14).",
    ),
    "bilans_controles": Projection(
        CONTROLES,
        "lsu_bilans_controles",
        ("uai", "fichier"),
        "Fichiers de bilans du LSU, et ce qui ne s'y accorde pas avec SIECLE et STS-WEB, d'après leurs derniers fichiers.",
    ),
}
