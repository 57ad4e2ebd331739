"""Safir → `safir.actions.v1` and `safir.titulaires.v1`, by HTTP or files. Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.safir.fields import ACTIONS, KINDS, TITULAIRES
from connectors.transport.address_keys import AddressKeys
from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records.safir import Titulaire

SUBJECTS: Mapping[str, str] = {
    "decision_facture": "facture/{facture}",
    "justificatif_recu": "justificatif/{stagiaire}",
    "bilan_recu": "bilan",
    "versement": "versement/{reference}",
    "facture_validee": "facture_validee/{rang}",
}
"""Event → its subject; an event that is not here is about the whole action."""


class Safir:
    """See `schemas.outcome.PushConnector`."""

    system = "safir"
    topics = (ACTIONS, TITULAIRES)
    transports = ("http", "depot")

    def __init__(self, secret: bytes) -> None:
        self._addresses = AddressKeys(secret)
        self._events = OwnEvents(self.system, self.topics, KINDS, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return self._events.kinds

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        """An action also says who its titulaire is, under the key of that organisme (R-EXT-01)."""
        if given.topic == TITULAIRES:
            yield given.record(given.data["organisme"], "titulaire", **self._address_key(given.data.get("adresse_electronique")))
            return
        subject = SUBJECTS.get(given.name, "action").format_map(given.data)
        yield given.record(given.data["contrat"], subject)
        if given.name == "action" and given.data.get("en_ligne", True):
            yield self._titulaire(given)

    def _titulaire(self, given: Given) -> Record:
        address = given.data.get("adresse_electronique")
        data = Titulaire(
            organisme=given.data["organisme"],
            contrat=given.data["contrat"],
            raison_sociale=given.data["raison_sociale"],
            adresse_electronique=address,
            **self._address_key(address),
        )
        own_id = None if given.own_id is None else f"{given.own_id}/titulaire"
        return Record(TITULAIRES, "titulaire", data.organisme, "titulaire", given.time, data, f"{given.position}/titulaire", own_id)

    def _address_key(self, address: str | None) -> dict[str, Any]:
        return {} if address is None else {"adresse_cle": self._addresses.of(address)}
