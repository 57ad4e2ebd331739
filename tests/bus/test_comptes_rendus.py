"""`passerelle comptes-rendus` on real tables, filled by a scenario's own rows."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from sinks.siecle.tables import METADATA
from tests.bus.scenario_tables import cells, filled
from tests.bus.test_operator_commands import Commands
from tests.services import Services

UAI = "9830418M"
FIRST, LAST = f"{UAI}ELEGROUPE2017180724080000.xml", f"{UAI}ELEGROUPE2017180724091341.xml"


@pytest.fixture(scope="module")
def commands(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """One installation for all these tests: they only read."""
    with filled(services, tmp_path_factory.mktemp("var"), ("ecoles", "ac_47_toutes_les_anomalies"), METADATA.tables) as made:
        yield made


def test_reports_and_predictions_are_listed_the_newest_first(commands: Commands) -> None:
    found = commands.json("comptes-rendus", "list", UAI)
    assert [(row["nature"], row["fichier"]) for row in found if row["nature"] == "compte-rendu"] == [("compte-rendu", LAST)]
    assert {row["fichier"] for row in found if row["nature"] == "prédiction"} == {FIRST, LAST}
    assert [row["calcule_le"] for row in found] == sorted((row["calcule_le"] for row in found), reverse=True)
    (report,) = (row for row in found if row["nature"] == "compte-rendu")
    assert (report["eleves"], report["absents"], report["rejetes"], report["avec_anomalies"]) == (6, 1, 2, 3)
    assert commands.json("comptes-rendus", "list", "0840001V") == []


def test_a_report_is_siecles_page_and_a_prediction_says_that_it_is_one(commands: Commands) -> None:
    page = html.fromstring(commands.run("comptes-rendus", "show", LAST).stdout)
    shown = " ".join(" ".join(str(part) for part in page.itertext()).split())
    assert "6 élèves lus." in shown
    assert "REJELEGROUPE_01" in shown
    assert "Prédiction" not in shown
    assert "ont perdu tous leurs liens (1)" in shown
    predicted = commands.run("comptes-rendus", "show", LAST, "--prediction").stdout
    assert "Prédiction" in predicted
    assert "Ce sur quoi ce calcul repose" in predicted
    assert "Structures : Structures.xml (1 jour)" in predicted


def test_a_report_is_cells_for_a_spreadsheet(commands: Commands) -> None:
    table = cells(commands.run("comptes-rendus", "show", LAST, "-f", "csv").stdout)
    assert table[0] == ["Section", "Élève", "Identifiants", "Anomalie", "Règle", "Détail"]
    assert [row[0] for row in table[1:]] == ["1", "1", "2", "2", "2"]
    assert {row[5].split(" ", 1)[0] for row in table[1:3]} == {"REJELEGROUPE_01", "REJELEGROUPE_03"}


def test_all_of_a_school_is_written_for_oneself_alone(commands: Commands, tmp_path: Path) -> None:
    folder = tmp_path / "comptes"
    for _ in range(2):
        assert commands.run("comptes-rendus", "write", UAI, str(folder)).returncode == 0
    stems = {f"{Path(LAST).stem}_compte_rendu", f"{Path(LAST).stem}_prediction", f"{Path(FIRST).stem}_prediction"}
    written = {f"{stem}.{form}" for stem in stems for form in ("html", "csv")}
    assert {path.name for path in folder.iterdir()} == {f"{UAI}_suivi_des_echanges.csv", *written}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert cells((folder / f"{UAI}_suivi_des_echanges.csv").read_text("utf-8-sig"))[1][1:] == [LAST, "6", "1"]
    for path in folder.glob("*.html"):
        assert not html.fromstring(path.read_text()).xpath("//script | //link | //img | //@src")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "autre.xml"), f"Aucun compte-rendu de autre.xml. Fichiers connus : {LAST}"),
        (("show", FIRST), f"Aucun compte-rendu de {FIRST}"),
        (("write", "0840001V", "dossier"), "Aucun compte-rendu ni prédiction de l'établissement 0840001V"),
    ],
)
def test_what_does_not_exist_is_a_wrong_use(commands: Commands, words: tuple[str, ...], said: str) -> None:
    done = commands.run("comptes-rendus", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
