"""Every French text of the Luciole procedure: the exact messages of Luciole (R-LUC-28…35), and ours for what it does not say.

« À chaque message sa solution » (R-LUC-42): each text has its message, its cause, its remedy and whom to call.
"""

from dataclasses import dataclass, replace

from schemas.records.luciole import Contact


@dataclass(frozen=True, slots=True)
class Texte:
    """What is said of one thing gone wrong. `code` is of a bounded set; `{names}` are filled by `avec`."""

    code: str
    message: str
    cause: str
    remede: str
    contact: Contact = "AUCUN"

    def avec(self, **values: object) -> "Texte":
        """The same with its names filled in."""
        return replace(self, message=self.message.format(**values), cause=self.cause.format(**values), remede=self.remede.format(**values))


# --- the messages of Luciole, to the letter --------------------------------------------------------------------------

PAS_DE_DONNEES = Texte(
    "PAS_DE_DONNEES",
    "Pas de données à envoyer",
    "Il vous manque la préparation des envois.",
    "Revenez à l'étape Préparer les envois.",
)
_VERROUILLAGE = "Verrouillage du processus par {detenteur}"
VERROU_SOI = Texte(
    "VERROU_SOI",
    _VERROUILLAGE,
    "C'est vous : la fenêtre de Préparation des envois est restée ouverte en même temps que la fenêtre d'échange de données.",
    "Fermez toutes les autres fenêtres sauf celle d'échange de données et recommencez Préparation et envoi : il n'y a rien à attendre.",
)
VERROU_AUTRE = Texte(
    "VERROU_AUTRE",
    _VERROUILLAGE,
    "La procédure d'envoi des données peut être réalisée par un seul instructeur à la fois : un autre établissement instructeur envoie.",
    "Attendez qu'il termine : chacun son tour ! Votre envoi partira de lui-même. Place dans la file : {place}, attente estimée : "
    "{attente} min.",
)
VERROU_FIGE = Texte(
    "VERROU_FIGE",
    _VERROUILLAGE,
    "C'est toujours le même instructeur après 30 minutes d'attente.",
    "Aucune hésitation : appelez le support. L'appel est déjà parti ; gardez votre place ({place}) dans la file.",
    "SUPPORT",
)
VERROU_CHANGE = Texte(
    "VERROU_CHANGE",
    _VERROUILLAGE,
    "Un instructeur vous a pris la place : ce n'est plus le même qu'au début de votre attente.",
    "Il faut à nouveau patienter. Place dans la file : {place}, attente estimée : {attente} min.",
)
COMPTEUR = Texte(
    "COMPTEUR",
    "Problème lors de la mise à jour du compteur",
    "Luciole est fâché, tous les instructeurs sont bloqués.",
    "Aucune hésitation et pas d'autre choix : appelez le support. L'appel est déjà parti ; ne relancez rien avant le déblocage.",
    "SUPPORT",
)
MODIFIE_DEPUIS = Texte(
    "MODIFIE_DEPUIS_PREPARATION",
    "Contrôle applicatif : Erreur bloquante! Processus sera arrêté",
    "Vous avez modifié des dossiers entre l'étape de préparation des envois et l'envoi.",
    "Il faut refaire l'étape Préparer les envois avant d'envoyer.",
)

# --- gates -----------------------------------------------------------------------------------------------------------

INSTRUCTION_MANQUANTE = Texte(
    "INSTRUCTION_MANQUANTE",
    "dossiers sans date de décision : {dossiers}",
    "Tous les dossiers doivent être instruits avec une date de décision ; sinon Luciole bloque la préparation.",
    "Donnez une date de décision à ces dossiers, ou une date de clôture à ceux que vous ne voulez pas envoyer, puis refaites la "
    "préparation.",
)
BORDEREAU_MANQUANT = Texte(
    "BORDEREAU_MANQUANT",
    "validation du bordereau de liquidation manquante",
    "Les dossiers doivent être dans un bordereau de liquidation validé.",
    "Revenez à l'étape Valider les bordereaux de liquidation.",
)
FLUX_MANQUANT = Texte(
    "FLUX_MANQUANT",
    "envoi des flux financiers manquant",
    "Le fichier de paiement du bordereau n'a pas été envoyé vers Chorus.",
    "Revenez à l'étape Envoyer les flux financiers.",
)
DRAAF_MANQUANTE = Texte(
    "DRAAF_MANQUANTE",
    "confirmation DRAAF manquante",
    "Le valideur Escalé (DRAAF) n'a pas confirmé la validation du fichier de paiement en vigueur.",
    "Demandez à votre DRAAF la confirmation de la validation du fichier, puis relancez l'envoi.",
    "DRAAF",
)
FICHIER_REJETE = Texte(
    "FICHIER_REJETE",
    "fichier de paiement {fichier} rejeté",
    "La DRAAF a rejeté ce fichier de paiement : il n'ouvre plus rien.",
    "Faites vos modifications, renvoyez le nouveau fichier vers Chorus et la DRAAF, attendez sa confirmation et refaites une préparation.",
    "DRAAF",
)
FICHIER_REJETE_CHORUS = Texte(
    "FICHIER_REJETE_CHORUS",
    "fichier de paiement {fichier} rejeté par Chorus",
    "Chorus n'a pas intégré ce fichier, ou pas les lignes de ce bordereau.",
    "Corrigez ce que dit le retour de Chorus et envoyez un nouveau fichier de paiement.",
)

