"""The control editions from the projections to a mailbox: once a day, compared with the last one, with what people wrote."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text

from bus import editions
from bus.editions import AlreadyMade, Schedule, ScheduledEditions
from bus.outgoing.files import Mode
from bus.outgoing.mail import MailCarrier
from bus.outgoing.one_by_one import OneByOne
from bus.settings import EditionsSettings
from sinks.bourses.courriels import PAS_A_JOUR, EditionsDeControle
from sinks.bourses.editions import LISTES
from sinks.registry import TABLES
from tests.bus.outgoing.effects import put_in, states
from tests.bus.outgoing.mail_servers import Mailbox, serving, smtp
from tests.bus.outgoing.test_mail import Drawing
from tests.bus.test_operator_commands import Commands
from tests.services import Services

JOUR = date(2026, 11, 27)
LUNDI = date(2026, 11, 30)
UAI = "0781944P"
CONDITIONNELS = LISTES[1]
SINK = EditionsDeControle.name
DESKS = "bourses.sci=sci@universite.example, bourses=scolarite@universite.example"


@pytest.fixture
def tables(database: sqlalchemy.Engine) -> sqlalchemy.Engine:
    with database.begin() as connection:
        connection.execute(text(f"TRUNCATE editions, editions_notes, {', '.join({liste.table for liste in LISTES})}"))
    return database


def registered(
    cod_ind: str, bourse: str = "CONDITIONNELLE", composante: str | None = "SCI", days: int = 10, **changes: Any
) -> dict[str, Any]:
    since = datetime(2026, 11, 27, 9, tzinfo=UTC) - timedelta(days=days)
    return {
        "uai": UAI,
        "annee": 2026,
        "cod_ind": cod_ind,
        "cod_etp": "L1INFO",
        "cod_vrs_vet": "120",
        "cod_etu": f"0226{cod_ind}",
        "composante": composante,
        "bourse": bourse,
        "tarif": "BOURSIER",
        "declaree": True,
        "numero_dossier": None,
        "motif": "Dossier non traité.",
        "depuis": since,
        "evenements": [],
        "ce_id": "x",
        "cle": "k",
        **changes,
    }


def put(database: sqlalchemy.Engine, table: str, *rows: dict[str, Any]) -> None:
    with database.begin() as connection:
        connection.execute(sqlalchemy.insert(TABLES[table]), list(rows))


def drop(database: sqlalchemy.Engine, cod_ind: str) -> None:
    with database.begin() as connection:
        connection.execute(sqlalchemy.delete(TABLES["bourses_apogee"]).where(TABLES["bourses_apogee"].c.cod_ind == cod_ind))


def lines(content: bytes) -> list[dict[str, str]]:
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    return [dict(zip(read[0], row, strict=True)) for row in read[1:-1]]


def edition(database: sqlalchemy.Engine, jour: date, composante: str = "SCI") -> list[dict[str, str]]:
    query = text("SELECT contenu FROM editions WHERE liste = :liste AND composante = :composante AND jour = :jour")
    with database.begin() as connection:
        values = {"liste": CONDITIONNELS.code, "composante": composante, "jour": jour}
        return lines(connection.execute(query, values).scalar_one())


def sent(database: sqlalchemy.Engine) -> Mailbox:
    with serving() as (box, port):
        OneByOne(database, [MailCarrier(EditionsDeControle(), smtp(port, desks=DESKS), Drawing())]).once()
        return box


def test_in_observation_the_files_are_made_and_no_mail_leaves(tables: sqlalchemy.Engine, tmp_path: Path) -> None:
    put(tables, "bourses_apogee", registered("1"), registered("2", composante="DRT"), registered("3", "DEFINITIVE"))
    editions.make(tables, JOUR, None)
    written = editions.write_files(tables, JOUR, tmp_path)
    assert [file.name for file in written] == ["boursiers_conditionnels_DRT_2026-11-27.csv", "boursiers_conditionnels_SCI_2026-11-27.csv"]
    assert len(lines(written[1].read_bytes())) == 1
    assert sent(tables).received == []
    assert states(tables) == {"OBSERVE": 2}


def test_one_mail_a_composante_goes_to_its_desk_with_its_files_and_says_what_is_new_and_since_when(tables: sqlalchemy.Engine) -> None:
    put_in(tables, SINK, Mode.ACTIF)
    put(tables, "bourses_apogee", registered("1", days=40), registered("2"), registered("3", composante=None))
    claim = {name: value for name, value in registered("4").items() if name not in ("bourse", "tarif", "declaree")}
    put(tables, "bourses_droits_a_revoir", {**claim, "nature": "RECLAMATION", "ouvert": True})
    put(tables, "bourses_droits_a_revoir", {**claim, "nature": "REMBOURSEMENT", "ouvert": True, "composante": None})
    editions.make(tables, JOUR, datetime(2026, 11, 27, 5, 59, tzinfo=UTC))
    received = {each.recipients[0]: each.message for each in sent(tables).received}
    assert set(received) == {"sci@universite.example", "scolarite@universite.example"}
    mail = received["sci@universite.example"]
    assert mail["Subject"] == "Bourses, composante SCI : 3 nouveau(x), 3 ouvert(s), 0 disparu(s) au 27/11/2026"
    body = mail.get_body()
    assert body is not None
    said = body.get_content()
    assert "Liste des boursiers conditionnels : 2 nouveau(x), 2 ouvert(s), le plus ancien depuis 40 jour(s), 0 disparu(s)." in said
    assert "jusqu'au 27/11/2026 à 06:59" in said
    joined = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert set(joined) == {"boursiers_conditionnels_SCI_2026-11-27.csv", "droits_a_reclamer_SCI_2026-11-27.csv"}
    assert [line["JOURS"] for line in lines(joined["boursiers_conditionnels_SCI_2026-11-27.csv"].encode())] == ["40", "10"]
    others = {part.get_filename() for part in received["scolarite@universite.example"].iter_attachments()}
    assert others == {"boursiers_conditionnels_sans_composante_2026-11-27.csv", "droits_a_rembourser_sans_composante_2026-11-27.csv"}


def test_a_mail_says_when_nobody_knows_up_to_when_the_tables_are(tables: sqlalchemy.Engine) -> None:
    put_in(tables, SINK, Mode.ACTIF)
    put(tables, "bourses_apogee", registered("1"))
    editions.make(tables, JOUR, editions.up_to(tables, 4))
    body = sent(tables).received[0].message.get_body()
    assert body is not None
    assert PAS_A_JOUR in body.get_content()


def test_the_next_edition_says_what_is_new_open_and_gone_and_repeats_what_people_wrote(tables: sqlalchemy.Engine) -> None:
    put(tables, "bourses_apogee", registered("1"), registered("2"))
    first = next(each for each in editions.make(tables, JOUR, None) if each.liste is CONDITIONNELS)
    returned = first.file.content.decode("utf-8-sig").replace("Dossier non traité.;;", "Dossier non traité.;Bureau A;CROUS appelé", 1)
    with tables.begin() as connection:
        taken = editions.read_back(connection, CONDITIONNELS, returned.encode("cp1252"))
        editions.keep(connection, CONDITIONNELS, taken.notes)
    assert taken.notes == {(UAI, "2026", "1", "L1INFO", "120"): ("Bureau A", "CROUS appelé")}
    drop(tables, "2")
    put(tables, "bourses_apogee", registered("3"))
    editions.make(tables, LUNDI, None)
    found = {line["COD_IND"]: (line["ETAT"], line["JOURS"], line["TRAITE_PAR"], line["COMMENTAIRE"]) for line in edition(tables, LUNDI)}
    assert found == {
        '="1"': ("OUVERT", "13", "Bureau A", "CROUS appelé"),
        '="2"': ("DISPARU", "10", "", ""),
        '="3"': ("NOUVEAU", "13", "", ""),
    }
    drop(tables, "1")
    drop(tables, "3")
    editions.make(tables, LUNDI + timedelta(days=1), None)
    assert edition(tables, LUNDI + timedelta(days=1))[0]["TRAITE_PAR"] == "Bureau A"
    assert editions.make(tables, LUNDI + timedelta(days=2), None) == (), "a composante with nothing left has no edition"


def test_an_empty_cell_takes_nothing_back_and_a_line_that_was_never_listed_is_left_aside(tables: sqlalchemy.Engine) -> None:
    put(tables, "bourses_apogee", registered("1"))
    first = next(iter(editions.make(tables, JOUR, None)))
    noted: dict[editions.Identity, tuple[str, str]] = {(UAI, "2026", "1", "L1INFO", "120"): ("Bureau A", "CROUS appelé")}
    foreign = first.file.content.decode("utf-8-sig").replace('""1""', '""9""').replace("traité.;;", "traité.;X;Y")
    with tables.begin() as connection:
        editions.keep(connection, CONDITIONNELS, noted)
        assert editions.read_back(connection, CONDITIONNELS, first.file.content).notes == {}
        assert editions.read_back(connection, CONDITIONNELS, foreign.encode()) == editions.Taken({}, 1)


def test_a_day_has_one_set_of_editions_and_none_comes_before_the_last(tables: sqlalchemy.Engine) -> None:
    put(tables, "bourses_apogee", registered("1"))
    editions.make(tables, JOUR, None)
    for jour in (JOUR, JOUR - timedelta(days=1)):
        with pytest.raises(AlreadyMade, match="27/11/2026"):
            editions.make(tables, jour, None)
    assert states(tables) == {"A_FAIRE": 1}


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 27, 5, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 27, 6, 0, tzinfo=UTC), JOUR),
        (datetime(2026, 7, 1, 5, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 11, 27, 22, 59, tzinfo=UTC), JOUR),
        (datetime(2026, 11, 28, 12, 0, tzinfo=UTC), None),
    ],
)
def test_the_time_is_that_of_paris_on_working_days(now: datetime, due: date | None) -> None:
    schedule = Schedule.of(EditionsSettings())
    assert schedule is not None
    assert schedule.due(now) == due


def test_a_schedule_can_be_turned_off_and_its_days_chosen() -> None:
    assert Schedule.of(EditionsSettings(at="")) is None
    assert Schedule.of(EditionsSettings(at="12:30", days="sam dim")) == Schedule(time(12, 30), frozenset({5, 6}))
    with pytest.raises(ValueError, match="des jours parmi"):
        EditionsSettings(days="monday")


def test_the_schedule_makes_the_day_once_also_after_a_restart(tables: sqlalchemy.Engine, tmp_path: Path) -> None:
    put(tables, "bourses_apogee", registered("1"))
    schedule = replace(Schedule(time(7), frozenset(range(5))))
    at = [datetime(2026, 11, 27, 5, tzinfo=UTC)]

    def started() -> ScheduledEditions:
        return ScheduledEditions(tables, schedule, tmp_path, 4, lambda: at[0])

    assert started().once() == 0
    at[0] = datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert started().once() == 1
    (written,) = (tmp_path / editions.FOLDER).iterdir()
    written.unlink()
    assert started().once() == 0
    assert written.exists(), "what a crash left unwritten is written at the next start"
    assert states(tables) == {"A_FAIRE": 1}


def test_the_bilan_of_27_november_shows_the_gap_and_does_not_force_it(tables: sqlalchemy.Engine) -> None:
    put(tables, "bourses_apogee", *(registered(str(n), "DEFINITIVE") for n in range(1_871)))
    put(tables, "bourses_apogee", *(registered(str(n)) for n in range(2_000, 2_709)))
    put(tables, "bourses_apogee", registered("9999", annee=2025))
    plain = {name: value for name, value in registered("1").items() if name not in ("bourse", "tarif", "declaree", "numero_dossier")}
    gap = {**plain, "nature": "NUMEROS_DIFFERENTS", "differents": True, "avertissements": []}
    put(tables, "bourses_ecarts", *({**gap, "cod_ind": str(n)} for n in range(28)))
    with tables.begin() as connection:
        found = editions.bilan(connection, 2026, 2_850)
    assert (found.definitives, found.conditionnelles, found.ecarts_nne, found.suivies, found.ecart) == (1_871, 709, 28, 2_580, 270)


@pytest.fixture
def commands(services: Services, effects_schema: str, tables: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Commands]:
    made = Commands(services, effects_schema, tmp_path)
    yield made
    made.database.dispose()


def test_the_commands_plan_first_then_make_then_take_back(commands: Commands, tables: sqlalchemy.Engine, tmp_path: Path) -> None:
    put(tables, "bourses_apogee", registered("007"))
    planned = commands.json("editions", "make", "--jour", "2026-11-27")
    assert [(row["liste"], row["nouveaux"]) for row in planned] == [("boursiers_conditionnels", 1)]
    assert commands.json("editions", "list") == []
    assert commands.run("editions", "make", "--jour", "2026-11-27", "--execute").returncode == 0
    assert commands.run("editions", "make", "--jour", "2026-11-27", "--execute").returncode == 4
    assert commands.run("editions", "make", "--jour", "demain").returncode == 2
    (listed,) = commands.json("editions", "list")
    file = tmp_path / "outbox" / editions.FOLDER / listed["fichier"]
    text_ = file.read_bytes().decode("utf-8-sig")
    file.write_text(text_.replace("traité.;;", "traité.;Bureau A;"), encoding="utf-8-sig")
    assert commands.run("editions", "take-back", CONDITIONNELS.code, str(file), "--execute").returncode == 0
    assert commands.sql("SELECT cod_ind, traite_par FROM editions_notes") == [("007", "Bureau A")]
    file.write_text(text_.replace('"=""007"""', "1,11E+10"), encoding="utf-8")
    damaged = commands.run("editions", "take-back", CONDITIONNELS.code, str(file))
    assert (damaged.returncode, "un tableur a changé" in damaged.stderr) == (3, True)
    assert commands.run("editions", "take-back", "autre", str(file)).returncode == 4


