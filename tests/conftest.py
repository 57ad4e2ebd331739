"""Real services for the tests that need them, names of their own for each test, and the count of what ran on a broker."""

import json
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

import hypothesis
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.services import Kind, Services, ServicesMissing, choose, handed_over, opened, taken_over

SAYING = {
    Kind.ENVIRONMENT: "ceux des variables d'environnement",
    Kind.DOCKER: "conteneurs (testcontainers)",
    Kind.EMBEDDED: "pile embarquée (Kafka, registre et PostgreSQL de cette machine, données temporaires)",
}
SUMMARY = Path(__file__).resolve().parent.parent / "build" / "test-summary.json"


class BrokerTests:
    """Counts the tests that really ran against the services; in CI a whole run without any is a failure."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.executed = 0
        self.passed = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and "broker" in report.keywords:
            self.executed += 1
            self.passed += report.passed

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        SUMMARY.parent.mkdir(exist_ok=True)
        figures = {"collected": session.testscollected, "failed": session.testsfailed}
        SUMMARY.write_text(json.dumps({**figures, "broker_executed": self.executed, "broker_passed": self.passed}) + "\n")
        if self._nothing_was_shown():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(f"Tests sur un vrai courtier Kafka : {self.executed} exécutés, {self.passed} réussis.")
        if self._nothing_was_shown():
            terminalreporter.write_line("Échec : en CI, une suite entière sans aucun test sur un courtier ne prouve rien.", red=True)

    def _nothing_was_shown(self) -> bool:
        return os.environ.get("CI") == "true" and self._whole_suite() and not self.executed

    def _whole_suite(self) -> bool:
        option = self.config.option
        chosen = self.config.args_source is pytest.Config.ArgsSource.ARGS
        return not (chosen or option.keyword or option.markexpr or option.collectonly)


class SharedServices:
    """Several test processes (`-n`) talk to one set of services: the first process to be made starts them."""

    def __init__(self) -> None:
        self.exits = ExitStack()
        self.found: Services | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        if self.found is None:
            self.found = self.exits.enter_context(opened(os.environ))
        node.workerinput["services"] = handed_over(self.found)

    @pytest.hookimpl
    def pytest_unconfigure(self) -> None:
        self.exits.close()


def pytest_configure(config: pytest.Config) -> None:
    # The same run twice tests the same cases; HYPOTHESIS_PROFILE=ailleurs looks for new ones.
    hypothesis.settings.register_profile("pareil", derandomize=True, deadline=None)
    hypothesis.settings.register_profile("ailleurs", deadline=None)
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "pareil"))
    if hasattr(config, "workerinput"):
        return
    config.pluginmanager.register(BrokerTests(config), "passerelle-broker-tests")
    if config.pluginmanager.hasplugin("dsession"):
        config.pluginmanager.register(SharedServices(), "passerelle-shared-services")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return
    try:
        kind = choose(os.environ)
    except ServicesMissing as refusal:
        raise pytest.UsageError(str(refusal)) from refusal
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        reporter.write_line(f"Services de test : {SAYING[kind]}")
    signal.signal(signal.SIGTERM, _end)


def _end(_signal: int, _frame: FrameType | None) -> None:
    """A terminated run stops its servers, as an interrupted one does."""
    pytest.exit("arrêt demandé (SIGTERM)", returncode=143)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "services" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.broker)


@pytest.fixture(scope="session")
def services(request: pytest.FixtureRequest) -> Iterator[Services]:
    """Kafka, registry and PostgreSQL, started once a run unless the environment gives them."""
    shared = getattr(request.config, "workerinput", {}).get("services")
    if shared is not None:
        yield taken_over(shared)
        return
    with opened(os.environ) as found:
        yield found


@pytest.fixture
def prefix(services: Services) -> Iterator[str]:
    """A prefix for the topics and groups of one test, such as `t3f9a01.`; its topics are removed afterwards."""
    from kafka import KafkaAdminClient

    name = f"t{secrets.token_hex(3)}."
    yield name
    admin = KafkaAdminClient(bootstrap_servers=services.kafka)
    try:
        mine = [topic for topic in admin.list_topics() if topic.startswith(name)]
        if mine:
            admin.delete_topics(mine)
    finally:
        admin.close()


@pytest.fixture
def schema(services: Services) -> Iterator[str]:
    """A PostgreSQL schema for one test, removed afterwards. A transaction that a test left open makes it fail."""
    plain = f"t{secrets.token_hex(4)}"
    name = sql.Identifier(plain)
    address = make_url(services.database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(sql.SQL("create schema {}").format(name))
        yield plain
        link.execute("set lock_timeout = '10s'")
        link.execute(sql.SQL("drop schema {} cascade").format(name))
