"""Every French text of the synchros: the guide's own where it has one (R-PRO-01, 05, 06, 20 to 25, 31 to 34)."""

from collections.abc import Iterable
from datetime import date

from processors.lsu.reglages import VersionAdmise
from schemas.outcome import Refusal

CORRESPONDANCES = "Dans le cas où la remontée a été saisie à la main, il faut vérifier les correspondances entre EDT et STS WEB."
BILAN = "Consulter le rapport d'import pour vérifier la pertinence des modifications faites"
TERMINE_PAR_MESSAGE = "Seul le message de STS-WEB dit que ce transfert est fait ; un traitement long n'est pas un échec."


def version(logiciel: str, millesime: str, trouvee: str, bits: int, admises: Iterable[VersionAdmise]) -> Refusal:
    """R-PRO-01: « Attention il faut obligatoirement avoir les versions … »."""
    wanted = ", ".join(f"{each.millesime} de {each.logiciel} {each.version} en {each.bits} bits" for each in admises)
    return Refusal(
        "VERSION_NON_ADMISE",
        f"Attention il faut obligatoirement avoir les versions {wanted}. Trouvé : {logiciel} {millesime}, {trouvee} en {bits} bits.",
        f"Installer la version demandée de {logiciel} avant toute synchro.",
    )


def version_refusee(exigence: str) -> Refusal:
    return Refusal("VERSION_NON_ADMISE", exigence, "Installer la version demandée, puis la faire constater, avant toute synchro.")


def campagne(annee: int, debut: date, type_: str) -> Refusal:
    return Refusal(
        "CAMPAGNE_AUTRE_ANNEE",
        f"La campagne de type « {type_} » du {debut:%d/%m/%Y} n'est pas celle de l'année en cours ({annee}) : le choix de l'année à "
        "traiter dans STS-WEB peut être erroné.",
        "Dans STS-WEB, choisir l'année en cours et vérifier dans le menu « Campagne » que la campagne de type « Rentrée » est bien celle "
        "de cette année.",
    )


def annee_sts(trouvee: int, attendue: int) -> Refusal:
    return Refusal(
        "ANNEE_STS",
        f"L'année choisie dans STS-WEB est {trouvee}-{trouvee + 1} au lieu de {attendue}-{attendue + 1}.",
        "Dans STS-WEB, choisir l'année en cours (« Changement d'année »), puis vérifier le menu « Campagne ».",
    )


REFAIRE_3 = Refusal(
    "SANS_SYNCHRO_3",
    "La synchro n°1 a déjà été faite : l'actualiser demande que la remontée de la structure et des services (synchro n°3) ait été faite.",
    "Faire la synchro n°3 (EDT vers STS-WEB), puis refaire la synchro n°1.",
)
EDITEUR_PRIVE = Refusal(
    "DESTINATION_DES_SERVICES",
    "Les services ont été exportés à destination d'un éditeur privé de logiciel de gestion des notes : SIECLE ne les reçoit pas.",
    "Choisir « Exporter les services à destination de SCONET ? », puis « valider ».",
)
PAS_LANCEE = Refusal(
    "MESSAGE_SANS_SYNCHRO",
    "Ce message annonce la fin d'un transfert que rien ne permet de lancer aujourd'hui.",
    "Corriger d'abord ce que les contrôles précédents ont refusé, puis refaire le transfert.",
)


def fin_par_message(synchro: str) -> Refusal:
    return Refusal("FIN_SANS_MESSAGE", f"La synchro {synchro} n'est faite que par le message de STS-WEB.", TERMINE_PAR_MESSAGE)


def lot_incomplet(manquants: Iterable[str]) -> Refusal:
    return Refusal(
        "LOT_INCOMPLET",
        f"Les 7 fichiers de SIECLE ne sont pas tous là. Manque : {', '.join(manquants)}.",
        "Dans SIECLE, « Mise à jour » › Exportations › En XML, télécharger les fichiers qui manquent, puis sélectionner les 7.",
    )


def autre_uai(uai: str, nombre: int) -> Refusal:
    return Refusal(
        "LOT_AUTRE_ETABLISSEMENT",
        f"Fichiers choisis qui ne sont pas des exports de l'établissement {uai} : {nombre}. Les 7 fichiers doivent avoir le même UAJ.",
        "Reprendre les 7 exports du même établissement dans SIECLE.",
    )


def lot_de_deux_annees(annees: Iterable[int]) -> Refusal:
    return Refusal(
        "LOT_ANNEES_DIFFERENTES",
        f"Les 7 fichiers ne sont pas de la même année scolaire : {', '.join(f'{each}-{each + 1}' for each in annees)}.",
        "Choisir l'année en cours dans SIECLE, puis reprendre les 7 exports.",
    )


def dates_differentes(dates: Iterable[date]) -> str:
    return f"Les fichiers n'ont pas tous la même date d'export : {', '.join(f'{each:%d/%m/%Y}' for each in dates)}."


# --- the import of pupils --------------------------------------------------------------------------------------------

SANS_JOUR_DES_SORTIES = Refusal(
    "SANS_JOUR_DES_SORTIES",
    "« Ignorer les élèves sortis de l'établissement au … » est coché, et son jour n'est ni dit ni configuré pour cet établissement.",
    "Lire ce jour dans PRONOTE, vérifier que c'est celui de la rentrée de l'établissement, et le donner.",
)


def annee_netsynchro(demandee: int | None, attendue: int | None) -> Refusal:
    found = "sans année" if demandee is None else f"pour l'année {demandee}-{demandee + 1}"
    wanted = "" if attendue is None else f" au lieu de {attendue}-{attendue + 1}"
    return Refusal(
        "ANNEE_NETSYNCHRO",
        f"L'import depuis NetSynchro est demandé {found}{wanted}.",
        "Choisir « Depuis NetSynchro » pour l'année utilisée par SIECLE, ou « Depuis l'export SIECLE » avec les 7 fichiers.",
    )


def option(label: str, cochee: bool) -> str:
    return f"« {label} » est {'coché' if cochee else 'décoché'}"


def autre_jour_des_sorties(trouve: date, attendu: date) -> str:
    return f"« Ignorer les élèves sortis de l'établissement au {trouve:%d/%m/%Y} » au lieu du {attendu:%d/%m/%Y}"


def options_import(differences: Iterable[str]) -> str:
    return f"Choix des données à importer à vérifier avant « Importer » : {' ; '.join(differences)}."


def ecart_ignores(trouves: int, attendus: int) -> str:
    return f"Élèves ignorés d'après le bilan : {trouves} ; élèves sortis d'après les fichiers de SIECLE : {attendus}."


def ecart_crees(crees: int) -> str:
    return f"Élèves créés d'après le bilan : {crees}, alors que « Importer les nouveaux élèves » n'est pas coché."
