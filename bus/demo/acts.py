"""What each demonstration of a domain does on its stage: open the gates, wait for the workers, post, wait until all is done."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bus import tokens
from bus.demo.stage import Stage, set_up, wait_for
from bus.engine.assembly import check_processor, inputs_of
from bus.kafka_clients import admin_options
from bus.lag import GroupInputs, measure
from bus.outgoing.files import Mode
from bus.processors import all_processors, domain_of
from bus.told import Told
from bus.topic_admin import administration
from schemas.outcome import Processor
from sinks.registry import FILE_SINKS

POSTED_AT_ONCE = 500
PATIENCE = 240.0


class Acts:
    """A demonstration under way: its stage, its steps with their durations, its posts."""

    def __init__(self, console: Console, domains: Sequence[str]) -> None:
        self.console = console
        self.steps: dict[str, float] = {}
        os.environ["PASSERELLE_DOMAINS"] = ",".join(domains)
        with self.step("Démarrer Kafka, le registre, PostgreSQL et les travailleurs"):
            self.stage = set_up()
            _open_the_gates(self.stage)
            self._client = httpx.Client(base_url=_address(self.stage), timeout=60)
            self._wait_for_the_workers()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step, numbered and timed."""
        self.console.print(f"[bold]{len(self.steps) + 1}. {what}[/bold] …")
        began = time.monotonic()
        yield
        self.steps[what] = time.monotonic() - began
        self.console.print(f"   {self.steps[what]:.1f} s", style="dim")

    def tell(self, words: str) -> None:
        """What just happened, under the step."""
        self.console.print(f"   {words}")

    def authorise(self, systems: Sequence[str]) -> None:
        """A bearer token that may post for these systems, in place of the last demonstration's."""
        settings = self.stage.settings
        file = settings.http.tokens_file or settings.var / "secrets" / "http_tokens.json"
        if any(token.name == "demo" for token in tokens.read(file)):
            tokens.revoke(file, "demo")
        token = tokens.create(file, "demo", [tokens.scope_of(system) for system in systems])
        self._client.headers["Authorization"] = f"Bearer {token}"

    def post(self, system: str, events: Sequence[dict[str, Any]]) -> None:
        """Post events in lists; the same list again when the bus says 503. Raises Told for a refusal."""
        for start in range(0, len(events), POSTED_AT_ONCE):
            self._post(system, json.dumps(events[start : start + POSTED_AT_ONCE], ensure_ascii=False).encode())

    def _post(self, system: str, body: bytes) -> None:
        while True:
            answer = self._client.post(f"/v1/{system}/evenements", content=body, headers={"Content-Type": "application/json"})
            if answer.status_code == httpx.codes.ACCEPTED:
                return
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                raise Told(f"Le bus refuse un envoi de la démonstration : {answer.status_code} {answer.text[:500]}")
            time.sleep(float(answer.headers.get("Retry-After", "1")))

    def rest(self) -> None:
        """Until every group has read everything, every due deadline has come and every file is written."""
        with administration(admin_options(self.stage.settings.kafka)) as client:
            wait_for(lambda: self._at_rest(client), "la fin du traitement", PATIENCE)

    def _at_rest(self, client: Any) -> bool:
        waiting = self.one(
            "SELECT (SELECT count(*) FROM deadlines WHERE due <= now()) + (SELECT count(*) FROM outbox) "
            "+ (SELECT count(*) FROM effets WHERE state IN ('A_FAIRE', 'EN_COURS'))"
        )
        if waiting:
            return False
        groups = [GroupInputs(processor.name, inputs_of(processor)) for processor in self.processors()]
        return all(each.count == 0 or (each.committed is None and each.end == 0) for each in measure(client, groups, self._deployment))

    @property
    def _deployment(self) -> Any:
        return self.stage.settings.deployment()

    def processors(self) -> list[Processor]:
        """Those of the enabled domains."""
        return [processor for processor in all_processors() if domain_of(processor) in self.stage.settings.domains]

    def _wait_for_the_workers(self) -> None:
        wait_for(self._http_is_ready, "le service HTTP")
        wanted = sum(check_processor(processor, self._deployment) for processor in self.processors())
        wait_for(lambda: self.one("SELECT count(*) FROM tasks") >= wanted, "la prise des tâches par les travailleurs", PATIENCE)

    def _http_is_ready(self) -> bool:
        try:
            return self._client.get("/ready", timeout=2).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    # --- looking ---

    def rows(self, query: str, **values: Any) -> list[Any]:
        """What the tables say."""
        with self.stage.database.begin() as connection:
            return list(connection.execute(text(query), values))

    def one(self, query: str, **values: Any) -> Any:
        return self.rows(query, **values)[0][0]

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """One table of the report: numbers to the right."""
        made = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for rank, heading in enumerate(headings):
            numbers = bool(rows) and all(not isinstance(row[rank], str) for row in rows)
            made.add_column(heading, justify="right" if numbers else "left", overflow="fold")
        for row in rows:
            made.add_row(*(_shown(each) for each in row))
        self.console.print(made)
        self.console.print()

    def compare(self, expected: Sequence[tuple[str, object, object]]) -> int:
        """(what, found, expected): says each difference; 0 when there is none."""
        wrong = [f"{what} : {found}, attendu {wanted}" for what, found, wanted in expected if found != wanted]
        for line in wrong:
            self.console.print(f"ÉCART  {line}", style="bold red")
        if not wrong:
            count = len(expected)
            self.console.print(f"{count} chiffres calculés à part, {count} retrouvés : rien de perdu, rien de doublé.", style="bold green")
        return 1 if wrong else 0


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    return value if isinstance(value, str) else f"{value:,}".replace(",", " ").replace(".", ",")


def _open_the_gates(stage: Stage) -> None:
    """Files go to this folder's outbox. Mails stay in observation: composed and shown, sent to nobody."""
    with stage.database.begin() as connection:
        for sink in FILE_SINKS:
            connection.execute(
                text("INSERT INTO sinks (sink, mode, last_lot) VALUES (:sink, :mode, 0) ON CONFLICT (sink) DO UPDATE SET mode = :mode"),
                {"sink": sink.name, "mode": Mode.ACTIF.value},
            )


def _address(stage: Stage) -> str:
    return f"http://{stage.settings.http.host}:{stage.settings.http.port}"
