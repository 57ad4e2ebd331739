"""The process of what leaves: a lane that hangs or dies does not hide, and does not stop the others before it must."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import sqlalchemy
from structlog.testing import capture_logs

from bus.outgoing.account_secrets import AccountSecrets
from bus.outgoing.files import Mode, OutgoingFiles
from bus.outgoing.mail import MailCarrier
from bus.outgoing.one_by_one import OneByOne
from bus.outgoing.worker import Lane, lanes, run
from bus.safe_http import SafeHttp
from bus.settings import EditionsSettings, OutgoingHttpSettings, Settings
from schemas.outcome import OutgoingFile
from sinks.registry import HTTP_SINKS, MAIL_SINKS
from tests.bus.outgoing.effects import add, put_in, states
from tests.bus.outgoing.mail_servers import Mailbox, serving, smtp
from tests.bus.outgoing.test_mail import PAYLOAD, SINK, Mails
from tests.services import Services
from tests.waiting import PATIENCE, until


class Lines:
    """A file sink for the tests."""

    name = "essai.lignes"
    processor = "essai"
    system = "essai"
    hourly_ceiling = 10

    def write(self, lot: int, payloads: tuple[Any, ...]) -> OutgoingFile:
        return OutgoingFile(f"lignes_{lot}.txt", str(len(payloads)).encode())


def test_a_slow_mail_server_does_not_stop_the_files(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, SINK, Mode.ACTIF)
    put_in(database, Lines.name, Mode.ACTIF)
    add(database, SINK, PAYLOAD)
    stopping = threading.Event()
    http = OutgoingHttpSettings()
    with serving(Mailbox(silent="MAIL")) as (box, port):
        carrier = MailCarrier(Mails(), smtp(port, timeout_seconds=60, conversation_seconds=60), AccountSecrets(http, SafeHttp(http)))
        both = (
            Lane("fichiers", OutgoingFiles(database, tmp_path, [Lines()]).once),
            Lane("courriels", OneByOne(database, [carrier]).once),
        )
        thread = threading.Thread(target=run, args=(both, stopping))
        thread.start()
        try:
            until(lambda: box.sessions == 1)
            add(database, Lines.name, {"ligne": 1})
            until(lambda: states(database) == {"FAIT": 1, "EN_COURS": 1})
        finally:
            stopping.set()
    assert (tmp_path / "essai" / "lignes_1.txt").exists()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_lane_that_dies_ends_the_process_and_says_where(database: sqlalchemy.Engine) -> None:
    def dies() -> int:
        raise KeyError("never shown")

    stopping = threading.Event()
    with capture_logs() as logs:
        assert run((Lane("courriels", dies), Lane("fichiers", lambda: 0)), stopping) is False
    assert [(entry["event"], entry["kind"]) for entry in logs] == [("lane_died", "courriels")]


def test_a_database_that_is_away_is_waited_for() -> None:
    rounds: list[int] = []
    stopping = threading.Event()
    away = sqlalchemy.create_engine("postgresql+psycopg://x@127.0.0.1:1/x")

    def once() -> int:
        rounds.append(1)
        if len(rounds) > 1:
            stopping.set()
            return 0
        with away.connect():
            return 1

    assert run((Lane("fichiers", once),), stopping) is True
    assert len(rounds) == 2


def test_every_sink_of_the_registry_has_a_lane(database: sqlalchemy.Engine) -> None:
    with capture_logs():
        made = lanes(Settings(), database, lambda: False)
    assert [lane.name for lane in made][:2] == ["fichiers", "courriels"]
    assert {lane.name for lane in made[2:]} == {sink.system for sink in HTTP_SINKS} | {"editions", "consigne"}
    never = Settings(editions=EditionsSettings(at=""))
    assert "editions" not in {lane.name for lane in lanes(never, database, lambda: False)}
    made[1].once()
    with database.begin() as connection:
        seen = set(connection.execute(sqlalchemy.text("SELECT sink FROM sinks")).scalars())
    assert seen == {sink.name for sink in MAIL_SINKS}


def test_the_process_starts_and_ends_on_sigterm(
    services: Services, effects_schema: str, database: sqlalchemy.Engine, tmp_path: Path
) -> None:
    variables = {
        "KAFKA_BOOTSTRAP_SERVERS": services.kafka,
        "SCHEMA_REGISTRY_URL": services.registry,
        "DATABASE_URL": services.database.replace("+psycopg", ""),
        "PASSERELLE_DATABASE__SCHEMA": effects_schema,
        "PASSERELLE_VAR": str(tmp_path),
    }
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
    process = subprocess.Popen([sys.executable, "-m", "bus.outgoing.worker"], env={**ours, **variables})
    try:

        def served() -> bool:
            with database.begin() as connection:
                return bool(connection.execute(sqlalchemy.text("SELECT count(*) FROM sinks")).scalar_one())

        until(served)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait(PATIENCE)
