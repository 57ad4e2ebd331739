"""The bursary procedure as data: what an event says of a registration, what ends one, which reason marks a dossier."""

from schemas.records.apogee import EtatIae, TypeIa

SUPPOSE_CONNUE: frozenset[TypeIa] = frozenset({"IA_MODIFIEE", "IA_ANNULEE", "IA_RESILIEE"})
"""Events that name a prerequisite: the registration they change. The others make it known."""

ETAT_DIT_PAR: dict[TypeIa, EtatIae] = {"IA_ANNULEE": "A", "IA_RESILIEE": "R"}
"""The state that an event's type says, when its own field has not followed yet."""

FINS: frozenset[EtatIae] = frozenset({"A", "R"})
"""The registration is over."""

PAS_ENCORE: frozenset[EtatIae] = frozenset({"C"})
"""The registration is being made: known, and not yet one."""

PAYEE = "P"
"""`ETA_PMT_IAE` of fees that are paid."""
