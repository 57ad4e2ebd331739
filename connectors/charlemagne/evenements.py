"""What a school does in Charlemagne: steps of the calendar, sendings, first degree. Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping

from connectors.transport import school_fields, values
from connectors.transport.contract_fields import Kinds
from connectors.transport.own_events import Given, OwnEvents
from schemas.outcome import Record

ETAPES = "charlemagne.etapes.v1"
PREMIER_DEGRE = "charlemagne.premier_degre.v1"
TOPICS = (ETAPES, PREMIER_DEGRE)

ENVOIS = (21, 22)
"""The steps that send pupils: of one subject with the import that must precede them (R-CHA-36)."""

KINDS: Kinds = {
    "uai": school_fields.uai(),
    "annee": school_fields.school_year(),
    "numero": values.integer(0, 99),
    "occurrence": values.identifier(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,19}", "nom de remontée de 20 caractères au plus, sans espace"),
    "accuse": values.text(60),
    "eleves_envoyes.eleves": school_fields.pupils(),
    "effectif.code": values.text(20),
    "eleve": school_fields.pupil(),
    "classe": values.text(30),
    "code_rectorat": values.text(20),
    "type_contrat": values.text(60),
    "type_classe": values.text(60),
    "formation": values.text(20),
    "formations": values.texts(max_length=20),
    "anomalies": values.texts(max_count=20, max_length=120),
    "anomalie.libelle": values.text(120),
    "lecteur": values.identifier(r"[A-Z]", "lettre de lecteur", upper=True),
}

SUBJECTS: Mapping[str, str] = {
    "identifiants_importes": "remontee/{annee}",
    "eleves_envoyes": "remontee/{annee}",
    "effectifs_envoyes": "effectifs/{annee}",
    "etape": "etape/{annee}/{numero}",
    "etape_annulee": "etape/{annee}/{numero}",
}
"""Event → its subject; the events of the first degree are all of one: their order matters."""


def own_events(system: str) -> OwnEvents:
    """JSON objects and CSV files of these events."""
    return OwnEvents(system, TOPICS, KINDS, _publish)


def _publish(given: Given) -> Iterator[Record]:
    data = given.data
    if given.name == "etape" and data["numero"] in ENVOIS:
        yield given.record(data["uai"], f"remontee/{data['annee']}")
    else:
        yield given.record(data["uai"], SUBJECTS.get(given.name, "onde").format_map(data))
