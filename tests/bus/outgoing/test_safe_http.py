"""Calls to the outside: where they may not go, what they do not follow, when they end."""

import socket
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response

from bus.safe_http import Answer, ClearTarget, EndUnknown, NotSent, PrivateTarget, SafeHttp
from bus.settings import OutgoingHttpSettings
from tests.bus.outgoing.call_servers import Desk, answering, breaking, calling, until_the_end_of_the_request
from tests.bus.outgoing.mail_servers import certificate

PUBLIC = "93.184.216.34"


def send(settings: OutgoingHttpSettings, url: str, body: bytes = b"{}", **resolved: tuple[str, ...]) -> tuple[Answer, int]:
    engaged: list[int] = []
    client = SafeHttp(settings, lambda host, _port: resolved["to"]) if resolved else SafeHttp(settings)
    return client.send("POST", url, body, {"X-Essai": "1"}, lambda: engaged.append(1)), len(engaged)


def test_a_call_arrives_once_with_its_host_and_headers() -> None:
    with answering() as (desk, port):
        answer, engaged = send(calling("s", port), f"http://127.0.0.1:{port}/v1/x")
    assert (answer.status, answer.body, engaged) == (200, b'{"fait": true}', 1)
    [call] = desk.calls
    assert (call.method, call.path, call.body, call.headers["x-essai"]) == ("POST", "/v1/x", b"{}", "1")
    assert call.headers["host"] == f"127.0.0.1:{port}"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:10.0.0.1",
        "::ffff:93.184.216.34",
        "2002:a00:1::1",
        "64:ff9b::a00:1",
        "ff02::1",
    ],
)
def test_a_name_that_leads_to_a_private_network_is_not_called(address: str) -> None:
    with pytest.raises(PrivateTarget):
        send(OutgoingHttpSettings(), "https://partenaire.example/x", to=(address,))


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(PrivateTarget):
        send(OutgoingHttpSettings(), "https://partenaire.example/x", to=(PUBLIC, "10.0.0.1"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_the_same_by_any_way_of_writing_it(host: str) -> None:
    with pytest.raises((PrivateTarget, NotSent)):
        send(OutgoingHttpSettings(), f"https://{host}/x")


def test_clear_http_goes_to_allowed_private_networks_alone() -> None:
    with pytest.raises(ClearTarget):
        send(OutgoingHttpSettings(private_networks="10.0.0.0/8"), "http://partenaire.example/x", to=(PUBLIC,))


def test_the_call_goes_to_the_address_that_was_checked() -> None:
    asked: list[str] = []

    def once_public(host: str, _port: int) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",)

    with answering() as (desk, port):
        SafeHttp(calling("s", port), once_public).send("POST", f"http://partenaire.invalid:{port}/x", b"", {}, lambda: None)
    assert asked == ["partenaire.invalid"]
    assert desk.calls[0].headers["host"] == f"partenaire.invalid:{port}"


def test_no_redirect_is_followed() -> None:
    with answering() as (inner, private), answering(Desk(answers=[RedirectResponse(f"http://127.0.0.1:{private}/secret")])) as (_, port):
        answer, _ = send(calling("s", port), f"http://127.0.0.1:{port}/x")
    assert (answer.status, inner.calls) == (307, [])


def test_tls_is_verified_and_the_name_too(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    with answering(secured=made) as (desk, port):
        with pytest.raises(NotSent):
            send(calling("s", port), f"https://localhost:{port}/x", to=("127.0.0.1",))
        trusting = calling("s", port, ca_file=made.file)
        with pytest.raises(NotSent):
            send(trusting, f"https://autre.example:{port}/x", to=("127.0.0.1",))
        assert desk.calls == []
        answer, engaged = send(trusting, f"https://localhost:{port}/x", to=("127.0.0.1",))
    assert (answer.status, engaged, len(desk.calls)) == (200, 1, 1)


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with answering() as (_, port):
        assert send(calling("s", port), f"http://127.0.0.1:{port}/x")[0].status == 200


def test_nobody_there_is_not_sent() -> None:
    with answering() as (_, port):
        pass
    with pytest.raises(NotSent):
        send(calling("s", port), f"http://127.0.0.1:{port}/x")


def test_an_unknown_name_is_not_sent() -> None:
    def nowhere(_host: str, _port: int) -> tuple[str, ...]:
        raise socket.gaierror

    with pytest.raises(NotSent):
        SafeHttp(OutgoingHttpSettings(), nowhere).send("POST", "https://partenaire.invalid/x", b"", {}, lambda: None)


def _reads_and_leaves(link: socket.socket) -> None:
    until_the_end_of_the_request(link)


def _half_an_answer(link: socket.socket) -> None:
    until_the_end_of_the_request(link)
    link.sendall(b"HTTP/1.1 200")


def _not_http(link: socket.socket) -> None:
    until_the_end_of_the_request(link)
    link.sendall(b"bonjour\r\n\r\n")


def _leaves_in_the_body(link: socket.socket) -> None:
    link.recv(10)


@pytest.mark.parametrize("act", [_reads_and_leaves, _half_an_answer, _not_http, _leaves_in_the_body])
def test_a_break_after_the_first_byte_left_is_an_unknown_end(act: Any) -> None:
    with breaking(act) as (seen, port), pytest.raises(EndUnknown):
        send(calling("s", port), f"http://127.0.0.1:{port}/x", b"x" * 5_000_000)
    assert len(seen) == 1


def test_silence_is_an_unknown_end() -> None:
    with answering(Desk(silent=True)) as (desk, port), pytest.raises(EndUnknown):
        send(calling("s", port, timeout_seconds=3), f"http://127.0.0.1:{port}/x")
    assert len(desk.calls) == 1


def test_an_answer_letter_by_letter_is_cut_though_each_letter_is_in_time() -> None:
    def drip(link: socket.socket) -> None:
        until_the_end_of_the_request(link)
        for letter in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10_000:
            link.sendall(bytes([letter]))
            time.sleep(0.05)

    began = time.monotonic()
    with breaking(drip) as (_, port), pytest.raises(EndUnknown):
        send(calling("s", port, timeout_seconds=10, call_seconds=1), f"http://127.0.0.1:{port}/x")
    assert time.monotonic() - began < 60


def test_an_answer_over_the_limit_is_left_unread() -> None:
    with answering(Desk(answers=[Response(b"x" * 5_000_000)])) as (_, port):
        answer, _ = send(calling("s", port), f"http://127.0.0.1:{port}/x")
    assert (answer.status, answer.body) == (200, b"")


def test_a_body_that_breaks_takes_nothing_from_the_status() -> None:
    def act(link: socket.socket) -> None:
        until_the_end_of_the_request(link)
        link.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\nx")

    with breaking(act) as (_, port):
        assert send(calling("s", port), f"http://127.0.0.1:{port}/x")[0].status == 201


def test_nothing_leaves_when_engaging_fails() -> None:
    def engage() -> None:
        raise KeyError

    with answering() as (desk, port), pytest.raises(KeyError):
        SafeHttp(calling("s", port)).send("POST", f"http://127.0.0.1:{port}/x", b"{}", {}, engage)
    assert desk.calls == []
