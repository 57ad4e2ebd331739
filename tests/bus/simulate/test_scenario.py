"""A wrong scenario is told with its line and the names it could have used."""

from pathlib import Path

import pytest

from bus.simulate.document import ScenarioWrong, parse_document
from bus.simulate.scenario import EventGiven, load
from tests.bus.simulate.playing import HEAD, WHO, comes, play_text, problems
from tests.bus.simulate.small_domain import installation

GIVEN = "given:\n" + comes("2026-06-05T10:00", "RIEN")
EXPECT = "expect:\n"


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "zone: Mars/Phobos\ngiven:\n  - {at: demain}\nexpect:\n  - topic: luciole.verrous.v9\n")
    assert [problem.split(" : ")[0] for problem in found] == ["essai.yaml:2", "essai.yaml:4", "essai.yaml:6"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{at: 2026-06-05T10:00, system: crous, event: inscription}", "système inconnu : « crous ». Connus : archives, autre, guichet."),
        ("{at: 2026-06-05T10:00, event: inscription}", "« system » manque"),
        (
            "{at: 2026-06-05T10:00, system: guichet, event: dossier}",
            "événement inconnu « dossier » du système « guichet ». Connus : inscription.",
        ),
        (
            "{at: 2026-06-05T10:00, system: guichet, event: inscription}",
            "champ obligatoire absent de l'événement « inscription » : uai, cod_anu",
        ),
        ("{at: 2026-06-05T10:00, system: guichet}", "« system » sans « event », « file » ni « body »"),
        ("{at: 2026-06-05T10:00, system: guichet, file: absent.csv}", "fichier absent : « absent.csv »"),
        ("{at: 2026-06-05T10:00, system: guichet, file: a.csv, content: é, encoding: ascii}", "qui n'existe pas en ascii"),
        ("{at: 2026-06-05T10:00, system: guichet, file: a.csv, content: é, encoding: klingon}", "encodage inconnu « klingon »"),
        ("{at: 2026-06-05T10:00, system: guichet, body: x, file: y}", "trouvé ensemble : file, body"),
        ("{at: 2026-06-05T10:00, ask: {uai: x}, name: avant}", "« ask » : question inconnue. Connus : bourse."),
        ("{at: 2026-06-05T10:00, ask: {bourse: x}, name: avant}", "« ask » : « annee » manque"),
        ("{at: 2026-06-05T10:00, ask: {bourse: x, annee: 2026, nne: y}, name: avant}", "champ inconnu « nne » de « ask »"),
        ("{at: 2026-06-05T10:00, ask: {bourse: x, annee: demain}, name: avant}", "« annee » : attendu : un nombre entier"),
        ("{at: 2026-06-05T10:00, ask: {bourse: x, annee: 2026}, name: avant, system: guichet}", "« system » ne va pas avec « ask »"),
        ("{at: 2026-06-05T10:00, ask: {uai: x}}", "« name » manque"),
        ("{at: 2026-02-30T10:00}", "« at » : attendu : un instant"),
        ("{system: guichet, body: x}", "« at » manque"),
        ("{at: 2026-06-05T10:00, heure: 3}", "champ inconnu « heure » de « given ». Champs connus : at, system, event"),
        ("demain", "chaque élément de « given » est un groupe de champs"),
    ],
)
def test_what_is_wrong_in_given_is_told(tmp_path: Path, given: str, said: str) -> None:
    found = problems(tmp_path, f"{HEAD}given:\n  - {given}\n")
    assert any(said in problem and problem.startswith("essai.yaml:3 : ") for problem in found), found


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("cod_etudiant: 1", "champ inconnu « cod_etudiant » de l'événement « inscription ». Champs connus : type, event_id, uai"),
        ("eta_iae: Z", "« eta_iae » : attendu : un des codes E, A, R, C ; trouvé : Z."),
        ("date_nai: 31/02/2008", "« date_nai » : attendu : date ; trouvé : 31/02/2008."),
        ("tem_iae_prm: peut-être", "« tem_iae_prm » : attendu : booléen"),
        ("dat_mod_iae: hier", "« dat_mod_iae » : attendu : instant"),
        ("nne: [1]", "« nne » : attendu : une seule valeur"),
        ("cod_anu: null", "« cod_anu » : attendu : texte ; trouvé : null"),
    ],
)
def test_what_is_wrong_in_data_is_told(tmp_path: Path, data: str, said: str) -> None:
    fields = f"{WHO}, cod_etu: 1, cod_etp: RIEN, {data}".replace("cod_anu: 2026, ", "") if "cod_anu" in data else ""
    fields = fields or f"{WHO}, cod_etu: 1, cod_etp: RIEN, {data}"
    found = problems(tmp_path, f"{HEAD}given:\n  - {{at: 2026-06-05T10:00, system: guichet, event: inscription, data: {{{fields}}}}}\n")
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("topic: bourses.decision.v1", "topic inconnu : « bourses.decision.v1 ». Connus : apogee.inscriptions.v1"),
        ("{topic: bourses.decisions.v1, event: inscription}", "événement de bourses.decisions.v1 inconnu : « inscription »"),
        (
            "{topic: bourses.decisions.v1, data: {montant: 1}}",
            "champ inconnu « montant » de bourses.decisions.v1. Champs connus : numero_dossier",
        ),
        ("{topic: bourses.decisions.v1, event: dossier_marque, data: {echelon: 1}}", "champ inconnu « echelon » de « dossier_marque »"),
        ("{topic: bourses.decisions.v1, count: beaucoup}", "« count » : attendu : un nombre entier"),
        ("{topic: bourses.decisions.v1, data: 3}", "« data » : attendu : un groupe de champs"),
        ("{none: bourses.decisions.v1, at: 2026-06-05T10:00}", "champ inconnu « at » de l'attente « none »"),
        ("row: {table: gichet}", "table inconnue : « gichet ». Connus : guichet, suivi."),
        ("row: {table: guichet, data: {prix: 1}}", "colonne de guichet inconnue : « prix ». Connus : cod_etu, montant, vu_le, rang."),
        ("row: {data: {prix: 1}}", "« table » manque"),
        ("file: {sink: onde}", "sortie inconnue : « onde ». Connus : guichet.sortie, guichet."),
        ("file: {name: x}", "« sink » manque"),
        ("parked: {system: draaf}", "système inconnu : « draaf »"),
        ("parked: {wait: x}", "champ inconnu « wait » de « parked »"),
        ("parked: {released: bientôt}", "« released » : attendu : un instant"),
        ("refusal: {messages: x}", "champ inconnu « messages » de « refusal ». Champs connus : code, message, remede"),
        ("{answer: avant, data: {reponse: ATTENTE}}", "question inconnue : « avant »"),
        ("same: [avant, apres]", "question inconnue : « apres »"),
        ("same: avant", "« same » : attendu : les noms de deux questions ou plus"),
        ("{topic: bourses.decisions.v1, row: {table: guichet}}", "trouvé ensemble : topic, row"),
        ("quelque chose", "chaque élément de « expect » est un groupe de champs"),
        ("{data: {a: 1}}", "une attente est une seule de ces choses : topic, none, refusal"),
    ],
)
def test_what_is_wrong_in_expect_is_told(tmp_path: Path, expect: str, said: str) -> None:
    found = problems(tmp_path, f"{HEAD}{GIVEN}expect:\n  - {expect}\n")
    assert any(said in problem and problem.startswith("essai.yaml:5 : ") for problem in found), found


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("settings: {omogen: true}\n", "réglage inconnu « omogen ». Connus : delai_minutes, codes."),
        ("settings: {delai_minutes: vite}\n", "réglage refusé"),
        ("settings: {delai_minutes: 0}\n", "réglage refusé : le délai doit être d'au moins une minute"),
        ("scenario: 3\n", "champ inconnu « scenario » du scénario. Champs connus : title"),
        ("requirements: {a: 1}\n", "« requirements » : attendu : une liste de textes"),
        ("given: []\n", "« given » est donné deux fois"),
    ],
)
def test_what_is_wrong_in_the_head_is_told(tmp_path: Path, head: str, said: str) -> None:
    assert any(said in problem for problem in problems(tmp_path, HEAD + head + GIVEN))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "le scénario est vide"),
        ("- a\n", "un scénario est une suite de champs"),
        ("title: [\n", "ce n'est pas du YAML"),
        ("title: x\ngiven: []\n", "« given » doit être la liste"),
        ("title: x\n? [a]\n: b\n", "un nom de champ doit être un texte"),
        ("title: &a {b: *a}\n", "trop de valeurs ou trop de niveaux"),
        ("given:\n  - at: 2026-06-05T10:00\n", "« title » manque"),
    ],
)
def test_what_is_no_scenario_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert any(said in problem for problem in problems(tmp_path, text))


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: été\n".encode("latin-1"))
    with pytest.raises(ScenarioWrong, match="pas en UTF-8"):
        load(path, installation())


