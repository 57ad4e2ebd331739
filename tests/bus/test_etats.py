"""`passerelle etats` on real tables, filled by a scenario's own rows."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from sinks.formation import editions
from sinks.formation.tables import TABLES
from tests.bus.scenario_tables import cells, filled
from tests.bus.test_operator_commands import Commands
from tests.services import Services

CONTRAT, ORGANISME = "2007QCA0034", "OF-SCENES"


@pytest.fixture(scope="module")
def commands(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """One installation for all these tests: they only read."""
    with filled(services, tmp_path_factory.mktemp("var"), ("formation", "ac_34_cloture_et_solde"), TABLES) as made:
        yield made


def test_actions_and_their_states_are_listed(commands: Commands) -> None:
    assert commands.json("etats", "list") == [
        {
            "contrat": CONTRAT,
            "intitule": "COSTUMIER(ERE)",
            "organisme": ORGANISME,
            "annee_programmation": "PRQ2006",
            "etat": "SOLDEE",
        }
    ]
    found = {each["nom"]: each for each in commands.json("etats", "list", CONTRAT)}
    assert {etat.nom for etat in editions.ETATS} - set(found) == {"accueil"}
    assert {"realise_2007-01", "realise_2007-04", "facture_1", "facture_SOLDE"} <= set(found)
    assert found["stagiaires_fin"]["lignes"] == 2


def test_an_invoice_is_printed_with_its_lines_and_a_place_to_sign(commands: Commands) -> None:
    done = commands.run("etats", "show", "facture_1", "--contrat", CONTRAT)
    assert done.returncode == 0
    page = html.fromstring(done.stdout)
    assert page.findtext(".//h1") == "Facture N°1"
    shown = "".join(str(part) for part in page.itertext())
    assert "COSTUMIER(ERE)" in shown
    assert "signature" in shown
    table = cells(commands.run("etats", "show", "facture_1", "--contrat", CONTRAT, "-f", "csv").stdout)
    assert table[0][0] == "Période"
    assert table[1][0] == "Janvier 2007"
    assert [row[0] for row in table[2:]] == ["Total :", "TTC (TVA 19,6 %) :"]


def test_what_may_be_invoiced_has_its_unit_costs_in_real_tables(commands: Commands) -> None:
    made = commands.sql("SELECT cout_unitaire_centre, centre_realisees + centre_justifiees - centre FROM formation_declarations")
    assert made
    assert all(cost is not None and rest == 0 for cost, rest in map(tuple, made))


def test_the_home_page_is_that_of_an_organisme(commands: Commands) -> None:
    table = cells(commands.run("etats", "show", "accueil", "--organisme", ORGANISME, "-f", "csv").stdout)
    assert [row[0] for row in table[1:]] == [CONTRAT]
    assert table[1][3:5] == ["", ""]


def test_all_the_states_of_an_action_are_written_for_oneself_alone(commands: Commands, tmp_path: Path) -> None:
    folder = tmp_path / "etats"
    for _ in range(2):
        assert commands.run("etats", "write", CONTRAT, str(folder)).returncode == 0
    names = {path.name for path in folder.iterdir()}
    wanted = {each["nom"] for each in commands.json("etats", "list", CONTRAT)}
    assert names == {f"{CONTRAT}_{nom}.{form}" for nom in wanted for form in ("html", "csv")}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    for path in folder.glob("*.html"):
        page = html.fromstring(path.read_text())
        assert len(page.findall(".//h1")) == 1
        assert not page.xpath("//script | //link | //img | //@src")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "2007QCA9999"), "Aucune action 2007QCA9999"),
        (("show", "facture_9", "--contrat", CONTRAT), "Aucun état « facture_9 »"),
        (("show", "accueil", "--organisme", "OF-INCONNU"), "Aucune action de l'organisme OF-INCONNU"),
        (("show", "accueil", "--contrat", CONTRAT), "--organisme"),
        (("show", "facture_1"), "--contrat"),
    ],
)
def test_what_does_not_exist_is_a_wrong_use(commands: Commands, words: tuple[str, ...], said: str) -> None:
    done = commands.run("etats", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
