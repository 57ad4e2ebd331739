"""Aglaé → `aglae.dossiers.v1`: dossiers with their vœux and the CROUS's re-treatments, dropped as files."""

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType

from connectors.aglae import csv_files, json_files, messages
from connectors.aglae.dossiers import TOPIC
from connectors.transport import messages as transport_messages
from connectors.transport.deliveries import INCONNU, Policy
from schemas.outcome import Accepted, Delivery, Refused
from schemas.student_key import StudentKeys


class Aglae:
    """See `schemas.outcome.PushConnector`."""

    system = "aglae"
    topics = (TOPIC,)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = MappingProxyType(
        {
            csv_files.DOSSIERS: Policy.DEPOT,
            csv_files.RETRAITEMENTS: Policy.DEPOT,
            json_files.DOSSIERS: Policy.DEPOT,
            json_files.RETRAITEMENTS: Policy.DEPOT,
        }
    )

    def __init__(self, secret: bytes) -> None:
        self._keys = StudentKeys(secret)

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """The extension tells CSV from JSON; the header or the first object tells dossiers from re-treatments."""
        extension = PurePath(delivery.name).suffix.lower()
        if extension == ".json":
            return json_files.accept_file(delivery, self._keys)
        if extension in (".csv", ".txt"):
            return csv_files.accept_file(delivery, self._keys)
        return Refused(INCONNU, (transport_messages.unknown_kind(messages.EXPECTED),))
