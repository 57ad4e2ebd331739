"""The fields of Aglaé's dossiers, vœux and re-treatments. Our own format ("format interne, non homologué").

JSON uses the names of the contract. A file uses them in capitals, one line a vœu, those of a vœu after `VOEU_`.
"""

from connectors.transport import values
from connectors.transport.fields import Field, columns_of

ETATS = ("NON_TRAITE", "EN_ATTENTE_DE_PIECES", "PROGRESSION_A_VERIFIER", "CONDITIONNEL", "DEFINITIF", "REFUSE")
ECHELONS = ("0bis", "1", "2", "3", "4", "5", "6", "7")
RESULTATS = ("ACCEPTE", "REFUSE")
MAX_VOEUX = 50

_UAI = values.identifier(r"[0-9]{7}[A-Z]", "UAI de 7 chiffres et une lettre", upper=True)
_ETAPE = values.identifier(r"[0-9A-Za-z][0-9A-Za-z_.+&-]{0,15}", "code de 16 caractères au plus, sans espace")
_ANNEE = values.integer(2000, 2100)
_POINTS = values.integer(0, 99)

_IDENTITY: tuple[Field, ...] = (
    Field(
        "numero",
        values.identifier(r"[0-9]{4}[A-Z]{3}[0-9A-Z]{11}", "année, 3 lettres d'académie et numéro de 11 caractères", upper=True),
        required=True,
    ),
    Field("annee", _ANNEE, required=True),
    Field(
        "numero_boursier",
        values.identifier(r"[0-9A-Z]{1,13}", "numéro de lettres et de chiffres, 13 caractères au plus", upper=True),
        required=True,
    ),
)

DOSSIER: tuple[Field, ...] = (
    *_IDENTITY,
    Field("nom", values.text()),
    Field("prenom", values.text()),
    Field("date_naissance", values.day()),
    Field("etat", values.code(ETATS), required=True),
    Field("echelon", values.code(ECHELONS)),
    Field("montant_annuel", values.money(scale=2, digits=10)),
    Field("pieces_manquantes", values.texts("|")),
    Field("date_decision", values.day()),
    Field("dat_mod", values.instant(values.PARIS)),
    Field("bareme", _ANNEE),
    Field("annee_revenus", _ANNEE),
    Field("charge_a", _POINTS),
    Field("charge_b", _POINTS),
    Field("charge_distance", _POINTS),
)

VOEU: tuple[Field, ...] = (
    Field("rang", values.integer(1, MAX_VOEUX), required=True),
    Field("academie", values.identifier(r"[A-Z]{3}", "code d'académie de 3 lettres", upper=True)),
    Field("uai", _UAI, required=True),
    Field("cod_etp", _ETAPE, required=True),
    Field("libelle", values.text()),
    Field("decision_bourse", values.text(500)),
    Field("decision_logement", values.text(500)),
)

VOEU_PREFIX = "VOEU_"

VOEU_COLUMNS: tuple[Field, ...] = tuple(Field(f"voeu_{each.name}", each.kind, each.required, each.aliases) for each in VOEU)

RETRAITEMENT: tuple[Field, ...] = (
    *_IDENTITY,
    Field("uai", _UAI, required=True),
    Field("cod_etp", _ETAPE, required=True),
    Field("resultat", values.code(RESULTATS), required=True),
    Field("motif", values.text(500)),
    Field("date_decision", values.day()),
)

DOSSIER_FILE = columns_of((*DOSSIER, *VOEU_COLUMNS))
RETRAITEMENT_FILE = columns_of(RETRAITEMENT)
DOSSIER_NAMES = (*(each.name for each in DOSSIER), "voeux", *(each.name for each in VOEU))
RETRAITEMENT_NAMES = tuple(each.name for each in RETRAITEMENT)
