"""`make demo`: a university's registrations and bursaries through a real Kafka, with a worker killed in the middle."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from sqlalchemy import text

from bus import editions, supervisor, tokens
from bus.answers.messages import READ
from bus.cli.stack import near
from bus.demo import questions
from bus.demo.report import differences, figures, show, show_answers
from bus.demo.stage import Stage, folder_of, set_up, wait_for
from bus.demo.university import University, generate
from bus.engine.assembly import inputs_of
from bus.kafka_clients import admin_options
from bus.lag import GroupInputs, measure, total
from bus.outgoing.files import Mode
from bus.processors import all_processors
from bus.told import Told
from bus.topic_admin import administration
from sinks.registry import FILE_SINKS

POSTED_AT_ONCE = 500
KILLED_AFTER = 0.2
PATIENCE = 240.0
VICTIM = "bourses"
THE_DAY = date(2026, 11, 27)
"""« Au 27 novembre » (R-AGL-20)."""
STORIES = {"region": "bus.demo.region", "formation": "bus.demo.formation", "ecoles": "bus.demo.ecoles"}
"""Word → the module of another demonstration, whose `play` gives the exit code."""


class Demonstration:
    """The steps, their durations and what they say."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.steps: dict[str, float] = {}
        self._began = time.monotonic()
        self._number = 0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step of the demonstration, timed."""
        self._number += 1
        self.console.print(f"[bold]{self._number}. {what}[/bold] …")
        began = time.monotonic()
        yield
        self.steps[what] = time.monotonic() - began
        self.console.print(f"   {self.steps[what]:.1f} s", style="dim")

    def play(self) -> int:
        """Play it all; 0 when every figure is what had to come."""
        with self.step("Démarrer Kafka, le registre, PostgreSQL et les travailleurs"):
            stage = set_up()
            open_the_gates(stage)
            token, reader = fresh_tokens(stage)
            wait_until_ready(stage)
        with self.step("Inventer une université : 19 000 inscriptions, 2 850 dossiers de bourse"):
            university = generate()
        with self.step("Guichets : interroger la réponse synchrone avant que rien ne soit connu"):
            before = questions.ask(answers_address(stage), reader, university.questions)
        with self.step("Déposer les fichiers d'Apogée et d'Aglaé (dont deux mauvais), envoyer les inscriptions par le web"):
            drop(stage, university)
            with ThreadPoolExecutor(1) as hand:
                killing = hand.submit(kill, stage, len(university.events) * KILLED_AFTER)
                asyncio.run(post(stage, token, university.events))
                self.console.print(
                    f"   au milieu : travailleur « {VICTIM} » (pid {killing.result()}) tué par SIGKILL ; le superviseur le relance"
                )
        with self.step("Attendre que tout soit traité : fichiers, retard à 0, fichiers de sortie écrits"):
            wait_for(lambda: quiet(stage, university), "la fin du traitement", PATIENCE, every=0.5)
        with self.step("Guichets : les mêmes questions ; listes de contrôle du 27 novembre"):
            after = self.ask_again(stage, reader, university)
            self.editions(stage)
            wait_for(lambda: lag(stage) == 0, "la lecture des détections", PATIENCE)
        return self.conclude(stage, university, before, after)

    def ask_again(self, stage: Stage, reader: str, university: University) -> questions.Heard:
        """Once the read model is fresh: a doubt of the bus's own is no answer yet."""
        wait_for(lambda: _state(stage).get("a_jour") is True, "la fraîcheur de la réponse synchrone")
        return questions.ask(answers_address(stage), reader, university.questions)

    def editions(self, stage: Stage) -> None:
        """The control lists, one file a composante; their mails stay in observation."""
        try:
            made = editions.make(stage.database, THE_DAY, None)
        except editions.AlreadyMade as told:
            self.console.print(f"   {told}", style="dim")
            return
        editions.write_files(stage.database, THE_DAY, stage.settings.outbox_folder)
        lines = sum(edition.ouverts for edition in made)
        self.console.print(f"   {len(made)} listes de contrôle, {lines} lignes ; leurs courriels restent en observation")

    def conclude(self, stage: Stage, university: University, before: questions.Heard, after: questions.Heard) -> int:
        """The report, and what to look at next."""
        found = figures(stage.database, university.declares)
        written = [str(near(path)) for path in outgoing(stage)]
        lists = len(list((stage.settings.outbox_folder / editions.FOLDER).glob("*")))
        written.append(f"{near(stage.settings.outbox_folder / editions.FOLDER)} : {lists} listes de contrôle")
        self.steps["En tout"] = time.monotonic() - self._began
        self.console.print()
        show(self.console, found, written, self.steps)
        show_answers(self.console, questions.rows(before, after, university.questions), *after.slowest())
        self.console.print(f"\nRetard des groupes : {lag(stage)} enregistrement(s).")
        wrong = differences(found, university.expected) + questions.differences(before, after, university.questions)
        for line in wrong:
            self.console.print(f"ÉCART  {line}", style="bold red")
        if not wrong:
            self.console.print(
                "Rien de perdu, rien de doublé : chaque chiffre est celui que l'université devait donner.", style="bold green"
            )
        self.console.print(
            "\nEt maintenant : .venv/bin/passerelle status · lag · dead-letters list · sinks list · connectors list\n"
            f"Compte rendu des mauvais fichiers : {near(stage.settings.inbox_folder)}/*/quarantaine/\n"
            "Autres histoires : make demo-region · demo-formation · demo-ecoles\n"
            "Arrêter : make down. Comprendre : README.md, docs/."
        )
        return 1 if wrong else 0


