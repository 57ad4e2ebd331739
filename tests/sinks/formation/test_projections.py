"""Decisions become rows whose columns are the contract's."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from schemas.contracts import contract_of
from schemas.outcome import Event
from schemas.records import formation as f
from sinks.formation.projections import ENSEMBLE, PROJECTIONS, RETIREE
from sinks.formation.rows import decide
from sinks.formation.tables import TABLES

NOW = datetime(2006, 11, 10, 9, tzinfo=UTC)


def event(name: str, data: object) -> Event:
    return Event("id-1", name, NOW, "2006QCA0101", "s", "/formation", "formation.decisions.v1", data)


def test_every_published_record_has_its_table() -> None:
    published = {*contract_of("formation.decisions.v1").names, *contract_of("formation.refus.v1").names}
    assert published == {*PROJECTIONS, ENSEMBLE, RETIREE}


def test_hours_entered_together_are_the_rows_of_hours_entered_one_by_one() -> None:
    counters: dict[str, Any] = {
        "centre_realisees": Decimal("41.00"),
        "centre_justifiees": Decimal("2.00"),
        "centre_non_justifiees": Decimal("0.00"),
        "entreprise_realisees": Decimal("15.00"),
        "entreprise_justifiees": Decimal("3.00"),
        "entreprise_non_justifiees": Decimal("0.00"),
        "centre": Decimal("43.00"),
        "entreprise": Decimal("18.00"),
        "total": Decimal("61.00"),
    }
    month: dict[str, Any] = {"contrat": "2006QCA0101", "mois": "2006-10", "periode": "Octobre 2006"}
    numbers = ("S1", "S2")
    alone = [f.HeuresRetenues(**month, stagiaire=number, **counters) for number in numbers]
    together = f.RealiseRetenu(**month, lignes=tuple(f.LigneRetenue(stagiaire=number, **counters) for number in numbers))
    one_by_one = [row for hours in alone for row in decide(None, None, event("heures_retenues", hours)).rows]
    assert list(decide(None, None, event(ENSEMBLE, together)).rows) == one_by_one


def test_the_columns_of_a_row_are_those_of_its_table() -> None:
    enquete = f.Enquete(contrat="2006QCA0101", stagiaire="S1", terme="SORTIE", due_le=date(2007, 1, 1), etat="DUE")
    row = decide(None, None, event("enquete", enquete)).rows[0]
    assert row.values is not None
    assert {*row.key, *row.values} == set(TABLES[row.table].columns.keys())
    assert set(row.key) == {column.name for column in TABLES[row.table].primary_key}


def test_amounts_within_lists_stay_exact() -> None:
    deduction = f.Deduction(sous_traitant="ST", nom="CEVENNES-GESTION", montant_ht=Decimal("1500.00"), libelle="Dont 1500,00 €")
    facture = f.Facture(
        contrat="2006QCA0101",
        reference="1",
        nature="ACOMPTE",
        statut="EMISE",
        organisme="OF",
        emetteur="OF",
        libelle="Facture N°1",
        libelle_certificat="Facture N° 1 de OF",
        mois=("2006-10",),
        nombre_stagiaires=1,
        heures_centre=Decimal(1),
        heures_entreprise=Decimal(0),
        montant_ht=Decimal("2445.00"),
        deductions=(deduction,),
        net_ht=Decimal("945.00"),
        taux_tva=Decimal("19.60"),
        montant_ttc=Decimal("2924.22"),
        net_ttc=Decimal("1130.22"),
        payable=True,
        pieces_manquantes=0,
        creee_le=date(2006, 11, 10),
    )
    values = decide(None, None, event("facture", facture)).rows[0].values
    assert values is not None
    assert values["deductions"] == [
        {"sous_traitant": "ST", "nom": "CEVENNES-GESTION", "montant_ht": "1500.00", "libelle": "Dont 1500,00 €"}
    ]
    assert values["mois"] == ["2006-10"]
    assert values["montant_ht"] == Decimal("2445.00")


def test_a_deleted_stagiaire_leaves_every_list() -> None:
    rows = decide(None, None, event(RETIREE, f.StagiaireRetire(contrat="2006QCA0101", stagiaire="S1"))).rows
    assert {row.table for row in rows} == {"formation_stagiaires", "formation_entrees", "formation_sorties"}
    assert all(row.values is None for row in rows)


def test_two_notifications_are_two_rows() -> None:
    notification = f.Notification(contrat="c", organisme="o", nature="AUTRE", message="m")
    keys = []
    for name in ("id-1", "id-2"):
        event_ = Event(name, "notification", NOW, "c", "s", "/formation", "formation.decisions.v1", notification)
        keys.append(decide(None, None, event_).rows[0].key)
    assert keys == [{"ce_id": "id-1"}, {"ce_id": "id-2"}]
