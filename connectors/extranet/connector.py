"""The Extranet → `extranet.actes.v1` and `extranet.comptes.v1`, by HTTP or files. Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping

from connectors.extranet.fields import ACTES, COMPTES, KINDS
from connectors.extranet.subjects import subject_of
from connectors.transport.address_keys import AddressKeys
from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas.outcome import Accepted, Delivery, Record, Refused


class Extranet:
    """See `schemas.outcome.PushConnector`."""

    system = "extranet"
    topics = (ACTES, COMPTES)
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
        """An act belongs to its contract, an account to its organisme, a forgotten password to the address's keyed hash."""
        subject = subject_of(given.name, given.data)
        if given.topic == ACTES:
            yield given.record(given.data["contrat"], subject)
            return
        address = given.data.get("adresse_electronique")
        completed = {} if address is None else {"adresse_cle": self._addresses.of(address)}
        key = completed["adresse_cle"] if given.name == "mot_de_passe_oublie" else given.data["organisme"]
        yield given.record(key, subject, **completed)
