"""Schools' files: 100,000 pupils to acknowledged Avro records against lxml's own iterparse; an ELEGROUPE from its drop to its
predicted report; `passerelle controler`.

Each run of the first measure is a process of its own, in turn with the other's: `python -m bench.eleves <run> <file> …`.
"""

import asyncio
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from rich.console import Console
from sqlalchemy import text

from bench.environment import PROJECT
from bench.figures import Spread
from bench.race import peak_mib
from bus import topic_admin
from bus.collector import spare_the_collector
from bus.deployment import Deployment
from bus.inbox.ledger import SystemLocks
from bus.inbox.worker import serve
from bus.publishing import RecordPublisher, TooLarge
from bus.registry_client import RegistryAccess, RegistryClient
from bus.samples.bundle import Bundle, files, make_bundle
from bus.samples.school import SchoolType, make_school
from bus.samples.siecle_files import Moment, exports, parametres
from connectors.siecle.connector import Siecle
from connectors.siecle.formats import KINDS
from connectors.siecle.writer import write_export
from schemas.outcome import Accepted, Delivery
from tests.bus.ecoles.bus_of_schools import BusOfSchools, processors
from tests.services import Services
from topics.catalogue import CATALOGUE

KIND = "eleves_avec_adresses"
TOPIC = "siecle.exports.v1"
PUPILS = 100_000
SMALLEST = 100 * 1024 * 1024
RATIO = 0.6
PLAIN, OURS, SPARED = "iterparse", "fichier aux enregistrements acquittés", "iterparse, ramasse-miettes réglé comme le nôtre"
LARGEST_MIB = 200
PREDICTED_WITHIN = 2.0
CHECKED_WITHIN = 2.0
DROPS = 5
UAI = "9830649N"
STRUCTURE = "La structure a été envoyée à SCONET via un service Web."


class NotDone(Exception):
    """A run did not do the job: its figure means nothing."""


# --- 100,000 pupils --------------------------------------------------------------------------------------------------


def generate(path: Path, pupils: int) -> None:
    """An invented school of so many pupils, as SIECLE writes it."""
    school = make_school("bench", "0840001V", pupils)
    moment = Moment(datetime(2025, 9, 8, 10))  # noqa: DTZ001 (school-local)
    with path.open("wb") as stream:
        write_export(stream, KINDS[KIND][0], parametres(school, moment), exports(school, moment)[KIND])


def read(path: Path) -> Accepted:
    """What the inbox reads and checks, whole."""
    delivery = Delivery(path.name, path.stat().st_size, lambda: path.open("rb"), datetime.now(UTC))
    answer = Siecle(secrets.token_bytes(32)).accept(delivery)
    if not isinstance(answer, Accepted):
        raise NotDone(str(answer))
    return answer


