"""Settings: where they come from, and everything that is refused, at once and in French."""

from pathlib import Path

import pytest

from bus.settings import Settings, load_settings
from bus.settings_reading import SettingsRefused, known_places, variable
from bus.stack.places import Places

SERVICES = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "SCHEMA_REGISTRY_URL": "http://127.0.0.1:8080/apis/ccompat/v7",
    "DATABASE_URL": "postgresql://passerelle@127.0.0.1/passerelle",
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _load(**variables: str) -> Settings:
    return load_settings({**SERVICES, "PASSERELLE_VAR": str(Path.cwd() / "var"), **variables})


def _faults(**variables: str) -> list[str]:
    with pytest.raises(SettingsRefused) as refused:
        _load(**variables)
    return refused.value.faults


def _secret(name: str, text: str = "s" * 40) -> str:
    file = Path.cwd() / name
    file.write_text(text + "\n")
    return str(file)


def test_the_three_usual_variables_need_no_prefix() -> None:
    settings = _load()
    assert settings.kafka.bootstrap_servers == "127.0.0.1:9092"
    assert settings.registry.url == "http://127.0.0.1:8080/apis/ccompat/v7"
    assert settings.database.address().drivername == "postgresql+psycopg"
    assert settings.database.db_schema == "passerelle"


def test_a_variable_wins_over_the_file_and_the_rest_of_the_file_stays() -> None:
    Path("passerelle.toml").write_text('prefix = "essai."\n[http]\nport = 8081\nhost = "127.0.0.2"\n')
    settings = _load(PASSERELLE_HTTP__PORT="8082")
    assert (settings.http.port, settings.http.host, settings.prefix) == (8082, "127.0.0.2", "essai.")


def test_a_named_file_that_does_not_exist_is_refused() -> None:
    assert _faults(PASSERELLE_CONFIG="/nulle/part.toml") == ["PASSERELLE_CONFIG : le fichier /nulle/part.toml n'existe pas."]


def test_every_fault_is_reported_at_once_under_the_name_of_its_variable() -> None:
    faults = _faults(
        PASSERELLE_HTTP__PORT="quatre",
        PASSERELLE_KAFKA__SECURITY_PROTOCOL="TLS",
        PASSERELLE_PREFIX="Majuscule",
        PASSERELLE_KAFKA__SESSION_TIMEOUT_MS="5",
        PASSERELLE_DATABASE__SCHEMA="a b",
        PASSERELLE_DOMAINS="Bourses",
        PASSERELLE_STUDENT_KEY_FILE="/nulle/part",
        PASSERELLE_KAFKA__CREATE_TOPICS="peut-être",
        PASSERELLE_INCONNU="1",
    )
    assert sorted(fault.split(" : ")[0] for fault in faults) == [
        "PASSERELLE_DATABASE__SCHEMA",
        "PASSERELLE_DOMAINS",
        "PASSERELLE_HTTP__PORT",
        "PASSERELLE_INCONNU",
        "PASSERELLE_KAFKA__CREATE_TOPICS",
        "PASSERELLE_KAFKA__SECURITY_PROTOCOL",
        "PASSERELLE_KAFKA__SESSION_TIMEOUT_MS",
        "PASSERELLE_PREFIX",
        "PASSERELLE_STUDENT_KEY_FILE",
    ]
    assert "PASSERELLE_HTTP__PORT : un nombre entier est attendu." in faults
    assert "PASSERELLE_KAFKA__SESSION_TIMEOUT_MS : trop petit ; au moins 1000." in faults


def test_an_unknown_name_is_refused_with_the_nearest_known_one() -> None:
    assert _faults(PASSERELLE_HTTP__PROT="1") == ["PASSERELLE_HTTP__PROT : réglage inconnu. Vouliez-vous dire PASSERELLE_HTTP__PORT ?"]


def test_an_unknown_name_of_the_file_is_refused_too() -> None:
    Path("passerelle.toml").write_text("[kafka]\nbootstrap = 'x:1'\n[rien]\na = 1\n")
    assert [fault.split(" : ")[0] for fault in _faults()] == ["PASSERELLE_KAFKA__BOOTSTRAP", "PASSERELLE_RIEN"]


def test_a_file_that_is_not_toml_is_refused() -> None:
    Path("passerelle.toml").write_text("prefix = \n")
    assert _faults()[0].startswith("passerelle.toml n'est pas un fichier TOML lisible")


def test_two_names_of_one_setting_may_not_contradict() -> None:
    assert _faults(PASSERELLE_KAFKA__BOOTSTRAP_SERVERS="autre:9092") == [
        "KAFKA_BOOTSTRAP_SERVERS et PASSERELLE_KAFKA__BOOTSTRAP_SERVERS se contredisent : gardez l'un des deux."
    ]


