"""Reads one topic of rights into the read model, then says how long that took and what it weighs.

`python -m bench.contenders.answers_model KAFKA TOPIC SCHEMA_ID` prints one JSON object.
"""

import asyncio
import contextlib
import gc
import json
import os
import sys
import time
from datetime import timedelta

import psutil

from bus import logging
from bus.answers.feed import Feed
from bus.answers.rights import TOPIC, Rights
from bus.database.freshness import Look
from schemas.contracts import contract_of
from topics.catalogue import EMBEDDED_PARTITIONS


async def read(kafka: str, topic: str, schema_id: int) -> dict[str, float]:
    schemas = {schema_id: contract_of(TOPIC).schema}
    rights = Rights()
    options = {"bootstrap_servers": kafka}
    nobody = Look(None, frozenset())
    feed = Feed(rights, options, topic, EMBEDDED_PARTITIONS, schemas.__getitem__, lambda: nobody, timedelta(seconds=5))
    gc.collect()
    before = psutil.Process(os.getpid()).memory_info().rss
    began = time.perf_counter()
    reading = asyncio.create_task(feed.run())
    while not feed.caught_up:  # noqa: ASYNC110 - what is measured has no event of its own
        await asyncio.sleep(0.005)
    seconds = time.perf_counter() - began
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
    gc.collect()
    return {
        "students": len(rights),
        "seconds": seconds,
        "bytes": psutil.Process(os.getpid()).memory_info().rss - before,
        "packed": rights.size,
    }


if __name__ == "__main__":
    logging.configure("warning")
    sys.stdout.write(json.dumps(asyncio.run(read(sys.argv[1], sys.argv[2], int(sys.argv[3])))) + "\n")
