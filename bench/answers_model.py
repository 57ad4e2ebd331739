"""The read model of the answers: how long it takes to start from its topic, and what it weighs, by number of students."""

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.table import Table

from bench.asked import SECRET, nne_of, rights_of
from bench.environment import PROJECT
from bus import topic_admin
from bus.answers.rights import TOPIC
from bus.deployment import Deployment
from bus.engine.assembly import partitioner
from schemas.codec import encode
from schemas.student_key import StudentKeys
from tests.services import Services
from topics.catalogue import CATALOGUE

SCHEMA_ID = 1
"""The contract is given to the reader: no registry takes part."""
WINDOW = 5_000
PATIENCE = 300.0


def measured(services: Services, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Per size: seconds from the start of the reading to readiness, and bytes of the process beside an empty model."""
    return [_one(services, size) for size in sizes]


def _one(services: Services, students: int) -> dict[str, Any]:
    deployment = Deployment(prefix=f"bench{secrets.token_hex(3)}.")
    topics = [topic for topic in CATALOGUE if topic.name == TOPIC]
    kafka = {"bootstrap_servers": services.kafka}
    with topic_admin.administration(kafka) as client:
        topic_admin.create(client, topics, deployment)
    try:
        asyncio.run(_publish(kafka, deployment, students))
        command = [sys.executable, "-m", "bench.contenders.answers_model", services.kafka, deployment.topic(TOPIC), str(SCHEMA_ID)]
        read = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=True, timeout=PATIENCE)
    finally:
        with topic_admin.administration(kafka) as client:
            client.delete_topics([deployment.topic(TOPIC)])
    found: dict[str, Any] = json.loads(read.stdout.splitlines()[-1])
    if found["students"] != students:
        raise RuntimeError(f"{found['students']} students read, {students} published")
    return found | {"bytes_a_student": found["bytes"] / students, "seconds_per_100_000": found["seconds"] * 100_000 / students}


async def _publish(kafka: dict[str, Any], deployment: Deployment, students: int) -> None:
    keys, place = StudentKeys(SECRET), partitioner(deployment)
    async with AIOKafkaProducer(**kafka, linger_ms=5, max_batch_size=256 * 1024) as producer:
        waiting = []
        for rank in range(students):
            key = keys.of_nne(nne_of(rank))
            value = encode(TOPIC, "droits", rights_of(rank), SCHEMA_ID)
            waiting.append(await producer.send(deployment.topic(TOPIC), value, key=key.encode(), partition=place(TOPIC, key)))
            if len(waiting) == WINDOW:
                await asyncio.gather(*waiting)
                waiting = []
        await asyncio.gather(*waiting)


def show(console: Console, models: Sequence[dict[str, Any]]) -> None:
    table = Table(title="Modèle de lecture de la réponse synchrone", title_justify="left")
    for heading in ("étudiants", "prêt en, s", "s pour 100 000", "mémoire, Mio", "octets par étudiant"):
        table.add_column(heading, justify="right")
    for each in models:
        shown = (
            f"{each['seconds']:.1f}",
            f"{each['seconds_per_100_000']:.1f}",
            f"{each['bytes'] / 2**20:.0f}",
            f"{each['bytes_a_student']:.0f}",
        )
        table.add_row(str(each["students"]), *shown)
    console.print(table)
    first, last = models[0], models[-1]
    growth = (last["bytes"] / first["bytes"]) / (last["students"] / first["students"])
    console.print(f"  mémoire : {growth:.2f} fois la croissance du nombre d'étudiants (1 : pareille ; au-dessous : moins vite)\n")
