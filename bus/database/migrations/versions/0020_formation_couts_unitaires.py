"""What a training declaration holds apart for its invoice: hours done, justified absences, unit costs."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

HOURS, COST = sa.Numeric(precision=10, scale=2), sa.Numeric(precision=12, scale=4)
COLUMNS = {
    "centre_realisees": (HOURS, "Heures réalisées du mois en centre (R-EXT-64) ; absent des déclarations d'avant ce champ."),
    "centre_justifiees": (HOURS, "Heures non réalisées justifiées du mois en centre ; absent des déclarations d'avant ce champ."),
    "cout_unitaire_centre": (COST, "Coût unitaire en centre à la confirmation ; absent s'il est inconnu."),
    "entreprise_realisees": (HOURS, "Heures réalisées du mois en entreprise (R-EXT-64) ; absent des déclarations d'avant ce champ."),
    "entreprise_justifiees": (HOURS, "Heures non réalisées justifiées du mois en entreprise ; absent des déclarations d'avant ce champ."),
    "cout_unitaire_entreprise": (COST, "Coût unitaire en entreprise à la confirmation ; absent s'il est inconnu."),
}


def upgrade() -> None:
    for name, (kind, comment) in COLUMNS.items():
        op.add_column("formation_declarations", sa.Column(name, kind, nullable=True, comment=comment))


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
