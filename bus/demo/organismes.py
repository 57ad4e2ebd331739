"""Invented training actions, one of each payment frequency, from their vote to their solde, and what must come of them.

Each lasts six months that ended before the last two. Hours, absences, unit costs and the money that follows are counted here
from the plan alone: nothing here knows the bus. Events are those that Safir and the Extranet would post.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from bus.demo.names import given_name, surname
from processors.formation.calendrier import dernier_jour, mois_de, mois_plus, premier_jour

MOIS = 6
STAGIAIRES = 8
SANS_HEURES = dict.fromkeys(
    (
        "centre_realisees",
        "centre_justifiees",
        "centre_non_justifiees",
        "entreprise_realisees",
        "entreprise_justifiees",
        "entreprise_non_justifiees",
    ),
    0,
)

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ligne:
    """One stagiaire's month."""

    stagiaire: str
    centre: int
    entreprise: int
    justifiees: int = 0
    non_justifiees: int = 0

    def facturees(self) -> int:
        """Hours in centre that an invoice asks for (R-EXT-64)."""
        return self.centre + self.justifiees


@dataclass(frozen=True)
class Action:
    """An action as it was lived."""

    contrat: str
    organisme: str
    raison_sociale: str
    frequence: str
    cout_centre: Decimal
    cout_entreprise: Decimal
    avance: Decimal
    mois: tuple[str, ...]
    lignes: dict[str, tuple[Ligne, ...]]
    groupes: tuple[tuple[str, ...], ...]
    """Months of each acompte, in the order of the invoices; the others wait for the solde."""
    personnes: tuple[tuple[str, str, str], ...] = field(repr=False)
    """Number, surname, given name."""

    @property
    def duree(self) -> tuple[int, int]:
        """Planned hours in centre and in entreprise of one stagiaire: those of somebody never absent."""
        first = [self.lignes[mois][0] for mois in self.mois]
        return sum(ligne.centre for ligne in first), sum(ligne.entreprise for ligne in first)

    def _cout(self, mois: str, heures: Callable[[Ligne], int]) -> Decimal:
        """What a month costs, rounded once (R-EXT-64)."""
        lignes = self.lignes[mois]
        exact = sum(map(heures, lignes)) * self.cout_centre + sum(ligne.entreprise for ligne in lignes) * self.cout_entreprise
        return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)

    @property
    def realise(self) -> Decimal:
        """What the six months are worth."""
        return sum((self._cout(mois, Ligne.facturees) for mois in self.mois), Decimal(0))

    @property
    def acomptes(self) -> tuple[Decimal, ...]:
        """What each acompte asks for."""
        return tuple(sum((self._cout(mois, Ligne.facturees) for mois in groupe), Decimal(0)) for groupe in self.groupes)

    @property
    def solde(self) -> Decimal:
        """What was realised, less all that was received (R-EXT-85)."""
        return self.realise - self.avance - sum(self.acomptes, Decimal(0))


def generate(seed: int, today: date) -> tuple[Action, ...]:
    """Monthly, quarterly, three acomptes. The same seed and month give the same actions."""
    random = Random(seed)  # noqa: S311 (invented data, not a secret)
    first = mois_plus(mois_de(today), -MOIS - 2)
    months = tuple(mois_plus(first, rank) for rank in range(MOIS))
    even, uneven = (80,) * MOIS, (85, 95, 70, 85, 55, 110)
    return (
        _action(random, 1, "MENSUEL", months, even, tuple((each,) for each in months[:-1])),
        _action(random, 2, "TRIMESTRIEL", months, even, (months[:3],)),
        _action(random, 3, "TROIS_ACOMPTES", months, uneven, (months[:2], months[2:4], months[4:5])),
    )


