"""Every French text of the calendar. Labels and references of the steps are in `procedure`; here is what is said about them."""

from collections.abc import Iterable, Sequence
from datetime import date

from processors.rentree.procedure import ETAPES
from schemas.outcome import Refusal


def jour(quand: date) -> str:
    """31/05/2025."""
    return f"{quand.day:02d}/{quand.month:02d}/{quand.year:04d}"


def etape(numero: int) -> str:
    """`l'étape 13 « Ouvrir la nouvelle année (N+1) »`."""
    return f"l'étape {numero} « {ETAPES[numero].libelle} »"


def cette_etape(numero: int) -> str:
    """The same at the beginning of a sentence."""
    return f"L{etape(numero)[1:]}"


def etapes(numeros: Iterable[int]) -> str:
    return ", ".join(etape(numero) for numero in numeros)


def scolaire(annee: int) -> str:
    """2024-2025."""
    return f"{annee}-{annee + 1}"


# --- refusals --------------------------------------------------------------------------------------------------------


def numero_inconnu(numero: int) -> Refusal:
    return Refusal(
        "ETAPE_INCONNUE",
        f"Il n'y a pas d'étape {numero} : le calendrier va de 1 à 23.",
        "Reprendre le numéro du tableau « TRAITEMENT POUR LE SECONDE DEGRE ».",
    )


def annee_passee(annee: int, premiere: int) -> Refusal:
    return Refusal(
        "ANNEE_PASSEE",
        f"L'année {scolaire(annee)} n'est plus suivie : la plus ancienne est {scolaire(premiere)}.",
        "Vérifier l'année de la rentrée.",
    )


def premier_degre() -> Refusal:
    return Refusal(
        "PREMIER_DEGRE",
        "Une école du premier degré n'échange pas avec SIECLE.",
        "Suivre la procédure « Charlemagne vers ONDE » : menu ? / Aides en ligne / Liaison Rectorat 1er degré.",
    )


def etape_sans_objet(numero: int, pourquoi: str) -> Refusal:
    return Refusal(
        "SANS_OBJET",
        f"{cette_etape(numero)} : sans objet ({pourquoi}).",
        "Ne pas faire cette étape ; si c'est le profil de l'établissement qui est faux, le faire corriger par l'académie.",
    )


def prealable_manquant(numero: int, manquantes: Sequence[int], le: date) -> Refusal:
    return Refusal(
        "ETAPE_PREALABLE_MANQUANTE",
        f"{cette_etape(numero)} ne peut pas être faite le {jour(le)} : il manque {etapes(manquantes)}.",
        f"Faire d'abord {etapes(manquantes)}, puis déclarer de nouveau celle-ci.",
    )


def etape_suivante_faite(numero: int, suivantes: Sequence[int]) -> Refusal:
    return Refusal(
        "ETAPE_SUIVANTE_FAITE",
        f"{cette_etape(numero)} ne peut pas être annulée ni reportée : elle doit précéder {etapes(suivantes)}.",
        f"Annuler d'abord {etapes(suivantes)}.",
    )


def date_future(quand: date, aujourd_hui: date) -> Refusal:
    return Refusal(
        "DATE_FUTURE",
        f"Une étape ne peut pas être déclarée faite le {jour(quand)} : nous sommes le {jour(aujourd_hui)}.",
        "Corriger la date, ou déclarer l'étape quand elle sera faite.",
    )


def pas_faite(numero: int) -> Refusal:
    return Refusal("ETAPE_NON_FAITE", f"{cette_etape(numero)} n'était pas déclarée faite.", "Vérifier le numéro de l'étape.")


def envoi_non_annulable(numero: int) -> Refusal:
    return Refusal(
        "ENVOI_NON_ANNULABLE",
        f"{cette_etape(numero)} ne s'annule pas : un envoi parti vers SIECLE ne se reprend pas.",
        "Faire une nouvelle remontée : importer les identifiants, puis envoyer les élèves.",
    )


def identifiants_non_importes(occurrence: str | None) -> Refusal:
    laquelle = f" de la remontée {occurrence}" if occurrence is not None else ""
    return Refusal(
        "IDENTIFIANTS_NON_IMPORTES",
        "Les élèves ne peuvent pas être envoyés : les identifiants nationaux Elèves et les identifiants familles"
        f"{laquelle} n'ont pas été importés dans Charlemagne.",
        "Importer d'abord les identifiants dans Charlemagne, puis envoyer les élèves dans la même remontée.",
    )


def hors_fenetre(quand: date, debut: date, fin: date) -> Refusal:
    return Refusal(
        "HORS_FENETRE",
        f"L'envoi des élèves du {jour(quand)} est hors de la période de remontée : du {jour(debut)} au {jour(fin)}.",
        "Attendre l'ouverture de la période." if quand < debut else "Voir avec le rectorat : la remontée de l'année est close.",
    )


