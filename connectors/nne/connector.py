"""Corrections of an NNE → `nne.corrections.v1` (R-AGL-21). Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping

from connectors.transport import student_fields, values
from connectors.transport.contract_fields import Kinds
from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas import subjects
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.student_key import StudentKeys

KINDS: Kinds = {
    "uai": student_fields.UAI,
    "cod_etu": student_fields.ETUDIANT,
    "ancien_nne": student_fields.NUMERO_BOURSIER,
    "nouveau_nne": student_fields.NNE,
    "nouvelle_cle": values.identifier(r"[0-9a-f]{32}", "clé calculée par le bus"),
}


class Nne:
    """See `schemas.outcome.PushConnector`."""

    system = "nne"
    topics = ("nne.corrections.v1",)
    transports = ("http", "depot")

    def __init__(self, secret: bytes) -> None:
        self._keys = StudentKeys(secret)
        self._events = OwnEvents(self.system, self.topics, KINDS, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return self._events.kinds

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        """An event of the old key: that of the NNE so far, else of the establishment's own number. The new key is ours to
        compute, whatever the sender wrote."""
        uai, cod_etu, old = given.data["uai"], given.data["cod_etu"], given.data.get("ancien_nne")
        key = self._keys.of_nne(old) if old else self._keys.without_nne(uai, cod_etu)
        new = self._keys.of_nne(given.data["nouveau_nne"])
        yield given.record(key, subjects.of_correction(uai, cod_etu), nouvelle_cle=new)