class Remembered:
    """Schemas seen by this process: see `bus.registry_client.SchemaStore`."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[str, str]] = {}

    def get(self, schema_id: int) -> str | None:
        return self._found[schema_id][1] if schema_id in self._found else None

    def put(self, schema_id: int, subject: str, text: str) -> None:
        self._found[schema_id] = (subject, text)

    def find(self, subject: str, text: str) -> int | None:
        return next((number for number, found in self._found.items() if found == (subject, text)), None)


async def publish(path: Path, course: Mapping[str, str]) -> dict[str, float]:
    """The inbox's own way: read, checked whole, encoded, published, acknowledged, by a process that serves since a while: it has
    learnt its topics."""
    registry = RegistryClient(RegistryAccess(course["registry"]), Remembered())
    publisher = RecordPublisher({"bootstrap_servers": course["kafka"]}, registry, Deployment(prefix=course["prefix"]))
    try:
        await publisher.learn(Siecle.topics)
        begun = Begun()
        prepared = await publisher.prepare(read(path).records, "siecle", course["receipt"])
        if isinstance(prepared, TooLarge):
            raise NotDone(prepared.fault.message)
        with prepared.spool:
            await publisher.publish(prepared)
        return begun.ended(prepared.counts[TOPIC])
    finally:
        await publisher.stop()
        registry.close()


class Begun:
    """A run from now on."""

    def __init__(self) -> None:
        self._cpu, self._began = time.process_time(), time.perf_counter()

    def ended(self, count: int) -> dict[str, float]:
        """Seconds of the run, what it counted, and the largest memory of its process."""
        return {
            "seconds": time.perf_counter() - self._began,
            "processor_seconds": time.process_time() - self._cpu,
            "count": count,
            "peak_mib": peak_mib(psutil.Process().pid),
        }


def in_a_process(module: str, *words: str) -> dict[str, float]:
    """What a run of a module of this folder prints. Raises CalledProcessError."""
    command = [sys.executable, "-m", f"bench.{module}", *words]
    done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout or "{}")
    return found


def race(services: Services, rounds: int, pupils: int) -> dict[str, Any]:
    """All in turn on one file, after one run of each that only warms the disk and the services."""
    prefix = f"b{secrets.token_hex(3)}."
    deployment, kafka = Deployment(prefix=prefix), {"bootstrap_servers": services.kafka}
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in (PLAIN, OURS, SPARED)}
    with tempfile.TemporaryDirectory(prefix="passerelle-bench-") as folder:
        path = Path(folder) / "ElevesAvecAdresses.xml"
        in_a_process("eleves", "generate", str(path), str(pupils))
        size = path.stat().st_size
        if pupils >= PUPILS and size < SMALLEST:
            raise NotDone(f"{size} octets : le fichier doit dépasser {SMALLEST}.")
        with topic_admin.administration(kafka) as client:
            topic_admin.create(client, [topic for topic in CATALOGUE if topic.name in Siecle.topics], deployment)
        try:
            for number in range(rounds + 1):
                course = {
                    "kafka": services.kafka,
                    "registry": services.registry,
                    "prefix": prefix,
                    "receipt": f"00000000-0000-0000-0000-{number:012d}",
                }
                commands = {
                    PLAIN: ("contenders.iterparse", "as_it_is", str(path)),
                    OURS: ("eleves", "publish", str(path), json.dumps(course)),
                    SPARED: ("contenders.iterparse", "spared", str(path)),
                }
                order = list(commands)[:: -1 if number % 2 else 1]  # what comes after us shares the machine with the broker's own work
                found = {name: in_a_process(*commands[name]) for name in order}
                counts = [found[name]["count"] for name in (PLAIN, OURS, SPARED)]
                if counts != [pupils, pupils + 2, pupils]:
                    raise NotDone(f"élèves lus, enregistrements acquittés, élèves lus : {counts}")
                if number:
                    for name, run in found.items():
                        runs[name].append(run)
        finally:
            with topic_admin.administration(kafka) as client:
                client.delete_topics([deployment.topic(name) for name in Siecle.topics])
    return _raced(runs, size, pupils)


def _raced(runs: Mapping[str, Sequence[Mapping[str, float]]], size: int, pupils: int) -> dict[str, Any]:
    peak = max(ours["peak_mib"] for ours in runs[OURS])
    return {
        "pupils": pupils,
        "bytes": size,
        "runs": runs,
        "seconds": {name: median(run["seconds"] for run in each) for name, each in runs.items()},
        "ratios": [_ratio(runs[PLAIN], runs[OURS], PLAIN, RATIO), _ratio(runs[SPARED], runs[OURS], SPARED, None)],
        "peak_mib": peak,
        "limits": [{"what": "mémoire de pointe, Mio", "found": peak, "at_most": LARGEST_MIB, "reached": peak <= LARGEST_MIB}],
    }


def _ratio(theirs: Sequence[Mapping[str, float]], ours: Sequence[Mapping[str, float]], name: str, wanted: float | None) -> dict[str, Any]:
    """Of the seconds, round by round; `wanted` None: for information."""
    ratio, by_processor = (
        Spread.of([each[unit] / own[unit] for each, own in zip(theirs, ours, strict=True)]) for unit in ("seconds", "processor_seconds")
    )
    reached = None if wanted is None else ratio.median >= wanted
    return {
        "of": OURS,
        "to": name,
        "wanted": wanted,
        "ratio": asdict(ratio),
        "processor_ratio": asdict(by_processor),
        "reached": reached,
    }


# --- a file of links -------------------------------------------------------------------------------------------------


def predicted(services: Services) -> list[float]:
    """Seconds from the drop of an ELEGROUPE of 455 pupils to its predicted report in the table, processors at work."""
    name, schema = f"b{secrets.token_hex(3)}.", f"b{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(prefix="passerelle-bench-") as folder:
        chosen = processors("lsu", "siecle.depots", "siecle.depots.tranches", "siecle.projections")
        bus = BusOfSchools(services, name, schema, Path(folder), chosen, ("siecle", "sts", "pronote", "etablissement"))
        try:
            return asyncio.run(_drops(bus))
        finally:
            with bus.database.begin() as connection:
                connection.execute(text(f'DROP SCHEMA "{schema}" CASCADE'))
            bus.close()
            with topic_admin.administration({"bootstrap_servers": services.kafka}) as client:
                client.delete_topics([topic for topic in client.list_topics() if topic.startswith(name)])


async def _drops(bus: BusOfSchools) -> list[float]:
    start = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=1)
    school = make_school("bench", UAI, 455, SchoolType.COLLEGE, start.year - 1)
    stop = asyncio.Event()
    found: list[float] = []
    async with bus.running():
        await bus.drop_all(each for each in files(make_bundle(school, start)) if each[0].startswith(("siecle/", "sts/")))
        await bus.tell("etablissement", {"evenement": "synchro_message", "uai": UAI, "message": STRUCTURE})
        await bus.settled(60)
        locks = SystemLocks(bus.database)
        serving = asyncio.create_task(serve(bus.inboxes["pronote"], locks, stop))
        for rank in range(DROPS + 1):
            seconds = await _one_drop(bus, make_bundle(school, start + timedelta(minutes=rank)))
            if rank:  # the first one warms
                found.append(seconds)
        stop.set()
        await serving
        locks.close()
    return found


async def _one_drop(bus: BusOfSchools, bundle: Bundle) -> float:
    """As a program drops: written beside, renamed, marked as whole."""
    content = next(content for path, content in files(bundle) if path.startswith("pronote/"))
    folder = bus.folder / "inbox" / "pronote" / "depot"
    partial = folder / ".partial.tmp"
    partial.write_bytes(content)
    began = time.perf_counter()
    partial.rename(folder / f"{bundle.elegroupe_base}.zip")
    (folder / f"{bundle.elegroupe_base}.zip.done").touch()
    fichier = f"{bundle.elegroupe_base}.xml"
    await bus.until(lambda: bus.rows("SELECT 1 FROM siecle_predictions WHERE fichier = :fichier", fichier=fichier), 60)
    return time.perf_counter() - began


# --- passerelle controler --------------------------------------------------------------------------------------------


def checked(rounds: int) -> list[float]:
    """Seconds of the whole command, started anew each time, on a file of links of 455 pupils with three exports."""
    start = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(days=1)
    bundle = make_bundle(make_school("bench", UAI, 455, SchoolType.COLLEGE, start.year - 1), start)
    with tempfile.TemporaryDirectory(prefix="passerelle-bench-") as folder:
        for path, content in files(bundle):
            if path.startswith(("siecle/", "pronote/")):
                (Path(folder) / path.partition("/")[2]).write_bytes(content)
        known = [f"--avec={folder}/ExportXML_{name}.zip" for name in ("ElevesAvecAdresses", "Structures", "Communs")]
        command = [str(Path(sys.executable).with_name("passerelle")), "controler", f"{folder}/{bundle.elegroupe_base}.zip", *known]
        found = []
        for _ in range(rounds + 1):
            began = time.perf_counter()
            subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
            found.append(time.perf_counter() - began)
    return found[1:]


# --- all of it -------------------------------------------------------------------------------------------------------


def measure(services: Services, rounds: int, pupils: int, console: Console) -> dict[str, Any]:
    """The three measures, printed and returned."""
    raced = race(services, rounds, pupils)
    drops, checks = predicted(services), checked(rounds)
    raced["limits"] += [
        {"what": what, "found": median(seconds), "at_most": limit, "reached": median(seconds) <= limit}
        for what, seconds, limit in (
            ("ELEGROUPE de 455 élèves, du dépôt à la prédiction, s", drops, PREDICTED_WITHIN),
            ("passerelle controler, s", checks, CHECKED_WITHIN),
        )
    ]
    raced |= {"drops": drops, "checks": checks}
    show(console, raced)
    return raced


def show(console: Console, found: Mapping[str, Any]) -> None:
    """The figures in French."""
    seconds = found["seconds"]
    console.print(f"ElevesAvecAdresses de {found['pupils']:,} élèves, {found['bytes'] / 2**20:.0f} Mio".replace(",", " "))
    console.print("  " + " ; ".join(f"{name} : {each:.1f} s" for name, each in seconds.items()))
    for ratio in found["ratios"]:
        mark = "atteint" if ratio["reached"] else "NON ATTEINT"
        promise = "pour information" if ratio["wanted"] is None else f"voulu : au moins {ratio['wanted']:g} ; {mark}"
        console.print(
            f"  rapport à {ratio['to']} : {Spread(**ratio['ratio']).shown(2)} ({promise}) ; "
            f"à temps de processeur égal : {Spread(**ratio['processor_ratio']).shown(2)}"
        )
    for limit in found["limits"]:
        mark = "atteint" if limit["reached"] else "NON ATTEINT"
        console.print(f"  {limit['what']} : {limit['found']:.2f} (voulu : au plus {limit['at_most']:g} ; {mark})")
    console.print()


def main(words: Sequence[str]) -> None:
    """One run in this process, its collector spared as that of the inbox's own process."""
    spare_the_collector()
    match words:
        case ["generate", path, pupils]:
            generate(Path(path), int(pupils))
        case ["publish", path, course]:
            sys.stdout.write(json.dumps(asyncio.run(publish(Path(path), json.loads(course)))))


if __name__ == "__main__":
    main(sys.argv[1:])
