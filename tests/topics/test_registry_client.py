"""The registry's client against answers that a real registry gives, and against those that are no registry's."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bus.registry_client import RegistryAccess, RegistryAway, RegistryClient, RegistryRefuses, SchemaUnknown
from schemas.contracts import contract_of

TOPIC = "apogee.inscriptions.v1"
ACCESS = RegistryAccess("https://registre.invalid/apis/ccompat/v7", "bus", "un secret")
Handler = Callable[[httpx.Request], httpx.Response]


class Memory:
    """A store of schemas that forgets at the end of the test."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[str, str]] = {}

    def get(self, schema_id: int) -> str | None:
        return self.rows.get(schema_id, ("", None))[1]

    def put(self, schema_id: int, subject: str, text: str) -> None:
        if subject or schema_id not in self.rows:
            self.rows[schema_id] = (subject, text)

    def find(self, subject: str, text: str) -> int | None:
        return next((schema_id for schema_id, row in self.rows.items() if row == (subject, text)), None)


class Registry:
    """A registry that notes what it is asked."""

    def __init__(self, **answers: Any) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.requests: list[httpx.Request] = []
        self.answers = answers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        path = request.url.path.removeprefix("/apis/ccompat/v7")
        self.asked.append((request.method, path, body))
        self.requests.append(request)
        if path.startswith("/config/"):
            return httpx.Response(200, json=self.answers.get("config", {"compatibility": "BACKWARD"}))
        if path.startswith("/schemas/ids/"):
            return self.answers.get("schema") or httpx.Response(200, json={"schema": '{"type": "string"}'})
        return self.answers.get("versions") or httpx.Response(200, json={"id": 7})


def client(handler: Handler, store: Memory | None = None) -> RegistryClient:
    return RegistryClient(ACCESS, store or Memory(), httpx.MockTransport(handler))


def test_backward_is_required_before_a_contract_is_registered() -> None:
    registry = Registry()
    assert client(registry).schema_ids([TOPIC]) == {TOPIC: 7}
    (first, second) = registry.asked
    assert first == ("PUT", f"/config/{TOPIC}-value", {"compatibility": "BACKWARD"})
    assert second[:2] == ("POST", f"/subjects/{TOPIC}-value/versions")
    assert json.loads(second[2]["schema"]) == contract_of(TOPIC).schema


def test_a_prefixed_topic_has_a_subject_of_its_own() -> None:
    registry = Registry()
    assert client(registry).schema_ids({TOPIC: f"t1.{TOPIC}"}) == {TOPIC: 7}
    assert registry.asked[1][1] == f"/subjects/t1.{TOPIC}-value/versions"


def test_the_password_is_sent_and_never_shown() -> None:
    registry = Registry()
    client(registry).schema(7)
    assert registry.requests[0].headers["authorization"].startswith("Basic ")
    assert "un secret" not in repr(ACCESS)


def test_a_schema_is_asked_once_and_is_always_the_same_object() -> None:
    registry = Registry()
    known = client(registry)
    assert known.schema(3) is known.schema(3)
    assert len(registry.asked) == 1


def test_a_schema_of_the_store_is_never_asked() -> None:
    store = Memory()
    store.put(3, "", '{"type": "string"}')
    registry = Registry()
    assert client(registry, store).schema(3) == {"type": "string"}
    assert registry.asked == []


def test_what_is_read_and_what_is_registered_is_kept() -> None:
    store = Memory()
    known = client(Registry(), store)
    known.schema(3)
    known.schema_ids([TOPIC])
    assert store.rows[3] == ("", '{"type": "string"}')
    assert store.rows[7] == (f"{TOPIC}-value", contract_of(TOPIC).text)


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def test_a_contract_already_registered_keeps_its_id_while_the_registry_is_away() -> None:
    store = Memory()
    client(Registry(), store).schema_ids([TOPIC])
    assert client(away, store).schema_ids([TOPIC]) == {TOPIC: 7}
    with pytest.raises(RegistryAway):
        client(away, store).schema_ids([TOPIC, "aglae.dossiers.v1"])


def test_an_id_that_the_registry_does_not_have_is_unknown_for_good() -> None:
    answer = httpx.Response(404, json={"error_code": 40403, "message": "Schema not found"})
    with pytest.raises(SchemaUnknown):
        client(Registry(schema=answer)).schema(999)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, text="<html>nginx</html>"),
        httpx.Response(404, json={"error": "no such route"}),
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, json={"sch": "x"}),
        httpx.Response(200, json=["x"]),
        httpx.Response(503),
        httpx.Response(500, json={"error_code": 50001}),
        httpx.Response(429),
        httpx.Response(200, json={"schema": "x" * (5 * 1024 * 1024)}),
    ],
)
def test_what_no_registry_says_is_no_verdict_on_a_record(answer: httpx.Response) -> None:
    with pytest.raises(RegistryAway):
        client(Registry(schema=answer)).schema(1)


@pytest.mark.parametrize(
    "fault", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")]
)
def test_a_registry_that_does_not_answer_is_away(fault: httpx.TransportError) -> None:
    def handler(_request: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(RegistryAway):
        client(handler).schema(1)


@pytest.mark.parametrize("answer", [{"schema": "{}", "schemaType": "JSON"}, {"schema": 'syntax = "proto3";'}])
def test_a_schema_that_is_not_avro_is_unknown(answer: dict[str, str]) -> None:
    with pytest.raises(SchemaUnknown):
        client(Registry(schema=httpx.Response(200, json=answer))).schema(1)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"type":' * 50_000 + '"int"' + "}" * 50_000])
def test_a_schema_nested_beyond_measure_is_unknown(text: str) -> None:
    with pytest.raises(SchemaUnknown):
        client(Registry(schema=httpx.Response(200, json={"schema": text}))).schema(1)


def test_an_incompatible_contract_is_refused_and_says_what_to_do() -> None:
    with pytest.raises(RegistryRefuses, match=r"apogee\.inscriptions\.v1.*défaut"):
        client(Registry(versions=httpx.Response(409, json={"error_code": 409}))).schema_ids([TOPIC])


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_account_is_refused_not_retried(status: int) -> None:
    with pytest.raises(RegistryRefuses, match="accès"):
        client(Registry(versions=httpx.Response(status))).schema_ids([TOPIC])


def test_a_registry_that_sets_another_compatibility_is_refused() -> None:
    with pytest.raises(RegistryRefuses, match="BACKWARD"):
        client(Registry(config={"compatibility": "NONE"})).schema_ids([TOPIC])
