"""Control totals of a payment file, as in the public ASP exchange: what it says it pays is the sum of its lines."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from connectors.transport.faults import fault
from schemas.outcome import Fault
from schemas.records.chorus import LignePaiement

REMEDE = "Refaire le fichier de paiement dans Luciole : rien n'en est pris."


def wrong_total(data: dict[str, Any], where: str) -> Fault | None:
    """The first total that its lines do not add up to; None when all do, or when no total is given."""
    lignes: Sequence[LignePaiement] = data.get("lignes", ())
    if not lignes:
        return fault("CHAMP_MANQUANT", f"{where} : un fichier de paiement sans ligne.", REMEDE)
    counts = [ligne.nombre_dossiers for ligne in lignes]
    total = data.get("nombre_dossiers")
    if total is not None and (None in counts or sum(count or 0 for count in counts) != total):
        return fault("NOMBRE_INVALIDE", f"{where} : le total nombre_dossiers n'est pas la somme des lignes.", REMEDE)
    amounts = [ligne.montant for ligne in lignes]
    expected = data.get("montant_total")
    if expected is not None and (None in amounts or sum((amount or Decimal(0) for amount in amounts), Decimal(0)) != expected):
        return fault("MONTANT_INVALIDE", f"{where} : le total montant_total n'est pas la somme des lignes.", REMEDE)
    return None
