"""The tables of the calendar of the rentrée and of the road to ONDE."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rentree_avertissements",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False, comment="Numéro d'ordre de l'étape acceptée."),
        sa.Column("libelle", sa.Text(), autoincrement=False, nullable=False, comment="Libellé exact."),
        sa.Column("manquantes", sa.ARRAY(sa.Integer()), autoincrement=False, nullable=False, comment="Numéros des étapes qui manquent."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte, en français."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Étapes acceptées alors qu'une autre manquait (R-CHA-38).",
    )
    op.create_table(
        "rentree_etapes",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False, comment="Numéro d'ordre de l'étape, de 1 à 23."),
        sa.Column("section", sa.Text(), autoincrement=False, nullable=False, comment="Section du tableau."),
        sa.Column("libelle", sa.Text(), autoincrement=False, nullable=False, comment="Libellé exact."),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False, comment="Référence exacte."),
        sa.Column("a_faire", sa.Text(), autoincrement=False, nullable=False, comment="Colonne « A FAIRE », exacte."),
        sa.Column("systemes", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Systèmes où elle se fait."),
        sa.Column(
            "statut",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="À faire, faite, en retard, ou sans objet pour cet établissement.",
        ),
        sa.Column("motif", sa.Text(), autoincrement=False, nullable=True, comment="Pourquoi elle est sans objet, ou ce qui lui manque."),
        sa.Column("fait_le", sa.Date(), autoincrement=False, nullable=True, comment="Colonne « FAIT LE »."),
        sa.Column(
            "accuse", sa.Text(), autoincrement=False, nullable=True, comment="Accusé de réception du système servi, s'il en a donné un."
        ),
        sa.Column(
            "echeance",
            sa.Date(),
            autoincrement=False,
            nullable=True,
            comment="Dernier jour où elle est à l'heure, inclus ; absent : pas de date.",
        ),
        sa.Column(
            "jours_de_retard",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="Nombre de jours après l'échéance : d'une étape en retard, ou faite en retard.",
        ),
        sa.Column(
            "attend",
            sa.ARRAY(sa.Integer()),
            autoincrement=False,
            nullable=False,
            comment="Étapes qui doivent la précéder et ne sont pas faites.",
        ),
        sa.Column(
            "manquantes",
            sa.ARRAY(sa.Integer()),
            autoincrement=False,
            nullable=False,
            comment="Étapes qui auraient dû la précéder quand elle a été faite : avertissement, non refus (R-CHA-38).",
        ),
        sa.Column(
            "ecarts", sa.Integer(), autoincrement=False, nullable=True, comment="Nombre d'écarts trouvés par un contrôle (20 et 23)."
        ),
        sa.Column(
            "a_controler", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Envois qui attendent leur contrôle (23)."
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee", "numero"),
        comment="Le tableau des 23 étapes de chaque établissement (R-CHA-01 à 23).",
    )
    op.create_table(
        "rentree_fermetures",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("reference", sa.Text(), autoincrement=False, nullable=False, comment="Ce qui la nomme."),
        sa.Column("systeme", sa.Text(), autoincrement=False, nullable=False, comment="Système fermé."),
        sa.Column("debut", sa.Date(), autoincrement=False, nullable=False, comment="Premier jour fermé."),
        sa.Column("fin", sa.Date(), autoincrement=False, nullable=False, comment="Dernier jour fermé, inclus."),
        sa.Column("annulee", sa.Boolean(), autoincrement=False, nullable=False, comment="Elle n'aura pas lieu."),
        sa.Column("etapes", postgresql.JSONB(), autoincrement=False, nullable=False, comment="Échéances changées."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "reference"),
        comment="Fermetures et échéances qu'elles décalent.",
    )
    op.create_table(
        "rentree_occurrences",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("occurrence", sa.Text(), autoincrement=False, nullable=False, comment="Ce qui la nomme."),
        sa.Column(
            "numero",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Numéro d'ordre de l'étape d'envoi : 21 avec OMOGEN, 22 sans.",
        ),
        sa.Column("statut", sa.Text(), autoincrement=False, nullable=False, comment="Où elle en est."),
        sa.Column("importe_le", sa.Date(), autoincrement=False, nullable=True, comment="Jour de l'import des identifiants."),
        sa.Column("envoye_le", sa.Date(), autoincrement=False, nullable=True, comment="Jour de l'envoi."),
        sa.Column("controle_le", sa.Date(), autoincrement=False, nullable=True, comment="Jour du contrôle."),
        sa.Column(
            "dans_la_fenetre",
            sa.Boolean(),
            autoincrement=False,
            nullable=True,
            comment="L'envoi est dans la période de remontée de l'année.",
        ),
        sa.Column("fenetre_debut", sa.Date(), autoincrement=False, nullable=False, comment="Premier jour de la période."),
        sa.Column("fenetre_fin", sa.Date(), autoincrement=False, nullable=False, comment="Dernier jour, inclus."),
        sa.Column(
            "nombre_envoyes", sa.Integer(), autoincrement=False, nullable=True, comment="Nombre d'élèves envoyés, si la liste est connue."
        ),
        sa.Column("nombre_integres", sa.Integer(), autoincrement=False, nullable=True, comment="Nombre d'élèves intégrés."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee", "occurrence"),
        comment="Remontées d'élèves (R-CHA-32, R-CHA-36).",
    )
    op.create_table(
        "rentree_rappels",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("semaine", sa.Text(), autoincrement=False, nullable=False, comment="Semaine ISO, comme 2024-W38."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte, en français."),
        sa.Column(
            "etapes",
            postgresql.JSONB(),
            autoincrement=False,
            nullable=False,
            comment="Par année, dans l'ordre des numéros.",
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "semaine"),
        comment="Rappels : un seul par établissement et par semaine.",
    )
    op.create_table(
        "rentree_rapprochements_effectifs",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("total_envoye", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves envoyés."),
        sa.Column("total_recu", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves reçus."),
        sa.Column("ecart", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre reçu moins nombre envoyé."),
        sa.Column("differences", postgresql.JSONB(), autoincrement=False, nullable=False, comment="Par code."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte, en français."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee"),
        comment="Effectifs envoyés et reçus dans la BEA (R-CHA-37).",
    )
    op.create_table(
        "rentree_rapprochements_eleves",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("occurrence", sa.Text(), autoincrement=False, nullable=False, comment="Envoi contrôlé."),
        sa.Column("nombre_envoyes", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves envoyés."),
        sa.Column(
            "nombre_integres",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Nombre d'élèves de l'envoi que la BEE a intégrés.",
        ),
        sa.Column("ecart", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves envoyés et non intégrés."),
        sa.Column("non_integres", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Leurs identifiants."),
        sa.Column(
            "non_envoyes",
            sa.ARRAY(sa.Text()),
            autoincrement=False,
            nullable=False,
            comment="Identifiants que la BEE dit intégrés et qui n'étaient pas dans l'envoi.",
        ),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte, en français."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee", "occurrence"),
        comment="Élèves envoyés et intégrés dans la BEE (R-CHA-37).",
    )
    op.create_table(
        "rentree_refus",
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
        comment="Événements que le calendrier refuse, avec leur remède.",
    )
    op.create_table(
        "rentree_retards",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("numero", sa.Integer(), autoincrement=False, nullable=False, comment="Numéro d'ordre de l'étape, de 1 à 23."),
        sa.Column("libelle", sa.Text(), autoincrement=False, nullable=False, comment="Libellé exact de l'étape."),
        sa.Column(
            "echeance",
            sa.Date(),
            autoincrement=False,
            nullable=False,
            comment="Dernier jour où l'étape est à l'heure, inclus, fermetures comprises.",
        ),
        sa.Column("jours_de_retard", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre de jours après l'échéance."),
        sa.Column("a_faire", sa.Text(), autoincrement=False, nullable=False, comment="Colonne « A FAIRE », exacte."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee", "numero", "echeance"),
        comment="Étapes que leur échéance a trouvées non faites (R-CHA-35).",
    )
    op.create_table(
        "onde_controles",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="École, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("nombre_eleves", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves de l'école."),
        sa.Column("nombre_controles", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves contrôlés."),
        sa.Column(
            "nombre_sans_classe",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Nombre d'élèves sans classe : ni contrôlés, ni exportés.",
        ),
        sa.Column(
            "nombre_non_conformes",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Nombre de la case « Elève(s) non conforme(s) ».",
        ),
        sa.Column(
            "conforme", sa.Boolean(), autoincrement=False, nullable=False, comment="Aucun élève non conforme : l'export est possible."
        ),
        sa.Column("non_conformes", postgresql.JSONB(), autoincrement=False, nullable=False, comment="Compte-rendu du contrôle."),
        sa.Column("sans_classe", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Identifiants des élèves sans classe."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte, en français."),
        sa.Column(
            "avertissement",
            sa.Text(),
            autoincrement=False,
            nullable=True,
            comment="Ce qui ne s'accorde pas avec ce que Charlemagne affiche.",
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee"),
        comment="Le dernier contrôle de chaque école, et les élèves sans classe (R-ONDE-09).",
    )
    op.create_table(
        "onde_depots",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="École, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("fichier", sa.Text(), autoincrement=False, nullable=False, comment="Nom du fichier."),
        sa.Column("depose_le", sa.Date(), autoincrement=False, nullable=False, comment="Jour de l'import."),
        sa.Column("nombre_exportes", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves exportés."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee"),
        comment="Imports dans ONDE confirmés (R-ONDE-13).",
    )
    op.create_table(
        "onde_etapes",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="École, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("etape", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("rang", sa.Integer(), autoincrement=False, nullable=False, comment="Rang : 1 à 5."),
        sa.Column("libelle", sa.Text(), autoincrement=False, nullable=False, comment="Intitulé exact du chapitre."),
        sa.Column(
            "statut",
            sa.Text(),
            autoincrement=False,
            nullable=False,
            comment="À faire, faite, à refaire, attend l'archive de Charlemagne, ou attend une personne.",
        ),
        sa.Column("motif", sa.Text(), autoincrement=False, nullable=True, comment="Ce qui lui manque, ou pourquoi elle est à refaire."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee", "etape"),
        comment="Où en est la remontée de chaque école (R-ONDE-01).",
    )
    op.create_table(
        "onde_exports",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="École, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("fichier", sa.Text(), autoincrement=False, nullable=False, comment="Nom du fichier : N°RNE.ZIP."),
        sa.Column("chemin", sa.Text(), autoincrement=False, nullable=False, comment="Chemin complet sur le poste."),
        sa.Column("nombre_exportes", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves exportés."),
        sa.Column("nombre_omis", sa.Integer(), autoincrement=False, nullable=False, comment="Nombre d'élèves sans classe, donc omis."),
        sa.Column("omis", sa.ARRAY(sa.Text()), autoincrement=False, nullable=False, comment="Identifiants des élèves omis."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte, en français."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "annee"),
        comment="Le dernier export de chaque école (R-ONDE-11).",
    )
    op.create_table(
        "onde_informations",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="École, 7 chiffres et une lettre."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée : 2024 pour 2024-2025."),
        sa.Column("code", sa.Text(), autoincrement=False, nullable=False, comment="Ce dont il s'agit."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="Texte, en français."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("ce_id"),
        comment="Ce que les écoles doivent savoir, sans refus.",
    )
    op.create_table(
        "onde_refus",
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
        comment="Opérations refusées, avec leur remède.",
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
