"""The two processes as the supervisor starts them: they work from settings alone and end when they are asked to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bus import topic_admin
from tests.bus.pulling.apogee_base import ApogeeBase
from tests.bus.pulling.apogee_services import ApogeeServices, services_answering, settings_for, student
from tests.bus.pulling.ordering import PROJECT
from tests.bus.receiving import Receiving, receiving
from tests.connectors.deliveries import SECRET
from tests.services import Services
from tests.waiting import PATIENCE
from topics.catalogue import CATALOGUE

RECENT = datetime.now().replace(microsecond=0) - timedelta(hours=3)  # noqa: DTZ005 - a wall clock, hours ago in any zone


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        with topic_admin.administration(made.kafka) as client:
            topic_admin.create(client, [topic for topic in CATALOGUE if topic.name == "nne.corrections.v1"], made.deployment)
        (tmp_path / "key").write_bytes(SECRET)
        yield made


@contextmanager
def process(bus: Receiving, module: str, **variables: str) -> Iterator[None]:
    """Ended by SIGTERM; it must end well."""
    given = {
        "KAFKA_BOOTSTRAP_SERVERS": bus.services.kafka,
        "SCHEMA_REGISTRY_URL": bus.services.registry,
        "DATABASE_URL": bus.services.database,
        "PASSERELLE_DATABASE__SCHEMA": bus.schema,
        "PASSERELLE_PREFIX": bus.deployment.prefix,
        "PASSERELLE_VAR": str(bus.folder),
        "PASSERELLE_STUDENT_KEY_FILE": str(bus.folder / "key"),
        **variables,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
    with subprocess.Popen([sys.executable, "-m", module], cwd=PROJECT, env={**kept, **given}, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield
            running.send_signal(signal.SIGTERM)
            _, said = running.communicate(timeout=PATIENCE)
        finally:
            running.kill()
    assert running.returncode == 0, said
    assert "TESTARD" not in said


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.3)


def test_the_process_of_the_sources_publishes_what_the_view_gives(bus: Receiving, services: Services, schema: str) -> None:
    apogee = ApogeeBase(services, schema)
    for number in range(3):
        apogee.register(900_001 + number, RECENT)
    variables = {
        "PASSERELLE_APOGEE_VUE__URL": services.database,
        "PASSERELLE_APOGEE_VUE__VIEW": f"{schema}.v_passerelle",
        "PASSERELLE_APOGEE_VUE__UAI": "0781944P",
        "PASSERELLE_APOGEE_VUE__INTERVAL_SECONDS": "1",
    }
    with process(bus, "bus.pulling.worker", **variables):
        wait_for(lambda: len(bus.came()) == 3)
        apogee.register(900_002, RECENT, eta_iae="R")
        wait_for(lambda: len(bus.came()) == 4)
    apogee.close()


def test_the_process_of_the_completions_asks_what_is_missing(bus: Receiving, services: Services, schema: str) -> None:
    apogee = ApogeeBase(services, schema)
    apogee.register(900_001, RECENT)
    apogee.run("UPDATE individu SET cod_nne_ind = NULL, cod_cle_nne_ind = NULL")
    desk = ApogeeServices(folder=bus.folder, students={"910001": student(910_001)})
    bus.registry.schema_ids({"nne.corrections.v1": bus.deployment.topic("nne.corrections.v1")})
    with services_answering(desk) as port:
        settings = settings_for(port)
        services_of_apogee = {
            "PASSERELLE_APOGEE_WS__ETUDIANT_URL": settings.etudiant_url,
            "PASSERELLE_APOGEE_WS__PRIVATE_NETWORKS": settings.private_networks,
            **({"PASSERELLE_APOGEE_WS__WSDL_DIR": str(settings.wsdl_dir)} if settings.wsdl_dir else {}),
        }
        view = {
            "PASSERELLE_APOGEE_VUE__URL": services.database,
            "PASSERELLE_APOGEE_VUE__VIEW": f"{schema}.v_passerelle",
            "PASSERELLE_APOGEE_VUE__UAI": "0781944P",
        }
        with process(bus, "bus.pulling.worker", **view), process(bus, "bus.pulling.completing_worker", **services_of_apogee):
            wait_for(lambda: len(bus.came("nne.corrections.v1")) == 1)
    [correction] = bus.came("nne.corrections.v1")
    assert correction.data.nouveau_nne == "1111037734L"
    apogee.close()