ETAPES_MANQUANTES = (BORDEREAU_MANQUANT, FLUX_MANQUANT, DRAAF_MANQUANTE, FICHIER_REJETE, FICHIER_REJETE_CHORUS)
"""In the order of the procedure: the first one missing names why a whole send stops."""

# --- what must not be done -------------------------------------------------------------------------------------------

ENVOI_EN_COURS = Texte(
    "ENVOI_EN_COURS",
    "Envoi en cours par {instructeur} depuis {heure}",
    "Pendant l'envoi, rien ne doit être touché (jusqu'à 30 minutes).",
    "Laissez la procédure se dérouler et recommencez quand le OK apparaît dans la colonne Envoyé.",
)
FENETRES_OUVERTES = Texte(
    "FENETRES_OUVERTES",
    "Préparation impossible : la fenêtre {fenetre} est ouverte",
    "Pendant la préparation, seule la fenêtre Liste des envois doit être ouverte.",
    "Fermez cette fenêtre et recommencez la préparation.",
)
AUCUN_ETABLISSEMENT = Texte(
    "AUCUN_ETABLISSEMENT",
    "Aucun établissement à traiter",
    "Aucun établissement rattaché n'est connu pour cette commande.",
    "Nommez l'établissement, ou vérifiez le cycle et les établissements de la fenêtre de connexion.",
)
RIEN_A_PREPARER = Texte(
    "RIEN_A_PREPARER",
    "Aucun dossier à préparer",
    "L'établissement n'a aucun dossier en attente d'envoi pour ce cycle et cette année.",
    "Vérifiez le cycle et l'année, ou les dates de clôture des dossiers.",
)
BORDEREAU_FIGE = Texte(
    "BORDEREAU_FIGE",
    "Le bordereau {bordereau} n'est plus modifiable",
    "Les montants de ce bordereau ont été envoyés aux établissements.",
    "Passez par un nouveau bordereau de liquidation ; en cas d'erreur de paiement, contactez votre DRAAF.",
    "DRAAF",
)
FICHIER_EN_COURS = Texte(
    "FICHIER_EN_COURS",
    "Le bordereau {bordereau} est dans le fichier de paiement {fichier}",
    "Le fichier de paiement de ce bordereau est parti : le bordereau ne se rouvre pas sans son rejet.",
    "Contactez votre DRAAF pour savoir si le fichier de paiement peut être rejeté.",
    "DRAAF",
)
MODIFICATION_EN_ATTENTE = Texte(
    "MODIFICATION_EN_ATTENTE",
    "Modification en attente de la réponse de la DRAAF",
    "Le rejet du fichier de paiement a été demandé à la DRAAF ; elle n'a pas répondu.",
    "Attendez la réponse de la DRAAF avant de modifier ce dossier.",
    "DRAAF",
)
MODIFICATION_REFUSEE = Texte(
    "MODIFICATION_REFUSEE",
    "Modification refusée : la DRAAF ne rejette pas le fichier de paiement",
    "Un dossier préparé ne se modifie que si la DRAAF rejette son fichier de paiement.",
    "Envoyez le bordereau tel qu'il est ; la modification passera par un bordereau suivant. Pour toute question, contactez votre DRAAF.",
    "DRAAF",
)
DOSSIER_INCONNU = Texte(
    "DOSSIER_INCONNU",
    "Dossier inconnu dans cet établissement",
    "Aucun dossier en attente d'envoi ne porte ce numéro.",
    "Vérifiez le numéro du dossier et l'établissement.",
)
ETABLISSEMENT_PLEIN = Texte(
    "ETABLISSEMENT_PLEIN",
    "Trop de {objets} en attente dans cet établissement (limite : {limite})",
    "La limite protège le traitement des autres établissements.",
    "Préparez et envoyez les bordereaux en attente, puis renvoyez cet enregistrement.",
)
FICHIER_CONTRADICTOIRE = Texte(
    "FICHIER_CONTRADICTOIRE",
    "Le fichier de paiement {fichier} est déjà connu avec un autre contenu",
    "Deux fichiers de paiement différents portent le même identifiant.",
    "Donnez un nouvel identifiant au nouveau fichier et renvoyez-le.",
)
FICHIER_TROP_LONG = Texte(
    "FICHIER_TROP_LONG",
    "Le fichier de paiement a {nombre} lignes ; la limite est de {limite}",
    "Un fichier de paiement est limité en lignes.",
    "Découpez le fichier de paiement en plusieurs.",
)
REJET_PENDANT_ENVOI = Texte(
    "REJET_PENDANT_ENVOI",
    "Rejet du fichier {fichier} reçu pendant l'envoi",
    "La DRAAF rejette le fichier de paiement alors que l'envoi aux établissements est commencé : il ne s'arrête plus.",
    "Laissez l'envoi finir et contactez votre DRAAF aussitôt.",
    "DRAAF",
)
REJET_APRES_ENVOI = Texte(
    "REJET_APRES_ENVOI",
    "Le bordereau {bordereau} n'est plus modifiable",
    "La DRAAF rejette le fichier de paiement d'un bordereau dont les montants ont déjà été envoyés aux établissements.",
    "Contactez votre DRAAF : les montants sont dans OGAPI, la correction passe par un nouveau bordereau.",
    "DRAAF",
)
JETON_PERIME = Texte(
    "JETON_PERIME",
    "Cet envoi n'a plus le verrou (jeton {jeton})",
    "L'envoi a été interrompu ou débloqué, ou un autre instructeur a envoyé depuis.",
    "Rien n'a été transmis par cet envoi : recommencez Préparation et envoi.",
)
PAS_D_ENVOI = Texte(
    "PAS_D_ENVOI",
    "Aucun envoi en cours pour {instructeur}",
    "Cet instructeur n'a pas le verrou : l'envoi n'a pas commencé, ou il est déjà fini.",
    "Vérifiez la colonne Envoyé ; sans OK, recommencez Préparation et envoi.",
)
ENVOI_INTERROMPU = Texte(
    "ENVOI_INTERROMPU",
    "Envoi interrompu par {auteur}",
    "La procédure d'envoi a été stoppée : tous les établissements instructeurs sont bloqués.",
    "Le support est appelé ; attendez le déblocage avant toute autre commande d'envoi.",
    "SUPPORT",
)
INSTRUCTEUR_PLEIN = Texte(
    "INSTRUCTEUR_PLEIN",
    "Trop d'établissements rattachés à cet instructeur (limite : {limite})",
    "La limite protège le traitement des autres instructeurs.",
    "Vérifiez les rattachements ; au besoin, partagez-les entre plusieurs instructeurs.",
)

