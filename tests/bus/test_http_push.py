"""The HTTP push on real services, through a real server."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bus import tokens
from bus.database.transport_tables import recepisses
from bus.push import protocol as http_protocol
from bus.push.http_push import Limits, create_app, server_of
from bus.tokens import TokenFile
from bus.transports import Transports
from schemas import identity
from tests.bus.receiving import Receiving, receiving
from tests.connectors.apogee.samples import EVENT
from tests.connectors.deliveries import SECRET
from tests.services import Services
from tests.waiting import PATIENCE

PROJECT = Path(__file__).resolve().parent.parent.parent
URL = "/v1/apogee/evenements"


@dataclass
class Served:
    """A running server and a client of it."""

    bus: Receiving
    client: httpx.Client
    address: tuple[str, int]
    token: str
    tokens_file: Path

    def post(self, content: Any, url: str = URL, **headers: str) -> httpx.Response:
        body = content if isinstance(content, bytes | str) else json.dumps(content)
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | headers
        return self.client.post(url, content=body, headers={name: value for name, value in sent.items() if value})


@contextmanager
def serving(bus: Receiving, limits: Limits, **options: Any) -> Iterator[Served]:
    """A server in a thread with its own loop, on a free port of this machine."""
    tokens_file = bus.folder / "tokens.json"
    token = tokens.create(tokens_file, f"test{time.monotonic_ns()}", ["apogee:ecrire"])
    reserved = socket.socket()
    reserved.bind(("127.0.0.1", 0))
    reserved.listen()  # a call may come before the server accepts
    servers: list[Any] = []
    ready = threading.Event()

    async def serve() -> None:
        publisher = bus.publisher(**options)
        transports = Transports(bus.database, options.get("registry", bus.registry), publisher, bus.connectors)
        server = server_of(create_app(transports, TokenFile(tokens_file), limits), "127.0.0.1", 0)
        servers.append(server)
        ready.set()
        await server.serve(sockets=[reserved])
        await publisher.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(PATIENCE)
    address = reserved.getsockname()
    with httpx.Client(base_url=f"http://127.0.0.1:{address[1]}", timeout=PATIENCE) as client:
        try:
            yield Served(bus, client, address, token, tokens_file)
        finally:
            servers[0].should_exit = True
            thread.join(PATIENCE)
            reserved.close()


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        yield made


@pytest.fixture
def http(bus: Receiving) -> Iterator[Served]:
    with serving(bus, Limits(body_bytes=2_000_000)) as served:
        yield served


def events(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [EVENT | {"event_id": f"e-{number}"} | changes for number in range(count)]


def codes(response: httpx.Response) -> list[str]:
    return [each["code"] for each in response.json()["erreurs"]]


def nobody() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{closed.getsockname()[1]}"


def test_events_are_on_the_topic_when_202_is_said(http: Served) -> None:
    one, many = http.post(EVENT), http.post(events(3))
    assert (one.status_code, one.json()["recu"]) == (202, 1)
    assert (many.status_code, many.json()["recu"]) == (202, 3)
    came = http.bus.came()
    assert {each.envelope.ce_id for each in came} == {identity.from_source("apogee", f"0781944P/{name}") for name in ("e-1", "e-0", "e-2")}
    rows = http.bus.rows(recepisses)
    assert [(row["state"], row["records"], row["kind"]) for row in rows] == [
        ("PUBLISHED", 1, "apogee.evenements.json"),
        ("PUBLISHED", 3, "apogee.evenements.json"),
    ]
    assert {row["receipt"] for row in rows} == {one.json()["recepisse"], many.json()["recepisse"]}


def test_a_thousand_events_are_taken_and_one_more_is_not(http: Served) -> None:
    assert http.post(events(1000)).json()["recu"] == 1000
    refused = http.post(events(1001))
    assert (refused.status_code, codes(refused)) == (422, ["TROP_D_EVENEMENTS"])
    assert len(http.bus.came()) == 1000


def test_all_or_nothing_with_every_fault_in_french_and_the_rank_of_the_event(http: Served) -> None:
    given = [EVENT, EVENT | {"event_id": "e-2", "date_nai": "2007-02-31"}, EVENT | {"event_id": "e-3", "cod_etu": 7}]
    response = http.post(given)
    assert response.status_code == 422
    assert response.json() == {
        "erreurs": [
            {
                "code": "DATE_IMPOSSIBLE",
                "message": "Élément 2, champ date_nai : date du calendrier ; trouvé : date impossible.",
                "remede": "Corriger la valeur à la source.",
                "evenement": 2,
            },
            {
                "code": "TYPE_INATTENDU",
                "message": "Élément 3, champ cod_etu : identifiant de lettres et de chiffres, 20 caractères au plus entre guillemets"
                " ; trouvé : nombre.",
                "remede": "Écrire l'identifiant entre guillemets : un nombre perd ses zéros de tête.",
                "evenement": 3,
            },
        ]
    }
    assert http.bus.came() == []
    assert http.bus.rows(recepisses) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "JSON_INVALIDE"),
        ("", 400, "FICHIER_VIDE"),
        ("[" * 100_000, 400, "JSON_TROP_PROFOND"),
        ('{"a": 1, "a": 2}', 400, "CHAMP_EN_DOUBLE"),
        (b'{"nom": "\xe9"}', 400, "ENCODAGE_INVALIDE"),
        ("null", 422, "TYPE_INATTENDU"),
        ("[]", 400, "FICHIER_VIDE"),
    ],
)
def test_what_is_no_json_and_what_is_no_event_are_told_apart(http: Served, body: Any, status: int, code: str) -> None:
    response = http.post(body)
    assert (response.status_code, codes(response)) == (status, [code])


def test_who_may_push_is_checked_before_anything_is_read(http: Served) -> None:
    other = tokens.create(http.tokens_file, "autre", ["aglae:ecrire"])
    for headers, status, code in (
        ({"Authorization": ""}, 401, "JETON_ABSENT"),
        ({"Authorization": "Basic abc"}, 401, "JETON_ABSENT"),
        ({"Authorization": "Bearer"}, 401, "JETON_ABSENT"),
        ({"Authorization": "Bearer inconnu"}, 401, "JETON_INCONNU"),
        ({"Authorization": f"Bearer {other}"}, 403, "PORTEE_INSUFFISANTE"),
    ):
        response = http.post("{", **headers)
        assert (response.status_code, codes(response)) == (status, [code])
    assert "www-authenticate" in http.post("{", Authorization="").headers
    http.tokens_file.write_text("{")
    assert http.post(EVENT).status_code == 503


def test_a_revoked_token_is_refused_at_once(http: Served) -> None:
    assert http.post(EVENT).status_code == 202
    tokens.revoke(http.tokens_file, tokens.read(http.tokens_file)[0].name)
    assert http.post(EVENT).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "text/csv"}, {"Content-Type": ""}, {"Content-Type": "application/xml"}, {"Content-Encoding": "gzip"}],
)
def test_anything_but_plain_json_is_415(http: Served, headers: dict[str, str]) -> None:
    response = http.post(json.dumps(EVENT), **headers)
    assert (response.status_code, codes(response)) == (415, ["TYPE_DE_CONTENU"])


def test_a_charset_is_understood(http: Served) -> None:
    latin = json.dumps(EVENT, ensure_ascii=False).encode("iso-8859-1")
    assert http.post(latin, **{"Content-Type": "application/json; charset=ISO-8859-1"}).status_code == 202
    assert http.bus.came()[0].data.prenom == "Zélie"


def test_unknown_places_and_methods_answer_in_the_same_form(http: Served) -> None:
    wide = tokens.create(http.tokens_file, "large", ["inconnu:ecrire", "aglae:ecrire"])
    assert codes(http.client.get("/nulle/part")) == ["ADRESSE_INCONNUE"]
    assert codes(http.client.get(URL)) == ["METHODE_REFUSEE"]
    for system in ("inconnu", "aglae"):
        response = http.post(EVENT, f"/v1/{system}/evenements", Authorization=f"Bearer {wide}")
        assert (response.status_code, codes(response)) == (404, ["ADRESSE_INCONNUE"])


def test_a_body_beyond_the_limit_is_413_whether_announced_or_not(bus: Receiving) -> None:
    with serving(bus, Limits(body_bytes=1_000)) as http:
        announced = http.post(b"x" * 1_001)
        chunked = http.client.post(
            URL,
            content=(b"x" * 600 for _ in range(50)),
            headers={"Authorization": f"Bearer {http.token}", "Content-Type": "application/json"},
        )
        assert [announced.status_code, chunked.status_code] == [413, 413]
        assert codes(announced) == ["CORPS_TROP_GROS"]


def test_a_body_that_does_not_come_is_408(bus: Receiving) -> None:
    with serving(bus, Limits(body_bytes=1_000, body_seconds=0.3)) as http, socket.create_connection(http.address, timeout=PATIENCE) as link:
        head = f"POST {URL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {http.token}\r\nContent-Type: application/json\r\n"
        link.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        assert link.recv(4096).startswith(b"HTTP/1.1 408")


def test_headers_that_do_not_come_close_the_connection(bus: Receiving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol.PunctualProtocol, "header_seconds", 2.0)
    with serving(bus, Limits(body_bytes=1_000)) as http:
        with socket.create_connection(http.address, timeout=PATIENCE) as silent:
            assert silent.recv(100) == b""
        with socket.create_connection(http.address, timeout=PATIENCE) as slow:
            slow.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            assert slow.recv(4096).startswith(b"HTTP/1.1 200")
            slow.sendall(b"GET /health HT")
            assert b"".join(iter(lambda: slow.recv(4096), b"")).count(b"HTTP/1.1") == 0
        assert http.client.get("/health").status_code == 200


def test_an_idempotency_key_gives_back_its_receipt_and_publishes_once(http: Served) -> None:
    plain = {name: value for name, value in EVENT.items() if name != "dat_mod_iae"}
    first, again = (http.post(plain, **{"Idempotency-Key": "envoi-1"}) for _ in range(2))
    assert first.json() == again.json()
    assert len(http.bus.came()) == 1
    other = http.post(plain | {"nom": "AUTRE"}, **{"Idempotency-Key": "envoi-1"})
    assert (other.status_code, codes(other)) == (422, ["CLE_IDEMPOTENCE_REUTILISEE"])
    assert http.post(plain, **{"Idempotency-Key": "envoi-2"}).json()["recepisse"] != first.json()["recepisse"]


@pytest.mark.parametrize("key", ["a b", "x" * 129])
def test_a_key_that_cannot_be_is_400(http: Served, key: str) -> None:
    assert codes(http.post(EVENT, **{"Idempotency-Key": key})) == ["CLE_IDEMPOTENCE_INVALIDE"]


def test_requests_with_one_key_at_once_share_one_receipt_and_the_same_ids(http: Served) -> None:
    answers: list[httpx.Response] = []
    senders = [threading.Thread(target=lambda: answers.append(http.post(events(50), **{"Idempotency-Key": "envoi-1"}))) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert {(each.status_code, each.json()["recepisse"]) for each in answers} == {(202, answers[0].json()["recepisse"])}
    came = http.bus.came()
    assert len({each.envelope.ce_id for each in came}) == 50
    assert len({(each.envelope.ce_id, each.envelope.ce_time, str(each.data)) for each in came}) == 50


def test_kafka_away_is_503_and_the_same_key_keeps_its_receipt_when_it_is_back(bus: Receiving) -> None:
    key = {"Idempotency-Key": "envoi-1"}
    bus.registry.schema_ids({topic: bus.deployment.topic(topic) for topic in ("apogee.inscriptions.v1",)})
    with serving(bus, Limits(body_bytes=10_000), kafka={"bootstrap_servers": nobody()}, patience=0.5) as http:
        away = http.post(EVENT, **key)
        assert (away.status_code, codes(away), away.headers["retry-after"]) == (503, ["BUS_INDISPONIBLE"], "10")
        ready = http.client.get("/ready")
        assert (ready.status_code, ready.json()["absents"]) == (503, ["kafka"])
        assert http.client.get("/health").status_code == 200
    (row,) = bus.rows(recepisses)
    assert row["state"] == "RECEIVED"
    tokens.revoke(bus.folder / "tokens.json", row["token"])
    with serving(bus, Limits(body_bytes=10_000)) as http:
        renewed = tokens.create(http.tokens_file, row["token"], ["apogee:ecrire"])
        back = http.post(EVENT, Authorization=f"Bearer {renewed}", **key)
        assert (back.status_code, back.json()["recepisse"]) == (202, row["receipt"])
        assert http.client.get("/ready").json() == {"etat": "pret", "absents": []}


def test_a_registry_away_is_503_only_while_ids_are_unknown(bus: Receiving) -> None:
    registry = bus.registry_at(f"http://{nobody()}/apis/ccompat/v7")
    try:
        with serving(bus, Limits(body_bytes=10_000), registry=registry) as http:
            assert http.post(EVENT).status_code == 503
    finally:
        registry.close()


def test_too_many_at_once_are_told_to_come_back(bus: Receiving) -> None:
    with serving(bus, Limits(body_bytes=10_000, in_progress=1, body_seconds=PATIENCE)) as http:
        with socket.create_connection(http.address, timeout=PATIENCE) as link:
            head = f"POST {URL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {http.token}\r\nContent-Type: application/json\r\n"
            link.sendall(f"{head}Expect: 100-continue\r\nContent-Length: 100\r\n\r\n".encode())
            assert link.recv(4096).startswith(b"HTTP/1.1 100")
            busy = http.post(EVENT)
            assert (busy.status_code, busy.headers["retry-after"], codes(busy)) == (429, "1", ["TROP_DE_REQUETES"])
        deadline = time.monotonic() + PATIENCE
        while (last := http.post(EVENT).status_code) != 202:
            assert time.monotonic() < deadline, last


def test_warnings_are_told_beside_the_202_and_no_answer_or_log_holds_a_value(http: Served, capfd: pytest.CaptureFixture[str]) -> None:
    doubtful = http.post(EVENT | {"cle_nne": "M"})
    assert doubtful.status_code == 202
    assert [each["code"] for each in doubtful.json()["avertissements"]] == ["CLE_NNE_INVALIDE"]
    wrong = http.post(EVENT | {"nom": "TESTARD\u0007", "cod_ind": "é"})
    said = doubtful.text + wrong.text + "".join(capfd.readouterr())
    for value in ("TESTARD", "1111037734", "900001", "21907", http.token):
        assert value not in said


def test_a_process_told_to_stop_ends_in_order(bus: Receiving) -> None:
    key_file = bus.folder / "key"
    key_file.write_bytes(SECRET)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")} | {
        "KAFKA_BOOTSTRAP_SERVERS": bus.services.kafka,
        "SCHEMA_REGISTRY_URL": bus.services.registry,
        "DATABASE_URL": bus.services.database,
        "PASSERELLE_DATABASE__SCHEMA": bus.schema,
        "PASSERELLE_PREFIX": bus.deployment.prefix,
        "PASSERELLE_VAR": str(bus.folder),
        "PASSERELLE_STUDENT_KEY_FILE": str(key_file),
        "PASSERELLE_HTTP__TOKENS_FILE": str(bus.folder / "tokens.json"),
        "PASSERELLE_HTTP__PORT": str(port),
    }
    token = tokens.create(bus.folder / "tokens.json", "test", ["apogee:ecrire"])
    process = subprocess.Popen([sys.executable, "-m", "bus.push.http_push"], env=environment, cwd=PROJECT)
    try:
        deadline = time.monotonic() + PATIENCE
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            while not _alive(client):
                assert process.poll() is None
                assert time.monotonic() < deadline
            response = client.post(URL, json=EVENT, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 202
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()


def _alive(client: httpx.Client) -> bool:
    try:
        return client.get("/health").status_code == 200
    except httpx.TransportError:
        return False
