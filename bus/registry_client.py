"""The schema registry, through the four routes of the Confluent API that the bus needs (architecture §2).

A schema seen once is kept in a store and in memory: a registry that is away stops nothing already known.
"""

import json
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx

from bus.told import Told
from schemas.codec import SchemaUnknown
from schemas.contracts import Contract, contract_of

__all__ = ["RegistryAccess", "RegistryAway", "RegistryClient", "RegistryRefuses", "SchemaStore", "SchemaUnknown", "subject_of"]

Answer = TypeVar("Answer")

MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"
COMPATIBILITY = "BACKWARD"
LARGEST_ANSWER = 4 * 1024 * 1024
TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
SCHEMA_NOT_FOUND = 40403


class RegistryAway(Told):
    """The registry does not answer, or not as a registry: transient, try again. French."""


class RegistryRefuses(Told):
    """The registry refuses what was asked (an incompatible schema, a wrong password): permanent. French."""


class SchemaStore(Protocol):
    """Schemas already seen, kept across restarts. An id means the same schema for ever."""

    def get(self, schema_id: int) -> str | None:
        """The text of a schema, None when it was never put."""
        ...

    def put(self, schema_id: int, subject: str, text: str) -> None:
        """Keep a schema; putting it again changes nothing but an empty subject. `subject` is empty when it was only read."""
        ...

    def find(self, subject: str, text: str) -> int | None:
        """The id under which exactly this text was put for this subject."""
        ...


@dataclass(frozen=True, slots=True)
class RegistryAccess:
    """Where the registry is and how to be let in."""

    url: str
    """Base URL of the Confluent API, such as `https://registre.example/apis/ccompat/v7`."""
    user: str | None = None
    password: str | None = None
    """Read only with `user`."""
    ca_file: Path | None = None
    """Authorities to trust instead of the system's."""
    client_certificate: Path | None = None
    client_key: Path | None = None
    timeout: float = 10.0
    """Seconds, for each of connection, writing and reading."""

    def __repr__(self) -> str:
        return f"RegistryAccess(url={self.url!r}, user={self.user!r})"

    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        if self.client_certificate:
            context.load_cert_chain(self.client_certificate, self.client_key)
        return context


def subject_of(kafka_topic: str) -> str:
    """TopicNameStrategy, which every Confluent client reads by default. Takes the name with its prefix."""
    return f"{kafka_topic}-value"


