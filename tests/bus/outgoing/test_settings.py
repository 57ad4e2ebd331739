"""Settings of outgoing mails and calls: every fault in French, no password in clear, no address in a fault."""

import json
from pathlib import Path

import pytest

from bus.settings import Settings, load_settings
from bus.settings_reading import SettingsRefused


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _load(**variables: str) -> Settings:
    return load_settings({"PASSERELLE_VAR": str(Path.cwd() / "var"), **variables}, services=False)


def _faults(**variables: str) -> list[str]:
    with pytest.raises(SettingsRefused) as refused:
        _load(**variables)
    return refused.value.faults


MAIL = {"PASSERELLE_SMTP__HOST": "smtp.etat.example", "PASSERELLE_SMTP__SENDER": "bus@etat.example"}


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("aucune", 25)])
def test_the_usual_port_goes_with_the_security(security: str, port: int) -> None:
    assert _load(**MAIL, PASSERELLE_SMTP__SECURITY=security).smtp.port_number == port
    assert _load(**MAIL, PASSERELLE_SMTP__SECURITY=security, PASSERELLE_SMTP__PORT="2525").smtp.port_number == 2525


def test_nothing_set_is_no_fault() -> None:
    settings = _load()
    assert (settings.smtp.host, settings.outgoing_http.url("x"), settings.outgoing_http.networks()) == ("", None, ())


def test_the_password_of_the_mail_server_is_in_a_file() -> None:
    file = Path.cwd() / "secret"
    file.write_text("motdepasse\n")
    settings = _load(**MAIL, PASSERELLE_SMTP__USERNAME="bus", PASSERELLE_SMTP__PASSWORD_FILE=str(file))
    assert settings.smtp.password() == "motdepasse"
    assert "motdepasse" not in repr(settings)


def test_the_folder_of_secrets_gives_the_password_and_the_tokens() -> None:
    folder = Path.cwd() / "secrets"
    folder.mkdir()
    (folder / "smtp_password").write_text("motdepasse")
    (folder / "outgoing_http_tokens.json").write_text(json.dumps({"x.y": "jeton", "z": 1}))
    settings = _load(**MAIL, PASSERELLE_SMTP__USERNAME="bus", PASSERELLE_SECRETS_DIR=str(folder))
    assert settings.smtp.password() == "motdepasse"
    assert [settings.outgoing_http.token(name) for name in ("x.y", "z", "absent")] == ["jeton", None, None]


def test_desks_and_addresses_are_found_by_name() -> None:
    settings = _load(
        **MAIL,
        PASSERELLE_SMTP__DESKS="support=a@b.example, draaf.031 = c@d.example,",
        PASSERELLE_OUTGOING_HTTP__URLS="x.y=https://h.example:8443/v1/a=b",
        PASSERELLE_OUTGOING_HTTP__PRIVATE_NETWORKS="10.1.2.0/24, ::1/128",
    )
    assert settings.smtp.desk(("draaf.031", "draaf")) == "c@d.example"
    assert settings.smtp.desk(("draaf.974", "draaf")) is None
    assert settings.outgoing_http.url("x.y") == "https://h.example:8443/v1/a=b"
    assert len(settings.outgoing_http.networks()) == 2


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SMTP__HOST", "smtp.etat.example\r\nX", "sans port"),
        ("SMTP__SENDER", "pas une adresse", "adresse électronique"),
        ("SMTP__SENDER_NAME", "Bus\r\nBcc: x", "un nom d'une ligne"),
        ("SMTP__DESKS", "support=secret-personne", "attendue pour support"),
        ("SMTP__DESKS", "a@b.example", "nom=valeur"),
        ("SMTP__DESKS", "a=a@b.example, a=c@d.example", "une fois"),
        ("SMTP__SECURITY", "ssl", "starttls"),
        ("SMTP__TIMEOUT_SECONDS", "0", "au moins 1"),
        ("SMTP__MOT_DE_PASSE", "x", "réglage inconnu"),
        ("OUTGOING_HTTP__URLS", "x=ftp://h.example", "attendue pour x"),
        ("OUTGOING_HTTP__URLS", "x=https://moi:secret-personne@h.example", "attendue pour x"),
        ("OUTGOING_HTTP__URLS", "x=https://h.example/?jeton=secret-personne", "attendue pour x"),
        ("OUTGOING_HTTP__PRIVATE_NETWORKS", "10.1.2.3/24", "n'est pas un réseau"),
        ("OUTGOING_HTTP__TOKENS_FILE", "/nulle/part", "n'existe pas"),
    ],
)
def test_each_fault_is_said_in_french_under_its_variable(name: str, value: str, words: str) -> None:
    variables = {**MAIL, f"PASSERELLE_{name}": value}
    [fault] = _faults(**variables)
    assert fault.startswith(f"PASSERELLE_{name} : ")
    assert words in fault
    assert "secret-personne" not in fault


def test_a_host_without_a_sender_is_refused() -> None:
    assert _faults(PASSERELLE_SMTP__HOST="smtp.etat.example")[0].startswith("PASSERELLE_SMTP__SENDER : obligatoire")


def test_a_user_without_a_password_is_refused() -> None:
    assert _faults(**MAIL, PASSERELLE_SMTP__USERNAME="bus")[0].startswith("PASSERELLE_SMTP__PASSWORD_FILE")


def test_a_password_never_leaves_in_clear() -> None:
    file = Path.cwd() / "secret"
    file.write_text("x")
    login = {"PASSERELLE_SMTP__USERNAME": "bus", "PASSERELLE_SMTP__PASSWORD_FILE": str(file)}
    [fault] = _faults(**MAIL, **login, PASSERELLE_SMTP__SECURITY="aucune")
    assert "en clair" in fault


@pytest.mark.parametrize("text", ["[]", "{", "jeton", "[" * 100_000])
def test_tokens_that_are_no_object_are_refused(text: str) -> None:
    file = Path.cwd() / "tokens.json"
    file.write_text(text)
    [fault] = _faults(PASSERELLE_OUTGOING_HTTP__TOKENS_FILE=str(file))
    assert "objet JSON" in fault
