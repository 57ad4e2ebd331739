"""The printable states of training actions, from the tables of this installation: which ones exist, and their rows.

A state is found by its name: one of the guide's list, `realise_AAAA-MM` for a month's hours, `facture_<référence>` for one invoice.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy
from sqlalchemy import select

from bus.told import Told
from schemas.mois import periode
from sinks.formation import editions
from sinks.formation.etats import Donnees, Etat
from sinks.formation.tables import TABLES

ACTIONS = "formation_actions"
DE_LA_PERIODE = ("formation_heures", "formation_declarations")
FACTURES = "formation_factures"


class EtatInconnu(Told):
    """No such action, organisme or state here; the text says what there is."""

    exit_code = 2


def actions(database: sqlalchemy.Engine) -> list[dict[str, Any]]:
    """Every action: contract, title, organisme, where it stands; by année de programmation and contract."""
    action, suivi = TABLES[ACTIONS], TABLES["formation_suivi"]
    query = (
        select(action.c.contrat, action.c.intitule, action.c.organisme, action.c.annee_programmation, suivi.c.etat)
        .join_from(action, suivi, action.c.contrat == suivi.c.contrat, isouter=True)
        .order_by(action.c.annee_programmation, action.c.contrat)
    )
    with database.begin() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def etats_de(database: sqlalchemy.Engine, contrat: str) -> list[tuple[Etat, Donnees]]:
    """Every state of an action with its rows: the guide's list, each month with hours, each invoice. Raises EtatInconnu."""
    tables = {table for etat in editions.ETATS for table in etat.tables} | set(DE_LA_PERIODE)
    donnees = _donnees(database, tables, "contrat", [contrat])
    if not donnees[ACTIONS]:
        raise EtatInconnu(f"Aucune action {contrat} : « passerelle etats list » nomme celles de cette installation.")
    return [(etat, donnees) for etat in _etats(donnees)]


def etat_de(database: sqlalchemy.Engine, contrat: str, nom: str) -> tuple[Etat, Donnees]:
    """One state of an action. Raises EtatInconnu."""
    found = etats_de(database, contrat)
    for etat, donnees in found:
        if etat.nom == nom:
            return etat, donnees
    raise EtatInconnu(f"Aucun état « {nom} » pour {contrat}. États : {', '.join(etat.nom for etat, _ in found)}.")


def accueil_de(database: sqlalchemy.Engine, organisme: str) -> tuple[Etat, Donnees]:
    """The home page of an organisme (R-EXT-05). Raises EtatInconnu."""
    siennes = _donnees(database, {ACTIONS}, "organisme", [organisme])[ACTIONS]
    if not siennes:
        raise EtatInconnu(f"Aucune action de l'organisme {organisme} : « passerelle etats list » nomme ceux de cette installation.")
    suivies = _donnees(database, {"formation_suivi"}, "contrat", [action["contrat"] for action in siennes])
    return editions.ACCUEIL, {ACTIONS: siennes, **suivies}


def _etats(donnees: Donnees) -> Iterator[Etat]:
    yield from (etat for etat in editions.ETATS if etat is not editions.ACCUEIL)
    for mois in sorted({str(ligne["mois"]) for table in DE_LA_PERIODE for ligne in donnees[table]}):
        yield editions.realise_horaire(mois, periode(mois))
    for facture in sorted(donnees[FACTURES], key=lambda ligne: (str(ligne["creee_le"]), str(ligne["reference"]))):
        yield editions.facture(facture["reference"], facture["libelle"])


def _donnees(database: sqlalchemy.Engine, tables: set[str], colonne: str, valeurs: Sequence[str]) -> dict[str, Sequence[Mapping[str, Any]]]:
    with database.begin() as connection:
        return {
            name: [dict(row) for row in connection.execute(select(TABLES[name]).where(TABLES[name].c[colonne].in_(valeurs))).mappings()]
            for name in sorted(tables)
        }
