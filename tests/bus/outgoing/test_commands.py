"""`passerelle sinks` and `connectors list` for every kind of sink: modes, targets, uncertain effects settled by a person."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import text

from bus.outgoing.files import Mode
from bus.outgoing.one_by_one import OneByOne, refused, uncertain
from bus.outgoing.sinks import TARGETS, Way, target_of_test, ways
from sinks.registry import FILE_SINKS, HTTP_SINKS, MAIL_SINKS
from tests.bus.outgoing.effects import add, put_in, row, states
from tests.bus.outgoing.test_one_by_one import SINK, Partner
from tests.bus.test_operator_commands import Commands
from tests.services import Services

MAIL = "luciole.support"


@pytest.fixture
def commands(services: Services, effects_schema: str, database: sqlalchemy.Engine, tmp_path: Path) -> Iterator[Commands]:
    made = Commands(services, effects_schema, tmp_path)
    yield made
    made.database.dispose()


def test_every_sink_of_every_kind_is_listed_with_its_transport(commands: Commands) -> None:
    listed = {row["sortie"]: row["transport"] for row in commands.json("sinks", "list")}
    assert listed == {
        **{sink.name: "fichier" for sink in FILE_SINKS},
        **{sink.name: "courriel" for sink in MAIL_SINKS},
        **{sink.name: "http" for sink in HTTP_SINKS},
    }


def test_connectors_list_names_the_mails_their_topics_and_their_mode(commands: Commands) -> None:
    commands.run("sinks", "mode", MAIL, "actif", "--execute")
    found = {row["nom"]: row for row in commands.json("connectors", "list")}
    assert found[MAIL] == {
        "nom": MAIL,
        "systeme": "support",
        "sens": "sortie",
        "topics": ["chorus.fichiers.v1", "draaf.demandes.v1", "support.appels.v1"],
        "transports": ["courriel"],
        "etat": "actif",
    }


def test_a_mail_sink_is_redirected_to_an_address_and_to_nothing_else(commands: Commands, tmp_path: Path) -> None:
    assert commands.run("sinks", "mode", MAIL, "redirige", "--vers", str(tmp_path), "--execute").returncode == 4
    assert commands.run("sinks", "mode", MAIL, "redirige", "--vers", "a@b.example\r\nX", "--execute").returncode == 4
    assert commands.run("sinks", "mode", MAIL, "redirige", "--vers", "essai@bus.example", "--execute").returncode == 0
    found = {row["sortie"]: (row["mode"], row["cible"]) for row in commands.json("sinks", "list")}
    assert found[MAIL] == ("redirige", "essai@bus.example")


@pytest.mark.parametrize(
    ("transport", "given", "kept"),
    [
        ("http", "https://essai.example/x", "https://essai.example/x"),
        ("http", "ftp://essai.example/x", None),
        ("http", "https://moi:secret@essai.example/x", None),
        ("courriel", "essai@bus.example", "essai@bus.example"),
        ("courriel", "pas une adresse", None),
        ("fichier", "/essai", "/essai"),
    ],
)
def test_the_target_of_a_test_suits_the_transport(transport: str, given: str, kept: str | None) -> None:
    assert target_of_test(Way("s", "s", transport, 1, "s"), given) == kept


def test_every_transport_says_what_its_target_is() -> None:
    assert {way.transport for way in ways()} <= set(TARGETS)


def test_uncertain_and_refused_effects_are_shown_without_what_they_carry(commands: Commands, database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [first, second, _] = add(database, SINK, {"a": "un@scenes.example"}, {}, {})
    OneByOne(database, [Partner(uncertain("FIN TimeoutError"), refused("RCPT 550"))]).once()
    shown = commands.run("sinks", "uncertain", "-o", "json")
    assert "scenes.example" not in shown.stdout
    found = {row["id"]: (row["sortie"], row["etat"], row["reponse"], row["essais"]) for row in commands.json("sinks", "uncertain")}
    assert found == {first: (SINK, "INCERTAIN", "FIN TimeoutError", 1), second: (SINK, "REFUSE", "RCPT 550", 1)}
    assert "settle" in shown.stderr


def test_nothing_to_settle_is_an_empty_list(commands: Commands) -> None:
    assert commands.json("sinks", "uncertain") == []


def test_settling_is_planned_first_then_done_or_done_again(commands: Commands, database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [first, second] = add(database, SINK, {}, {})
    partner = Partner(uncertain("FIN ?"), refused("RCPT 550"))
    OneByOne(database, [partner]).once()
    planned = commands.run("sinks", "settle", first, "fait")
    assert (planned.returncode, states(database)) == (0, {"INCERTAIN": 1, "REFUSE": 1})
    assert "INCERTAIN (FIN ?) → FAIT" in planned.stderr
    assert commands.run("sinks", "settle", first, "fait", "--execute").returncode == 0
    assert commands.run("sinks", "settle", second, "refaire", "--execute").returncode == 0
    assert (row(database, first).state, row(database, second).state) == ("FAIT", "A_FAIRE")
    OneByOne(database, [partner]).once()
    assert [errand.id for errand in partner.errands] == [first, second, second]
    assert states(database) == {"FAIT": 2}


def test_a_file_that_is_done_again_gets_a_lot_of_its_own(commands: Commands, database: sqlalchemy.Engine) -> None:
    [effect] = add(database, "aglae.decisions", {})
    with database.begin() as connection:
        connection.execute(text("UPDATE effets SET state = 'INCERTAIN', lot = 3"))
    commands.run("sinks", "settle", effect, "refaire", "--execute")
    assert (row(database, effect).state, row(database, effect).lot) == ("A_FAIRE", None)


def test_only_what_waits_for_a_person_is_settled(commands: Commands, database: sqlalchemy.Engine) -> None:
    [effect] = add(database, SINK, {})
    assert commands.run("sinks", "settle", effect, "refaire", "--execute").returncode == 4
    assert commands.run("sinks", "settle", str(uuid.uuid4()), "fait", "--execute").returncode == 2
    assert commands.run("sinks", "settle", "pas-un-identifiant", "fait").returncode == 2
    assert commands.run("sinks", "settle", effect, "oublier").returncode == 2
    assert states(database) == {"A_FAIRE": 1}
