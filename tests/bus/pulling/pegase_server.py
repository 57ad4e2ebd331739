"""A stand-in of Pégase's feed: a real HTTP server that pages what it holds, asks for its token, and fails where it is told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse, Response

from bus.settings import PegaseSettings
from connectors.pegase.flux import PATH
from tests.bus.outgoing.call_servers import Call, Desk, answering

BASE = "/api/ins/ext/v2"
TOKEN = "jeton-d-essai"


@dataclass
class Pegase(Desk):
    """What it holds, in the order of the modifications; `answers` come first, `before` is called at each call."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    queries: list[dict[str, str]] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    token: str = TOKEN

    def hold(self, element: dict[str, Any]) -> None:
        self.held[f"{element['idApprenant']}/{element['formation']}"] = element

    def reply(self, call: Call, query: dict[str, str]) -> Response:
        self.before()
        self.queries.append(query)
        if call.path != BASE + PATH or call.method != "GET":
            return Response(status_code=404)
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"message": "jeton refusé"}, 401)
        since, until, number, size = (int(query[name]) for name in ("depuis", "jusqua", "page", "taille"))
        found = [each for each in self.held.values() if since <= each["derniereModification"] <= until]
        found.sort(key=lambda each: each["derniereModification"])
        pages = -(-len(found) // size)
        shown = found[number * size : (number + 1) * size]
        return JSONResponse({"taille": size, "page": number, "totalElements": len(found), "totalPages": pages, "resultats": shown})


@contextmanager
def pegase_answering(pegase: Pegase) -> Iterator[int]:
    with answering(pegase) as (_, port):
        yield port


def settings_for(port: int, folder: Path, **changes: Any) -> PegaseSettings:
    token_file = folder / "pegase_token"
    if not token_file.exists():
        token_file.write_text(TOKEN + "\n")
    usual = {
        "url": f"http://127.0.0.1:{port}{BASE}", "token_file": token_file, "private_networks": "127.0.0.0/8", "page_rows": 4,
        "timeout_seconds": 2, "call_seconds": 4,
    }  # fmt: skip
    return PegaseSettings(**{**usual, **changes})
