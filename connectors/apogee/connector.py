"""Apogée → `apogee.inscriptions.v1`: events posted over HTTP, events and exports dropped as files."""

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType

from connectors.apogee import csv_export, messages, push
from connectors.apogee.registrations import TOPIC
from connectors.transport import messages as transport_messages
from connectors.transport.deliveries import INCONNU, Policy
from schemas.outcome import Accepted, Delivery, Refused
from schemas.student_key import StudentKeys


class Apogee:
    """See `schemas.outcome.PushConnector`."""

    system = "apogee"
    topics = (TOPIC,)
    transports = ("http", "depot")
    kinds: Mapping[str, Policy] = MappingProxyType({push.KIND: Policy.DEPOT, csv_export.KIND: Policy.DEPOT})

    def __init__(self, secret: bytes) -> None:
        self._keys = StudentKeys(secret)

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """A request holds events; a file is told by its extension."""
        extension = PurePath(delivery.name).suffix.lower()
        if not delivery.name or extension == ".json":
            return push.accept_events(delivery, self._keys)
        if extension in (".csv", ".txt"):
            return csv_export.accept_export(delivery, self._keys)
        return Refused(INCONNU, (transport_messages.unknown_kind(messages.EXPECTED),))