def open_the_gates(stage: Stage) -> None:
    """Outside sinks start in observation: the demonstration activates its own, towards this folder's outbox."""
    with stage.database.begin() as connection:
        for sink in FILE_SINKS:
            values = {"sink": sink.name, "mode": Mode.ACTIF.value}
            connection.execute(
                text("INSERT INTO sinks (sink, mode, last_lot) VALUES (:sink, :mode, 0) ON CONFLICT (sink) DO UPDATE SET mode = :mode"),
                values,
            )


def fresh_tokens(stage: Stage) -> tuple[str, str]:
    """Bearer tokens that may post registrations and ask about bursaries, in place of the last demonstration's."""
    file = stage.settings.http.tokens_file or stage.settings.var / "secrets" / "http_tokens.json"
    for token in tokens.read(file):
        if token.name in ("demo", "demo-guichets") and token.revoked is None:
            tokens.revoke(file, token.name)
    return tokens.create(file, "demo", [tokens.scope_of("apogee")]), tokens.create(file, "demo-guichets", [READ])


def wait_until_ready(stage: Stage) -> None:
    """The HTTP push answers and every task of every processor is taken."""
    wait_for(lambda: _ready(stage), "le service HTTP")
    wait_for(lambda: _state(stage).get("etat") == "pret", "la réponse synchrone")
    wanted = sum(1 for processor in all_processors() if processor.name.split(".")[0] in stage.settings.domains) * 4

    def taken() -> bool:
        with stage.database.begin() as connection:
            return int(connection.execute(text("SELECT count(*) FROM tasks")).scalar_one()) >= wanted

    wait_for(taken, "la prise des tâches par les travailleurs")


