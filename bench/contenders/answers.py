"""One HTTP server of the answers' race: the answers over a read model filled by hand, or a bare ASGI "hello" on the same server.

`python -m bench.contenders.answers hello|answers FOLDER STUDENTS`: prints `ready PORT TOKEN`, serves until SIGTERM.
"""

import asyncio
import gc
import signal
import sys
from pathlib import Path
from typing import Any

import uvloop

from bench.asked import SECRET, nne_of, rights_of
from bus import logging, tokens
from bus.answers.app import Answers, create_app
from bus.answers.desk import Desk
from bus.answers.publisher import DetectionPublisher
from bus.answers.rights import Rights
from bus.push.http_push import server_of
from bus.stack.ports import unused
from bus.tokens import TokenFile
from schemas.student_key import StudentKeys

BODY = b'{"reponse": "POSITIVE"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode()), (b"cache-control", b"no-store")]


async def hello(_scope: Any, _receive: Any, send: Any) -> None:
    """The least that an ASGI application can do: the same bytes for everybody."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


class AlwaysFresh:
    """A feed that has caught up."""

    fresh = True
    caught_up = True

    def sure_of(self, _key: str) -> bool:
        return True


def answers(folder: Path, students: int) -> tuple[Any, str]:
    """The real application, with a real token file and the real queue of detections, which nothing empties."""
    file = folder / "tokens.json"
    for number in range(9):
        tokens.create(file, f"autre-{number}", ("bourses:lire",))
    token = tokens.create(file, "bench", ("bourses:lire",))
    keys, rights = StudentKeys(SECRET), Rights()
    for rank in range(students):
        rights.take(keys.of_nne(nne_of(rank)), rights_of(rank))
    detections = DetectionPublisher({}, "", 0, lambda _topic, _key: 0)
    return create_app(Answers(Desk(keys, rights, AlwaysFresh(), detections), TokenFile(file), 20)), token


async def serve(app: Any, token: str) -> None:
    port = unused()
    server = server_of(app, "127.0.0.1", port)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    sys.stdout.write(f"ready {port} {token}\n")
    sys.stdout.flush()
    await serving


def main(kind: str, folder: str, students: str) -> None:
    logging.configure("info")
    app, token = (hello, "aucun") if kind == "hello" else answers(Path(folder), int(students))
    gc.collect()
    gc.freeze()
    uvloop.run(serve(app, token))


if __name__ == "__main__":
    main(*sys.argv[1:])
