"""Free ports, remembered."""

import socket
from pathlib import Path

import pytest

from bus.stack import ports


def test_ports_are_different_and_remembered(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.remember(file, ["a", "b", "c"])
    assert len(set(first.values())) == 3
    assert ports.remember(file, ["a", "b", "c"]) == first == ports.read(file)


def test_a_port_that_somebody_took_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.remember(file, ["a", "b"])
    with socket.create_server(("127.0.0.1", first["a"])):
        assert not ports.free(first["a"])
        second = ports.remember(file, ["a", "b"])
        assert second["a"] != first["a"]
        assert second["b"] == first["b"]


def test_a_port_that_our_own_server_holds_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.remember(file, ["a"])
    with socket.create_server(("127.0.0.1", first["a"])):
        assert ports.remember(file, ["a"], running=["a"]) == first


def test_without_any_free_port_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "free", lambda _: False)
    with pytest.raises(OSError, match="aucun port libre"):
        ports.unused()
