"""The calendar of the rentrée as people look at it: its tables, and the files that follow it (R-CHA-07, 22, 35)."""

from schemas.outcome import Processor
from sinks.contract_rows import projector
from sinks.rentree import fichiers
from sinks.rentree.projections import PROJECTIONS

TABLES = Processor(
    name="rentree.projections",
    about="Écrit le calendrier de rentrée, les retards, les remontées et les rapprochements dans leurs tables.",
    inputs=("rentree.suivi.v1", "rentree.refus.v1"),
    decide=projector(PROJECTIONS),
)

FICHIERS = Processor(
    name="rentree.fichiers",
    about="Prépare le fichier des avis de retard et, octet pour octet, les dossiers pour SIECLE, les nomenclatures pour Charlemagne.",
    inputs=fichiers.INPUTS,
    decide=fichiers.decide,
    state=fichiers.Fichiers,
)
