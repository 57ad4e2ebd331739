"""The tables of Luciole's and of the training projections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draaf_demandes",
        sa.Column("ce_id", sa.Text(), autoincrement=False, nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("quand", sa.DateTime(timezone=True), nullable=True, comment="Quand."),
        sa.Column("fichier", sa.Text(), nullable=True, comment="Fichier de paiement."),
        sa.Column("etablissement", sa.Text(), nullable=True, comment="UAI de l'établissement."),
        sa.Column("bordereau", sa.Text(), nullable=True, comment="Bordereau de liquidation ; vide : tout l'établissement."),
        sa.Column("dossier", sa.Text(), nullable=True, comment="Numéro du dossier."),
        sa.Column("instructeur", sa.Text(), nullable=True, comment="Code et libellé de l'instructeur."),
        sa.Column("message", sa.Text(), nullable=True, comment="Texte pour la DRAAF."),
        sa.Column("motif", sa.Text(), nullable=True, comment="Motif de l'instructeur."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Demandes de rejet d'un fichier de paiement, pour la DRAAF.",
    )
    op.create_table(
        "fregata_decisions",
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column(
            "bordereau", sa.Text(), autoincrement=False, nullable=False, comment="Bordereau de liquidation ; vide : tout l'établissement."
        ),
        sa.Column("dossier", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du dossier."),
        sa.Column("annee", sa.Integer(), nullable=True, comment="Année de la rentrée."),
        sa.Column("cycle", sa.Text(), nullable=True, comment="Cycle."),
        sa.Column("decision", sa.Text(), nullable=True, comment="Décision."),
        sa.Column("date_decision", sa.Date(), nullable=True, comment="Date de décision."),
        sa.Column("montant_theorique", sa.Numeric(precision=12, scale=2), nullable=True, comment="Montant théorique, en euros."),
        sa.Column("visible_le", sa.Date(), nullable=True, comment="Le lendemain du OK, dans le fuseau de l'établissement."),
        sa.Column("envoye_le", sa.DateTime(timezone=True), nullable=True, comment="Instant du OK."),
        sa.Column("jeton", sa.BigInteger(), nullable=True, comment="Jeton de l'envoi."),
        sa.Column("ce_id", sa.Text(), nullable=True, comment="Identifiant de l'enregistrement publié."),
        sa.PrimaryKeyConstraint("etablissement", "bordereau", "dossier"),
        comment="Décisions et montants théoriques que FREGATA montre : une fois par établissement, bordereau et dossier.",
    )
    op.create_table(
        "fregata_file",
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column("visible_le", sa.Date(), autoincrement=False, nullable=False, comment="Leur jour."),
        sa.Column("attendues", sa.Integer(), nullable=True, comment="Décisions envoyées pour ce jour."),
        sa.Column("publiees", sa.Integer(), nullable=True, comment="Décisions que FREGATA montre."),
        sa.Column("publiees_le", sa.DateTime(timezone=True), nullable=True, comment="Depuis quand ; vide : elles attendent."),
        sa.PrimaryKeyConstraint("etablissement", "visible_le"),
        comment="Les décisions qui attendent leur jour, par établissement.",
    )
    op.create_table(
        "luciole_envois",
        sa.Column("jeton", sa.BigInteger(), autoincrement=False, nullable=False, comment="Jeton de l'envoi."),
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column("instructeur", sa.Text(), nullable=True, comment="Code et libellé de l'instructeur."),
        sa.Column("envoye", sa.Text(), nullable=True, comment="`OK`."),
        sa.Column("debut", sa.DateTime(timezone=True), nullable=True, comment="Début de l'envoi."),
        sa.Column("fin", sa.DateTime(timezone=True), nullable=True, comment="Fin de l'envoi : les montants sont dans OGAPI."),
        sa.Column("nombre_dossiers", sa.Integer(), nullable=True, comment="Dossiers envoyés."),
        sa.Column("nombre_montants", sa.Integer(), nullable=True, comment="Montants donnés à OGAPI."),
        sa.Column("bordereaux", sa.ARRAY(sa.Text()), nullable=True, comment="Bordereaux figés par cet envoi."),
        sa.Column("visible_le", sa.Date(), nullable=True, comment="Jour où FREGATA montre les décisions."),
        sa.PrimaryKeyConstraint("jeton", "etablissement"),
        comment="Une ligne par envoi et par établissement servi.",
    )
    op.create_table(
        "luciole_erreurs",
        sa.Column("ce_id", sa.Text(), autoincrement=False, nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("quand", sa.DateTime(timezone=True), nullable=True, comment="Quand."),
        sa.Column("code", sa.Text(), nullable=True, comment="D'un ensemble borné."),
        sa.Column("message", sa.Text(), nullable=True, comment="Texte exact."),
        sa.Column("cause", sa.Text(), nullable=True, comment="Pourquoi."),
        sa.Column("remede", sa.Text(), nullable=True, comment="Que faire."),
        sa.Column("contact", sa.Text(), nullable=True, comment="AUCUN, DRAAF ou SUPPORT."),
        sa.Column("instructeur", sa.Text(), nullable=True, comment="Code et libellé de l'instructeur."),
        sa.Column("etablissement", sa.Text(), nullable=True, comment="UAI de l'établissement."),
        sa.Column("bordereau", sa.Text(), nullable=True, comment="Bordereau de liquidation ; vide : tout l'établissement."),
        sa.Column("place", sa.Integer(), nullable=True, comment="Place dans la file."),
        sa.Column("attente_estimee_minutes", sa.Integer(), nullable=True, comment="Attente estimée, en minutes."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Chaque erreur de Luciole avec sa cause et son remède.",
    )
    op.create_table(
        "luciole_etablissements",
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column("date_derniere_preparation", sa.Date(), nullable=True, comment="Colonne « Date de la dernière préparation »."),
        sa.Column(
            "preparation_a_refaire", sa.Boolean(), nullable=True, comment="Cette date n'est pas celle de la commande : il faut recommencer."
        ),
        sa.Column("nombre_prepares", sa.Integer(), nullable=True, comment="Dossiers préparés."),
        sa.Column("nombre_clos", sa.Integer(), nullable=True, comment="Dossiers laissés de côté par une date de clôture."),
        sa.Column(
            "nombre_hors_bordereau",
            sa.Integer(),
            nullable=True,
            comment="Dossiers préparés qui ne sont d'aucun bordereau : ils ne partiront pas.",
        ),
        sa.Column("bordereaux_ecartes", sa.ARRAY(sa.Text()), nullable=True, comment="Bordereaux dont une étape précédente manque."),
        sa.Column("envoye", sa.Text(), nullable=True, comment="Colonne « Envoyé »."),
        sa.Column("envoye_le", sa.DateTime(timezone=True), nullable=True, comment="Fin du dernier envoi."),
        sa.Column("nombre_non_reconduits", sa.Integer(), nullable=True, comment="Dossiers que FREGATA ne reconduira pas en l'état."),
        sa.PrimaryKeyConstraint("etablissement"),
        comment="Une ligne par établissement : sa dernière préparation et son dernier envoi.",
    )
    op.create_table(
        "luciole_etapes",
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column(
            "bordereau", sa.Text(), autoincrement=False, nullable=False, comment="Bordereau de liquidation ; vide : tout l'établissement."
        ),
        sa.Column("etape", sa.Text(), autoincrement=False, nullable=False, comment="Nom de l'étape."),
        sa.Column("rang", sa.Integer(), nullable=True, comment="1 pour l'instruction, 6 pour l'envoi."),
        sa.Column("statut", sa.Text(), nullable=True, comment="A_VENIR, ATTEND, EN_COURS, FAIT ou REFUSE."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=True, comment="Depuis quand."),
        sa.Column("attend", sa.Text(), nullable=True, comment="Ce qu'elle attend."),
        sa.Column("motif", sa.Text(), nullable=True, comment="Pourquoi elle est refusée."),
        sa.PrimaryKeyConstraint("etablissement", "bordereau", "etape"),
        comment="La chronologie de chaque bordereau : une ligne par étape, faite, en attente de quoi, depuis quand, refusée pourquoi.",
    )
    op.create_table(
        "luciole_file",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False, comment="1 pour le prochain."),
        sa.Column("instructeur", sa.Text(), nullable=True, comment="Code et libellé de l'instructeur."),
        sa.Column("attente_estimee_minutes", sa.Integer(), nullable=True, comment="Attente estimée, en minutes."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=True, comment="Depuis quand il attend."),
        sa.PrimaryKeyConstraint("place"),
        comment="La file d'attente du verrou, dans l'ordre.",
    )
    op.create_table(
        "luciole_modifications",
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column(
            "bordereau", sa.Text(), autoincrement=False, nullable=False, comment="Bordereau de liquidation ; vide : tout l'établissement."
        ),
        sa.Column("dossier", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du dossier."),
        sa.Column("fichier", sa.Text(), nullable=True, comment="Fichier de paiement en cause."),
        sa.Column("statut", sa.Text(), nullable=True, comment="DEMANDEE, ACCEPTEE ou REFUSEE."),
        sa.Column("motif", sa.Text(), nullable=True, comment="Pourquoi."),
        sa.Column("remede", sa.Text(), nullable=True, comment="Que faire ensuite."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=True, comment="Depuis quand."),
        sa.PrimaryKeyConstraint("etablissement", "bordereau", "dossier"),
        comment="Demandes de modification d'un dossier après préparation.",
    )
    op.create_table(
        "luciole_non_reconduits",
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column("dossier", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du dossier."),
        sa.Column("annee", sa.Integer(), nullable=True, comment="Année de la rentrée."),
        sa.Column("raison", sa.Text(), nullable=True, comment="Pourquoi il n'est pas parti."),
        sa.Column("vu_le", sa.DateTime(timezone=True), nullable=True, comment="Quand."),
        sa.PrimaryKeyConstraint("etablissement", "dossier"),
        comment="Dossiers que FREGATA ne reconduira pas, faute de décision transmise.",
    )
    op.create_table(
        "luciole_non_servis",
        sa.Column("instructeur", sa.Text(), autoincrement=False, nullable=False, comment="Code et libellé de l'instructeur."),
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column("remede", sa.Text(), nullable=True, comment="Que faire."),
        sa.Column("vu_le", sa.DateTime(timezone=True), nullable=True, comment="À la fin de quel envoi."),
        sa.PrimaryKeyConstraint("instructeur", "etablissement"),
        comment="Établissements rattachés à qui rien n'a été envoyé.",
    )
    op.create_table(
        "luciole_refus",
        sa.Column("evenement", sa.Text(), autoincrement=False, nullable=False, comment="ce_id de l'événement refusé."),
        sa.Column("processeur", sa.Text(), autoincrement=False, nullable=False, comment="La procédure qui refuse."),
        sa.Column("code", sa.Text(), nullable=True, comment="D'un ensemble borné."),
        sa.Column("message", sa.Text(), nullable=True, comment="Texte exact."),
        sa.Column("remede", sa.Text(), nullable=True, comment="Que faire."),
        sa.Column("type_evenement", sa.Text(), nullable=True, comment="Type de l'événement refusé."),
        sa.Column("source", sa.Text(), nullable=True, comment="D'où il venait."),
        sa.Column("sujet", sa.Text(), nullable=True, comment="Ce dont il parlait."),
        sa.Column("refuse_le", sa.DateTime(timezone=True), nullable=True, comment="Quand."),
        sa.Column("cle", sa.Text(), nullable=True, comment="Établissement, instructeur ou fichier."),
        sa.PrimaryKeyConstraint("evenement", "processeur"),
        comment="Événements que la procédure de Luciole refuse, avec leur remède.",
    )
    op.create_table(
        "luciole_verrou",
        sa.Column("verrou", sa.Text(), autoincrement=False, nullable=False, comment="`national`."),
        sa.Column("detenteur", sa.Text(), nullable=True, comment="Instructeur qui envoie ; vide : personne."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=True, comment="Depuis quand."),
        sa.Column("jeton", sa.BigInteger(), nullable=True, comment="Dernier jeton donné."),
        sa.Column("bloque", sa.Text(), nullable=True, comment="Ce qui bloque tout le pays ; vide : rien."),
        sa.Column("support_appele", sa.Boolean(), nullable=True, comment="Le support a été appelé."),
        sa.Column("en_attente", sa.Integer(), nullable=True, comment="Instructeurs dans la file."),
        sa.Column("vu_le", sa.DateTime(timezone=True), nullable=True, comment="Dernier changement."),
        sa.PrimaryKeyConstraint("verrou"),
        comment="Une seule ligne : où en est le verrou national.",
    )
    op.create_table(
        "ogapi_montants",
        sa.Column("etablissement", sa.Text(), autoincrement=False, nullable=False, comment="UAI de l'établissement."),
        sa.Column(
            "bordereau", sa.Text(), autoincrement=False, nullable=False, comment="Bordereau de liquidation ; vide : tout l'établissement."
        ),
        sa.Column("dossier", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du dossier."),
        sa.Column("annee", sa.Integer(), nullable=True, comment="Année de la rentrée."),
        sa.Column("cycle", sa.Text(), nullable=True, comment="Cycle."),
        sa.Column("montant", sa.Numeric(precision=12, scale=2), nullable=True, comment="Montant attribué à payer, en euros."),
        sa.Column("effectif_le", sa.DateTime(timezone=True), nullable=True, comment="Instant du OK."),
        sa.Column("instructeur", sa.Text(), nullable=True, comment="Code et libellé de l'instructeur."),
        sa.Column("jeton", sa.BigInteger(), nullable=True, comment="Jeton de l'envoi."),
        sa.Column("ce_id", sa.Text(), nullable=True, comment="Identifiant de l'enregistrement publié."),
        sa.PrimaryKeyConstraint("etablissement", "bordereau", "dossier"),
        comment="Montants attribués, dans OGAPI dès le OK : une fois par établissement, bordereau et dossier.",
    )
    op.create_table(
        "support_appels",
        sa.Column("ce_id", sa.Text(), autoincrement=False, nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("quand", sa.DateTime(timezone=True), nullable=True, comment="Quand."),
        sa.Column("motif", sa.Text(), nullable=True, comment="DETENTEUR_BLOQUE, ENVOI_INTERROMPU ou COMPTEUR."),
        sa.Column("message", sa.Text(), nullable=True, comment="Message de Luciole, ou ce qui est arrivé."),
        sa.Column("cause", sa.Text(), nullable=True, comment="Pourquoi."),
        sa.Column("remede", sa.Text(), nullable=True, comment="Que faire."),
        sa.Column("instructeur", sa.Text(), nullable=True, comment="Code et libellé de l'instructeur."),
        sa.Column("demandeur", sa.Text(), nullable=True, comment="Qui attend."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=True, comment="Depuis quand."),
        sa.Column("jeton", sa.BigInteger(), nullable=True, comment="Jeton de l'envoi."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Appels au support de Luciole, un par incident.",
    )
    op.create_table(
        "formation_accords",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("objet", sa.Text(), autoincrement=False, nullable=False, comment="Ce que l'accord ouvre."),
        sa.Column("portee", sa.Text(), autoincrement=False, nullable=True, comment="Stagiaire ou mois concerné."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Accords de la Région.",
    )
    op.create_index(op.f("ix_formation_accords_contrat"), "formation_accords", ["contrat"], unique=False)
    op.create_table(
        "formation_actions",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column(
            "organisme",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="Identifiant de l'organisme titulaire dans l'annuaire de l'Extranet.",
        ),
        sa.Column("raison_sociale", sa.Text(), autoincrement=False, nullable=False, comment="Raison sociale du titulaire."),
        sa.Column("intitule", sa.Text(), autoincrement=False, nullable=False, comment="Intitulé."),
        sa.Column("appel_a_projet", sa.Text(), autoincrement=False, nullable=True, comment="Appel à projet."),
        sa.Column(
            "numero_operation", sa.Text(), autoincrement=False, nullable=True, comment="Numéro d'opération Safir, zéros de tête gardés."
        ),
        sa.Column("numero_marche", sa.Text(), autoincrement=False, nullable=True, comment="Numéro de marché Safir."),
        sa.Column(
            "annee_programmation",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="Année de programmation, telle qu'écrite : 2007, PRQ2008.",
        ),
        sa.Column("instance", sa.Text(), autoincrement=False, nullable=True, comment="Instance décisionnaire."),
        sa.Column("date_vote", sa.Date(), autoincrement=False, nullable=True, comment="Date de vote."),
        sa.Column(
            "nature",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="Collective ou individualisée : le contrôle des dates à l'ouverture ne vaut que pour les collectives (R-EXT-36).",
        ),
        sa.Column(
            "prix_total", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=True, comment="Prix total, en euros hors taxes."
        ),
        sa.Column(
            "prix_centre",
            sa.Numeric(precision=14, scale=2),
            autoincrement=False,
            nullable=True,
            comment="Prix total en centre, en euros hors taxes.",
        ),
        sa.Column(
            "prix_entreprise",
            sa.Numeric(precision=14, scale=2),
            autoincrement=False,
            nullable=True,
            comment="Prix total en entreprise, en euros hors taxes.",
        ),
        sa.Column(
            "duree_centre",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Durée en centre par stagiaire, en heures.",
        ),
        sa.Column(
            "duree_entreprise",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Durée en entreprise par stagiaire, en heures.",
        ),
        sa.Column(
            "effectif_total",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="Stagiaires de la fiche projet ; absent : non renseigné, ce n'est pas zéro.",
        ),
        sa.Column(
            "effectif_remunere",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="Stagiaires rémunérés de l'offre ; absent : non renseigné.",
        ),
        sa.Column("lieu", sa.Text(), autoincrement=False, nullable=True, comment="Lieu de l'action."),
        sa.Column(
            "financement_fse", sa.Boolean(), autoincrement=False, nullable=False, comment="Financement par le Fonds social européen."
        ),
        sa.Column("secteur", sa.Text(), autoincrement=False, nullable=True, comment="Secteur d'activité."),
        sa.Column("nombre_sous_traitants", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre de sous-traitants."),
        sa.Column(
            "total_prevu",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Total prévu de l'action : durée en centre + durée en entreprise (R-EXT-07).",
        ),
        sa.Column("en_ligne", sa.Boolean(), autoincrement=False, nullable=False, comment="Validée par un agent et accessible en ligne."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat"),
        comment="Fiche de chaque action (R-EXT-06).",
    )
    op.create_table(
        "formation_anomalies",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False, comment="D'un ensemble borné."),
        sa.Column(
            "objet", sa.Text(), autoincrement=False, nullable=False, comment="Ce qu'elle vise : facture, mois, stagiaire ou versement."
        ),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte, en français, sans nom."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Ce qui est signalé sans être corrigé (R-EXT-71).",
    )
    op.create_index(op.f("ix_formation_anomalies_contrat"), "formation_anomalies", ["contrat"], unique=False)
    op.create_table(
        "formation_avenants",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("date_fin_prevue", sa.Date(), autoincrement=False, nullable=False, comment="Date de fin prévue."),
        sa.Column("date_fin_reelle", sa.Date(), autoincrement=False, nullable=False, comment="Date de fin réelle demandée."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte exact, en français."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat"),
        comment="Avenants attendus (R-EXT-81).",
    )
    op.create_table(
        "formation_bilans",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("etape", sa.Text(), autoincrement=False, nullable=False, comment="Où il en est."),
        sa.Column(
            "lignes",
            postgresql.JSONB(),
            autoincrement=False,
            nullable=False,
            comment="Éléments statistiques tirés des saisies.",
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "etape"),
        comment="Bilans pédagogiques (R-EXT-82).",
    )
    op.create_table(
        "formation_certificats",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("nature", sa.Text(), autoincrement=False, nullable=False, comment="Ouverture ou non-ouverture."),
        sa.Column("date_debut_reelle", sa.Date(), autoincrement=False, nullable=True, comment="Date de début réelle."),
        sa.Column("frequence", sa.Text(), autoincrement=False, nullable=True, comment="Fréquence de paiement."),
        sa.Column("nombre_stagiaires", sa.Integer(), autoincrement=False, nullable=False, comment="Stagiaires inscrits."),
        sa.Column("documents", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Documents à transmettre par fax."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "nature"),
        comment="Certificats d'ouverture et de non-ouverture (R-EXT-42).",
    )
    op.create_table(
        "formation_clotures",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("date_fin_reelle", sa.Date(), autoincrement=False, nullable=False, comment="Date de fin réelle."),
        sa.Column("nombre_stagiaires", sa.Integer(), autoincrement=False, nullable=False, comment="Stagiaires."),
        sa.Column(
            "centre",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures en centre réalisées et justifiées.",
        ),
        sa.Column(
            "entreprise",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures en entreprise réalisées et justifiées.",
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat"),
        comment="Actions closes (R-EXT-80).",
    )
    op.create_table(
        "formation_dates",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("date_debut_prevue", sa.Date(), autoincrement=False, nullable=False, comment="Date de début prévue."),
        sa.Column("date_fin_prevue", sa.Date(), autoincrement=False, nullable=False, comment="Date de fin prévue."),
        sa.Column("validees", sa.Boolean(), autoincrement=False, nullable=False, comment="Validées par l'organisme : verrouillées."),
        sa.Column("periodes", postgresql.JSONB(), autoincrement=False, nullable=False, comment="Périodes."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat"),
        comment="Dates et périodes en vigueur (R-EXT-11, 12).",
    )
    op.create_table(
        "formation_declarations",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("mois", sa.Text(), autoincrement=False, nullable=False, comment="Mois civil, AAAA-MM."),
        sa.Column("periode", sa.Text(), autoincrement=False, nullable=False, comment="Le mois en toutes lettres : Octobre 2006."),
        sa.Column(
            "lignes",
            postgresql.JSONB(),
            autoincrement=False,
            nullable=False,
            comment="Tous les stagiaires inscrits, dans l'ordre d'inscription.",
        ),
        sa.Column("centre", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Total du mois en centre."),
        sa.Column(
            "entreprise", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Total du mois en entreprise."
        ),
        sa.Column("total_mois", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Total du mois."),
        sa.Column(
            "total_centre",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Total en centre depuis le début.",
        ),
        sa.Column(
            "total_entreprise",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Total en entreprise depuis le début.",
        ),
        sa.Column("total", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Total depuis le début."),
        sa.Column("nombre_stagiaires", sa.Integer(), autoincrement=False, nullable=False, comment="Stagiaires avec des heures ce mois."),
        sa.Column(
            "cout",
            sa.Numeric(precision=14, scale=2),
            autoincrement=False,
            nullable=True,
            comment="Coût du mois hors taxes ; absent si les coûts unitaires sont inconnus.",
        ),
        sa.Column(
            "taux_realisation",
            sa.Numeric(precision=7, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Taux de réalisation de l'action après cette déclaration, en pour cent, deux décimales.",
        ),
        sa.Column(
            "paiement",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="La demande de paiement que cette confirmation ouvre (R-EXT-39 à 41).",
        ),
        sa.Column(
            "periodes_facturables",
            sa.ARRAY(sa.Text()),
            autoincrement=False,
            nullable=False,
            comment="Mois que cette demande peut grouper, AAAA-MM.",
        ),
        sa.Column(
            "facturable_du", sa.Date(), autoincrement=False, nullable=True, comment="Premier jour où la facture peut être confirmée."
        ),
        sa.Column("facturable_au", sa.Date(), autoincrement=False, nullable=True, comment="Dernier jour de cette fenêtre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "mois"),
        comment="Déclarations confirmées (R-EXT-46).",
    )
    op.create_table(
        "formation_enquetes",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("stagiaire", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du stagiaire."),
        sa.Column("terme", sa.Text(), autoincrement=False, nullable=False, comment="À la sortie, à 6 mois, à 1 an."),
        sa.Column("due_le", sa.Date(), autoincrement=False, nullable=False, comment="Jour dû."),
        sa.Column("etat", sa.Text(), autoincrement=False, nullable=False, comment="À venir, due, saisie."),
        sa.Column("situation", sa.Text(), autoincrement=False, nullable=True, comment="Situation saisie."),
        sa.Column("type_contrat", sa.Text(), autoincrement=False, nullable=True, comment="Type de contrat saisi."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "stagiaire", "terme"),
        comment="Enquêtes à venir, dues et saisies (R-EXT-83).",
    )
    op.create_table(
        "formation_entrees",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("stagiaire", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du stagiaire."),
        sa.Column("date_entree", sa.Date(), autoincrement=False, nullable=False, comment="Date d'entrée en formation."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "stagiaire"),
        comment="Entrées confirmées (R-EXT-20).",
    )
    op.create_table(
        "formation_factures",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False, comment="Numéro, SOLDE, ou ST-<référence>."),
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=True, comment="Numéro d'ordre d'un acompte."),
        sa.Column(
            "nature", sa.Text(), autoincrement=False, nullable=False, comment="Acompte périodique, solde, ou facture d'un sous-traitant."
        ),
        sa.Column("rang_acompte", sa.Integer(), autoincrement=False, nullable=True, comment="1 à 3 en trois acomptes ; absent sinon."),
        sa.Column(
            "statut",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="Générée, émise à la Région, abandonnée, acceptée pour paiement, rejetée.",
        ),
        sa.Column("organisme", sa.Text(), autoincrement=False, nullable=False, comment="Organisme titulaire."),
        sa.Column(
            "emetteur",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="Raison sociale imprimée : le titulaire, ou le sous-traitant.",
        ),
        sa.Column("libelle", sa.Text(), autoincrement=False, nullable=False, comment="Facture N°1."),
        sa.Column("libelle_certificat", sa.Text(), autoincrement=False, nullable=False, comment="Facture N° 1 de SCENES ET FORMATIONS."),
        sa.Column("mois", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Mois facturés, AAAA-MM."),
        sa.Column("periodes", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Les mêmes en toutes lettres."),
        sa.Column("lignes", postgresql.JSONB(), autoincrement=False, nullable=False, comment="Lignes."),
        sa.Column("nombre_stagiaires", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre de stagiaires."),
        sa.Column(
            "heures_centre", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Heures réalisées en centre."
        ),
        sa.Column(
            "heures_entreprise",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures réalisées en entreprise.",
        ),
        sa.Column(
            "realise_ht", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=True, comment="Solde : coût réalisé de l'action."
        ),
        sa.Column(
            "percu_ht", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=True, comment="Solde : montants déjà perçus."
        ),
        sa.Column(
            "montant_ht",
            sa.Numeric(precision=14, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Montant hors taxes avant déductions.",
        ),
        sa.Column("deductions", postgresql.JSONB(), autoincrement=False, nullable=False, comment="Sous-traitants déduits."),
        sa.Column(
            "net_ht", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=False, comment="Net hors taxes pour le titulaire."
        ),
        sa.Column("taux_tva", sa.Numeric(precision=7, scale=2), autoincrement=False, nullable=False, comment="Taux de TVA, en pour cent."),
        sa.Column(
            "montant_ttc",
            sa.Numeric(precision=14, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Montant toutes taxes comprises avant déductions.",
        ),
        sa.Column("net_ttc", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=False, comment="Net toutes taxes comprises."),
        sa.Column(
            "payable",
            sa.Boolean(),
            autoincrement=False,
            nullable=False,
            comment="Rien n'empêche le paiement : justificatifs d'absence reçus ; bilan reçu pour le solde.",
        ),
        sa.Column(
            "pieces_manquantes", sa.Integer(), autoincrement=False, nullable=False, comment="Justificatifs d'absence encore attendus."
        ),
        sa.Column("motif_rejet", sa.Text(), autoincrement=False, nullable=True, comment="Motif de rejet."),
        sa.Column("creee_le", sa.Date(), autoincrement=False, nullable=False, comment="Date de création."),
        sa.Column(
            "decidee_le", sa.DateTime(timezone=True), autoincrement=False, nullable=True, comment="Instant de la décision de la Région."
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "reference"),
        comment="Demandes de paiement et leur sort (R-EXT-60 à 73, 85).",
    )
    op.create_table(
        "formation_factures_rapprochees",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("rang", sa.Integer(), autoincrement=False, nullable=False, comment="Rang de la ligne."),
        sa.Column("numero", sa.Text(), autoincrement=False, nullable=True, comment="N° de facture."),
        sa.Column(
            "presomption",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="Présumée d'après la ligne : avance sans stagiaire ni heure, solde si le numéro manque, acompte sinon (A-16).",
        ),
        sa.Column("nombre_stagiaires", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre de stagiaires."),
        sa.Column(
            "heures_centre", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Heures réalisées en centre."
        ),
        sa.Column(
            "heures_entreprise",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures réalisées en entreprise.",
        ),
        sa.Column("montant_ht", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=False, comment="Coût total HT, tel quel."),
        sa.Column(
            "montant_ttc", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=False, comment="Coût total TTC, tel quel."
        ),
        sa.Column("ttc_attendu", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=False, comment="HT × (1 + TVA)."),
        sa.Column(
            "taux_tva", sa.Numeric(precision=7, scale=2), autoincrement=False, nullable=False, comment="Taux de TVA appliqué, en pour cent."
        ),
        sa.Column(
            "anomalie", sa.Boolean(), autoincrement=False, nullable=False, comment="HT et TTC ne concordent pas : signalé, jamais corrigé."
        ),
        sa.Column("date_creation", sa.Date(), autoincrement=False, nullable=False, comment="Date de création."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "rang"),
        comment="Tableau de la Région contrôlé (R-EXT-71).",
    )
    op.create_table(
        "formation_formateurs",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("formateurs", postgresql.JSONB(), autoincrement=False, nullable=False, comment="Toute la liste."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat"),
        comment="Formateurs en vigueur (R-EXT-30).",
    )
    op.create_table(
        "formation_heures",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("stagiaire", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du stagiaire."),
        sa.Column("mois", sa.Text(), autoincrement=False, nullable=False, comment="Mois civil, AAAA-MM."),
        sa.Column("periode", sa.Text(), autoincrement=False, nullable=False, comment="Le mois en toutes lettres : Octobre 2006."),
        sa.Column(
            "centre_realisees", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Réalisées en centre."
        ),
        sa.Column(
            "centre_justifiees",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Non réalisées justifiées en centre.",
        ),
        sa.Column(
            "centre_non_justifiees",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Non réalisées non justifiées en centre : jamais payables.",
        ),
        sa.Column(
            "entreprise_realisees",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Réalisées en entreprise.",
        ),
        sa.Column(
            "entreprise_justifiees",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Non réalisées justifiées en entreprise.",
        ),
        sa.Column(
            "entreprise_non_justifiees",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Non réalisées non justifiées en entreprise : jamais payables.",
        ),
        sa.Column(
            "centre",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures centre du récapitulatif : réalisées + justifiées.",
        ),
        sa.Column(
            "entreprise",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures entreprise du récapitulatif : réalisées + justifiées.",
        ),
        sa.Column("total", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Total des deux."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "stagiaire", "mois"),
        comment="Heures par stagiaire et par mois (R-EXT-48).",
    )
    op.create_table(
        "formation_justificatifs",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("stagiaire", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du stagiaire."),
        sa.Column("nature", sa.Text(), autoincrement=False, nullable=False, comment="ABSENCE ou SORTIE."),
        sa.Column("mois", sa.Text(), autoincrement=False, nullable=True, comment="Mois des absences, AAAA-MM."),
        sa.Column(
            "centre", sa.Numeric(precision=10, scale=2), autoincrement=False, nullable=False, comment="Heures en centre devenues payables."
        ),
        sa.Column(
            "entreprise",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures en entreprise devenues payables.",
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Justificatifs reçus (R-EXT-50).",
    )
    op.create_index(op.f("ix_formation_justificatifs_contrat"), "formation_justificatifs", ["contrat"], unique=False)
    op.create_table(
        "formation_notifications",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("organisme", sa.Text(), autoincrement=False, nullable=False, comment="Organisme titulaire."),
        sa.Column("nature", sa.Text(), autoincrement=False, nullable=False, comment="Sujet."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte exact, en français."),
        sa.Column("menus", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Menus de l'Extranet où elle paraît."),
        sa.Column("facture", sa.Text(), autoincrement=False, nullable=True, comment="Facture concernée."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Ce que l'organisme apprend en temps réel (R-EXT-69).",
    )
    op.create_index(op.f("ix_formation_notifications_contrat"), "formation_notifications", ["contrat"], unique=False)
    op.create_table(
        "formation_refus",
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False, comment="D'un ensemble borné."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte exact, en français."),
        sa.Column("remede", sa.Text(), autoincrement=False, nullable=False, comment="Que faire, en français ; jamais vide."),
        sa.Column("processeur", sa.Text(), autoincrement=False, nullable=False, comment="La procédure qui refuse."),
        sa.Column("evenement", sa.Text(), autoincrement=False, nullable=False, comment="ce_id de l'événement refusé."),
        sa.Column("type_evenement", sa.Text(), autoincrement=False, nullable=False, comment="Son type."),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False, comment="Son ce_source."),
        sa.Column("sujet", sa.Text(), autoincrement=False, nullable=False, comment="Son ce_subject."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("processeur", "evenement"),
        comment="Saisies refusées, avec leur remède.",
    )
    op.create_table(
        "formation_sorties",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("stagiaire", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du stagiaire."),
        sa.Column("date_sortie", sa.Date(), autoincrement=False, nullable=False, comment="Date de sortie."),
        sa.Column(
            "fin_de_formation", sa.Boolean(), autoincrement=False, nullable=False, comment="Fin de la formation ; non : sortie anticipée."
        ),
        sa.Column("motif", sa.Text(), autoincrement=False, nullable=True, comment="Motif."),
        sa.Column("recevable", sa.Boolean(), autoincrement=False, nullable=False, comment="Motif recevable au CCTP."),
        sa.Column("justifiee", sa.Boolean(), autoincrement=False, nullable=False, comment="Justificatif reçu par la Région."),
        sa.Column(
            "payable_jusqu_au",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Dernier jour dont les heures prévues restent payables.",
        ),
        sa.Column(
            "centre_restantes",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures en centre prévues et non encore déclarées de ce stagiaire.",
        ),
        sa.Column(
            "entreprise_restantes",
            sa.Numeric(precision=10, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Heures en entreprise prévues et non encore déclarées de ce stagiaire.",
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "stagiaire"),
        comment="Sorties et ce qui reste payable (R-EXT-51).",
    )
    op.create_table(
        "formation_stagiaires",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("stagiaire", sa.Text(), autoincrement=False, nullable=False, comment="Numéro du stagiaire."),
        sa.Column("complet", sa.Boolean(), autoincrement=False, nullable=False, comment="Fiche enregistrée entière."),
        sa.Column("remunere", sa.Boolean(), autoincrement=False, nullable=False, comment="Compte dans l'effectif rémunéré."),
        sa.Column("nom", sa.Text(), autoincrement=False, nullable=True, comment="Nom."),
        sa.Column("prenom", sa.Text(), autoincrement=False, nullable=True, comment="Prénom."),
        sa.Column("date_naissance", sa.Date(), autoincrement=False, nullable=True, comment="Date de naissance."),
        sa.Column("code_insee", sa.Text(), autoincrement=False, nullable=True, comment="Code Insee."),
        sa.Column("fse", sa.Boolean(), autoincrement=False, nullable=True, comment="Suivi FSE."),
        sa.Column("date_entree", sa.Date(), autoincrement=False, nullable=True, comment="Date d'entrée en formation."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "stagiaire"),
        comment="Stagiaires inscrits (R-EXT-27).",
    )
    op.create_table(
        "formation_suivi",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column(
            "etat",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="Hors ligne, en ligne, ouverte, non ouverte, fermeture demandée (avenant attendu), close, solde accepté.",
        ),
        sa.Column("date_debut_prevue", sa.Date(), autoincrement=False, nullable=False, comment="Date de début prévue."),
        sa.Column("date_debut_reelle", sa.Date(), autoincrement=False, nullable=True, comment="Date de début réelle."),
        sa.Column("date_fin_prevue", sa.Date(), autoincrement=False, nullable=False, comment="Date de fin prévue."),
        sa.Column("date_fin_reelle", sa.Date(), autoincrement=False, nullable=True, comment="Date de fin réelle."),
        sa.Column("frequence", sa.Text(), autoincrement=False, nullable=True, comment="Fréquence de paiement."),
        sa.Column("dates_validees", sa.Boolean(), autoincrement=False, nullable=False, comment="Dates et périodes validées."),
        sa.Column("formateurs_confirmes", sa.Boolean(), autoincrement=False, nullable=False, comment="Formateurs confirmés."),
        sa.Column("liste_confirmee", sa.Boolean(), autoincrement=False, nullable=False, comment="Liste des stagiaires confirmée."),
        sa.Column("nombre_stagiaires", sa.Integer(), autoincrement=False, nullable=False, comment="Stagiaires inscrits."),
        sa.Column(
            "mois_attendu",
            sa.Text(),
            autoincrement=False,
            nullable=True,
            comment="Premier mois dont la déclaration n'est pas confirmée, AAAA-MM.",
        ),
        sa.Column(
            "declarations_a_facturer",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Déclarations confirmées non encore facturées.",
        ),
        sa.Column("factures_a_valider", sa.Integer(), autoincrement=False, nullable=False, comment="Factures générées non confirmées."),
        sa.Column(
            "taux_realisation",
            sa.Numeric(precision=7, scale=2),
            autoincrement=False,
            nullable=False,
            comment="Taux de réalisation, en pour cent, deux décimales.",
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat"),
        comment="Où en est chaque action (R-EXT-05).",
    )
    op.create_table(
        "formation_versements",
        sa.Column("contrat", sa.Text(), autoincrement=False, nullable=False, comment="Numéro de contrat."),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False, comment="Référence du versement."),
        sa.Column("nature", sa.Text(), autoincrement=False, nullable=False, comment="AVANCE, ACOMPTE, SOLDE, AUTRE."),
        sa.Column("facture", sa.Text(), autoincrement=False, nullable=True, comment="Facture payée."),
        sa.Column("montant_ht", sa.Numeric(precision=14, scale=2), autoincrement=False, nullable=False, comment="Montant hors taxes."),
        sa.Column("date_versement", sa.Date(), autoincrement=False, nullable=True, comment="Date du paiement."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("contrat", "reference"),
        comment="Versements de la Région (R-EXT-85).",
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
