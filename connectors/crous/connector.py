"""CROUS and CNOUS → `crous.decisions.v1`: files of decisions in our own format ("format interne, non homologué"), and the
answers of the CNOUS provider interface as they are."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from connectors.crous import cnous_json
from connectors.crous.records import TOPIC, record_of
from connectors.transport import student_fields
from connectors.transport.contract_fields import Kinds
from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records.crous import DecisionCrous
from schemas.student_key import StudentKeys

KINDS: Kinds = {
    "annee": student_fields.ANNEE,
    "numero_boursier": student_fields.NUMERO_BOURSIER,
    "echelon": student_fields.ECHELON,
    "sexe": student_fields.SEXE,
    "uai": student_fields.UAI,
}


class Crous:
    """See `schemas.outcome.PushConnector`."""

    system = "crous"
    topics = (TOPIC,)
    transports = ("http", "depot")

    def __init__(self, secret: bytes) -> None:
        self._keys = StudentKeys(secret)
        self._events = OwnEvents(self.system, self.topics, KINDS, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return {**self._events.kinds, cnous_json.KIND: Policy.DEPOT}

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """A JSON file whose objects have the provider's own fields is an answer of the CNOUS; all else is our own format."""
        extension = PurePath(delivery.name).suffix.lower()
        if (not delivery.name or extension == ".json") and cnous_json.recognises(delivery):
            return cnous_json.accept_answers(delivery, self._keys)
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        yield record_of(DecisionCrous(**given.data), self._keys, given.time, given.position, given.own_id)
