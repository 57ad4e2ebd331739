"""What Safir's contracts do not say by their types: the form of identifiers, months as people write them."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.transport import values
from connectors.transport.contract_fields import Kinds
from connectors.transport.french_periods import month
from connectors.transport.values import BadValue, Kind

ACTIONS = "safir.actions.v1"
TITULAIRES = "safir.titulaires.v1"

_WORD = r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}"


def _zone(value: object) -> str:
    if not isinstance(value, str):
        raise BadValue("TYPE_INATTENDU", "zone horaire entre guillemets", values.kind_of(value))
    try:
        return ZoneInfo(value).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise BadValue("CODE_INCONNU", "zone horaire comme Europe/Paris", values.kind_of(value)) from None


KINDS: Kinds = {
    "zone": Kind(_zone, _zone),
    "contrat": values.identifier(r"[0-9]{4}Q[A-Z]A[0-9]{4}", "numéro de contrat comme 2007QCA0266", upper=True),
    "numero_marche": values.identifier(r"[0-9]{2}S[0-9]{5}", "numéro de marché comme 07S00075", upper=True),
    "numero_operation": values.identifier(r"[0-9]{1,12}", "numéro d'opération, en chiffres"),
    "organisme": values.identifier(_WORD, "identifiant d'organisme de 40 caractères au plus, sans espace"),
    "sous_traitant.identifiant": values.identifier(_WORD, "identifiant de sous-traitant de 40 caractères au plus, sans espace"),
    "stagiaire": values.identifier(_WORD, "numéro de stagiaire de 40 caractères au plus, sans espace"),
    "reference": values.identifier(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,39}", "référence de 40 caractères au plus, sans espace"),
    "facture": values.identifier(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,42}", "référence de facture : numéro, SOLDE ou ST-référence"),
    "adresse_electronique": values.identifier(r"[^@\s]{1,64}@[^@\s]{1,190}", "adresse électronique"),
    "mois": month(),
}