def _action(
    random: Random, rank: int, frequence: str, months: tuple[str, ...], centre: Sequence[int], groupes: tuple[tuple[str, ...], ...]
) -> Action:
    persons = tuple((f"S{n}", surname(random), given_name(random)) for n in range(1, STAGIAIRES + 1))
    lines = {
        month: tuple(_ligne(random, numero, hours, 20 if each else 0) for numero, _, _ in persons)
        for each, (month, hours) in enumerate(zip(months, centre, strict=True))
    }
    return Action(
        contrat=f"{months[0][:4]}QCA07{rank:02d}",
        organisme=f"OF-DEMO-{rank}",
        raison_sociale=f"{surname(random)} FORMATION",
        frequence=frequence,
        cout_centre=Decimal(random.randrange(60_000, 95_000)) / 10_000,
        cout_entreprise=Decimal(random.randrange(8_000, 14_000)) / 10_000,
        avance=Decimal(1_000 * rank),
        mois=months,
        lignes=lines,
        groupes=groupes,
        personnes=persons,
    )


def _ligne(random: Random, numero: str, centre: int, entreprise: int) -> Ligne:
    """The first is never absent, the others are now and then."""
    if numero == "S1" or random.random() < 0.5:
        return Ligne(numero, centre, entreprise)
    justified, unjustified = random.randrange(1, 8), random.randrange(3)
    return Ligne(numero, centre - justified - unjustified, entreprise, justified, unjustified)


Chapter = Callable[[Action], Iterator[Event]]
"""A part of an action's life as events."""

# --- what Safir and the Extranet say ---------------------------------------------------------------------------------


def vote(action: Action) -> Iterator[Event]:
    """Safir: the action and its advance."""
    voted = premier_jour(action.mois[0]) - timedelta(days=40)
    centre, entreprise = action.duree
    yield said(
        "action",
        at(voted),
        contrat=action.contrat,
        organisme=action.organisme,
        raison_sociale=action.raison_sociale,
        adresse_electronique=f"contact@{action.organisme.lower()}.example",
        intitule="AGENT DE RESTAURATION",
        annee_programmation=f"PRQ{action.mois[0][:4]}",
        nature="COLLECTIVE",
        duree_centre=centre,
        duree_entreprise=entreprise,
        cout_unitaire_centre=str(action.cout_centre),
        cout_unitaire_entreprise=str(action.cout_entreprise),
        effectif_total=STAGIAIRES,
        effectif_remunere=STAGIAIRES,
        date_debut_prevue=premier_jour(action.mois[0]).isoformat(),
        date_fin_prevue=dernier_jour(action.mois[-1]).isoformat(),
    )
    avance = {"reference": "AVANCE", "nature": "AVANCE", "montant_ht": str(action.avance)}
    yield said("versement", at(voted + timedelta(days=10)), contrat=action.contrat, **avance)


def ouverture(action: Action) -> Iterator[Event]:
    """The stagiaires, then the opening; then an acompte that is asked for too early."""
    start = premier_jour(action.mois[0])
    for numero, nom, prenom in action.personnes:
        yield acte(action, "stagiaire_saisi", at(start - timedelta(days=10)), **fiche(numero, nom, prenom, start))
    yield acte(action, "ouverture", at(start, 8), date_debut_reelle=start.isoformat(), frequence=action.frequence)
    yield acte(action, "facture_preparee", at(start, 10), mois=[action.mois[0]])


def mois_declare(action: Action, mois: str) -> Iterator[Event]:
    """The hours of a month; at the last one every stagiaire leaves; then the confirmation, in its window."""
    last = dernier_jour(mois)
    for ligne in action.lignes[mois]:
        hours = SANS_HEURES | {
            "centre_realisees": ligne.centre,
            "centre_justifiees": ligne.justifiees,
            "centre_non_justifiees": ligne.non_justifiees,
            "entreprise_realisees": ligne.entreprise,
        }
        missing = ligne.justifiees + ligne.non_justifiees
        absence = {"debut": f"{mois}-05", "fin": f"{mois}-06", "motif": "Maladie", "lieu": "CENTRE", "heures": missing}
        yield acte(
            action, "heures_saisies", at(last, 9), stagiaire=ligne.stagiaire, mois=mois, **hours, absences=[absence] if missing else []
        )
    if mois == action.mois[-1]:
        for numero, _, _ in action.personnes:
            yield acte(action, "sortie_saisie", at(last, 16), stagiaire=numero, date_sortie=last.isoformat(), fin_de_formation=True)
    yield acte(action, "declaration_confirmee", at(last + timedelta(days=8)), mois=mois)


