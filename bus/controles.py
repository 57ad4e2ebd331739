"""What schools must mend, as the tables here have it: an INE that is active elsewhere too, a LSU file that does not agree."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy
from sqlalchemy import Table, select

from sinks.lsu.tables import METADATA as LSU
from sinks.siecle.tables import METADATA as SIECLE

Constat = Mapping[str, Any]
"""`uai`, `objet`, `code`, `message`, `remede`, `constate_le`."""


def constats(database: sqlalchemy.Engine, uai: str | None = None) -> list[Constat]:
    """Every one that holds, of a school or of all, by school then the newest first."""
    found = [*_ines(database, uai), *_bilans(database, uai)]
    found.sort(key=lambda each: each["constate_le"], reverse=True)
    return sorted(found, key=lambda each: str(each["uai"]))


def _ines(database: sqlalchemy.Engine, uai: str | None) -> Iterator[Constat]:
    for row in _rows(database, SIECLE.tables["siecle_ine_partages"], uai):
        told = {name: row[name] for name in ("uai", "code", "message", "remede", "constate_le")}
        yield {**told, "objet": f"élève {row['eleve_id']}"}


def _bilans(database: sqlalchemy.Engine, uai: str | None) -> Iterator[Constat]:
    for row in _rows(database, LSU.tables["lsu_bilans_controles"], uai):
        for each in row["constats"]:
            told = {name: each[name] for name in ("code", "message", "remede")}
            yield {"uai": row["uai"], **told, "constate_le": row["publie_le"], "objet": row["fichier"]}


def _rows(database: sqlalchemy.Engine, table: Table, uai: str | None) -> list[dict[str, Any]]:
    query = select(table) if uai is None else select(table).where(table.c.uai == uai)
    with database.begin() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]
