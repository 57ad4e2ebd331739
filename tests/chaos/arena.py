"""Real Faust workers as processes of their own, on a test's installation, and the comparison with the oracle at the end.

Workers are forked from a server that has imported everything (importing costs seconds of processor each time); what runs in
them is `tests.chaos.chained_worker`, which is `bus.engine.worker` on the chain processor.
"""

import asyncio
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from kafka import TopicPartition
from kafka.admin import OffsetSpec

from bus import topic_admin
from bus.engine.assembly import inputs_of
from bus.lag import GroupInputs, measure
from schemas.outcome import Event
from tests.bus.engine.installation import Installation
from tests.bus.engine.running import committed, compare, found, read
from tests.chaos import chained_worker
from tests.services import Services
from tests.waiting import PATIENCE

SESSION_MS = 6000
SEEDS = range(1, int(os.environ.get("CHAOS_SEEDS", "1")) + 1)
"""One seed in `make test`; CHAOS_SEEDS=5 for a night."""

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.chaos.chained_worker"])


def worker_environment(services: Services, prefix: str, schema: str, folder: Path) -> dict[str, str]:
    """The settings of a worker process of a test's installation; its own files go under `folder`."""
    return {
        "KAFKA_BOOTSTRAP_SERVERS": services.kafka,
        "SCHEMA_REGISTRY_URL": services.registry,
        "DATABASE_URL": services.database,
        "PASSERELLE_PREFIX": prefix,
        "PASSERELLE_VAR": str(folder / "var"),
        "PASSERELLE_DATABASE__SCHEMA": schema,
        "PASSERELLE_KAFKA__SESSION_TIMEOUT_MS": str(SESSION_MS),
    }


class Member:
    """One worker process."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        self.log = log
        self.process = _forks.Process(target=chained_worker.live, args=(environment, str(log)))
        self.process.start()

    @property
    def ended(self) -> int | None:
        """Its exit code (negative: a signal), None while it lives."""
        return self.process.exitcode

    def said(self, words: str) -> bool:
        return self.log.exists() and words in self.log.read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        if self.process.pid is not None and self.ended is None:
            os.kill(self.process.pid, number)

    def destroy(self) -> None:
        """Whatever state it is in: SIGKILL ends a frozen process too."""
        self.signal(signal.SIGKILL)
        self.process.join(10)
        self.process.close()


class Arena:
    """An installation, what it was given, and its workers."""

    def __init__(self, services: Services, prefix: str, schema: str, folder: Path) -> None:
        self.installation = Installation(services, prefix, schema)
        self.events: list[Event] = []
        self.members: list[Member] = []
        self.kept: Member | None = None
        self._folder = folder
        self.environment = worker_environment(services, prefix, schema, folder)

    def close(self) -> None:
        for member in self.members:
            member.destroy()
        self.installation.close()

    # --- doing -------------------------------------------------------------------------------------------------------

    def give(self, events: Sequence[Event]) -> None:
        """Publish them; they are part of what the oracle plays."""
        asyncio.run(self.installation.publish(events))
        self.events += events

    def start(self, fault: str = "", *, batch: int = 20, standing: float = 60.0) -> Member:
        environment = {**self.environment, "CHAOS_FAULT": fault, "CHAOS_BATCH": str(batch), "CHAOS_STANDING": str(standing)}
        member = Member(self._folder / f"worker-{len(self.members)}.log", environment)
        self.members.append(member)
        return member

    def keep(self) -> None:
        """From now on one worker is started again whenever it ends, as the supervisor does, unless it stopped on purpose."""
        self.kept = self.start()

    def stop(self, member: Member, seconds: float = PATIENCE) -> int | None:
        """Ask it to end and wait."""
        member.signal(signal.SIGTERM)
        self.until(lambda: member.ended is not None, "it ends when asked", seconds)
        return member.ended

    # --- waiting -----------------------------------------------------------------------------------------------------

    def until(self, condition: Callable[[], object], what: str, seconds: float = PATIENCE, alive: Sequence[Member] = ()) -> None:
        """Wait until it holds. Time running out, or the end of one of `alive`, fails the test with what the workers said."""
        end = time.monotonic() + seconds
        while not condition():
            ended = [member for member in alive if member.ended is not None]
            if ended or time.monotonic() > end:
                reason = f"ended with {ended[0].ended}" if ended else f"not within {seconds:.0f} s"
                raise AssertionError(f"{what}: {reason}\n{self._said()}")
            if self.kept is not None and self.kept.ended not in (None, 75):
                self.kept = self.start()
            time.sleep(0.2)

    def reads(self, count: int, *alive: Member, seconds: float = PATIENCE) -> None:
        """Until so many records were consumed in all."""
        self.until(lambda: read(self.installation) >= count, f"{count} records are read", seconds, alive)

    def faulted(self, member: Member, seconds: float = PATIENCE) -> None:
        """Until its fault has fired: without that the run proves nothing."""
        self.until(lambda: member.said("FAULT "), "the fault fires", seconds)

    def settled(self, *alive: Member, seconds: float = PATIENCE) -> None:
        """Until everything is consumed, published and committed."""

        def settles() -> bool:
            nothing_left = self.installation.query("SELECT count(*) FROM outbox")[0][0] == 0
            return nothing_left and self.installation.consumed() and committed(self.installation)

        self.until(settles, "all is consumed, published and committed", seconds, alive)

    # --- looking -----------------------------------------------------------------------------------------------------

    def check(self, *, copies: bool) -> Counter[str]:
        """Compare with the oracle; returns how many copies of each output there are."""
        return compare(self.installation, self.events, asyncio.run(found(self.installation)), copies=copies)

    def stopped(self) -> list[str]:
        """Why tasks stopped on purpose."""
        return [row[0] for row in self.installation.query("SELECT stopped FROM tasks WHERE stopped IS NOT NULL ORDER BY partition")]

    def ends(self) -> dict[TopicPartition, int]:
        inst = self.installation
        places = [TopicPartition(inst.deployment.topic(t), p) for t in inputs_of(inst.processor) for p in range(4)]
        with topic_admin.administration(inst.kafka) as client:
            return {tp: found.offset for tp, found in client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST)).items()}

    def committed(self) -> dict[tuple[str, int], int | None]:
        """The group's public offsets."""
        inst = self.installation
        with topic_admin.administration(inst.kafka) as client:
            found = measure(client, [GroupInputs(inst.processor.name, inputs_of(inst.processor))], inst.deployment)
        return {(each.topic, each.partition): each.committed for each in found}

    def _said(self) -> str:
        told = [f"--- {m.log.name} ({m.ended}):\n{m.log.read_text(errors='replace')[-2500:]}" for m in self.members[-4:] if m.log.exists()]
        return "\n".join(told)
