"""Which record of the road to ONDE goes to which table."""

from sinks.contract_rows import CE_ID, Projection, Projections

PROCEDURE = "onde.procedure.v1"
REFUS = "onde.refus.v1"

PROJECTIONS: Projections = {
    "etape_suivie": Projection(PROCEDURE, "onde_etapes", ("uai", "annee", "etape"), "Où en est la remontée de chaque école (R-ONDE-01)."),
    "controle_effectue": Projection(
        PROCEDURE, "onde_controles", ("uai", "annee"), "Le dernier contrôle de chaque école, et les élèves sans classe (R-ONDE-09)."
    ),
    "export_effectue": Projection(PROCEDURE, "onde_exports", ("uai", "annee"), "Le dernier export de chaque école (R-ONDE-11)."),
    "depot_confirme": Projection(PROCEDURE, "onde_depots", ("uai", "annee"), "Imports dans ONDE confirmés (R-ONDE-13)."),
    "information": Projection(PROCEDURE, "onde_informations", (CE_ID,), "Ce que les écoles doivent savoir, sans refus."),
    "refus": Projection(REFUS, "onde_refus", ("evenement", "processeur"), "Opérations refusées, avec leur remède."),
}
