"""The table of FREGATA's inscriptions. The view `fregata_rapprochement` beside it belongs to the migrations."""

from sqlalchemy import Column, Date, Integer, MetaData, Table, Text

METADATA = MetaData()

INSCRIPTIONS = Table(
    "fregata_inscriptions",
    METADATA,
    Column("etablissement", Text, primary_key=True, comment="UAI de l'établissement."),
    Column("annee", Integer, primary_key=True, autoincrement=False, comment="Année de la rentrée."),
    Column("identifiant", Text, primary_key=True, comment="Identifiant de l'inscription dans FREGATA."),
    Column("statut", Text, nullable=False, comment="Code du statut de l'apprenant, comme 2501 pour un élève."),
    Column("mef", Text, comment="Code MEF de la section."),
    Column("division", Text, comment="Libellé de la division."),
    Column("entree_etablissement", Date, comment="Entrée dans l'établissement."),
    Column("sortie_etablissement", Date, comment="Sortie de l'établissement ; vide : présent."),
    Column("entree_formation", Date, comment="Entrée dans la formation."),
    Column("sortie_formation", Date, comment="Sortie de la formation."),
    Column("cle", Text, nullable=False, index=True, comment="Clé de l'élève (empreinte) : ni nom, ni date de naissance, ni INE."),
    Column("ce_id", Text, nullable=False, comment="Identifiant de l'enregistrement publié."),
    comment="Inscriptions telles que FREGATA les a dites en dernier.",
)
