"""The reports of the imports of links, as the tables of this installation have them: treated by the night, or predicted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import select

from bus.told import Told
from sinks.siecle.page import Page
from sinks.siecle.tables import METADATA

TRAITE, PREDIT = "compte-rendu", "prédiction"
TABLES: Mapping[str, tuple[str, str, str, str]] = {
    TRAITE: ("siecle_comptes_rendus", "siecle_comptes_rendus_lignes", "siecle_comptes_rendus_absents", "siecle_remedes"),
    PREDIT: ("siecle_predictions", "siecle_predictions_lignes", "siecle_predictions_absents", "siecle_predictions_remedes"),
}
"""Nature → its heads, their lines, the pupils who lose their links, the remedies."""


class CompteRenduInconnu(Told):
    """No such school, file or report here; the text says what there is."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Calcul:
    """One computation: the newest of a file, unless another is asked for."""

    nature: str
    entete: Mapping[str, Any]


def calculs(database: sqlalchemy.Engine, uai: str | None = None) -> list[Calcul]:
    """Every report and prediction, of a school or of all, the newest first."""
    found = [Calcul(nature, entete) for nature in TABLES for entete in _rows(database, TABLES[nature][0], {"uai": uai} if uai else {})]
    return sorted(found, key=lambda each: (each.entete["calcule_le"], each.nature), reverse=True)


def dernier(database: sqlalchemy.Engine, fichier: str, nature: str) -> Calcul:
    """The newest computation of a file. Raises CompteRenduInconnu."""
    known = calculs(database)
    for each in known:
        if each.nature == nature and each.entete["fichier"] == fichier:
            return each
    names = sorted({str(each.entete["fichier"]) for each in known if each.nature == nature})
    raise CompteRenduInconnu(f"Aucun {nature} de {fichier}. Fichiers connus : {', '.join(names) or 'aucun'}.")


def derniers(database: sqlalchemy.Engine, uai: str) -> list[Calcul]:
    """The newest computation of each file of a school, of each nature. Raises CompteRenduInconnu."""
    found: dict[tuple[str, str], Calcul] = {}
    for each in calculs(database, uai):
        found.setdefault((each.nature, each.entete["fichier"]), each)
    if not found:
        raise CompteRenduInconnu(f"Aucun compte-rendu ni prédiction de l'établissement {uai} : « passerelle comptes-rendus list ».")
    return list(found.values())


def page(database: sqlalchemy.Engine, calcul: Calcul) -> Page:
    """The whole of a computation, to be shown."""
    key = {name: calcul.entete[name] for name in ("uai", "fichier", "calcule_le")}
    _, lignes, absents, remedes = (list(_rows(database, table, key)) for table in TABLES[calcul.nature])
    absents.sort(key=lambda row: int(row["rang"]))
    remedes.sort(key=lambda row: (row["groupe"], row["code"]))
    return Page(calcul.entete, lignes, absents, remedes, predit=calcul.nature == PREDIT)


def _rows(database: sqlalchemy.Engine, name: str, where: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    table = METADATA.tables[name]
    query = select(table).where(*(table.c[column] == value for column, value in where.items()))
    with database.begin() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
