"""Every French text of the deposit: SIECLE's own, exact (R-PRO-43, 50 to 61, 71 to 73), and ours for what it does not say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from processors.depot_siecle.connaissance import Calendrier, EleveFichier, EleveSiecle
from schemas.outcome import Refusal

Regle = Literal["REJEL", "GROUPE", "ELEGRP"]
LIBELLES: dict[Regle, str] = {
    "REJEL": "Liens 'élève-groupe' rejetés",
    "GROUPE": "L'inscription de l'élève dans un groupe est invalide.",
    "ELEGRP": "Les dates d'inscription de l'élève dans un groupe sont invalides.",
}
"""The text of a rule in the report; that of REJEL is ours, no source shows it."""
PARTIELS = "Liens 'élève-groupe' partiellement importés"


@dataclass(frozen=True, slots=True)
class Anomalie:
    """One anomaly of one pupil. `code` is of the bounded set of R-PRO-60 to 71."""

    regle: Regle
    code: str
    message: str
    groupe: str | None = None
    """The group it is about."""

    @property
    def libelle(self) -> str:
        return LIBELLES[self.regle]


def jour(quand: date) -> str:
    """As SIECLE writes a day: JJ/MM/AAAA."""
    return f"{quand:%d/%m/%Y}"


# --- anomalies, to the letter ----------------------------------------------------------------------------------------


def _envoye(entree: EleveFichier) -> str:
    return entree.eleve_id or entree.id_national or entree.id_prv_ele or "0"


def inconnu(entree: EleveFichier) -> Anomalie:
    return Anomalie(
        "REJEL",
        "REJELEGROUPE_01",
        f"L'élève {entree.nom} {entree.prenom} né le {jour(entree.naissance)} (identifiant envoyé = {_envoye(entree)}) n'a pas été trouvé "
        "dans SCONET. Veuillez mettre à jour les identifiants dans votre logiciel d'emploi du temps privé.",
    )


def non_identifie() -> Anomalie:
    return Anomalie(
        "REJEL",
        "REJELEGROUPE_02",
        "Problème de rejet non identifié pour l'import des liens 'élève-groupe'. Veuillez signaler ce problème.",
    )


def deja_traite(entree: EleveFichier) -> Anomalie:
    return Anomalie(
        "REJEL",
        "REJELEGROUPE_03",
        f"Les inscriptions de groupe de l'élève {entree.nom} {entree.prenom} né le {jour(entree.naissance)} (identifiant envoyé = "
        f"{_envoye(entree)}) ont déjà été importées dans SCONET (élève déjà traité ou homonymes). Veuillez mettre à jour les identifiants "
        "dans votre logiciel d'emploi du temps privé.",
    )


def groupe_inconnu(groupe: str) -> Anomalie:
    return Anomalie(
        "GROUPE",
        "GROUPE_A_01",
        f"Le groupe \"{groupe}\" n'est pas référencé. L'inscription de l'élève dans ce groupe a été rejetée.",
        groupe,
    )


def sans_mef() -> Anomalie:
    return Anomalie(
        "GROUPE",
        "GROUPE_B_01",
        "L'élève non inscrit dans un MEF ne peut pas être inscrit dans un groupe. Toutes les inscriptions de groupe importées de l'élève "
        "ont été rejetées.",
    )


def groupe_hors_mef(groupe: str, mef: str) -> Anomalie:
    return Anomalie(
        "GROUPE",
        "GROUPE_B_02",
        f"Le groupe \"{groupe}\" n'est pas rattaché au MEF (\"{mef}\") de l'élève. L'inscription de l'élève dans ce groupe a été rejetée.",
        groupe,
    )


def debut_apres_fin(debut: date, fin: date, groupe: str, retenu: date) -> Anomalie:
    return Anomalie(
        "ELEGRP",
        "ELEGRP_A_01",
        f'La date de début "{jour(debut)}" n\'est pas antérieure à la date de fin "{jour(fin)}" pour le groupe "{groupe}". '
        f'Celle-ci a été réinitialisée à "{jour(retenu)}".',
        groupe,
    )


def debut_hors_periode(debut: date, groupe: str, calendrier: Calendrier, retenu: date) -> Anomalie:
    return _hors_periode("ELEGRP_A_02", "début", debut, groupe, calendrier, retenu)


def fin_hors_periode(fin: date, groupe: str, calendrier: Calendrier, retenu: date) -> Anomalie:
    return _hors_periode("ELEGRP_A_03", "fin", fin, groupe, calendrier, retenu)


def _hors_periode(code: str, borne: str, quand: date, groupe: str, calendrier: Calendrier, retenu: date) -> Anomalie:
    return Anomalie(
        "ELEGRP",
        code,
        f'La date de {borne} "{jour(quand)}" du groupe "{groupe}" n\'est pas incluse dans la période scolaire autorisée sur l\'année en '
        f'cours (du {jour(calendrier.rentree)} au {jour(calendrier.sortie)}). Celle-ci a été réinitialisée à "{jour(retenu)}".',
        groupe,
    )


# --- the report ------------------------------------------------------------------------------------------------------

TITRE = "Suivi des échanges - Compte-rendu d'import des liens élève-groupe"
CAUSE_GROUPE = "Ce groupe n'est pas connu de SIECLE, il est donc ignoré."
CAUSE_MEF = "Ce groupe n'est pas rattaché au MEF de l'élève dans SIECLE."
CAUSE_DATES = "Différence de calendrier entre SIECLE et PRONOTE"
CORRECTION_DATES = (
    "Cette anomalie n'est pas bloquante, les dates sont réinitialisées à partir du calendrier de SIECLE qui fait office de référence"
)
_TRANSFERT = "refaire un transfert de la structure de STS-WEB vers SIECLE (point 3.4.1)"
CORRECTION_4A = f"{_TRANSFERT[0].upper()}{_TRANSFERT[1:]}, puis reprendre les opérations d'import du fichier (point 3.5.2)"
CORRECTION_STS = (
    "Corriger les structures dans STS-Web (par exemple le rattachement d'un groupe à un MEF), puis "
    f"{_TRANSFERT}, et finalement refaire les opérations d'import du fichier (point 3.5.2)"
)
CORRECTION_GROUPE = (
    "Vérifier si ce groupe est dans STS-WEB Si oui : refaire un transfert de la structure de STS-WEB vers SIECLE (point 3.4.1), puis "
    "reprendre les opérations d'import du fichier (point 3.5.2). Si non : Corriger les structures dans STS-Web (par exemple le "
    "rattachement d'un groupe à un MEF), puis refaire un transfert de la structure de STS-WEB vers SIECLE (point 3.4.1), et finalement "
    "refaire les opérations d'import du fichier (point 3.5.2)"
)
"""The guide's whole text, when what STS-WEB has is not known (R-PRO-60)."""


