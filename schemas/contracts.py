"""The Avro contracts of the topics: `schemas/avro/<topic>.avsc`, each one record or a top-level union of records."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

AVRO_FOLDER = Path(__file__).parent / "avro"
RELEASED_FOLDER = Path(__file__).parent / "released"


class BadContract(Exception):
    """A contract that cannot be used; the text says which topic, what was found and what to do."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract of one topic."""

    topic: str
    schema: Any
    """The Avro schema as JSON values: an object (one record) or a list (a union of records)."""

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        """The records a value may be, in the order of the union's branches."""
        return tuple(self.schema) if isinstance(self.schema, list) else (self.schema,)

    @property
    def is_union(self) -> bool:
        return isinstance(self.schema, list)

    @property
    def names(self) -> tuple[str, ...]:
        """Record names without namespace: the `ce_type`s of the topic."""
        return tuple(record["name"].rsplit(".", 1)[-1] for record in self.records)

    @property
    def text(self) -> str:
        """The schema as registered: JSON with `doc`, no insignificant space, non-ASCII characters as they are."""
        return json.dumps(self.schema, ensure_ascii=False, separators=(",", ":"))


def read_contract(topic: str, path: Path) -> Contract:
    """Read one contract. Raises BadContract when the file is absent, is no JSON, or is no record nor union of records."""
    try:
        schema = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadContract(f"{topic}: no contract {path.name}; write it beside the others") from None
    except ValueError as error:
        raise BadContract(f"{path.name}: not JSON in UTF-8: {error}") from error
    branches = schema if isinstance(schema, list) else [schema]
    if not branches or not all(isinstance(branch, dict) and branch.get("type") == "record" for branch in branches):
        raise BadContract(f"{path.name}: must be a record or a non-empty list of records")
    contract = Contract(topic, schema)
    if len(set(contract.names)) != len(contract.names):
        raise BadContract(f"{path.name}: two records share a name; a record's name is its event type")
    return contract


@cache
def contract_of(topic: str) -> Contract:
    """The present contract of a topic named as in the catalogue (no prefix)."""
    return read_contract(topic, AVRO_FOLDER / f"{topic}.avsc")


def topics_with_contract(folder: Path = AVRO_FOLDER) -> tuple[str, ...]:
    """The topics that have a contract file, sorted by name."""
    return tuple(sorted(path.name.removesuffix(".avsc") for path in folder.glob("*.avsc")))
