"""What Luciole's contracts do not say by their types. Lengths are bounded: an établissement's state must hold its dossiers."""

from zoneinfo import available_timezones

from connectors.transport import values
from connectors.transport.contract_fields import Kinds
from connectors.transport.values import BadValue, Kind, kind_of

_ZONES = available_timezones()


def zone() -> Kind:
    """An IANA zone."""

    def read(value: str) -> str:
        if value not in _ZONES:
            raise BadValue("CODE_INCONNU", "fuseau de la base IANA comme Europe/Paris", kind_of(value))
        return value

    return Kind(read, lambda value: read(values.text(60).from_json(value)))


_NUMBER = r"[0-9A-Za-z][0-9A-Za-z._/-]{0,19}"

KINDS: Kinds = {
    "etablissement": values.identifier(r"[0-9]{7}[A-Z]", "UAI de 7 chiffres et une lettre", upper=True),
    "instructeur": values.identifier(r"[0-9A-Za-z]{1,20}(?: [^\x00-\x1f\x7f]{1,80})?", "code de l'instructeur puis son libellé"),
    "dossier": values.identifier(_NUMBER, "numéro de dossier de 20 caractères au plus, sans espace"),
    "bordereau": values.identifier(_NUMBER, "numéro de bordereau de 20 caractères au plus, sans espace"),
    "fichier": values.identifier(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,29}", "identifiant de fichier de 30 caractères au plus, sans espace"),
    "cycle": values.text(20),
    "decision": values.text(20),
    "annee": values.integer(2000, 2100),
    "jeton": values.integer(1, 10**15),
    "montant": values.money(digits=9),
    "montant_theorique": values.money(digits=9),
    "montant_total": values.money(digits=12),
    "zone": zone(),
}