def synthese(quand: date, fichier: str) -> str:
    return f"Import des liens élève-groupe du {jour(quand)} pour le fichier {fichier}."


def lus(nombre: int) -> str:
    return f"{nombre} élèves lus."


def nom(eleve: EleveFichier | EleveSiecle) -> str:
    """As the report shows a pupil."""
    return f"{eleve.nom} {eleve.prenom}"


# --- the deposit -----------------------------------------------------------------------------------------------------

CONFIRMATION = (
    "Veuillez-vous assurer qu'un import des groupes du logiciel d'emploi du temps vers STSWeb a bien été effectué pour éviter des rejets "
    "de groupe inexistant sans Sconet BEE.",
    "ATTENTION : Les liens élève-groupe éventuellement créés/modifiés dans Sconet seront supprimés.",
    "- Pour confirmer ce dépôt, cliquer sur le bouton OK.",
)
BOUTONS = ("OK", "Annuler")
DEPOSE = "Fichier déposé."
RAPPEL_4A = (
    "Ce message ne parle que de la synchro 3, mais il faut quand même s'assurer que la synchro 4a (Structure) a bien été effectuée : "
    "SIECLE/BEE a besoin de connaître les divisions et groupes et cette information vient obligatoirement de STS-WEB."
)
AVANT_DE_DEPOSER = (
    "Avant de déposer, s'assurer que les synchros n°3 (EDT vers STS Web) puis 4a (Structure, STS Web vers SIECLE) sont faites."
)
_REFAIRE = "Vérifier la version de votre client Pronote, le paramétrage de Pronote et reprendre la présente procédure."