def envoi_deja_fait(occurrence: str) -> Refusal:
    return Refusal(
        "ENVOI_DEJA_FAIT",
        f"Les élèves de la remontée {occurrence} ont déjà été envoyés.",
        "Ouvrir une nouvelle remontée : importer les identifiants, puis envoyer les élèves.",
    )


def envoi_inconnu(occurrence: str) -> Refusal:
    return Refusal(
        "ENVOI_INCONNU", f"Aucun envoi à contrôler ne porte le nom {occurrence}.", "Vérifier le nom de la remontée, ou l'omettre."
    )


def trop_d_eleves(place: int) -> Refusal:
    return Refusal(
        "TROP_D_ELEVES",
        f"Les listes des envois non contrôlés dépassent {place} octets.",
        "Contrôler d'abord l'intégration des envois précédents (étape 23), puis déclarer celui-ci de nouveau.",
    )


def trop_de_remontees(limite: int) -> Refusal:
    return Refusal(
        "TROP_DE_REMONTEES",
        f"Plus de {limite} remontées non contrôlées dans l'année.",
        "Contrôler l'intégration des envois précédents (étape 23).",
    )


def trop_de_lignes(limite: int) -> Refusal:
    return Refusal(
        "TROP_DE_LIGNES", f"Plus de {limite} lignes d'effectifs pour un établissement.", "Grouper les effectifs par MEF ou par division."
    )


def code_en_double(code: str) -> Refusal:
    return Refusal("CODE_EN_DOUBLE", f"Le code {code} est deux fois dans les effectifs.", "Ne donner qu'un effectif par code.")


def dates_inversees() -> Refusal:
    return Refusal("DATES_INVERSEES", "Une période finit avant de commencer.", "Corriger les dates.")


def trop_de_membres(limite: int) -> Refusal:
    return Refusal("TROP_D_ETABLISSEMENTS", f"Plus de {limite} établissements dans ce département.", "Prévenir l'administrateur du bus.")


# --- what waits ------------------------------------------------------------------------------------------------------


def attend_profil(annee: int) -> str:
    return f"profil de l'établissement pour {scolaire(annee)}"


ATTEND_EFFECTIFS = "envoi des effectifs depuis SIECLE (étape 19)"
ATTEND_ENVOI = "envoi des élèves (étape 21 ou 22)"

# --- what is told ----------------------------------------------------------------------------------------------------


def avertissement(numero: int, manquantes: Sequence[int]) -> str:
    manque = "ne le sont pas" if len(manquantes) > 1 else "ne l'est pas"
    return f"{cette_etape(numero)} est faite, mais {etapes(manquantes)} {manque} : vérifiez que ce n'est pas un oubli."


def rappel(nombre: int) -> str:
    if nombre == 1:
        return "Une étape du calendrier de rentrée est en retard."
    return f"{nombre} étapes du calendrier de rentrée sont en retard."


def effectifs(envoye: int, recu: int, differences: int) -> str:
    if envoye == recu and not differences:
        return f"La BEA a reçu les {recu} élèves envoyés."
    lignes = f" ; {differences} code{'s' if differences > 1 else ''} à vérifier" if differences else ""
    return f"{envoye} élèves envoyés, {recu} reçus dans la BEA{lignes}."


def integration(envoyes: int, integres: int) -> str:
    manque = envoyes - integres
    if not manque:
        return f"Les {envoyes} élèves envoyés sont intégrés dans la BEE."
    return f"{envoyes} élèves envoyés, {integres} intégrés dans la BEE : {manque} à corriger et à renvoyer."


def controle_sans_liste(occurrence: str) -> str:
    return f"Envoi {occurrence} contrôlé sans liste : rien n'a pu être comparé."


def envois_a_controler(noms: Sequence[str]) -> str:
    return f"envoi{'s' if len(noms) > 1 else ''} à contrôler : {', '.join(noms)}"


def fermeture(systeme: str, debut: date, fin: date, decalees: int) -> str:
    return f"{systeme} fermé du {jour(debut)} au {jour(fin)} ; échéances changées : {decalees}."


def calendrier_inconnu(nom: str, connus: Sequence[str]) -> Refusal:
    return Refusal("CALENDRIER_INCONNU", f"Le calendrier {nom} n'est pas réglé.", f"Calendriers connus : {', '.join(connus)}.")


def rien_a_controler() -> Refusal:
    return Refusal(
        "RIEN_A_CONTROLER",
        "Aucun envoi d'élèves n'attend son contrôle dans la BEE.",
        "Déclarer d'abord l'envoi des élèves (étape 21 ou 22).",
    )
