"""Ends a worker whose task stands while its log moves. Faust's own livelock detector only logs, and is blind to a lost fetch.

It lives in a thread with a broker connection of its own, so that a loop or an engine thread that hangs is seen too. It also
sees a topic that was deleted and made again: a consumer does not, and would read on at its old offset.
"""

import faulthandler
import sys
import threading
from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.protocol.consumer import IsolationLevel

from bus import topic_admin
from bus.deployment import Deployment
from bus.engine.runner import DRAIN_SECONDS, RETRY_SECONDS

if TYPE_CHECKING:
    from bus.engine.runner import Place, Runner

log = structlog.get_logger("bus.engine.watchdog")


class Standing(Exception):
    """A task did not move although its log did, or the whole loop does not move."""


class Replaced(Exception):
    """A topic is no longer the one that the tasks were taken over on. The next takeover says what to do."""


class Standstill:
    """Decides, from what is observed, whether a place stands: pure, so that its test needs no clock."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._behind_since: dict[Place, tuple[int, float]] = {}

    def observe(self, place: "Place", checkpoint: int, end: int, now: float) -> bool:
        """True once the same checkpoint has stayed below an end for longer than the limit."""
        if checkpoint >= end:
            self._behind_since.pop(place, None)
            return False
        before = self._behind_since.get(place)
        if before is None or before[0] != checkpoint:
            self._behind_since[place] = (checkpoint, now)
            return False
        return now - before[1] > self._seconds

    def forget_all_but(self, places: "set[Place]") -> None:
        """Places that were revoked start anew."""
        for place in set(self._behind_since) - places:
            del self._behind_since[place]


class Watchdog:
    """The thread. `fail` ends the process."""

    def __init__(
        self,
        runner: "Runner",
        administration: Mapping[str, Any],
        deployment: Deployment,
        fail: Callable[[BaseException], None],
        seconds: float,
    ) -> None:
        self._runner = runner
        self._administration = administration
        self._deployment = deployment
        self._fail = fail
        self._every = min(10.0, seconds / 4)
        self._standstill = Standstill(seconds)
        self._longest_beat = seconds + RETRY_SECONDS + DRAIN_SECONDS
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self._look()
            except (Standing, Replaced) as seen:
                if isinstance(seen, Standing):
                    faulthandler.dump_traceback(sys.stderr)
                self._fail(seen)
                return
            except Exception as error:  # noqa: BLE001 - a watchdog that dies is worse than one that cannot see for a while
                log.warning("watchdog_blind", error=type(error).__name__)

    def _look(self) -> None:
        runner = self._runner
        if monotonic() - runner.beat > self._longest_beat:
            raise Standing(f"la boucle n'a pas tourné depuis {self._longest_beat:.0f} s")
        progress = {} if runner.degraded is not None else dict(runner.progress)
        self._standstill.forget_all_but(set(progress))
        if not progress:
            return
        known = dict(runner.topic_ids)
        with topic_admin.administration(self._administration) as client:
            ends = self._ends(client, set(progress))
            present = topic_admin.topic_ids(client, known, self._deployment)
        replaced = sorted(topic for topic, identifier in known.items() if present[topic] != identifier)
        if replaced and known == runner.topic_ids:
            raise Replaced(f"{', '.join(replaced)} : supprimé et recréé pendant la lecture")
        for place, (checkpoint, _) in progress.items():
            if self._standstill.observe(place, checkpoint, ends.get(place, 0), monotonic()):
                raise Standing(f"{place[0]}/{place[1]} reste à {checkpoint}, fin {ends[place]}")

    def _ends(self, client: Any, places: "set[Place]") -> "dict[Place, int]":
        wanted = {TopicPartition(self._deployment.topic(topic), partition): (topic, partition) for topic, partition in places}
        found = client.list_partition_offsets(dict.fromkeys(wanted, OffsetSpec.LATEST), isolation_level=IsolationLevel.READ_COMMITTED)
        return {wanted[tp]: answer.offset for tp, answer in found.items() if tp in wanted}