NOM_MAL_FORME = Refusal(
    "NOM_DE_FICHIER",
    "Nom du fichier mal formaté!",
    "Le nom attendu est <UAI>ELEGROUPE<millésime><AAMMJJhhmmss>.zip : déposer le fichier de PRONOTE sans le renommer.",
)
ANNEE_DIFFERENTE = Refusal("ANNEE_DIFFERENTE", "Année du fichier différente de l'année utilisée !", _REFAIRE)
XML_NON_VALIDE = Refusal(
    "XML_NON_VALIDE",
    "Fichier XML non valide. Impossible d'importer ce fichier.",
    "Refaire l'export des liens élèves/groupes depuis PRONOTE et déposer le fichier ZIP sans l'ouvrir.",
)
SANS_EXPORT = Refusal(
    "SANS_EXPORT_ELEVES",
    "Aucun export XML des élèves n'a encore été fait depuis SIECLE : le dépôt des liens élève-groupe est refusé.",
    "Faire l'export dans SIECLE : Exportations / En XML : Élèves avec ou sans adresse au choix, puis récupérer les élèves dans PRONOTE "
    "(synchro n°2).",
)
SANS_SYNCHRO_3 = Refusal(
    "SANS_SYNCHRO_3",
    "La synchro n°3 n'a pas été faite : les services et les groupes n'ont pas été importés dans STS Web depuis EDT.",
    "Faire la synchro n°3 (STS Web › Imports › Emploi du temps), puis la synchro 4a (Structure), et déposer de nouveau le fichier.",
)
SANS_SYNCHRO_4A = Refusal(
    "SANS_SYNCHRO_4A",
    "La synchro 4a (Structure) n'a pas été faite : SIECLE n'acceptera pas d'associer un élève à un groupe qu'il ne connait pas.",
    "Dans STS Web, « Exports » › « Structure », attendre « La structure a été envoyée à SCONET via un service Web. », puis déposer de "
    "nouveau le fichier.",
)
AUCUNE_DEMANDE = Refusal(
    "AUCUNE_DEMANDE",
    "Aucun dépôt n'attend de réponse pour cet établissement.",
    "Choisir le fichier et cliquer sur « déposer » : la confirmation est demandée ensuite.",
)
FICHIER_REMPLACE = Refusal(
    "FICHIER_REMPLACE",
    "Ce fichier n'est plus celui que le bus a reçu en dernier pour cet établissement.",
    "Déposer le dernier fichier exporté de PRONOTE, ou remettre celui-ci dans la boîte de PRONOTE.",
)
TROP_DE_LIENS_SAISIS = Refusal(
    "TROP_DE_LIENS_SAISIS",
    "Trop de liens saisis à la main dans SIECLE sont déjà retenus pour cet établissement.",
    "Déposer un fichier de liens, ou refaire l'export des élèves de SIECLE : il les contient.",
)
INSTANTANE_INCOMPLET = Refusal(
    "INSTANTANE_INCOMPLET",
    "Le fichier reçu n'est pas entier : le nombre de ses lignes n'est pas celui qu'il annonce. Il est laissé de côté.",
    "Remettre le fichier dans la boîte de son système.",
)
EXPORT_PERIME = Refusal(
    "EXPORT_PERIME",
    "Cet export est plus ancien que celui que le bus a déjà pour cet établissement : il est laissé de côté.",
    "Refaire l'export aujourd'hui et le déposer.",
)