def test_an_alias_that_multiplies_itself_is_refused(tmp_path: Path) -> None:
    levels = "".join(f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]\n" for level in range(1, 9))
    with pytest.raises(ScenarioWrong, match="trop de valeurs"):
        parse_document("bombe.yaml", f"l0: &l0 [x]\n{levels}")


def test_identifiers_keep_their_zeros_and_instants_become_utc(tmp_path: Path) -> None:
    more = ", cod_rgi: 007, tem_iae_prm: oui, date_nai: 14/02/2008, dat_mod_iae: 2026-06-05T10:00"
    path = tmp_path / "essai.yaml"
    path.write_text(HEAD + "given:\n" + comes("2026-06-05T10:00", "RIEN", more=more), encoding="utf-8")
    what = load(path, installation()).given[0].what
    assert isinstance(what, EventGiven)
    found = {name: what.data[name] for name in ("cod_rgi", "tem_iae_prm", "date_nai", "dat_mod_iae")}
    assert found == {"cod_rgi": "007", "tem_iae_prm": True, "date_nai": "2008-02-14", "dat_mod_iae": "2026-06-05T08:00:00.000Z"}


def test_fields_may_be_shared_by_an_anchor(tmp_path: Path) -> None:
    text = (
        f"{HEAD}given:\n"
        f"  - {{at: 2026-06-05T10:00, system: guichet, event: inscription, data: &ia {{{WHO}, cod_etu: '1', cod_etp: RIEN}}}}\n"
        "  - {at: 2026-06-05T10:01, system: guichet, event: inscription, data: {<<: *ia, cod_etp: PUBLIE}}\n"
        "expect:\n  - {topic: apogee.inscriptions.v1, data: {cod_etp: PUBLIE, cod_etu: 1}, count: 1}\n"
    )
    assert play_text(tmp_path, text).holds


def test_a_scenario_may_expect_nothing(tmp_path: Path) -> None:
    assert play_text(tmp_path, HEAD + GIVEN).holds