def test_the_variables_of_the_tests_are_no_settings() -> None:
    _load(PASSERELLE_TEST_SERVICES="docker")


def test_sasl_needs_its_three_settings() -> None:
    assert [fault.split(" : ")[0] for fault in _faults(PASSERELLE_KAFKA__SECURITY_PROTOCOL="SASL_SSL")] == [
        "PASSERELLE_KAFKA__SASL_MECHANISM",
        "PASSERELLE_KAFKA__USERNAME",
        "PASSERELLE_KAFKA__PASSWORD_FILE",
    ]


def test_security_that_would_do_nothing_is_refused() -> None:
    faults = _faults(PASSERELLE_KAFKA__PASSWORD_FILE=_secret("mdp"), PASSERELLE_KAFKA__CA_FILE=_secret("ca"))
    assert [fault.split(" : ")[0] for fault in faults] == ["PASSERELLE_KAFKA__PASSWORD_FILE", "PASSERELLE_KAFKA__CA_FILE"]


def test_a_certificate_needs_its_key() -> None:
    faults = _faults(PASSERELLE_KAFKA__SECURITY_PROTOCOL="SSL", PASSERELLE_KAFKA__CERT_FILE=_secret("cert"))
    assert faults == ["PASSERELLE_KAFKA__KEY_FILE : le certificat et sa clé vont ensemble."]


def test_production_takes_nothing_for_granted() -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_settings({"PASSERELLE_ENVIRONMENT": "production"})
    assert [fault.split(" : ")[0] for fault in refused.value.faults] == [
        "KAFKA_BOOTSTRAP_SERVERS",
        "SCHEMA_REGISTRY_URL",
        "DATABASE_URL",
        "PASSERELLE_STUDENT_KEY_FILE",
        "PASSERELLE_HTTP__PORT",
    ]


def test_a_short_student_secret_is_refused() -> None:
    faults = _faults(PASSERELLE_STUDENT_KEY_FILE=_secret("cle", "trop-court"))
    assert len(faults) == 1
    assert faults[0].startswith("PASSERELLE_STUDENT_KEY_FILE : le secret de ")
    assert "trop-court" not in faults[0]


def test_a_folder_of_secrets_fills_what_no_variable_names() -> None:
    folder = Path.cwd() / "secrets"
    folder.mkdir()
    (folder / "student_key").write_text("k" * 32 + "\n")
    (folder / "kafka_password").write_text("motdepasse\n")
    (folder / "database_password").write_text("base\n")
    settings = _load(
        PASSERELLE_SECRETS_DIR=str(folder),
        PASSERELLE_KAFKA__SECURITY_PROTOCOL="SASL_PLAINTEXT",
        PASSERELLE_KAFKA__SASL_MECHANISM="SCRAM-SHA-512",
        PASSERELLE_KAFKA__USERNAME="passerelle",
    )
    assert settings.student_key() == b"k" * 32
    assert settings.kafka.password() == "motdepasse"
    assert settings.database.address().password == "base"


def test_no_secret_is_shown() -> None:
    settings = _load(DATABASE_URL="postgresql://moi:tressecret@hote/base")
    assert "tressecret" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert "tressecret" not in str(SettingsRefused(_faults(DATABASE_URL="mysql://moi:tressecret@hote/base")))
    assert "tressecret" not in str(SettingsRefused(_faults(SCHEMA_REGISTRY_URL="http://moi:tressecret@hote/")))


def test_only_postgresql_is_a_database() -> None:
    assert _faults(DATABASE_URL="sqlite:///x")[0].startswith("DATABASE_URL : « sqlite »")


def test_without_services_and_without_a_stack_the_remedy_is_named() -> None:
    with pytest.raises(SettingsRefused, match="passerelle up"):
        load_settings({"PASSERELLE_VAR": str(Path.cwd() / "var")})
    assert load_settings({"PASSERELLE_VAR": str(Path.cwd() / "var")}, services=False).environment == "embedded"


def test_two_services_out_of_three_are_not_enough() -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_settings({name: SERVICES[name] for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")})
    assert refused.value.faults == ["SCHEMA_REGISTRY_URL : donnez les trois services, ou aucun pour la pile embarquée."]


def test_every_setting_has_one_variable() -> None:
    names = [variable(place) for place in known_places()]
    assert len(names) == len(set(names))
    assert "PASSERELLE_DATABASE__SCHEMA" in names


@pytest.mark.broker
def test_the_running_embedded_stack_needs_no_setting_at_all(embedded: Places) -> None:
    settings = load_settings({"PASSERELLE_VAR": str(embedded.var)})
    assert settings.kafka.bootstrap_servers.startswith("127.0.0.1:")
    assert settings.http.port > 0
    assert len(settings.student_key()) >= 32
