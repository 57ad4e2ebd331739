"""Every topic of the bus, once. Broker settings, subjects, the AsyncAPI document and the docs page derive from this."""

from dataclasses import dataclass
from enum import StrEnum

EMBEDDED_PARTITIONS = 4
PRODUCTION_PARTITIONS = 12


class Key(StrEnum):
    """What a record's key is. Inputs of one processor share it."""

    ETUDIANT = "étudiant (empreinte à clé du NNE ou du numéro de boursier)"
    UAI = "établissement (UAI) ; pour une fermeture, son département ou son pays"
    VERROU = "verrou national (une seule clé)"
    LUCIOLE = "établissement, instructeur ou fichier de paiement (Luciole)"
    BORDEREAU = "établissement et bordereau"
    TRANCHE = "établissement, collection, version et rang d'une tranche"
    PRESENCE = "établissement et seau de ses élèves, ou élève (empreinte à clé de son INE)"
    CONTRAT = "numéro de contrat"
    COMPTE = "compte (organisme, ou empreinte à clé d'une adresse électronique)"
    QUESTION = "UUID de la question, choisi par celui qui demande"


class Personal(StrEnum):
    """Whether the values carry data of persons: it decides retention, access and what may be shown."""

    NONE = "aucune"
    PSEUDONYMOUS = "pseudonymes"
    IDENTIFYING = "identifiantes"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its name is `<owner>.<nouns>.v<major>`; its contract is `schemas/avro/<name>.avsc`."""

    name: str
    about: str
    key: Key
    personal: Personal
    retention_days: int = 30
    compacted: bool = False
    partitions: int | None = None
    """None: the count of the environment (4 embedded, 12 in production)."""

    @property
    def owner(self) -> str:
        return self.name.split(".", 1)[0]


CATALOGUE: tuple[Topic, ...] = (
    Topic(
        "apogee.inscriptions.v1", "Inscriptions administratives à une étape, telles qu'Apogée les dit.", Key.ETUDIANT, Personal.IDENTIFYING
    ),
    Topic("aglae.dossiers.v1", "Dossiers de bourse avec leurs vœux, et retraitements du CROUS.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("bourses.decisions.v1", "Ce que le rapprochement des inscriptions et des dossiers décide.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("bourses.suivi.v1", "Droits, pièces, notifications et contrôles qui suivent d'une bourse.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("bourses.droits.v1", "Ce qu'il faut pour répondre d'un étudiant.", Key.ETUDIANT, Personal.IDENTIFYING, compacted=True),
    Topic("bourses.detections.v1", "Questions qui ont reçu la réponse d'attente.", Key.ETUDIANT, Personal.PSEUDONYMOUS),
    Topic("bourses.questions.v1", "Questions sur la bourse d'un étudiant, posées par le bus.", Key.QUESTION, Personal.IDENTIFYING, 1),
    Topic("bourses.reponses.v1", "Réponses aux questions posées par le bus.", Key.QUESTION, Personal.PSEUDONYMOUS, 1),
    Topic("bourses.transmissions.v1", "Faits passés d'une clé d'étudiant corrigée à la nouvelle.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic(
        "crous.decisions.v1", "Décisions de bourse des fichiers du CROUS et de l'interface du CNOUS.", Key.ETUDIANT, Personal.IDENTIFYING
    ),
    Topic("pve.demandes.v1", "Demandes de dossier social étudiant du Portail Vie Étudiante.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("nne.corrections.v1", "Corrections du NNE d'un étudiant.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("bourses.refus.v1", "Événements que les règles des bourses refusent, avec leur remède.", Key.ETUDIANT, Personal.PSEUDONYMOUS),
    Topic("bourses.interne.v1", "Échéances et reprises du rapprochement des bourses.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("bourses.projections.interne.v1", "Reprises des tables des bourses.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("bourses.fichiers.interne.v1", "Échéances et reprises des fichiers des bourses.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("siecle.exports.v1", "Exports XML de SIECLE d'un établissement, en instantanés.", Key.UAI, Personal.IDENTIFYING),
    Topic("siecle.fichiers.v1", "Exports de SIECLE tels qu'ils sont venus ; octets en consigne.", Key.UAI, Personal.IDENTIFYING),
    Topic("siecle.nomenclatures.v1", "Nomenclatures et structures de SIECLE telles qu'elles sont venues.", Key.UAI, Personal.NONE, 400),
    Topic("siecle.depots.v1", "Dépôts de liens élève-groupe : demandes, réponses, liens saisis à la main.", Key.UAI, Personal.PSEUDONYMOUS),
    Topic("siecle.suivi_depots.v1", "Ce que SIECLE répond aux dépôts : confirmation, fichier déposé, annulé.", Key.UAI, Personal.NONE),
    Topic(
        "siecle.comptes_rendus.v1",
        "Comptes-rendus d'import calculés, liens après la nuit, remèdes, comparaisons.",
        Key.UAI,
        Personal.IDENTIFYING,
    ),
    Topic("siecle.comptes_rendus_lus.v1", "Vrais comptes-rendus de SIECLE, déposés en HTML ou en texte.", Key.UAI, Personal.IDENTIFYING),
    Topic(
        "siecle.predictions.v1",
        "Comptes-rendus prédits avant le dépôt, ce sur quoi ils reposent, ce qui n'est pas sûr.",
        Key.UAI,
        Personal.IDENTIFYING,
    ),
    Topic("siecle.depots.refus.v1", "Dépôts refusés et fichiers à refaire, avec leur remède.", Key.UAI, Personal.PSEUDONYMOUS),
    Topic("siecle.depots.interne.v1", "Échéances et reprises des dépôts.", Key.UAI, Personal.IDENTIFYING),
    Topic(
        "siecle.depots.tranches.v1",
        "Parts des collections d'un établissement, et collectes qui les parcourent.",
        Key.TRANCHE,
        Personal.IDENTIFYING,
    ),
    Topic("siecle.depots.tranches.interne.v1", "Reprises des tranches.", Key.TRANCHE, Personal.IDENTIFYING),
    Topic("siecle.depots.collectes.v1", "Collectes revenues à l'établissement.", Key.UAI, Personal.IDENTIFYING),
    Topic(
        "siecle.presences.v1",
        "Élèves actifs de chaque établissement par seaux, puis ceux qui arrivent et qui partent.",
        Key.PRESENCE,
        Personal.PSEUDONYMOUS,
    ),
    Topic(
        "siecle.presences.interne.v1", "Reprises de la recherche d'un INE dans deux établissements.", Key.PRESENCE, Personal.PSEUDONYMOUS
    ),
    Topic(
        "siecle.controles.v1",
        "Ce que l'établissement doit corriger dans SIECLE : un INE actif aussi dans un autre établissement.",
        Key.UAI,
        Personal.PSEUDONYMOUS,
    ),
    Topic("siecle.projections.interne.v1", "Reprises des tables des comptes-rendus.", Key.UAI, Personal.IDENTIFYING),
    Topic(
        "synchros.gestes.v1",
        "Ce que l'établissement constate des cinq synchros : versions, campagne, lancements, messages.",
        Key.UAI,
        Personal.NONE,
    ),
    Topic("synchros.etats.v1", "Où en sont les synchros d'un établissement, ce qui reste à vérifier.", Key.UAI, Personal.NONE),
    Topic("lsu.refus.v1", "Synchros refusées, avec leur remède.", Key.UAI, Personal.NONE),
    Topic("lsu.elements.v1", "Ce qu'EDT et PRONOTE ont à faire correspondre, et les choix des personnes.", Key.UAI, Personal.IDENTIFYING),
    Topic("lsu.correspondances.v1", "Correspondances entre EDT et STS-WEB, services de notation manquants.", Key.UAI, Personal.IDENTIFYING),
    Topic("lsu.correspondances.interne.v1", "Reprises des correspondances.", Key.UAI, Personal.IDENTIFYING),
    Topic("lsu.interne.v1", "Reprises des synchros.", Key.UAI, Personal.IDENTIFYING),
    Topic("lsu.projections.interne.v1", "Reprises des tables des correspondances.", Key.UAI, Personal.IDENTIFYING),
    Topic("lsu.bilans.interne.v1", "Reprises du contrôle des bilans du LSU.", Key.UAI, Personal.IDENTIFYING),
    Topic(
        "lsu.controles.v1",
        "Bilans du LSU comparés aux exports de SIECLE et au sts_emp de l'établissement.",
        Key.UAI,
        Personal.PSEUDONYMOUS,
    ),
    Topic("lsu.fichiers.interne.v1", "Reprises des fichiers passés octet pour octet.", Key.UAI, Personal.IDENTIFYING),
    Topic(
        "charlemagne.dossiers.v1",
        "Dossiers d'élèves d'un logiciel privé (IMPORT_ELEVES PRIVE), en instantanés.",
        Key.UAI,
        Personal.IDENTIFYING,
    ),
    Topic("charlemagne.fichiers.v1", "Archives IMPORT_ELEVES à déposer dans SIECLE ; octets en consigne.", Key.UAI, Personal.IDENTIFYING),
    Topic("sts.echanges.v1", "Fichiers sts_emp et emp_sts d'un établissement, en instantanés.", Key.UAI, Personal.IDENTIFYING),
    Topic("sts.fichiers.v1", "Fichiers sts_emp et emp_sts passés octet pour octet (R-PRO-11).", Key.UAI, Personal.IDENTIFYING),
    Topic("pronote.liens_eleve_groupe.v1", "Fichiers ELEGROUPE : liens entre élèves et groupes.", Key.UAI, Personal.IDENTIFYING),
    Topic("pronote.fichiers.v1", "Fichiers ELEGROUPE passés octet pour octet, jusqu'à leur dépôt.", Key.UAI, Personal.IDENTIFYING),
    Topic("edt.cours.v1", "Cours d'un emploi du temps exporté d'EDT (EXP_COURS), en instantanés.", Key.UAI, Personal.IDENTIFYING),
    Topic(
        "charlemagne.etapes.v1",
        "Étapes du calendrier de rentrée faites dans Charlemagne, envois d'élèves et d'effectifs.",
        Key.UAI,
        Personal.IDENTIFYING,
        400,
    ),
    Topic(
        "charlemagne.premier_degre.v1",
        "Formations, classes, fiches et contrôles du premier degré dans Charlemagne.",
        Key.UAI,
        Personal.PSEUDONYMOUS,
    ),
    Topic("academie.etablissements.v1", "Établissements d'une académie : type, OMOGEN, rentrée, vacances.", Key.UAI, Personal.NONE, 400),
    Topic("academie.fermetures.v1", "Fermetures annoncées des systèmes nationaux.", Key.UAI, Personal.NONE, 400),
    Topic("academie.receptions.v1", "Ce que la BEA a reçu et ce que la BEE a intégré.", Key.UAI, Personal.IDENTIFYING),
    Topic("rentree.ordres.v1", "Fermetures relayées du pays aux départements, puis aux établissements.", Key.UAI, Personal.NONE),
    Topic(
        "rentree.suivi.v1",
        "Calendrier de rentrée de chaque établissement, retards, rappels, rapprochements.",
        Key.UAI,
        Personal.IDENTIFYING,
        400,
    ),
    Topic("rentree.refus.v1", "Étapes du calendrier de rentrée refusées, avec leur remède.", Key.UAI, Personal.PSEUDONYMOUS),
    Topic("rentree.interne.v1", "Échéances et reprises du calendrier de rentrée.", Key.UAI, Personal.IDENTIFYING, 400),
    Topic("rentree.projections.interne.v1", "Reprises des tables du calendrier de rentrée.", Key.UAI, Personal.IDENTIFYING),
    Topic("rentree.fichiers.interne.v1", "Reprises des fichiers de retards.", Key.UAI, Personal.IDENTIFYING),
    Topic("onde.depots.v1", "Imports dans ONDE confirmés ou refusés, dits par une personne.", Key.UAI, Personal.NONE),
    Topic("onde.procedure.v1", "Où en est la remontée d'une école vers ONDE, contrôles, exports.", Key.UAI, Personal.PSEUDONYMOUS),
    Topic("onde.envois.v1", "Archives à importer dans ONDE.", Key.UAI, Personal.IDENTIFYING),
    Topic("onde.refus.v1", "Opérations vers ONDE refusées, avec leur remède.", Key.UAI, Personal.PSEUDONYMOUS),
    Topic("onde.interne.v1", "Reprises de la remontée vers ONDE.", Key.UAI, Personal.IDENTIFYING),
    Topic("onde.projections.interne.v1", "Reprises des tables de la remontée vers ONDE.", Key.UAI, Personal.IDENTIFYING),
    Topic("onde.fichiers.interne.v1", "Reprises des archives vers ONDE.", Key.UAI, Personal.IDENTIFYING),
    Topic("onde.extractions.v1", "Extractions CSV d'ONDE d'une école, en instantanés.", Key.UAI, Personal.IDENTIFYING),
    Topic("onde.archives.v1", "Archives <RNE>.ZIP faites pour ONDE, passées octet pour octet.", Key.UAI, Personal.IDENTIFYING),
    Topic(
        "lsu.bilans.v1", "Ce que les fichiers de bilans LSU disent des élèves, enseignants et disciplines.", Key.UAI, Personal.IDENTIFYING
    ),
    Topic(
        "safir.actions.v1", "Actions de formation, accords, décisions et versements de la Région.", Key.CONTRAT, Personal.IDENTIFYING, 400
    ),
    Topic(
        "safir.titulaires.v1", "Organismes titulaires d'une action, pour leur compte sur l'Extranet.", Key.COMPTE, Personal.IDENTIFYING, 400
    ),
    Topic("extranet.actes.v1", "Ce que les organismes de formation saisissent sur leurs actions.", Key.CONTRAT, Personal.IDENTIFYING, 400),
    Topic("extranet.comptes.v1", "Connexions, comptes et mots de passe oubliés de l'Extranet.", Key.COMPTE, Personal.IDENTIFYING),
    Topic(
        "formation.decisions.v1", "Ce que la procédure des actions de formation décide et publie.", Key.CONTRAT, Personal.IDENTIFYING, 400
    ),
    Topic("formation.refus.v1", "Saisies que les règles de la formation refusent, avec leur remède.", Key.CONTRAT, Personal.PSEUDONYMOUS),
    Topic("formation.interne.v1", "Échéances et reprises des actions de formation.", Key.CONTRAT, Personal.IDENTIFYING, 400),
    Topic("formation.projections.interne.v1", "Reprises des tables de la formation.", Key.CONTRAT, Personal.IDENTIFYING, 400),
    Topic("comptes.annuaire.v1", "Adresses électroniques que l'annuaire rattache aux organismes.", Key.COMPTE, Personal.PSEUDONYMOUS),
    Topic("comptes.decisions.v1", "Identifiants attribués, mots de passe renouvelés, accès accordés.", Key.COMPTE, Personal.IDENTIFYING),
    Topic("comptes.refus.v1", "Demandes d'accès et de mot de passe refusées, avec leur remède.", Key.COMPTE, Personal.PSEUDONYMOUS),
    Topic("comptes.interne.v1", "Reprises des comptes de l'Extranet.", Key.COMPTE, Personal.IDENTIFYING),
    Topic("luciole.dossiers.v1", "Établissements, dossiers et bordereaux de Luciole, modifications.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("luciole.commandes.v1", "Commandes des instructeurs : préparations, envois, fenêtres, incidents.", Key.LUCIOLE, Personal.NONE),
    Topic("luciole.ordres.v1", "Ordres entre instructeurs, fichiers de paiement et établissements.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("luciole.verrou.v1", "Demandes, fins et incidents du verrou : jamais de dossiers.", Key.VERROU, Personal.NONE, partitions=1),
    Topic("luciole.suivi.v1", "Chronologie des bordereaux, états, erreurs avec leur remède.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("luciole.refus.v1", "Événements que la procédure de Luciole refuse, avec leur remède.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("luciole.interne.v1", "Échéances et reprises de la procédure de Luciole.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("luciole.fichiers.interne.v1", "Reprises des fichiers de paiement.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("luciole.projections.interne.v1", "Reprises des tables de Luciole.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("luciole.accords.v1", "Réponses du verrou national : accords avec leur jeton, attentes.", Key.LUCIOLE, Personal.NONE),
    Topic(
        "luciole.verrou.refus.v1", "Événements que le verrou national refuse, avec leur remède.", Key.VERROU, Personal.NONE, partitions=1
    ),
    Topic("luciole.verrou.interne.v1", "Échéances et reprises du verrou national.", Key.VERROU, Personal.NONE, partitions=1),
    Topic("chorus.fichiers.v1", "Fichiers de paiement envoyés vers Chorus.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("chorus.retours.v1", "Retours de Chorus sur les fichiers de paiement.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("draaf.validations.v1", "Confirmations et rejets des fichiers de paiement par la DRAAF.", Key.LUCIOLE, Personal.NONE),
    Topic("draaf.demandes.v1", "Demandes de rejet d'un fichier de paiement, pour la DRAAF.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic(
        "support.appels.v1",
        "Appels au support de Luciole, un par incident ; un appel qui n'avait pas lieu d'être est dit sans objet.",
        Key.LUCIOLE,
        Personal.NONE,
    ),
    Topic("support.deblocages.v1", "Déblocages de Luciole par le support.", Key.VERROU, Personal.NONE, partitions=1),
    Topic("ogapi.montants.v1", "Montants attribués, à facturer dans OGAPI dès le OK.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
    Topic("fregata.inscriptions.v1", "Élèves inscrits, tels que l'API de FREGATA les dit.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("fregata.projections.interne.v1", "Reprises de la table des inscriptions de FREGATA.", Key.ETUDIANT, Personal.IDENTIFYING),
    Topic("fregata.decisions.v1", "Décisions et montants théoriques pour FREGATA, le lendemain du OK.", Key.LUCIOLE, Personal.PSEUDONYMOUS),
)
