"""What would happen if the file were deposited now, what that rests on, and what is not sure of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from processors.depot_siecle import messages
from processors.depot_siecle.connaissance import Connaissance, EleveFichier
from processors.depot_siecle.reglages import Reglages
from processors.depot_siecle.traitement import Bilan
from schemas.outcome import Refusal


@dataclass(frozen=True, slots=True)
class Source:
    """A file that says what SIECLE or STS-WEB has."""

    objet: str
    fichier: str
    date_export: date | None
    recu_le: datetime
    jour_recu: date
    """The school's day of `recu_le`."""
    millesime: int | None = None

    def age(self, jour: date) -> int:
        """Days since its export, else since it was received."""
        return max((jour - (self.date_export or self.jour_recu)).days, 0)


@dataclass(frozen=True, slots=True)
class Situation:
    """What a deposit is held against, besides the rows."""

    fichier: str
    millesime: int | None
    annee: int | None
    """In use in SIECLE."""
    export_eleves: bool
    synchro_3: bool
    synchro_4a: bool


def obstacles(situation: Situation) -> tuple[Refusal, ...]:
    """What makes SIECLE refuse the deposit, in the order of its checks (R-PRO-03, 53, 72)."""
    found = []
    if situation.annee is not None and situation.millesime != situation.annee:
        found.append(messages.ANNEE_DIFFERENTE)
    if not situation.export_eleves:
        found.append(messages.SANS_EXPORT)
    if not situation.synchro_3:
        found.append(messages.SANS_SYNCHRO_3)
    if not situation.synchro_4a:
        found.append(messages.SANS_SYNCHRO_4A)
    return tuple(found)


def alerte(bilan: Bilan, presents: int, reglages: Reglages) -> str | None:
    """The warning above the share of pupils who would lose every link."""
    count = len(bilan.perdants)
    return messages.alerte(count, presents) if presents and count > reglages.seuil_alerte * presents else None


def incertitudes(
    connu: Connaissance,
    fichier: Sequence[EleveFichier],
    sources: Sequence[Source],
    annee: int | None,
    jour: date,
    reglages: Reglages,
    hors_transfert: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """What the report rests on without being sure of it. `hors_transfert`: SIECLE's groups that STS-WEB did not send last."""
    found: list[str] = []
    if not connu.eleves:
        found.append(messages.SANS_ELEVES)
    elif not any(eleve.liens for eleve in connu.eleves):
        found.append(messages.SANS_LIENS)
    if connu.groupes is None:
        found.append(messages.SANS_STRUCTURES)
    if connu.calendrier is None:
        found.append(messages.SANS_CALENDRIER)
    used = {lien.groupe for eleve in fichier for lien in eleve.liens}
    groupes = connu.groupes
    if groupes is not None and connu.groupes_sts is None and used - groupes.keys():
        found.append(messages.SANS_STS)
    if groupes is not None and any(groupes.get(code) == frozenset() for code in used):
        found.append(messages.SANS_MEF_DES_GROUPES)
    if used & hors_transfert:
        found.append(messages.groupes_anciens(sorted(used & hors_transfert)))
    for source in sources:
        if source.age(jour) > reglages.fraicheur_jours:
            found.append(messages.vieux(source.objet, source.age(jour)))
        if source.millesime is not None and annee is not None and source.millesime != annee and source.objet not in SANS_ANNEE_DE_SIECLE:
            found.append(messages.annee_autre(source.objet, source.millesime, annee))
    return tuple(found)


ELEVES, STRUCTURES, CALENDRIER, STS, EDT = "Élèves", "Structures", "Calendrier", "Structure de STS-WEB", "Remontée d'EDT"
SANS_ANNEE_DE_SIECLE = frozenset({STS, EDT})
"""STS-WEB labels the same year otherwise (R-PRO-07)."""
