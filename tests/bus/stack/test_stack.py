"""The embedded stack as a newcomer uses it: up, down, up again."""

import os
import shutil
import signal
import urllib.request

import psycopg
import pytest
from kafka import KafkaAdminClient
from sqlalchemy import make_url

from bus.stack import kafka, ports, postgres, processes, registry, stack
from bus.stack.failure import StackFailure
from bus.stack.places import Places
from tests.services import embedded_places
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker


def _database(addresses: stack.Addresses) -> psycopg.Connection:
    url = make_url(addresses.database).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def _subjects(addresses: stack.Addresses) -> str:
    with urllib.request.urlopen(f"{addresses.registry}/subjects") as answer:
        return str(answer.read(), "utf-8")


def _register(addresses: stack.Addresses, subject: str) -> None:
    body = b'{"schema": "{\\"type\\": \\"string\\"}"}'
    request = urllib.request.Request(f"{addresses.registry}/subjects/{subject}/versions", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()


def _topics(addresses: stack.Addresses) -> list[str]:
    admin = KafkaAdminClient(bootstrap_servers=addresses.kafka)
    try:
        return sorted(topic for topic in admin.list_topics() if not topic.startswith("_"))
    finally:
        admin.close()


def test_a_restart_keeps_the_data_the_ports_and_the_cluster() -> None:
    with embedded_places() as places:
        before = stack.up(places)
        admin = KafkaAdminClient(bootstrap_servers=before.kafka)
        cluster = admin.describe_cluster()["cluster_id"]
        admin.create_topics({"garde.v1": {"num_partitions": 2, "replication_factor": 1}})
        admin.close()
        _register(before, "garde.v1-value")
        with _database(before) as link:
            link.execute("create table garde (valeur text)")
            link.execute("insert into garde values ('été')")
        pids = {line.name: line.running.pid for line in stack.status(places) if line.running}

        assert stack.up(places) == before, "a second up changes nothing"
        assert {line.name: line.running.pid for line in stack.status(places) if line.running} == pids

        assert set(stack.down(places)) == set(stack.SERVICES)
        assert [line.running for line in stack.status(places)] == [None, None, None]
        assert stack.found(places) is None
        assert stack.down(places) == ()

        after = stack.up(places)
        assert after == before
        assert _topics(after) == ["garde.v1"]
        admin = KafkaAdminClient(bootstrap_servers=after.kafka)
        assert admin.describe_cluster()["cluster_id"] == cluster
        admin.close()
        assert "garde.v1-value" in _subjects(after)
        with _database(after) as link:
            assert link.execute("select valeur from garde").fetchall() == [("été",)]


def test_a_var_that_was_deleted_under_a_running_server_leaves_nothing_that_the_next_start_refuses() -> None:
    with embedded_places() as places:
        homes, running = [], []
        for _ in range(2):
            places.var.mkdir()
            postgres.claim(places)
            postgres.start(places)
            homes.append(postgres.home(places))
            process = processes.find(places.pid(postgres.SERVICE))
            assert process is not None
            running.append(process)
            with psycopg.connect(postgres.url(places).replace("+psycopg", ""), autocommit=True) as link:
                link.execute("create table garde (valeur text)")
            shutil.rmtree(places.var)
        for process in running:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        for home in homes:
            shutil.rmtree(home, ignore_errors=True)


def test_a_start_that_fails_stops_what_it_had_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StackFailure("le registre refuse")

    monkeypatch.setattr(registry, "start", broken)
    with embedded_places() as places:
        with pytest.raises(StackFailure, match="le registre refuse"):
            stack.up(places)
        assert [line.running for line in stack.status(places)] == [None, None, None]
        assert not list((places.var / "run").iterdir())


def test_a_broker_that_dies_at_its_start_says_why() -> None:
    with embedded_places() as places:
        used = ports.remember(places.var / "ports.json", stack.PORTS)
        with pytest.raises(StackFailure, match=r"Kafka .*prépar"):
            kafka.start(places, used, ())


def test_nothing_listens_beyond_this_machine(embedded: Places) -> None:
    import psutil

    for service in stack.SERVICES:
        process = processes.find(embedded.pid(service))
        assert process is not None
        addresses = {found.laddr.ip for found in process.net_connections("inet") if found.status == psutil.CONN_LISTEN}
        assert addresses <= {"127.0.0.1", "::ffff:127.0.0.1"}
    assert oct((postgres.home(embedded) / "data").stat().st_mode & 0o777) == "0o700"


def test_the_services_learn_nothing_of_our_environment(embedded: Places) -> None:
    os.environ["PASSERELLE_ESSAI"] = "secret"
    try:
        for service in (kafka.SERVICE, registry.SERVICE):
            process = processes.find(embedded.pid(service))
            assert process is not None
            assert "PASSERELLE_ESSAI" not in process.environ()
    finally:
        del os.environ["PASSERELLE_ESSAI"]