def _ready(stage: Stage) -> bool:
    try:
        return httpx.get(f"{address(stage)}/ready", timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _state(stage: Stage) -> Mapping[str, Any]:
    """What the answering process says of itself; nothing while it does not answer."""
    try:
        found: dict[str, Any] = httpx.get(f"{answers_address(stage)}/ready", timeout=2).json()
        return found
    except httpx.TransportError:
        return {}


def answers_address(stage: Stage) -> str:
    return f"http://{stage.settings.answers.host}:{stage.settings.answers.port}"


def address(stage: Stage) -> str:
    return f"http://{stage.settings.http.host}:{stage.settings.http.port}"


def drop(stage: Stage, university: University) -> None:
    """As a program would: written beside, renamed into the inbox, then marked as whole."""
    for file in (*university.files, *university.bad_files):
        folder = folder_of(stage.settings, file.system)
        partial = folder / f".{file.name}.tmp"
        partial.write_bytes(file.content)
        partial.rename(folder / file.name)
        (folder / f"{file.name}.done").touch()


async def post(stage: Stage, token: str, events: Sequence[dict[str, Any]]) -> None:
    """Post the events in lists; the same lists again when the bus says 503."""
    lots = [events[n : n + POSTED_AT_ONCE] for n in range(0, len(events), POSTED_AT_ONCE)]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(base_url=address(stage), headers=headers, timeout=60) as client:
        for lot in lots:
            await _post_one(client, lot)


async def _post_one(client: httpx.AsyncClient, lot: Sequence[dict[str, Any]]) -> None:
    body = json.dumps(lot, ensure_ascii=False).encode()
    while True:
        answer = await client.post("/v1/apogee/evenements", content=body)
        if answer.status_code == httpx.codes.ACCEPTED:
            return
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            raise Told(f"Le bus refuse les inscriptions de la démonstration : {answer.status_code} {answer.text[:500]}")
        await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))


def kill(stage: Stage, after: float) -> int:
    """Kill the worker once it has dealt with that many events; returns its pid."""

    def begun() -> bool:
        with stage.database.begin() as connection:
            return int(connection.execute(text("SELECT count(*) FROM journal WHERE processor = 'bourses'")).scalar_one()) >= after

    wait_for(begun, "le début du traitement", PATIENCE)
    pid = next(state.pid for state in supervisor.states(stage.places) if state.name == VICTIM and state.pid)
    os.kill(pid, signal.SIGKILL)
    return pid


def quiet(stage: Stage, university: University) -> bool:
    """Nothing is under way any more: every file judged, every group at the end, then every effect done that this brought."""
    if lag(stage) != 0:
        return False
    with stage.database.begin() as connection:
        judged = connection.execute(text("SELECT count(*) FROM depots WHERE state IN ('ARCHIVED', 'REFUSED')")).scalar_one()
        waiting = connection.execute(text("SELECT count(*) FROM effets WHERE state IN ('A_FAIRE', 'EN_COURS')")).scalar_one()
        unpublished = connection.execute(text("SELECT count(*) FROM outbox")).scalar_one()
    return bool(judged >= len(university.files) + len(university.bad_files) and not waiting and not unpublished)


def lag(stage: Stage) -> int:
    """Records that some group of the enabled domains has still to read."""
    groups = [GroupInputs(p.name, inputs_of(p)) for p in all_processors() if p.name.split(".")[0] in stage.settings.domains]
    with administration(admin_options(stage.settings.kafka)) as client:
        found = measure(client, groups, stage.settings.deployment())
    return total(found) + sum(each.end for each in found if each.committed is None)


def outgoing(stage: Stage) -> list[Path]:
    """What was written for the systems; the control lists are counted apart."""
    return sorted(path for path in stage.settings.outbox_folder.glob("*/*") if path.is_file() and path.parent.name != editions.FOLDER)


def main(words: Sequence[str] = ()) -> int:
    """Without a word, the university; with one, that story."""
    if len(words) > 1 or (words and words[0] not in STORIES):
        sys.stderr.write(f"python -m bus.demo [{'|'.join(STORIES)}]\n")
        return 2
    try:
        if words:
            told: int = import_module(STORIES[words[0]]).play()
            return told
        return Demonstration(Console(highlight=False)).play()
    except (Told, TimeoutError) as ended:
        sys.stderr.write(f"{ended}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