def trop_grand(maximum: int) -> Refusal:
    return Refusal(
        "ETABLISSEMENT_TROP_GRAND",
        f"Le fichier a plus de {maximum} élèves : un compte-rendu ne peut pas être calculé pour un établissement de cette taille.",
        "Vérifier que le fichier est bien celui d'un seul établissement ; sinon, relever le réglage eleves_max.",
    )


def millesime(trouve: int | None, attendu: int) -> Refusal:
    """R-PRO-43: before the deposit."""
    return Refusal(
        "MILLESIME_DU_FICHIER",
        f"Le fichier contient le millésime {trouve} au lieu de {attendu}.",
        f"Le fichier Zippé doit contenir le millésime {attendu}. Dans le cas ou il contiendrait {trouve}, c'est que votre connexion "
        "internet n'est pas active avec pronote : il faut corriger ce défaut avant de continuer.",
    )


# --- the prediction --------------------------------------------------------------------------------------------------


def alerte(nombre: int, total: int) -> str:
    return (
        f"Attention : élèves qui n'auraient plus aucun lien après ce dépôt : {nombre} sur {total} ({100 * nombre / total:.0f} %). "
        "Vérifier la liste avant de déposer : un fichier partiel efface les liens de tous les autres élèves."
    )


SANS_ELEVES = "Aucun export des élèves de SIECLE n'est connu : ni les rejets ni les absents ne peuvent être prédits."
SANS_STRUCTURES = "Les groupes que SIECLE connaît ne sont pas connus du bus (export Structures) : aucun groupe n'est contrôlé."
SANS_CALENDRIER = "Le calendrier des élèves n'est pas connu du bus (export Communs) : aucune date n'est contrôlée."
SANS_STS = "La structure de STS-WEB n'est pas connue du bus (sts_emp) : la branche du remède d'un groupe inconnu reste à vérifier."
SANS_LIENS = (
    "L'export des élèves ne donne aucun groupe : les liens d'aujourd'hui ne sont pas connus, tout élève absent est compté comme en perdant."
)
SANS_MEF_DES_GROUPES = "Des groupes n'ont ni MEF ni division connus : leur rattachement au MEF des élèves n'est pas contrôlé."


def vieux(objet: str, jours: int) -> str:
    return f"{objet} : l'information a {jours} jours, elle a pu changer depuis dans SIECLE."


def annee_autre(objet: str, annee: int, attendue: int) -> str:
    return f"{objet} : le fichier est de l'année {annee}, et non {attendue}."


def groupes_anciens(codes: Sequence[str]) -> str:
    """Groups that SIECLE had and that STS-WEB did not send in its last transfer."""
    return f"Groupes connus de SIECLE mais absents du dernier transfert de STS-WEB : {', '.join(codes)}."


COLLECTE_INCOMPLETE = Refusal(
    "COLLECTE_INCOMPLETE",
    "Une partie des données de l'établissement n'est plus gardée : le calcul est abandonné.",
    "Remettre les exports de SIECLE et le fichier de liens, puis déposer de nouveau ; signaler l'incident à l'exploitant du bus.",
)
TRANCHE_PLEINE = Refusal(
    "TRANCHE_PLEINE",
    "Une tranche de données de l'établissement est plus grande que ce qui peut être gardé.",
    "Signaler l'incident à l'exploitant du bus.",
)


def autre_etablissement(uai: str) -> Refusal:
    return Refusal(
        "AUTRE_ETABLISSEMENT",
        f"Le nom du fichier n'est pas celui d'un fichier de l'établissement {uai}.",
        "Déposer le fichier dans l'établissement dont il porte le numéro, ou refaire l'export depuis le bon établissement.",
    )


def fichier_inconnu(un_autre: bool) -> Refusal:
    """Nothing was read of that file: it was not given to the bus, or another one came since."""
    return FICHIER_REMPLACE if un_autre else FICHIER_INCONNU


FICHIER_INCONNU = Refusal(
    "FICHIER_INCONNU",
    "Aucun fichier de liens élève-groupe n'a été reçu de cet établissement.",
    "Mettre le fichier exporté de PRONOTE dans la boîte de PRONOTE ; s'il y a été refusé, suivre le remède indiqué.",
)
