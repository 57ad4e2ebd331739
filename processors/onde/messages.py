"""Every French text of the road to ONDE. Texts of the lost screenshots are ours; those of the guide are to the letter."""

from collections.abc import Sequence

from schemas.outcome import Refusal

LANGUES = "Import des langues réussi"
"""To the letter (R-ONDE-05)."""

AUTRE_ANOMALIE = "Autre anomalie"
SANS_FORMATION = "classe à plusieurs niveaux : formation absente de la fiche"
FORMATION_ETRANGERE = "formation de la fiche absente de la classe"
CLASSE_INCONNUE = "classe absente du paramétrage"

ATTEND_ARCHIVE = "archive que Charlemagne génère"
ATTEND_PERSONNE = (
    "import du fichier dans ONDE par une personne : portail de l'académie, clef OTP, « Accès directeur », "
    "« Effectuer un nouvel import », « Parcourir »"
)
EXPORT_REFUSE = "ONDE a refusé le fichier : corriger, contrôler et exporter de nouveau"

_FORMATIONS = (
    "Charlemagne Administratif / Administration / Paramétrage / Etablissements : « Import des formations du 1er degré », chaque année."
)
_CLASSES = "Charlemagne Administratif / Administration / Paramétrage / Classes : compléter la classe, puis relancer le contrôle."
_CONTROLE = "Charlemagne Administratif / Modules / Education Nationale / Contrôle"


def scolaire(annee: int) -> str:
    return f"{annee}-{annee + 1}"


# --- refusals --------------------------------------------------------------------------------------------------------


def second_degre() -> Refusal:
    return Refusal(
        "SECOND_DEGRE",
        "ONDE est la base élèves du premier degré : cet établissement est du second.",
        "Suivre le calendrier des échanges avec SIECLE, ou faire corriger le profil de l'établissement par l'académie.",
    )


def annee_passee(annee: int, connue: int) -> Refusal:
    return Refusal(
        "ANNEE_PASSEE",
        f"L'année {scolaire(annee)} est close : l'école est en {scolaire(connue)}.",
        "Vérifier l'année de la rentrée.",
    )


def formations_absentes() -> Refusal:
    return Refusal("FORMATIONS_ABSENTES", "Les formations du 1er degré n'ont pas été importées.", _FORMATIONS)


def formations_perimees(importees: int, annee: int) -> Refusal:
    return Refusal(
        "FORMATIONS_ANNEE_PRECEDENTE",
        f"Les formations du 1er degré datent de {scolaire(importees)} : elles doivent être importées pour {scolaire(annee)}.",
        _FORMATIONS,
    )


def aucune_classe() -> Refusal:
    return Refusal("CLASSES_ABSENTES", "Aucune classe n'est paramétrée.", _CLASSES)


def classes_sans_code(noms: Sequence[str]) -> Refusal:
    return Refusal(
        "CLASSE_SANS_CODE_RECTORAT",
        f"Classe{'s' if len(noms) > 1 else ''} sans code Rectorat : {', '.join(noms)}.",
        "Il est indispensable d'affecter un code Rectorat à chaque classe. Ce code est libre. " + _CLASSES,
    )


def code_en_double(code: str, noms: Sequence[str]) -> Refusal:
    return Refusal(
        "CODE_RECTORAT_EN_DOUBLE",
        f"Le code Rectorat {code} est celui de plusieurs classes : {', '.join(noms)}.",
        "Donner à chaque classe un code Rectorat qui n'est qu'à elle. " + _CLASSES,
    )


def classe_incomplete(nom: str, manque: Sequence[str]) -> Refusal:
    return Refusal("CLASSE_INCOMPLETE", f"Classe {nom} : il manque {', '.join(manque)}.", _CLASSES)


def aucun_eleve() -> Refusal:
    return Refusal(
        "AUCUN_ELEVE",
        "Aucun élève n'a de classe : il n'y a rien à contrôler.",
        "Bien vérifier que tous les élèves ont une classe indiquée dans l'onglet « général » de leur fiche.",
    )


def controle_absent() -> Refusal:
    return Refusal("CONTROLE_ABSENT", "La base élèves n'a pas été contrôlée.", f"Lancer d'abord le contrôle : {_CONTROLE}.")


def controle_invalide() -> Refusal:
    return Refusal("CONTROLE_INVALIDE", "La base élèves a été modifiée depuis le dernier contrôle.", f"Relancer le contrôle : {_CONTROLE}.")


def controle_non_conforme(nombre: int) -> Refusal:
    return Refusal(
        "CONTROLE_NON_CONFORME",
        f"Elève(s) non conforme(s) : {nombre}.",
        "Modifier les fiches en anomalie jusqu'à disparition du gyrophare, puis relancer le contrôle jusqu'à ce que le cadre "
        "« Elève(s) non conforme(s) » soit égal à zéro.",
    )


