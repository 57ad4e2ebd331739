"""Callers of an HTTP server: N connections kept open, each asks again as soon as it is answered. For one process of its own.

`python -m bench.callers PORT TOKEN CONNECTIONS SECONDS STUDENTS` prints one JSON object: requests a second and the quantiles of the
latency in milliseconds. A bare asyncio protocol: the caller must cost less than what it measures.
"""

import asyncio
import json
import sys
import time
from itertools import count
from statistics import quantiles

import uvloop

from bench.asked import ANNEE, ETAPE, UAI, nne_of

WARMING = 0.5
"""Seconds before anything is counted."""


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: list[bytes], ranks: "count[int]", durations: list[tuple[float, float]]) -> None:
        self._requests = requests
        self._ranks = ranks
        self._durations = durations
        self._seen = b""
        self._asked = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._requests[next(self._ranks) % len(self._requests)])

    def data_received(self, data: bytes) -> None:
        self._seen = self._seen + data if self._seen else data
        head = self._seen.find(b"\r\n\r\n")
        if head < 0:
            return
        length = self._seen.lower().index(b"content-length:") + 15
        size = int(self._seen[length : self._seen.index(b"\r", length)])
        if len(self._seen) < head + 4 + size:
            return
        if not self._seen.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(self._seen[:60])
        now = time.perf_counter()
        self._durations.append((now, now - self._asked))
        self._seen = b""
        self._ask()


def request(token: str, rank: int) -> bytes:
    """GET /v1/bourses/{nne} as a registration desk asks it."""
    path = f"/v1/bourses/{nne_of(rank)}?annee={ANNEE}&uai={UAI}&cod_etp={ETAPE}"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n\r\n".encode()


async def call(port: int, token: str, connections: int, seconds: float, students: int) -> dict[str, float]:
    requests = [request(token, rank) for rank in range(0, students, max(1, students // 5_000))]
    durations: list[tuple[float, float]] = []
    ranks = count()
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Caller(requests, ranks, durations), "127.0.0.1", port) for _ in range(connections)]
    await asyncio.sleep(WARMING)
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    ended = time.perf_counter()
    for transport, _ in made:
        transport.abort()
    counted = [took * 1000 for at, took in durations if began <= at < ended]
    cut = quantiles(counted, n=1000, method="inclusive")
    return {"requests": len(durations), "rate": len(counted) / (ended - began), "p50_ms": cut[499], "p99_ms": cut[989]}


def main(port: str, token: str, connections: str, seconds: str, students: str) -> None:
    found = uvloop.run(call(int(port), token, int(connections), float(seconds), int(students)))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
