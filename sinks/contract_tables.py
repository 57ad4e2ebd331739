"""The tables of `contract_rows`: columns, types and comments are those of the published contracts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from schemas.contracts import contract_of
from sinks.contract_rows import CE_ID, PUBLIE_LE, Projection, Projections

_PRIMITIVES: Mapping[str, type[TypeEngine[Any]]] = {"string": Text, "int": Integer, "long": BigInteger, "boolean": Boolean}
_LOGICAL: Mapping[str, TypeEngine[Any]] = {"date": Date(), "timestamp-millis": DateTime(timezone=True)}


def metadata_of(projections: Projections) -> MetaData:
    """One table a projection."""
    metadata = MetaData()
    for name, projection in projections.items():
        record = next(each for each in contract_of(projection.topic).records if each["name"] == name)
        _table(metadata, projection, record)
    return metadata


def _table(metadata: MetaData, projection: Projection, record: Mapping[str, Any]) -> Table:
    columns = [_column(field, projection.key) for field in record["fields"]]
    own = projection.key == (CE_ID,)
    return Table(
        projection.table,
        metadata,
        *columns,
        Column(CE_ID, Text, primary_key=own, nullable=False, comment="Identifiant de l'enregistrement publié."),
        Column(PUBLIE_LE, DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        comment=projection.about,
    )


def _column(field: Mapping[str, Any], key: tuple[str, ...]) -> Column[Any]:
    return Column(
        field["name"],
        _sql_type(field["type"]),
        primary_key=field["name"] in key,
        autoincrement=False,
        nullable=isinstance(field["type"], list),
        comment=field["doc"],
    )


def _sql_type(schema: Any) -> TypeEngine[Any]:
    """The column type of an Avro type: a list of texts or numbers is an array, a list of records is JSONB."""
    if isinstance(schema, list):
        return _sql_type(next(branch for branch in schema if branch != "null"))
    if isinstance(schema, str):
        return _PRIMITIVES.get(schema, Text)()
    if schema.get("logicalType") == "decimal":
        return Numeric(schema["precision"], schema["scale"])
    if "logicalType" in schema:
        return _LOGICAL[schema["logicalType"]]
    if schema["type"] == "array":
        simple = isinstance(schema["items"], str) and schema["items"] in _PRIMITIVES
        return ARRAY(_PRIMITIVES[schema["items"]]) if simple else JSONB()
    return Text()