def archive_trop_grosse(octets: int) -> Refusal:
    return Refusal(
        "ARCHIVE_TROP_GROSSE",
        f"L'archive fait {octets} octets : au-delà de 512 Kio, ce n'est pas celle d'une école.",
        "Vérifier l'export de Charlemagne ; l'importer dans ONDE sans passer par le bus si elle est bonne.",
    )


def rien_a_deposer() -> Refusal:
    return Refusal(
        "RIEN_A_DEPOSER",
        "Aucun fichier n'attend son import dans ONDE.",
        "Contrôler puis exporter la base élèves, et importer le fichier ensuite.",
    )


def autre_fichier() -> Refusal:
    return Refusal(
        "AUTRE_FICHIER",
        "Le fichier importé n'est pas celui du dernier export.",
        "Importer dans ONDE le fichier du dernier export, puis confirmer.",
    )


def date_future() -> Refusal:
    return Refusal("DATE_FUTURE", "Cette date est dans l'avenir.", "Corriger la date.")


def extraction_incomplete() -> Refusal:
    return Refusal(
        "INSTANTANE_INCOMPLET",
        "L'extraction d'ONDE n'est pas arrivée entière : rien n'en est retenu.",
        "Déposer à nouveau le fichier.",
    )


def eleve_inconnu() -> Refusal:
    return Refusal("ELEVE_INCONNU", "Cet élève n'est pas de l'école.", "Vérifier l'identifiant de l'élève.")


def classe_inconnue() -> Refusal:
    return Refusal("CLASSE_INCONNUE", "Cette classe n'est pas paramétrée.", "Vérifier le nom de la classe.")


def eleve_en_double() -> Refusal:
    return Refusal("ELEVE_EN_DOUBLE", "Un élève est deux fois dans la base.", "Ne donner qu'une fiche par élève.")


def trop(quoi: str, limite: int) -> Refusal:
    return Refusal("TROP_GRAND", f"Plus de {limite} {quoi} pour une école.", "Vérifier l'UAI : chaque école a sa propre base.")


# --- what is told ----------------------------------------------------------------------------------------------------


def formations_a_importer(importees: int, annee: int) -> str:
    return formations_perimees(importees, annee).message


def controle(controles: int, non_conformes: int, sans_classe: int) -> str:
    """What the control says, and whom it does not see (R-ONDE-09)."""
    resultat = (
        f"Elève(s) non conforme(s) : {non_conformes}." if non_conformes else "Les élèves n'ont aucune anomalie et sont donc conformes."
    )
    omis = f" {sans_classe} élève(s) sans classe : ni contrôlé(s), ni exporté(s)." if sans_classe else ""
    return f"{controles} élève(s) contrôlé(s). {resultat}{omis}"


def controles_differents(affiches: int, attendus: int) -> str:
    return f"Charlemagne a contrôlé {affiches} élève(s) ; les fiches connues en donnent {attendus}."


def a_confirmer(nombre: int, omis: int, chemin: str) -> str:
    """The confirmation that is asked (R-ONDE-12); the guide's own text is lost."""
    manque = f" {omis} élève(s) sans classe ne le seront pas." if omis else ""
    return f"Exporter la base élèves : {nombre} élève(s), vers {chemin} ?{manque}"


def exporte(nombre: int, omis: int, chemin: str) -> str:
    manque = f" {omis} élève(s) sans classe omis." if omis else ""
    return f"{nombre} élève(s) exporté(s) vers {chemin}.{manque}"


TOUS_ONT_UNE_CLASSE = "Extraction d'ONDE : tous les élèves ont une classe."
REMEDE_SANS_CLASSE = "Affecter ces élèves à une classe dans ONDE, puis refaire l'extraction."


def eleves_sans_classe(nombre: int, lignes: Sequence[int]) -> str:
    """`lignes`: the first ones, in order (R-ONDE-09)."""
    montrees = ", ".join(map(str, lignes)) + ("…" if nombre > len(lignes) else "")
    return f"Élèves sans classe : {nombre}, aux lignes {montrees}. Ils ne seraient pas exportés."


CONTROLE_A_REFAIRE = "La base élèves a été modifiée : le contrôle est à refaire avant l'export."


def depot_refuse(motif: str | None) -> str:
    return f"{EXPORT_REFUSE}{f' ({motif})' if motif else ''}."


def ecart_integration(exportes: int, integres: int) -> str:
    return f"{exportes} élève(s) exporté(s), {integres} intégré(s) dans ONDE : écart de {abs(exportes - integres)}, à rapprocher dans ONDE."
