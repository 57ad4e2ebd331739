"""What the Extranet's contracts do not say by their types: the form of identifiers, months as people write them."""

from connectors.transport import values
from connectors.transport.contract_fields import Kinds
from connectors.transport.french_periods import month, months

ACTES = "extranet.actes.v1"
COMPTES = "extranet.comptes.v1"

_WORD = r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}"

KINDS: Kinds = {
    "contrat": values.identifier(r"[0-9]{4}Q[A-Z]A[0-9]{4}", "numéro de contrat comme 2007QCA0266", upper=True),
    "organisme": values.identifier(_WORD, "identifiant d'organisme de 40 caractères au plus, sans espace"),
    "stagiaire": values.identifier(_WORD, "numéro de stagiaire de 40 caractères au plus, sans espace"),
    "sous_traitant": values.identifier(_WORD, "identifiant de sous-traitant de 40 caractères au plus, sans espace"),
    "reference": values.identifier(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,39}", "référence de 40 caractères au plus, sans espace"),
    "facture": values.identifier(r"[0-9]{1,6}", "numéro de facture"),
    "adresse_electronique": values.identifier(r"[^@\s]{1,64}@[^@\s]{1,190}", "adresse électronique"),
    "mois": month(),
    "facture_preparee.mois": months(),
}
