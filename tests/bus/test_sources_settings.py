"""Turning the asked sources on: what must be given, which processes then run, what the lists show."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bus.cli import app
from bus.pulling.sources import configured
from bus.settings import Settings, load_settings
from bus.settings_reading import SettingsRefused
from bus.workers import commands

SERVICES = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "SCHEMA_REGISTRY_URL": "http://127.0.0.1:8080/apis/ccompat/v7",
    "DATABASE_URL": "postgresql://passerelle@127.0.0.1/passerelle",
}
VIEW = {"PASSERELLE_APOGEE_VUE__URL": "postgresql://lecteur@apogee/base", "PASSERELLE_APOGEE_VUE__VIEW": "apogee.v_passerelle"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(**variables: str) -> Settings:
    return load_settings({**SERVICES, "PASSERELLE_VAR": str(Path.cwd() / "var"), **variables})


def faults(**variables: str) -> list[str]:
    with pytest.raises(SettingsRefused) as refused:
        load(**variables)
    return refused.value.faults


def pegase() -> dict[str, str]:
    token = Path.cwd() / "jeton"
    token.write_text("jeton\n")
    return {"PASSERELLE_PEGASE__URL": "https://ins.exemple.fr/api/ins/ext/v2/", "PASSERELLE_PEGASE__TOKEN_FILE": str(token)}


def test_nothing_is_asked_unless_it_is_configured() -> None:
    settings = load()
    assert configured(settings) == frozenset()
    assert not {"interrogations", "complements"} & set(commands(settings))


def test_each_source_turns_its_process_on() -> None:
    assert {"interrogations"} == set(commands(load(**VIEW))) - set(commands(load()))
    assert {"interrogations"} == set(commands(load(**pegase()))) - set(commands(load()))
    services = {"PASSERELLE_APOGEE_WS__ETUDIANT_URL": "https://apogee.exemple.fr/services/EtudiantMetier"}
    assert {"complements"} == set(commands(load(**services))) - set(commands(load()))
    assert configured(load(**VIEW, **services, **pegase())) == {"apogee.vue", "apogee.ws", "pegase.flux"}


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({"PASSERELLE_APOGEE_VUE__URL": VIEW["PASSERELLE_APOGEE_VUE__URL"]}, "PASSERELLE_APOGEE_VUE__VIEW : obligatoire"),
        ({**VIEW, "PASSERELLE_APOGEE_VUE__VIEW": "v; DROP TABLE x"}, "PASSERELLE_APOGEE_VUE__VIEW : la valeur n'a pas la forme"),
        ({**VIEW, "PASSERELLE_APOGEE_VUE__URL": "mysql://u:tressecret@h/b"}, "PASSERELLE_APOGEE_VUE__URL : « mysql » n'est pas accepté"),
        ({**VIEW, "PASSERELLE_APOGEE_VUE__TIMEZONE": "Europe/Montpellier"}, "PASSERELLE_APOGEE_VUE__TIMEZONE : « Europe/Montpellier »"),
        ({**VIEW, "PASSERELLE_APOGEE_VUE__UAI": "781944"}, "PASSERELLE_APOGEE_VUE__UAI : la valeur n'a pas la forme"),
        ({**VIEW, "PASSERELLE_APOGEE_VUE__SINCE": "hier"}, "PASSERELLE_APOGEE_VUE__SINCE : une date AAAA-MM-JJ"),
        ({**VIEW, "PASSERELLE_APOGEE_VUE__OVERLAP_SECONDS": "0"}, "PASSERELLE_APOGEE_VUE__OVERLAP_SECONDS : trop petit"),
        ({**VIEW, "PASSERELLE_APOGEE_VUE__PASSWORD_FILE": "/nulle/part"}, "PASSERELLE_APOGEE_VUE__PASSWORD_FILE : le fichier"),
        ({"PASSERELLE_PEGASE__URL": "https://ins.exemple.fr/api"}, "PASSERELLE_PEGASE__TOKEN_FILE : obligatoire"),
        ({"PASSERELLE_PEGASE__URL": "https://u:tressecret@ins.exemple.fr/api"}, "PASSERELLE_PEGASE__URL : une adresse https"),
        ({"PASSERELLE_PEGASE__PAGE_ROWS": "501"}, "PASSERELLE_PEGASE__PAGE_ROWS : trop grand"),
        ({"PASSERELLE_PEGASE__PRIVATE_NETWORKS": "ici"}, "PASSERELLE_PEGASE__PRIVATE_NETWORKS : « ici » n'est pas un réseau"),
        ({"PASSERELLE_APOGEE_WS__ETUDIANT_URL": "ftp://apogee"}, "PASSERELLE_APOGEE_WS__ETUDIANT_URL : une adresse https"),
        ({"PASSERELLE_APOGEE_WS__USERNAME": "moi"}, "PASSERELLE_APOGEE_WS__PASSWORD_FILE : l'utilisateur et le fichier"),
        (
            {"PASSERELLE_APOGEE_WS__ETUDIANT_URL": "https://apogee/x", "PASSERELLE_APOGEE_WS__WSDL_DIR": "."},
            "PASSERELLE_APOGEE_WS__WSDL_DIR : le fichier EtudiantMetier.wsdl",
        ),
    ],
)
def test_what_is_wrong_is_said_under_the_name_of_its_variable(variables: dict[str, str], fault: str) -> None:
    [said] = faults(**variables)
    assert said.startswith(fault)
    assert "tressecret" not in said


def test_secrets_are_found_under_their_usual_names_and_never_shown() -> None:
    folder = Path.cwd() / "secrets"
    folder.mkdir()
    for name in ("apogee_vue_password", "apogee_ws_password", "pegase_token"):
        (folder / name).write_text("tressecret\n")
    settings = load(
        **VIEW,
        PASSERELLE_SECRETS_DIR=str(folder),
        PASSERELLE_APOGEE_WS__USERNAME="passerelle",
        PASSERELLE_PEGASE__URL="https://ins.exemple.fr/api/ins/ext/v2/",
    )
    assert settings.apogee_vue.address().password == "tressecret"
    assert settings.apogee_ws.authorization() is not None
    assert settings.pegase.token() == "tressecret"
    assert settings.pegase.url == "https://ins.exemple.fr/api/ins/ext/v2"
    assert "tressecret" not in repr(settings) + settings.model_dump_json()


def test_the_list_shows_the_sources_and_whether_they_are_on() -> None:
    found = CliRunner().invoke(app, ["connectors", "list", "-o", "json"], env={**VIEW, "PASSERELLE_VAR": str(Path.cwd() / "var")})
    assert found.exit_code == 0, found.stderr
    asked = {row["nom"]: row for row in json.loads(found.stdout) if row["transports"] == ["interrogation"]}
    assert asked["apogee.vue"]["etat"] == "configuré"
    assert {row["etat"] for name, row in asked.items() if name != "apogee.vue"} == {"non configuré"}
    assert {"apogee.ws", "pegase.flux"} <= set(asked)
    assert asked["apogee.vue"]["topics"] == ["apogee.inscriptions.v1"]
    assert asked["apogee.vue"]["sens"] == "entrée"
