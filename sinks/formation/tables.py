"""The tables of the training projections: columns, types and comments are those of the published contracts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from schemas.contracts import contract_of
from sinks.formation.projections import CE_ID, PROJECTIONS, Projection

METADATA = MetaData()
DECISIONS = "formation.decisions.v1"
REFUS = "formation.refus.v1"

_PRIMITIVES: Mapping[str, type[TypeEngine[Any]]] = {"string": Text, "int": Integer, "long": BigInteger, "boolean": Boolean}
_LOGICAL: Mapping[str, TypeEngine[Any]] = {"date": Date(), "timestamp-millis": DateTime(timezone=True)}


def sql_type(schema: Any) -> TypeEngine[Any]:
    """The column type of an Avro type: a list of texts is an array, a list of records is JSONB."""
    if isinstance(schema, list):
        return sql_type(next(branch for branch in schema if branch != "null"))
    if isinstance(schema, str):
        return _PRIMITIVES.get(schema, Text)()
    if schema.get("logicalType") == "decimal":
        return Numeric(schema["precision"], schema["scale"])
    if "logicalType" in schema:
        return _LOGICAL[schema["logicalType"]]
    if schema["type"] == "array":
        return ARRAY(Text) if schema["items"] == "string" else JSONB()
    return Text()


def _column(field: Mapping[str, Any], key: tuple[str, ...]) -> Column[Any]:
    nullable = isinstance(field["type"], list)
    is_key = field["name"] in key
    return Column(
        field["name"],
        sql_type(field["type"]),
        primary_key=is_key,
        autoincrement=False,
        nullable=nullable,
        index=field["name"] == "contrat" and not is_key,
        comment=field["doc"],
    )


def _table(projection: Projection, record: Mapping[str, Any]) -> Table:
    columns = [_column(field, projection.key) for field in record["fields"]]
    own = projection.key == (CE_ID,)
    return Table(
        projection.table,
        METADATA,
        *columns,
        Column(CE_ID, Text, primary_key=own, nullable=False, comment="Identifiant de l'enregistrement publié."),
        Column("publie_le", DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        comment=projection.about,
    )


def _records() -> dict[str, Mapping[str, Any]]:
    return {record["name"]: record for topic in (DECISIONS, REFUS) for record in contract_of(topic).records}


TABLES: dict[str, Table] = {
    projection.table: _table(projection, record) for name, projection in PROJECTIONS.items() for record in (_records()[name],)
}
"""Every table by its name."""