def papiers(action: Action) -> Iterator[Event]:
    """The Region received the papers of the justified absences, by post."""
    for mois in action.mois:
        for ligne in action.lignes[mois]:
            if ligne.justifiees:
                about = {"contrat": action.contrat, "stagiaire": ligne.stagiaire, "nature": "ABSENCE", "mois": mois}
                yield said("justificatif_recu", at(dernier_jour(mois), 8), **about)


def vie(action: Action) -> Iterator[Event]:
    """The Extranet: from the stagiaires to the bilan, each month with the acompte that it opens."""
    yield from ouverture(action)
    for mois in action.mois:
        yield from mois_declare(action, mois)
        for rank, groupe in enumerate(action.groupes, 1):
            if groupe[-1] == mois:
                yield from acompte(action, rank)
    yield from cloture(action)


def acompte(action: Action, rank: int) -> Iterator[Event]:
    """Invoice `rank` (from 1): prepared and confirmed in its window."""
    groupe = action.groupes[rank - 1]
    day = dernier_jour(groupe[-1]) + timedelta(days=9)
    yield acte(action, "facture_preparee", at(day), mois=list(groupe))
    yield acte(action, "facture_confirmee", at(day, 11), facture=str(rank))


def acceptations(action: Action) -> Iterator[Event]:
    """The Region accepts each invoice."""
    for rank, groupe in enumerate(action.groupes, 1):
        day = dernier_jour(groupe[-1]) + timedelta(days=12)
        yield said("decision_facture", at(day), contrat=action.contrat, facture=str(rank), resultat="ACCEPTEE")


def cloture(action: Action) -> Iterator[Event]:
    """Closing, the surveys at the exit, the bilan."""
    end = dernier_jour(action.mois[-1])
    yield acte(action, "cloture_demandee", at(end + timedelta(days=9)), date_fin_reelle=end.isoformat())
    for rank, (numero, _, _) in enumerate(action.personnes):
        found: Event = {"situation": "EMPLOI_SECTEUR", "type_contrat": "CDI"} if rank % 2 else {"situation": "AUTRE"}
        yield acte(action, "enquete_saisie", at(end + timedelta(days=10)), stagiaire=numero, terme="SORTIE", **found)
    yield acte(action, "bilan_depose", at(end + timedelta(days=11)))


def solde(action: Action) -> Iterator[Event]:
    """Asked once every acompte is accepted."""
    yield acte(action, "solde_confirme", at(dernier_jour(action.mois[-1]) + timedelta(days=14)))


def reglement(action: Action) -> Iterator[Event]:
    """The Region receives the bilan, accepts the solde and pays it."""
    end = dernier_jour(action.mois[-1])
    yield said("bilan_recu", at(end + timedelta(days=20)), contrat=action.contrat)
    yield said("decision_facture", at(end + timedelta(days=21)), contrat=action.contrat, facture="SOLDE", resultat="ACCEPTEE")
    paid = {"reference": "SOLDE", "nature": "SOLDE", "facture": "SOLDE", "montant_ht": str(action.solde)}
    yield said("versement", at(end + timedelta(days=30)), contrat=action.contrat, **paid)


def fiche(numero: str, nom: str, prenom: str, entree: date) -> Event:
    """A complete sheet of somebody invented."""
    return {
        "stagiaire": numero,
        "enregistrement": "COMPLET",
        "civilite": "Madame",
        "nom": nom,
        "prenom": prenom,
        "date_naissance": "1990-05-15",
        "sexe": "F",
        "adresse": "1 rue des Essais",
        "code_postal": "34000",
        "date_entree": entree.isoformat(),
        "organisme_remuneration": "Région",
        "niveau_entree": "IV",
        "tranche_age": "26 à 44 ans",
        "duree_chomage": "moins d'un an",
        "prescripteur": "France Travail",
        "beneficiaire_rmi": False,
    }


def acte(action: Action, name: str, when: datetime, **fields: Any) -> Event:
    """An act of the organisme on its action."""
    return said(name, when, contrat=action.contrat, organisme=action.organisme, **fields)


def said(name: str, when: datetime, **fields: Any) -> Event:
    """One event in the bus's own format."""
    return {"evenement": name, "instant": when.isoformat(timespec="milliseconds"), **fields}


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)