class RegistryClient:
    """One registry. Not shared between threads that write; reading an id already seen touches no network."""

    def __init__(self, access: RegistryAccess, store: SchemaStore, transport: httpx.BaseTransport | None = None) -> None:
        self._store = store
        self._seen: dict[int, Any] = {}
        self._http = httpx.Client(
            base_url=access.url,
            auth=httpx.BasicAuth(access.user, access.password or "") if access.user else None,
            headers={"Accept": f"{MEDIA_TYPE}, application/json", "Content-Type": MEDIA_TYPE},
            timeout=access.timeout,
            verify=access.tls(),
            transport=transport,
        )

    def __enter__(self) -> "RegistryClient":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def schema(self, schema_id: int) -> Any:
        """The schema of an id (JSON values), always the same object. Raises SchemaUnknown, RegistryAway, RegistryRefuses."""
        known = self._seen.get(schema_id)
        if known is None:
            text = self._store.get(schema_id)
            if text is None:
                text = self._fetch(schema_id)
                self._store.put(schema_id, "", text)
            known = self._seen[schema_id] = json.loads(text)
        return known

    def schema_ids(self, topics: Mapping[str, str] | Iterable[str]) -> dict[str, int]:
        """Register the contracts of topics of the catalogue and give their ids, by catalogue name.

        `topics`: names, or catalogue name → Kafka name where they differ. Each subject is set BACKWARD first: registries differ in
        what they do without a rule. Raises RegistryRefuses for a contract that the registered one cannot be read with, and
        RegistryAway for one that was never registered: those that were keep their id while the registry is away.
        """
        names = topics if isinstance(topics, Mapping) else {name: name for name in topics}
        ids: dict[str, int] = {}
        away: RegistryAway | None = None
        for name, kafka_name in names.items():
            subject, contract = subject_of(kafka_name), contract_of(name)
            if away is None:
                try:
                    ids[name] = self.register(subject, contract)
                    continue
                except RegistryAway as error:
                    away = error
            known = self._store.find(subject, contract.text)
            if known is None:
                raise away
            ids[name] = known
        return ids

    def register(self, subject: str, contract: Contract) -> int:
        """Set BACKWARD on the subject, register the contract, keep it; its id. Twice gives the same id."""
        self.require_compatibility(subject)
        answer = self._ask("POST", f"/subjects/{quote(subject, safe='')}/versions", {"schema": contract.text})
        if answer.status_code == httpx.codes.CONFLICT:
            raise RegistryRefuses(
                f"Le contrat de {contract.topic} n'est pas compatible ({COMPATIBILITY}) avec celui que le registre a déjà pour {subject}. "
                "Donnez un défaut aux champs ajoutés, ou publiez une nouvelle version majeure du topic."
            )
        schema_id = self._field(answer, "id", int)
        self._store.put(schema_id, subject, contract.text)
        return schema_id

    def require_compatibility(self, subject: str) -> None:
        """Set BACKWARD on a subject."""
        answer = self._ask("PUT", f"/config/{quote(subject, safe='')}", {"compatibility": COMPATIBILITY})
        if self._field(answer, "compatibility", str) != COMPATIBILITY:
            raise RegistryRefuses(f"Le registre n'a pas mis {subject} en compatibilité {COMPATIBILITY}.")

    def is_compatible(self, subject: str, contract: Contract) -> bool:
        """Whether the contract could be registered as it is; true for a subject without a version."""
        answer = self._ask("POST", f"/compatibility/subjects/{quote(subject, safe='')}/versions/latest", {"schema": contract.text})
        return answer.status_code == httpx.codes.NOT_FOUND or self._field(answer, "is_compatible", bool)

    def _fetch(self, schema_id: int) -> str:
        answer = self._ask("GET", f"/schemas/ids/{schema_id}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            # A proxy's 404, or that of a wrong base URL, is no registry's word on this id.
            if self._json(answer).get("error_code") != SCHEMA_NOT_FOUND:
                raise RegistryAway("L'adresse du registre répond 404 sans le code d'un registre : vérifiez-la.")
            raise SchemaUnknown(f"Le registre ne connaît pas le schéma {schema_id}.")
        kind = self._json(answer).get("schemaType", "AVRO")
        text = self._field(answer, "schema", str)
        if kind != "AVRO":
            raise SchemaUnknown(f"Le schéma {schema_id} n'est pas un schéma Avro ({kind}).")
        try:
            json.loads(text)
        except (ValueError, RecursionError) as error:  # one nested beyond what Python follows is no schema of anybody's
            raise SchemaUnknown(f"Le schéma {schema_id} n'est pas du JSON lisible.") from error
        return text

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        try:
            answer = self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise RegistryAway(f"Le registre de schémas ne répond pas ({type(error).__name__}).") from error
        if answer.status_code in TRANSIENT:
            raise RegistryAway(f"Le registre de schémas répond {answer.status_code}.")
        if answer.status_code in (401, 403):
            raise RegistryRefuses(f"Le registre de schémas refuse l'accès ({answer.status_code}) : vérifiez son compte.")
        if answer.status_code >= 400 and answer.status_code not in (404, 409):
            raise RegistryRefuses(f"Le registre de schémas refuse la demande ({answer.status_code}).")
        return answer

    def _json(self, answer: httpx.Response) -> dict[str, Any]:
        if len(answer.content) > LARGEST_ANSWER:
            raise RegistryAway(f"Le registre de schémas donne plus de {LARGEST_ANSWER} octets.")
        try:
            found = answer.json()
        except ValueError:
            found = None
        if isinstance(found, dict):
            return found
        if answer.status_code == httpx.codes.NOT_FOUND:
            return {}
        raise RegistryAway("La réponse n'est pas celle d'un registre de schémas : vérifiez son adresse.")

    def _field(self, answer: httpx.Response, name: str, kind: type[Answer]) -> Answer:
        value = self._json(answer).get(name)
        if not isinstance(value, kind):
            raise RegistryAway(f"La réponse du registre n'a pas le champ {name} : vérifiez son adresse.")
        return value
