"""`python -m bus.answers` as the supervisor starts it: ready once it has read, asked over HTTP and over the bus, ended cleanly."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from bus import answers, tokens, topic_admin
from bus.answers.asking import Asker
from bus.cli import stack as cli
from bus.settings import Settings
from bus.stack.places import Places
from bus.stack.ports import unused
from bus.supervisor import State, WorkerState
from bus.workers import commands
from processors.bourses import PROCESSOR
from processors.bourses.reponse import NON_CONFIRMEE, Question
from tests.bus.answers.serving import NNE, UAI
from tests.bus.engine.installation import Installation
from tests.services import Services
from tests.waiting import PATIENCE
from topics.catalogue import CATALOGUE


@pytest.fixture
def installation(services: Services, prefix: str, schema: str) -> Iterator[Installation]:
    made = Installation(services, prefix, schema, PROCESSOR)
    wanted = {*answers.READS, *answers.WRITES} - {answers.RIGHTS}
    with topic_admin.administration(made.kafka) as client:
        topic_admin.create(client, [topic for topic in CATALOGUE if topic.name in wanted], made.deployment)
    yield made
    made.close()


@contextmanager
def process(installation: Installation, folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    (folder / "student_key").write_text("a secret of thirty-two bytes !!!")
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": installation.services.kafka,
        "SCHEMA_REGISTRY_URL": installation.services.registry,
        "DATABASE_URL": installation.services.database,
        "PASSERELLE_DATABASE__SCHEMA": installation.schema,
        "PASSERELLE_PREFIX": installation.deployment.prefix,
        "PASSERELLE_STUDENT_KEY_FILE": str(folder / "student_key"),
        "PASSERELLE_VAR": str(folder),
        "PASSERELLE_ANSWERS__PORT": str(port),
    }
    started = subprocess.Popen([sys.executable, "-m", "bus.answers"], env=environment)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.kill()
        started.wait()


def until_ready(address: str, started: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while True:
        assert started.poll() is None, "it ended"
        assert time.monotonic() < end, "never ready"
        try:
            if httpx.get(f"{address}/ready", trust_env=False, timeout=PATIENCE).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)


def test_it_is_ready_answers_both_ways_and_ends_when_asked(installation: Installation, tmp_path: Path) -> None:
    token = tokens.create(tmp_path / "secrets" / "http_tokens.json", "essai", ("bourses:lire",))
    ids = installation.registry.schema_ids({answers.QUESTIONS: installation.deployment.topic(answers.QUESTIONS)})
    port = unused()
    address = f"http://127.0.0.1:{port}"

    async def over_the_bus() -> str:
        deployment, schemas = installation.deployment, installation.registry.schema
        async with Asker(installation.kafka, deployment, 4, schemas, ids[answers.QUESTIONS], "/essai") as asker:
            return (await asker.ask(NNE, Question(2026, UAI), 30)).reponse

    with process(installation, tmp_path, port) as started:
        until_ready(address, started)
        headers = {"Authorization": f"Bearer {token}"}
        question = {"nne": NNE, "annee": 2026}
        body = httpx.post(f"{address}/v1/bourses", json=question, headers=headers, trust_env=False, timeout=PATIENCE).json()
        assert body == {"reponse": "ATTENTE", "message": NON_CONFIRMEE}
        assert asyncio.run(over_the_bus()) == "ATTENTE"
        started.send_signal(signal.SIGTERM)
        assert started.wait(PATIENCE) == 0


def test_the_supervisor_keeps_it_alive_where_the_bursaries_are_on() -> None:
    assert commands(Settings())[answers.NAME][1:] == ("-m", "bus.answers")
    assert answers.NAME not in commands(Settings(domains=("luciole",)))


class NotYet(BaseHTTPRequestHandler):
    """An answering process that catches up."""

    status = 503

    def do_GET(self) -> None:
        self.send_response(type(self).status)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


def test_status_tells_one_that_runs_from_one_that_answers(tmp_path: Path) -> None:
    state, places = WorkerState(answers.NAME, State.RUNNING, "2026-11-27T07:00:00+00:00"), Places.of(tmp_path)
    with HTTPServer(("127.0.0.1", 0), NotYet) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert cli._worker(places, state, address)["etat"] == cli.NOT_READY
        NotYet.status = 200
        shown = cli._worker(places, state, address)
        assert (shown["etat"], shown["adresse"]) == (State.RUNNING, address)
        server.shutdown()
    assert cli._worker(places, state, address)["etat"] == cli.NOT_READY
    assert cli._worker(places, WorkerState(answers.NAME, State.STOPPED, ""), address)["etat"] == State.STOPPED


def test_the_port_that_the_stack_remembers_is_shown(tmp_path: Path) -> None:
    places = Places.of(tmp_path)
    (tmp_path / "ports.json").write_text('{"http": 21000, "reponses": 21001}')
    settings = Settings(var=tmp_path)
    assert cli._listening(settings, places) == {"http": "http://127.0.0.1:21000", answers.NAME: "http://127.0.0.1:21001"}
    given = settings.model_copy(update={"answers": settings.answers.model_copy(update={"host": "0.0.0.0", "port": 8091})})
    assert cli._listening(given, places)[answers.NAME] == "http://127.0.0.1:8091"