def test_one_line_can_be_noted_and_an_unknown_one_is_refused(commands: Commands, tables: sqlalchemy.Engine) -> None:
    put(tables, "bourses_apogee", registered("1"))
    commands.run("editions", "make", "--jour", "2026-11-27", "--execute")
    line = ["--uai", UAI, "--annee", "2026", "--cod-etp", "L1INFO", "--cod-vrs-vet", "120", "--par", "Bureau B", "--execute"]
    assert commands.run("editions", "note", CONDITIONNELS.code, "--cod-ind", "1", *line).returncode == 0
    assert commands.run("editions", "note", CONDITIONNELS.code, "--cod-ind", "2", *line).returncode == 4
    assert commands.sql("SELECT cod_ind, traite_par FROM editions_notes") == [("1", "Bureau B")]


def test_the_bilan_is_a_command(commands: Commands, tables: sqlalchemy.Engine) -> None:
    put(tables, "bourses_apogee", registered("1"), registered("2", "DEFINITIVE"))
    found = {row["libelle"]: row["nombre"] for row in commands.json("editions", "bilan", "--annee", "2026", "--declares", "5")}
    assert (found["Bourses définitives"], found["Dossiers en bourses conditionnelles"], found["Écart, à expliquer"]) == ("1", "1", "+3")