DIFFERES = {texte.code: texte for texte in (PAS_DE_DONNEES, MODIFICATION_REFUSEE)}
"""Refusals that come after a round trip, by their code."""

# --- notifications ---------------------------------------------------------------------------------------------------

PREPARATION_A_REFAIRE = "La date de la dernière préparation ({constatee}) n'est pas celle du jour de la commande ({attendue})."
REMEDE_PREPARATION_A_REFAIRE = "Il faut recommencer : la procédure n'a pas fonctionné ou Luciole a constaté une anomalie."
DEMANDE_DRAAF = (
    "L'instructeur souhaite modifier un dossier du bordereau {bordereau} alors que la préparation des envois est faite : "
    "le fichier de paiement {fichier} peut-il être rejeté ?"
)
REMEDE_DEMANDE = "Attendez la réponse de la DRAAF avant toute modification."
MODIFICATION_ACCEPTEE = "La DRAAF a rejeté le fichier de paiement."
MODIFICATION_LIBRE = "Aucun fichier de paiement en vigueur ne porte ce dossier."
REMEDE_ACCEPTEE = (
    "Faites vos modifications, renvoyez le nouveau fichier vers Chorus et la DRAAF, attendez sa confirmation, puis refaites une "
    "préparation."
)
REMEDE_LIBRE = "Faites vos modifications, puis poursuivez les étapes dans l'ordre."
NON_SERVIS = (
    "Envoyez à tous les établissements rattachés, même à ceux qui ne facturent pas dans OGAPI : sans décision, FREGATA ne reconduit pas "
    "les dossiers."
)

FENETRES = {"PREPARATION": "Préparation des envois", "ECHANGE": "Échange de données", "BORDEREAUX": "Liste des bordereaux"}

RAISON_CLOS = "date de clôture"
RAISON_NON_DECIDE = "sans date de décision"
RAISON_HORS_BORDEREAU = "dans aucun bordereau de liquidation"
RAISON_NON_PREPARE = "préparation des envois manquante"
RAISON_MODIFIE = "modifié depuis la préparation"
RAISON_PRET = "préparé, pas encore envoyé"

LABEL_BORDEREAU = "bordereau de liquidation validé"
LABEL_FLUX = "flux financiers"
LABEL_ACCORD = "accord du verrou national"
LABEL_CONTROLE = "contrôle des établissements"
