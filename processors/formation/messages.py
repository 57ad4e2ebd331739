"""Every French text of the procedure. None carries a name of a person; the guide gives no exact wording of its controls (A-18).

A refusal says what was found and what to do; the Region is named as the guide names it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from schemas.mois import periode
from schemas.outcome import Refusal

REGION = "CONSEIL REGIONAL LANGUEDOC ROUSSILLON"
OUVRIR_SANS_STAGIAIRE = (
    "Attention: Vous devez avoir inscrit les stagiaires qui seront présents à l'ouverture de l'action "
    "avant de procéder à l'ouverture de votre action."
)
CHAMPS_OBLIGATOIRES = "Les champs précédés d'un astérisque * sont obligatoires."
TROIS_ACOMPTES = "trois acomptes"

LISTE_STAGIAIRES = "Liste des Stagiaires"
LISTE_FORMATEURS = "Liste des formateurs"
CERTIFICAT_OUVERTURE = "Certificat administratif d'ouverture de stage"
CERTIFICAT_NON_OUVERTURE = "Certificat administratif de non ouverture de stage"
BORDEREAU_ENVOI = "Bordereau d'envoi"

BILAN_RECU = "La Région a reçu le bilan pédagogique"
JUSTIFICATIFS_RECUS = "La Région a reçu les justificatifs attendus"

MENUS_FACTURE = ("Facturation", "Etat")


def jour_fr(jour: date) -> str:
    """dd/mm/yyyy (R-EXT-89)."""
    return f"{jour.day:02d}/{jour.month:02d}/{jour.year:04d}"


def euros(montant: Decimal) -> str:
    """`2445,00 €` (R-EXT-89)."""
    return f"{montant:.2f} €".replace(".", ",")


def nombre_fr(nombre: Decimal | int) -> str:
    """Without useless zeros, decimal comma: 12,5."""
    texte = f"{Decimal(nombre):f}"
    return (texte.rstrip("0").rstrip(".") if "." in texte else texte).replace(".", ",")


def pluriel(nombre: int, mot: str) -> str:
    return f"{nombre} {mot}{'s' if nombre > 1 else ''}"


def liste(mots: Sequence[str]) -> str:
    return ", ".join(mots)


def fenetre(du: date, au: date) -> str:
    return f"du {jour_fr(du)} au {jour_fr(au)} inclus"


# --- labels of invoices ----------------------------------------------------------------------------------------------


def libelle_facture(numero: int) -> str:
    return f"Facture N°{numero}"


def libelle_certificat(numero: int, organisme: str) -> str:
    return f"Facture N° {numero} de {organisme}"


def libelle_solde(organisme: str) -> str:
    return f"Solde de {organisme}"


def libelle_sous_traitant(organisme: str) -> str:
    return f"Facture de {organisme}, sous-traitant"


def dont(montant: Decimal, nom: str) -> str:
    return f"Dont {euros(montant)} pour {nom}"


# --- what an event waits for -----------------------------------------------------------------------------------------

ATTEND_ACTION = "validation de l'action par un agent et mise en ligne"
ATTEND_BILAN = "réception du bilan pédagogique par la Région"
ATTEND_SORTIE = "saisie de la sortie du stagiaire"


def attend_declaration(mois: str) -> str:
    return f"confirmation de la déclaration « {periode(mois)} »"


def attend_facture(reference: str) -> str:
    return f"émission de la facture {reference}"


def attend_stagiaire(numero: str) -> str:
    return f"inscription du stagiaire {numero}"


# --- access and life of the action -----------------------------------------------------------------------------------


def acces_refuse() -> Refusal:
    return Refusal(
        "ACCES_REFUSE",
        "Seul l'organisme titulaire de l'action dispose d'un accès à l'Extranet.",
        "Transmettre les éléments au titulaire, qui saisit les stagiaires et les déclarations, y compris ceux des sous-traitants.",
    )


def action_non_ouverte() -> Refusal:
    return Refusal(
        "ACTION_NON_OUVERTE",
        "L'action n'est pas ouverte.",
        "Procéder à l'ouverture de l'action avec sa date de début réelle et sa fréquence de paiement.",
    )


def non_ouverture_prononcee() -> Refusal:
    return Refusal(
        "NON_OUVERTURE_PRONONCEE",
        "La non-ouverture de l'action a été déclarée.",
        f"Contacter le {REGION} si l'action doit finalement ouvrir.",
    )


def action_deja_ouverte(debut: date | None) -> Refusal:
    precision = f" au {jour_fr(debut)}" if debut is not None else ""
    return Refusal(
        "ACTION_DEJA_OUVERTE",
        f"L'action est déjà ouverte{precision}.",
        f"Pour changer une date ou la fréquence de paiement, contacter le {REGION}.",
    )


def action_close() -> Refusal:
    return Refusal(
        "ACTION_CLOSE",
        "L'action est close : plus aucune saisie n'est possible, hormis les enquêtes, le bilan et le solde.",
        f"Contacter le {REGION} si une saisie manque.",
    )


def action_non_close() -> Refusal:
    return Refusal(
        "ACTION_NON_CLOSE",
        "L'action n'est pas close.",
        "Confirmer toutes les déclarations, saisir toutes les sorties, puis procéder à la fermeture de l'action.",
    )


def mois_invalide() -> Refusal:
    return Refusal("MOIS_INVALIDE", "Le mois n'a pas la forme AAAA-MM d'un mois du calendrier.", "Écrire le mois comme 2006-10.")


# --- dates, periods, trainers ----------------------------------------------------------------------------------------


def dates_verrouillees() -> Refusal:
    return Refusal(
        "DATES_VERROUILLEES",
        f"Les dates et périodes validées ne peuvent plus être modifiées sans une nouvelle demande auprès du {REGION}.",
        f"Adresser la demande au {REGION} par fax, avec le document type téléchargeable, puis saisir à nouveau après son accord.",
    )


def dates_sans_accord() -> Refusal:
    return Refusal(
        "DATES_SANS_ACCORD",
        "Tout report de dates et toute modification d'une période, quel que soit le nombre de jours, "
        f"demandent l'accord préalable du {REGION}.",
        f"Contacter le {REGION} par fax, avec le document type téléchargeable, puis saisir à nouveau après son accord.",
    )


def dates_inversees() -> Refusal:
    return Refusal(
        "DATES_INVERSEES",
        "Une date de fin précède sa date de début.",
        "Corriger les dates : la fin est le même jour que le début ou plus tard.",
    )


def formateurs_en_consultation() -> Refusal:
    return Refusal(
        "FORMATEURS_EN_CONSULTATION",
        "La liste des formateurs est celle de la réponse à l'appel à projet : elle se consulte et se confirme, elle ne se modifie pas.",
        f"Contacter le {REGION} par téléphone, puis saisir la nouvelle liste après son accord.",
    )


# --- stagiaires ------------------------------------------------------------------------------------------------------


def stagiaire_inconnu(numero: str) -> Refusal:
    return Refusal(
        "STAGIAIRE_INCONNU",
        f"Le stagiaire {numero} n'est pas inscrit dans cette action.",
        "Vérifier son numéro, ou inscrire d'abord le stagiaire dans le menu « Inscription des Stagiaires ».",
    )


def fiche_incomplete(numero: str) -> Refusal:
    return Refusal(
        "FICHE_INCOMPLETE",
        f"La fiche du stagiaire {numero} n'est enregistrée qu'en partie.",
        "Compléter la fiche et l'enregistrer entière.",
    )


def champs_manquants(champs: Sequence[str]) -> Refusal:
    return Refusal(
        "CHAMPS_OBLIGATOIRES",
        f"{CHAMPS_OBLIGATOIRES} Il manque : {liste(champs)}.",
        "Renseigner ces champs, ou « Valider les informations partielles » pour garder un brouillon.",
    )


def effectif_depasse(effectif: int) -> Refusal:
    return Refusal(
        "EFFECTIF_DEPASSE",
        f"Le nombre de stagiaires ne peut dépasser celui de la fiche projet : {effectif}.",
        f"Supprimer un stagiaire sans heure enregistrée, ou contacter le {REGION}.",
    )


def remuneres_depasses(effectif: int) -> Refusal:
    return Refusal(
        "REMUNERES_DEPASSES",
        f"Le nombre de stagiaires rémunérés ne peut dépasser celui de l'offre : {effectif}.",
        f"Inscrire ce stagiaire comme non rémunéré, ou contacter le {REGION}.",
    )


def trop_de_stagiaires(maximum: int) -> Refusal:
    return Refusal(
        "TROP_DE_STAGIAIRES",
        f"Une action ne peut suivre plus de {maximum} stagiaires.",
        f"Contacter le {REGION} pour répartir les stagiaires sur plusieurs actions.",
    )


def stagiaire_verrouille(numero: str) -> Refusal:
    return Refusal(
        "STAGIAIRE_VERROUILLE",
        f"Après ouverture de l'action et entrée en formation, la fiche du stagiaire {numero} ne peut plus être modifiée.",
        f"Faire la demande auprès du {REGION} ; après son accord, une modification est possible.",
    )


def stagiaire_avec_heures(numero: str) -> Refusal:
    return Refusal(
        "STAGIAIRE_AVEC_HEURES",
        f"Le stagiaire {numero} ne peut être supprimé : des heures ont été enregistrées pour lui.",
        "Saisir sa date de sortie s'il quitte la formation.",
    )


# --- opening ---------------------------------------------------------------------------------------------------------


def ouverture_sans_stagiaire() -> Refusal:
    return Refusal("OUVERTURE_SANS_STAGIAIRE", OUVRIR_SANS_STAGIAIRE, "Inscrire les stagiaires (fiche entière), puis ouvrir l'action.")


def ouverture_incomplete(champs: Sequence[str]) -> Refusal:
    return Refusal("OUVERTURE_INCOMPLETE", f"Il manque pour ouvrir l'action : {liste(champs)}.", "Renseigner ces champs.")


def ouverture_decalee(prevue: date, reelle: date) -> Refusal:
    return Refusal(
        "OUVERTURE_DECALEE",
        f"La date de début réelle ({jour_fr(reelle)}) diffère de la date de début prévue ({jour_fr(prevue)}) : "
        f"veuillez contacter le {REGION}.",
        f"Demander le report au {REGION} par fax, avec le document type téléchargeable, puis ouvrir l'action après son accord.",
    )


def frequence_indisponible(frequences: Sequence[str]) -> Refusal:
    return Refusal("FREQUENCE_INDISPONIBLE", "Cette fréquence de paiement n'est pas proposée.", f"Choisir parmi : {liste(frequences)}.")


# --- hours -----------------------------------------------------------------------------------------------------------


def heures_negatives(compteurs: Sequence[str]) -> Refusal:
    return Refusal("HEURES_NEGATIVES", f"Des heures sont négatives : {liste(compteurs)}.", "Saisir des heures nulles ou positives.")


def heures_trop_fines() -> Refusal:
    return Refusal("HEURES_TROP_FINES", "Des heures ont plus de deux décimales.", "Arrondir chaque compteur au centième d'heure.")


def heures_au_dela_du_mois(total: Decimal, maximum: int, mois: str) -> Refusal:
    return Refusal(
        "HEURES_AU_DELA_DU_MOIS",
        f"{nombre_fr(total)} heures déclarées pour « {periode(mois)} », qui n'en compte que {maximum}.",
        "Corriger les compteurs du stagiaire pour ce mois.",
    )


def realise_vide() -> Refusal:
    return Refusal("REALISE_VIDE", "Aucune ligne n'est déclarée.", "Envoyer une ligne pour chaque stagiaire présent dans le mois.")


def stagiaire_en_double(numero: str) -> Refusal:
    return Refusal(
        "STAGIAIRE_EN_DOUBLE",
        f"Le stagiaire {numero} a deux lignes dans la même saisie : rien n'est enregistré.",
        "N'envoyer qu'une ligne par stagiaire.",
    )


def realise_refuse(mois: str, fautes: Sequence[tuple[int, str, Refusal]]) -> Refusal:
    """Each line that is wrong, by its rank and its stagiaire; the code is that of the first."""
    montrees = [f"ligne {rang} (stagiaire {numero}) : {refus.message}" for rang, numero, refus in fautes[:5]]
    if len(fautes) > 5:
        montrees.append(f"et {pluriel(len(fautes) - 5, 'autre')} {'lignes' if len(fautes) > 6 else 'ligne'}")
    remedes = dict.fromkeys(refus.remede for _, _, refus in fautes[:5])
    return Refusal(
        fautes[0][2].code,
        f"Rien n'est enregistré pour « {periode(mois)} » : {' ; '.join(montrees)}",
        f"{' '.join(remedes)} Puis renvoyer toutes les lignes.",
    )


def mois_avant_le_debut(mois: str, debut: date) -> Refusal:
    return Refusal(
        "MOIS_AVANT_LE_DEBUT",
        f"« {periode(mois)} » précède le début réel de l'action ({jour_fr(debut)}).",
        "Déclarer à partir du mois de la date de début réelle.",
    )


def mois_a_venir(mois: str) -> Refusal:
    return Refusal("MOIS_A_VENIR", f"« {periode(mois)} » n'a pas commencé.", "Attendre le premier jour du mois pour saisir ses heures.")


def declaration_verrouillee(mois: str) -> Refusal:
    return Refusal(
        "DECLARATION_VERROUILLEE",
        f"La déclaration « {periode(mois)} » est confirmée : ses heures ne peuvent plus être modifiées.",
        f"Demander sa réouverture au {REGION}, tant qu'elle n'est pas facturée.",
    )


def absence_inversee() -> Refusal:
    return Refusal("ABSENCE_INVERSEE", "Une période d'absence finit avant de commencer.", "Corriger les dates de la période d'absence.")


def heures_apres_sortie(sortie: date) -> Refusal:
    return Refusal(
        "HEURES_APRES_SORTIE",
        f"Le stagiaire est sorti le {jour_fr(sortie)} : aucune heure n'est due après cette date.",
        "Corriger les heures ou la date de sortie ; seule une sortie anticipée pour un motif recevable au CCTP prolonge le paiement.",
    )


def heures_realisees_apres_sortie(sortie: date) -> Refusal:
    return Refusal(
        "HEURES_REALISEES_APRES_SORTIE",
        f"Le stagiaire est sorti le {jour_fr(sortie)} : "
        "après cette date seules des heures non réalisées justifiées peuvent être déclarées.",
        "Porter les heures prévues restantes dans les compteurs « non réalisées justifiées ».",
    )


def heures_au_dela_du_prevu(reste_centre: Decimal, reste_entreprise: Decimal) -> Refusal:
    return Refusal(
        "HEURES_AU_DELA_DU_PREVU",
        "Après une sortie anticipée recevable, les heures déclarées ne peuvent dépasser les heures prévues restantes du stagiaire : "
        f"{nombre_fr(reste_centre)} en centre, {nombre_fr(reste_entreprise)} en entreprise.",
        "Ramener les compteurs à ces heures.",
    )


# --- declarations ----------------------------------------------------------------------------------------------------


def periode_precedente(mois: str) -> Refusal:
    return Refusal(
        "PERIODE_PRECEDENTE",
        f"La déclaration « {periode(mois)} » n'est pas confirmée.",
        "Confirmer les déclarations dans l'ordre des mois.",
    )


def periode_non_terminee(mois: str, du: date, au: date) -> Refusal:
    return Refusal(
        "PERIODE_NON_TERMINEE",
        f"« {periode(mois)} » n'est pas terminé : sa déclaration ne peut pas encore être confirmée.",
        f"La confirmer {fenetre(du, au)}.",
    )


def hors_delai(mois: str, jours: int, du: date, au: date) -> Refusal:
    return Refusal(
        "HORS_DELAI",
        f"La déclaration « {periode(mois)} » n'a pas été confirmée dans les {jours} premiers jours du mois : "
        "il faut attendre la fin de la période suivante.",
        f"La confirmer {fenetre(du, au)}.",
    )


def declaration_deja_confirmee(mois: str) -> Refusal:
    return Refusal(
        "DEJA_CONFIRMEE", f"La déclaration « {periode(mois)} » est déjà confirmée.", "Passer à la période suivante ou à la facturation."
    )


def saisie_manquante(numeros: Sequence[str], mois: str) -> Refusal:
    montres = liste(numeros[:5]) + ("…" if len(numeros) > 5 else "")
    return Refusal(
        "SAISIE_MANQUANTE",
        f"La saisie horaire de « {periode(mois)} » manque pour {pluriel(len(numeros), 'stagiaire')} : {montres}.",
        "Saisir les heures de chaque stagiaire présent dans le mois, même nulles, puis confirmer.",
    )


def sorties_manquantes(numeros: Sequence[str]) -> Refusal:
    montres = liste(numeros[:5]) + ("…" if len(numeros) > 5 else "")
    return Refusal(
        "SORTIES_MANQUANTES",
        f"Tous les stagiaires doivent être sortis de formation avant la validation de la dernière période ; "
        f"{pluriel(len(numeros), 'stagiaire')} sans date de sortie : {montres}.",
        "Saisir la date de sortie de ces stagiaires.",
    )


# --- exits -----------------------------------------------------------------------------------------------------------


def motif_manquant() -> Refusal:
    return Refusal(
        "MOTIF_MANQUANT", "Une sortie anticipée demande son motif.", "Préciser le motif, ou indiquer « Fin de formation : oui »."
    )


def sortie_avant_entree(entree: date) -> Refusal:
    return Refusal(
        "SORTIE_AVANT_ENTREE", f"La date de sortie précède la date d'entrée ({jour_fr(entree)}).", "Corriger la date de sortie ou d'entrée."
    )


def heures_deja_apres_sortie(mois: str) -> Refusal:
    return Refusal(
        "HEURES_DEJA_APRES_SORTIE",
        f"Des heures sont déjà déclarées pour ce stagiaire après cette sortie (« {periode(mois)} »).",
        f"Corriger la date de sortie, ou ces heures ; si leur déclaration est confirmée, demander sa réouverture au {REGION}.",
    )


# --- invoices --------------------------------------------------------------------------------------------------------


def aucune_declaration() -> Refusal:
    return Refusal("AUCUNE_DECLARATION", "Une facture est liée à une déclaration au moins.", "Sélectionner les déclarations à facturer.")


def declaration_non_confirmee(mois: str) -> Refusal:
    return Refusal(
        "DECLARATION_NON_CONFIRMEE",
        f"La déclaration « {periode(mois)} » n'est pas confirmée : elle ne peut pas être facturée.",
        "Confirmer la déclaration d'abord.",
    )


def deja_facturee(mois: str, reference: str) -> Refusal:
    return Refusal(
        "DEJA_FACTUREE",
        f"La déclaration « {periode(mois)} » est déjà dans la facture {reference}.",
        "Ne sélectionner que des déclarations non facturées ; un rejet de la Région les libère.",
    )


def facture_en_preparation(reference: str) -> Refusal:
    return Refusal(
        "FACTURE_EN_PREPARATION",
        f"La facture {reference} est générée et attend d'être confirmée ou abandonnée.",
        "La confirmer ou l'abandonner avant d'en générer une autre.",
    )


def solde_deja_demande() -> Refusal:
    return Refusal(
        "SOLDE_DEJA_DEMANDE", "Le solde de l'action a déjà été demandé.", "Attendre la décision de la Région : un rejet le rouvre."
    )


def selection_mensuelle() -> Refusal:
    return Refusal(
        "SELECTION_MENSUELLE", "En paiement mensuel, une facture correspond à une seule déclaration.", "Générer une facture par mois."
    )


def selection_trimestrielle(trimestre: Sequence[str]) -> Refusal:
    return Refusal(
        "SELECTION_TRIMESTRIELLE",
        "En paiement trimestriel, une facture correspond aux trois déclarations d'un trimestre, compté à partir du démarrage de l'action.",
        f"Sélectionner ensemble : {liste([periode(mois) for mois in trimestre])}.",
    )


def seuil_non_atteint(taux: Decimal, seuil: Decimal, mois_avant_repli: int) -> Refusal:
    return Refusal(
        "SEUIL_NON_ATTEINT",
        f"Le taux de réalisation ({nombre_fr(taux)} %) n'atteint pas {nombre_fr(seuil)} %.",
        "Attendre que le taux soit atteint, ou demander un paiement trimestriel "
        f"dès {mois_avant_repli} déclarations confirmées non facturées.",
    )


def acompte_deja_pris() -> Refusal:
    return Refusal(
        "ACOMPTE_DEJA_PRIS",
        "Une confirmation de déclaration n'ouvre qu'un acompte au plus, et trois en tout.",
        "Confirmer la déclaration suivante ; après le troisième acompte, le solde reste.",
    )


def solde_seul(taux: Decimal, seuil: Decimal) -> Refusal:
    return Refusal(
        "SOLDE_SEUL",
        f"Le taux de réalisation ({nombre_fr(taux)} %) atteint {nombre_fr(seuil)} % : seul le solde peut encore être demandé.",
        "Clore l'action, déposer le bilan pédagogique, puis confirmer le solde.",
    )


def selection_discontinue(mois: Sequence[str]) -> Refusal:
    return Refusal(
        "SELECTION_DISCONTINUE",
        "Les déclarations sont facturées de suite, à partir de la plus ancienne.",
        f"Sélectionner à partir de la première de : {liste([periode(m) for m in mois])}.",
    )


def selection_repli(mois: Sequence[str]) -> Refusal:
    return Refusal(
        "SELECTION_REPLI",
        "Le seuil de l'acompte n'est pas atteint : seul un paiement trimestriel est possible.",
        f"Sélectionner exactement : {liste([periode(m) for m in mois])}.",
    )


def cout_unitaire_inconnu() -> Refusal:
    return Refusal(
        "COUT_UNITAIRE_INCONNU",
        "Les coûts unitaires de l'action ne sont pas renseignés : aucun montant ne peut être calculé.",
        f"Contacter le {REGION} pour qu'il les renseigne.",
    )


def facture_inconnue(reference: str) -> Refusal:
    return Refusal(
        "FACTURE_INCONNUE", f"Aucune facture {reference} n'attend d'être confirmée.", "Vérifier le numéro, ou générer d'abord la facture."
    )


def facture_hors_delai(jours: int, du: date, au: date) -> Refusal:
    return Refusal(
        "FACTURE_HORS_DELAI",
        f"Une facture se confirme dans les {jours} premiers jours de la période suivante.",
        f"La confirmer {fenetre(du, au)}.",
    )


def sous_traitant_inconnu() -> Refusal:
    return Refusal(
        "SOUS_TRAITANT_INCONNU",
        "Ce sous-traitant n'est pas dans la liste de l'action.",
        f"Le choisir dans la liste, ou contacter le {REGION} pour l'y faire ajouter.",
    )


def montant_nul() -> Refusal:
    return Refusal("MONTANT_INVALIDE", "Le montant doit être supérieur à zéro.", "Corriger le montant hors taxes.")


def reference_en_double(reference: str) -> Refusal:
    return Refusal(
        "REFERENCE_EN_DOUBLE",
        f"La référence {reference} a déjà été enregistrée.",
        "Une même pièce ne compte qu'une fois : vérifier la référence.",
    )


# --- decisions and payments of the Region ----------------------------------------------------------------------------


def rejet_sans_motif() -> Refusal:
    return Refusal("REJET_SANS_MOTIF", "Un rejet doit porter son motif.", "Renvoyer la décision avec le motif de rejet.")


def deja_decidee(reference: str) -> Refusal:
    return Refusal(
        "DEJA_DECIDEE",
        f"La facture {reference} a déjà reçu une autre décision.",
        "Une décision ne se change pas : après un rejet, l'organisme émet une nouvelle facture.",
    )


def versement_sans_facture() -> Refusal:
    return Refusal(
        "VERSEMENT_SANS_FACTURE",
        "Le versement d'un acompte ou d'un solde doit nommer sa facture.",
        "Renvoyer le versement avec la référence de la facture : sans elle il serait compté deux fois dans le solde.",
    )


def versement_negatif() -> Refusal:
    return Refusal(
        "VERSEMENT_INVALIDE", "Le montant d'un versement doit être supérieur à zéro.", "Corriger le montant à la source et renvoyer."
    )


def accord_incomplet(champ: str) -> Refusal:
    return Refusal("ACCORD_INCOMPLET", f"Il manque à cet accord : {champ}.", "Renvoyer l'accord complet.")


def mois_non_rouvrable(mois: str) -> Refusal:
    return Refusal(
        "MOIS_NON_ROUVRABLE",
        f"La déclaration « {periode(mois)} » n'est pas confirmée, ou elle est facturée : elle ne peut être rouverte.",
        "Rejeter d'abord la facture qui la porte.",
    )


# --- closing, bilan, solde -------------------------------------------------------------------------------------------


def cloture_impossible(raisons: Sequence[str]) -> Refusal:
    return Refusal(
        "CLOTURE_IMPOSSIBLE",
        f"L'action ne peut pas être close : {' ; '.join(raisons)}.",
        "Confirmer toutes les déclarations et saisir la sortie de tous les stagiaires, puis fermer l'action.",
    )


def raison_declarations(mois: Sequence[str]) -> str:
    montres = liste([periode(m) for m in mois[:6]]) + ("…" if len(mois) > 6 else "")
    return f"déclarations non validées : {montres}"


def raison_sorties(numeros: Sequence[str]) -> str:
    montres = liste(numeros[:5]) + ("…" if len(numeros) > 5 else "")
    return f"{pluriel(len(numeros), 'stagiaire')} sans date de sortie ({montres})"


def fin_avant_sortie(sortie: date) -> Refusal:
    return Refusal(
        "FIN_AVANT_SORTIE",
        f"La date de fin réelle précède une sortie de stagiaire ({jour_fr(sortie)}).",
        "Corriger la date de fin réelle ou cette sortie.",
    )


def fermeture_decalee(prevue: date, reelle: date) -> str:
    return (
        f"La date de fin réelle ({jour_fr(reelle)}) diffère de la date de fin prévue ({jour_fr(prevue)}) : veuillez contacter le {REGION} "
        "pour le prévenir de ce décalage et procéder à un avenant sur la date prévisionnelle de fin de l'Action."
    )


def enquetes_manquantes(numeros: Sequence[str]) -> Refusal:
    montres = liste(numeros[:5]) + ("…" if len(numeros) > 5 else "")
    return Refusal(
        "ENQUETES_MANQUANTES",
        f"La situation à la sortie manque pour {pluriel(len(numeros), 'stagiaire')} : {montres}.",
        "Compléter la fiche de suivi à la sortie de chaque stagiaire, puis déposer le bilan.",
    )


def stagiaire_non_sorti(numero: str) -> Refusal:
    return Refusal("STAGIAIRE_NON_SORTI", f"Le stagiaire {numero} n'est pas sorti de formation.", "Saisir sa date de sortie d'abord.")


def enquete_prematuree(due: date) -> Refusal:
    return Refusal("ENQUETE_PREMATUREE", f"Cette fiche de suivi se remplit à partir du {jour_fr(due)}.", "Attendre cette date.")


def type_de_contrat_manquant() -> Refusal:
    return Refusal("CONTRAT_MANQUANT", "Un emploi demande son type de contrat.", "Choisir le type de contrat de travail.")


def bilan_non_depose() -> Refusal:
    return Refusal(
        "BILAN_NON_DEPOSE",
        "Le bilan pédagogique n'est pas rempli : la facture de solde ne peut pas être confirmée.",
        "Compléter et déposer le bilan pédagogique.",
    )


def factures_en_attente(references: Sequence[str]) -> Refusal:
    return Refusal(
        "FACTURES_EN_ATTENTE",
        f"Le solde se calcule sur les montants perçus ; attendent encore une décision : {liste(references)}.",
        "Attendre la décision de la Région, et confirmer ou abandonner la facture générée.",
    )


# --- notifications and anomalies -------------------------------------------------------------------------------------


def notification_acceptee(libelle: str) -> str:
    return f"La Région a accepté pour paiement : {libelle}."


def notification_rejetee(libelle: str, motif: str) -> str:
    return f"La Région a rejeté : {libelle}. Motif : {motif}"


def notification_solde_payable(parce_que: str) -> str:
    return f"{parce_que} : le solde peut être payé."


def notification_enquete(numero: str, terme: str) -> str:
    return f"La fiche de suivi {TERMES[terme]} du stagiaire {numero} est à remplir."


def notification_retard(mois: str, du: date, au: date) -> str:
    return (
        f"La déclaration « {periode(mois)} » n'a pas été confirmée à temps : elle pourra l'être {fenetre(du, au)}, "
        "après la fin de la période suivante."
    )


TERMES = {"SORTIE": "à la sortie", "SIX_MOIS": "à 6 mois", "UN_AN": "à 1 an"}


def anomalie_avant_entree(mois: str, entree: date) -> str:
    return f"Des heures de « {periode(mois)} » précèdent l'entrée en formation ({jour_fr(entree)})."


def anomalie_absences(lieu: str, absences: Decimal, compteurs: Decimal) -> str:
    return (
        f"Les périodes d'absence en {lieu.lower()} totalisent {nombre_fr(absences)} h, les compteurs d'heures non réalisées "
        f"{nombre_fr(compteurs)} h. Les montants viennent des compteurs."
    )


def anomalie_tva(ht: Decimal, ttc: Decimal, attendu: Decimal, taux: Decimal) -> str:
    return (
        f"HT {euros(ht)} et TTC {euros(ttc)} ne concordent pas : "
        f"à {nombre_fr(taux)} % de TVA, {euros(attendu)} sont attendus. Rien n'est corrigé."
    )


def anomalie_montant(reference: str, lu: Decimal, calcule: Decimal) -> str:
    return f"La Région a validé {euros(lu)} HT pour la facture {reference}, émise à {euros(calcule)} HT."


def anomalie_prix(lu: Decimal, somme: Decimal) -> str:
    return f"Le prix total ({euros(lu)}) n'est pas la somme des prix en centre et en entreprise ({euros(somme)})."


def anomalie_trop_percu(realise: Decimal, percu: Decimal) -> str:
    return f"Les montants perçus ({euros(percu)}) dépassent le coût réalisé ({euros(realise)}) : le solde est négatif."


def anomalie_avance_tardive() -> str:
    return "Une avance est versée après une demande d'acompte ou de solde ; l'ordre attendu est avance, acomptes, solde. Elle est comptée."


def anomalie_versement(reference: str, verse: Decimal, attendu: Decimal) -> str:
    return f"{euros(verse)} HT versés pour la facture {reference}, dont le net est de {euros(attendu)} HT."


def anomalie_sans_justificatif(attendus: int) -> str:
    verbe = "manquent" if attendus > 1 else "manque"
    return f"La Région a accepté la facture alors que {pluriel(attendus, 'justificatif')} d'absence {verbe} encore."


def anomalie_sous_traitance(reste: Decimal) -> str:
    return f"{euros(reste)} de sous-traitance dépassent le solde et n'ont pu être déduits."
