"""What a person says of an import in ONDE (R-ONDE-13). Our own format ("format interne, non homologué")."""

from collections.abc import Iterator

from connectors.transport import school_fields, values
from connectors.transport.contract_fields import Kinds
from connectors.transport.own_events import Given, OwnEvents
from schemas.outcome import Record

TOPIC = "onde.depots.v1"
JSON = "onde.evenements.json"

KINDS: Kinds = {
    "uai": school_fields.uai(),
    "annee": school_fields.school_year(),
    "empreinte": values.identifier(r"[0-9a-f]{64}", "empreinte SHA-256 en hexadécimal"),
}


def own_events(system: str) -> OwnEvents:
    return OwnEvents(system, (TOPIC,), KINDS, _publish)


def _publish(given: Given) -> Iterator[Record]:
    yield given.record(given.data["uai"], "onde")
