"""What the contracts of a school's acts do not say by their types."""

from connectors.transport import values
from connectors.transport.contract_fields import Kinds

KINDS: Kinds = {
    "uai": values.identifier(r"[0-9]{7}[A-Z]", "UAI de 7 chiffres et une lettre", upper=True),
    "fichier": values.text(120),
    "eleve_id": values.identifier(r"[0-9]{1,10}", "identifiant SIECLE d'un élève, en chiffres"),
    "code_groupe": values.text(20),
    "millesime": values.identifier(r"[0-9]{4}", "millésime de 4 chiffres"),
    "version": values.identifier(r"[0-9A-Za-z.]{1,20}", "version comme 0.2.10"),
    "bits": values.integer(16, 128),
    "annee_sts": values.integer(2000, 2100),
    "annee": values.integer(2000, 2100),
    "message": values.text(1000),
    "bilan": values.text(1000),
    "elements": values.texts(max_count=1000, max_length=120),
    "edt": values.text(120),
    "sts": values.text(60),
}
