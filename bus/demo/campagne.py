"""An invented campaign of agricultural bursaries: instructors, établissements, dossiers, and what must come of them.

Deterministic: the same seed gives the same campaign. Amounts are invented too, and so are the numbers of établissements
(their check letter is right). Nothing here knows the bus: the events are those that Luciole and the DRAAF would post.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DEPARTEMENTS = ("009", "011", "012", "030", "031", "032", "034", "046", "048", "065", "066", "081", "082")
NAMES = ("des Coteaux", "du Causse", "de la Plaine", "du Canal", "des Garrigues", "de la Montagne", "des Étangs", "du Vignoble")
TERMS = 3
SANS_OGAPI = 4
"""One établissement in four does not bill in OGAPI: FREGATA still gets its decisions (R-LUC-05)."""
CLOS = 20
"""One dossier in twenty is closed instead of decided: it is not sent (R-LUC-08)."""

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A pupil's dossier. A closed one has neither amount nor bordereau."""

    numero: str
    montant: Decimal
    """To pay for this term."""
    theorique: Decimal
    """Of the year."""
    clos: bool = False


@dataclass(frozen=True, slots=True)
class Etablissement:
    """One établissement with its bordereau and its payment file."""

    uai: str
    instructeur: str
    ogapi: bool
    bordereau: str
    fichier: str
    dossiers: tuple[Dossier, ...]

    @property
    def envoyes(self) -> tuple[Dossier, ...]:
        """Those in the bordereau."""
        return tuple(dossier for dossier in self.dossiers if not dossier.clos)

    @property
    def montant(self) -> Decimal:
        return sum((dossier.montant for dossier in self.envoyes), Decimal(0))


def generate(seed: int, sizes: Sequence[int], dossiers: int) -> tuple[Etablissement, ...]:
    """`sizes`: how many établissements each instructor looks after; `dossiers` of each établissement."""
    random = Random(seed)  # noqa: S311 (invented data, not a secret)
    instructeurs = [f"{rank:08d} EPL {NAMES[rank % len(NAMES)]}" for rank in range(2_101_001, 2_101_001 + 13 * len(sizes), 13)]
    owners = [owner for owner, size in zip(instructeurs, sizes, strict=True) for _ in range(size)]
    return tuple(_etablissement(random, rank, owner, dossiers) for rank, owner in enumerate(owners))


def _etablissement(random: Random, rank: int, instructeur: str, dossiers: int) -> Etablissement:
    number = int(f"{DEPARTEMENTS[rank % len(DEPARTEMENTS)]}{7000 + rank:04d}")
    uai = f"{number:07d}{LETTERS[number % len(LETTERS)]}"
    made = tuple(_dossier(random, f"{rank:03d}-{n:04d}", clos=n % CLOS == CLOS - 1) for n in range(dossiers))
    return Etablissement(uai, instructeur, rank % SANS_OGAPI != SANS_OGAPI - 1, f"BL-{rank:03d}", f"PAIE-{rank:03d}-1", made)


def _dossier(random: Random, numero: str, *, clos: bool) -> Dossier:
    year = Decimal(random.randrange(450, 1_000)) + Decimal(random.randrange(100)) / 100
    return Dossier(numero, (year / TERMS).quantize(Decimal("0.01")), year, clos)


# --- what Luciole and the DRAAF say of it ----------------------------------------------------------------------------


def instruction(etablissement: Etablissement, at: datetime) -> Iterator[Event]:
    """The établissement, its dossiers, its bordereau validated."""
    yield said("etablissement", at, etablissement=etablissement.uai, ogapi=etablissement.ogapi)
    for dossier in etablissement.dossiers:
        yield du_dossier(etablissement, dossier, at)
    yield said(
        "bordereau",
        at + timedelta(seconds=1),
        etablissement=etablissement.uai,
        bordereau=etablissement.bordereau,
        instructeur=etablissement.instructeur,
        etat="VALIDE",
        nombre_dossiers=len(etablissement.envoyes),
        montant_total=str(etablissement.montant),
    )


def du_dossier(etablissement: Etablissement, dossier: Dossier, at: datetime) -> Event:
    """A dossier as Luciole has it."""
    day = at.date().isoformat()
    decided: Event = {
        "decision": "ATTRIBUEE",
        "date_decision": day,
        "montant": str(dossier.montant),
        "montant_theorique": str(dossier.theorique),
        "bordereau": etablissement.bordereau,
    }
    about = {"dossier": dossier.numero, "etablissement": etablissement.uai, "instructeur": etablissement.instructeur}
    return said("dossier", at, annee=annee_scolaire(at.date()), **about, **({"date_cloture": day} if dossier.clos else decided))


def flux(etablissement: Etablissement, at: datetime, fichier: str | None = None) -> Event:
    """The payment file of its bordereau; another name for a file made again."""
    ligne = {
        "etablissement": etablissement.uai,
        "bordereau": etablissement.bordereau,
        "nombre_dossiers": len(etablissement.envoyes),
        "montant": str(etablissement.montant),
    }
    return said("fichier_paiement", at, fichier=fichier or etablissement.fichier, instructeur=etablissement.instructeur, lignes=[ligne])


def validation(fichier: str, at: datetime, statut: str = "CONFIRMEE") -> Event:
    """What the DRAAF answers."""
    return said("validation", at, fichier=fichier, statut=statut)


def said(name: str, at: datetime, **fields: Any) -> Event:
    """One event in the bus's own format."""
    return {"evenement": name, "instant": at.isoformat(timespec="milliseconds"), **fields}


def annee_scolaire(day: date) -> int:
    return day.year if day.month >= 8 else day.year - 1
