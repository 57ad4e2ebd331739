"""What the control editions keep in PostgreSQL: each edition as it went out, and what people wrote about its lines."""

from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, MetaData, String, Table, Text, func

EDITIONS = MetaData()

editions = Table(
    "editions",
    EDITIONS,
    Column("liste", String, primary_key=True),
    Column("composante", String, primary_key=True, comment="Empty: registrations of none."),
    Column("jour", Date, primary_key=True, comment="Paris."),
    Column("fichier", String, nullable=False),
    Column("contenu", LargeBinary, nullable=False),
    Column("nouveaux", Integer, nullable=False),
    Column("ouverts", Integer, nullable=False, comment="New ones included."),
    Column("disparus", Integer, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

editions_notes = Table(
    "editions_notes",
    EDITIONS,
    Column("liste", String, primary_key=True),
    Column("uai", String, primary_key=True),
    Column("annee", String, primary_key=True),
    Column("cod_ind", String, primary_key=True),
    Column("cod_etp", String, primary_key=True),
    Column("cod_vrs_vet", String, primary_key=True),
    Column("traite_par", Text, nullable=False, comment="Who treats the line."),
    Column("commentaire", Text, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
