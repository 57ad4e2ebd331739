"""A region's year of training: 3,000 actions, 40,000 stagiaires, 400,000 declaration lines in ten months, with their
confirmations and invoices of the three payment frequencies, to the rows of the tables, by the real workers.

A month's declaration comes as an organisme's software sends it: one record with a line a stagiaire. The ten months follow
each other in the log; each stage is waited for only where the next comes by another topic or from other people.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.domain import Domain, record, result, show, watched
from connectors.extranet.subjects import subject_of
from processors.formation.calendrier import dernier_jour, mois_de, mois_plus, premier_jour
from schemas.outcome import Record
from schemas.records import extranet, safir
from tests.services import opened

ACTIONS, STAGIAIRES, MOIS = 3_000, 40_000, 10
AT_MOST = 120.0
WORKERS = {"formation": 2, "formation.projections": 1}
FREQUENCES = ("MENSUEL", "TRIMESTRIEL", "TROIS_ACOMPTES")
CENTRE, ENTREPRISE = Decimal("80.00"), Decimal("20.00")
FIRST = mois_plus(mois_de(datetime.now(UTC).date()), 1)
"""Next month: nothing of the year is late yet."""
MONTHS = tuple(mois_plus(FIRST, rank) for rank in range(MOIS))
INVOICED: Mapping[str, Mapping[int, tuple[int, ...]]] = {
    "MENSUEL": {rank: (rank,) for rank in range(MOIS)},
    "TRIMESTRIEL": {2: (0, 1, 2), 5: (3, 4, 5), 8: (6, 7, 8)},
    "TROIS_ACOMPTES": {2: (0, 1, 2), 5: (3, 4, 5)},
}
"""Frequency → month at whose end an invoice is made → months of it."""


def run(console: Console, scale: float) -> dict[str, Any]:
    """`scale`: the share of actions."""
    actions = max(3, round(ACTIONS * scale))
    sizes = [STAGIAIRES // ACTIONS + (rank % 3 == 0) for rank in range(actions)]
    with opened(os.environ) as services, tempfile.TemporaryDirectory(prefix="passerelle-bench-") as folder:
        domain = Domain(services, WORKERS, Path(folder))
        try:
            domain.wait_for_the_workers()
            with watched(domain) as cost:
                domain.phase("actions votées", [voted(rank, size) for rank, size in enumerate(sizes)])
                domain.phase("stagiaires, ouvertures", [r for rank, size in enumerate(sizes) for r in opening(rank, size)])
                domain.phase("dix mois", [r for n in range(MOIS) for rank, size in enumerate(sizes) for r in declared(rank, size, n)])
            found = result(domain, cost, expected(domain, sizes), AT_MOST)
        finally:
            domain.close()
    show(console, f"Année d'une région : {actions} actions, {sum(sizes)} stagiaires, {sum(sizes) * MOIS} lignes déclarées", found)
    return found


def contract(rank: int) -> str:
    return f"2026QCA{rank:04d}"


def frequence(rank: int) -> str:
    return FREQUENCES[rank % len(FREQUENCES)]


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def voted(rank: int, size: int) -> Record:
    data = safir.Action(
        contrat=contract(rank),
        organisme=f"OF-{rank % 400}",
        raison_sociale="FORMATION ESSAI",
        intitule="ACTION",
        annee_programmation="PRQ",
        nature="COLLECTIVE",
        duree_centre=CENTRE * MOIS,
        duree_entreprise=ENTREPRISE * MOIS,
        cout_unitaire_centre=Decimal("7.00"),
        cout_unitaire_entreprise=Decimal("1.00"),
        effectif_total=size,
        date_debut_prevue=premier_jour(FIRST),
        date_fin_prevue=dernier_jour(MONTHS[-1]),
    )
    return record(
        "safir.actions.v1", "action", contract(rank), "action", at(premier_jour(FIRST) - timedelta(days=30)), data, f"action/{rank}"
    )


def opening(rank: int, size: int) -> Iterator[Record]:
    start = premier_jour(FIRST)
    for n in range(size):
        sheet = extranet.StagiaireSaisi(
            contrat=contract(rank),
            organisme=f"OF-{rank % 400}",
            stagiaire=f"S{n}",
            enregistrement="COMPLET",
            civilite="Madame",
            nom="ESSAI",
            prenom="Une",
            date_naissance=date(1990, 5, 15),
            sexe="F",
            adresse="1 rue des Essais",
            code_postal="34000",
            date_entree=start,
            organisme_remuneration="Région",
            niveau_entree="IV",
            tranche_age="26 à 44 ans",
            duree_chomage="moins d'un an",
            prescripteur="France Travail",
            beneficiaire_rmi=False,
        )
        yield act(rank, "stagiaire_saisi", at(start - timedelta(days=10)), sheet, f"S{n}", stagiaire=f"S{n}")
    data = extranet.Ouverture(contrat=contract(rank), organisme=f"OF-{rank % 400}", date_debut_reelle=start, frequence=frequence(rank))  # type: ignore[arg-type]
    yield act(rank, "ouverture", at(start, 8), data, "")


def declared(rank: int, size: int, n: int) -> Iterator[Record]:
    """A month of an action: its declaration with a line a stagiaire, the exits at the last one, the confirmation, the invoice
    that it opens."""
    month = MONTHS[n]
    last = dernier_jour(month)
    about: dict[str, Any] = {"contrat": contract(rank), "organisme": f"OF-{rank % 400}"}
    none = Decimal("0.00")
    lines = tuple(
        extranet.LigneSaisie(
            stagiaire=f"S{s}",
            centre_realisees=CENTRE,
            centre_justifiees=none,
            centre_non_justifiees=none,
            entreprise_realisees=ENTREPRISE,
            entreprise_justifiees=none,
            entreprise_non_justifiees=none,
        )
        for s in range(size)
    )
    yield act(rank, "realise_saisi", at(last), extranet.RealiseSaisi(**about, mois=month, lignes=lines), month, mois=month)
    if n == MOIS - 1:
        for s in range(size):
            leaving = extranet.SortieSaisie(**about, stagiaire=f"S{s}", date_sortie=last, fin_de_formation=True)
            yield act(rank, "sortie_saisie", at(last, 16), leaving, f"S{s}", stagiaire=f"S{s}")
    confirmed = extranet.DeclarationConfirmee(**about, mois=month)
    yield act(rank, "declaration_confirmee", at(last + timedelta(days=8)), confirmed, month, mois=month)
    plan = INVOICED[frequence(rank)]
    if n in plan:
        number = str(1 + list(plan).index(n))
        day = at(last + timedelta(days=9))
        asked = extranet.FacturePreparee(**about, mois=tuple(MONTHS[each] for each in plan[n]))
        yield act(rank, "facture_preparee", day, asked, number)
        yield act(rank, "facture_confirmee", day, extranet.FactureConfirmee(**about, facture=number), number, facture=number)


def act(rank: int, name: str, when: datetime, data: Any, place: str, **about: str) -> Record:
    return record("extranet.actes.v1", name, contract(rank), subject_of(name, about), when, data, f"{name}/{rank}/{place}")


def expected(domain: Domain, sizes: list[int]) -> list[tuple[str, object, object]]:
    """Found in the tables, and counted apart."""
    month = CENTRE * 7 + ENTREPRISE
    invoices = [(size, len(months)) for rank, size in enumerate(sizes) for months in INVOICED[frequence(rank)].values()]
    return [
        ("lignes d'heures", domain.one("SELECT count(*) FROM formation_heures"), sum(sizes) * MOIS),
        ("déclarations confirmées", domain.one("SELECT count(*) FROM formation_declarations"), len(sizes) * MOIS),
        ("factures émises", domain.one("SELECT count(*) FROM formation_factures WHERE statut = 'EMISE'"), len(invoices)),
        ("euros facturés", domain.one("SELECT sum(montant_ht) FROM formation_factures"), sum(month * s * n for s, n in invoices)),
        ("refus", domain.one("SELECT count(*) FROM formation_refus"), 0),
        ("lettres mortes", domain.one("SELECT count(*) FROM dead_letters"), 0),
    ]
