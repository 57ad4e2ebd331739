"""Gathers the sources of the settings and says everything that is wrong with them at once."""

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource, TomlConfigSettingsSource

from bus.settings import STUDENT_KEY_BYTES, Settings, read_secret
from bus.stack import ports, stack
from bus.stack.places import Places
from bus.told import Told

PREFIX = "PASSERELLE_"
PLAIN = {
    "KAFKA_BOOTSTRAP_SERVERS": ("kafka", "bootstrap_servers"),
    "SCHEMA_REGISTRY_URL": ("registry", "url"),
    "DATABASE_URL": ("database", "url"),
}
FILE_VARIABLE = "PASSERELLE_CONFIG"
OUTSIDE = (FILE_VARIABLE, "PASSERELLE_TEST_")
"""Variables of that prefix that are not settings: the file's own name, and what only the tests read."""
SECRETS = {
    ("student_key_file",): "student_key",
    ("http", "tokens_file"): "http_tokens.json",
    ("kafka", "password_file"): "kafka_password",
    ("kafka", "key_password_file"): "kafka_key_password",
    ("registry", "password_file"): "registry_password",
    ("database", "password_file"): "database_password",
    ("smtp", "password_file"): "smtp_password",
    ("outgoing_http", "tokens_file"): "outgoing_http_tokens.json",
    ("apogee_vue", "password_file"): "apogee_vue_password",
    ("apogee_ws", "password_file"): "apogee_ws_password",
    ("pegase", "token_file"): "pegase_token",
    ("fregata", "key_file"): "fregata_key",
}
"""The usual name of each secret in `secrets_dir`; those of the embedded stack are in `var/secrets`."""
Place = tuple[str, ...]
Raw = dict[str, Any]


class SettingsRefused(Told):
    """All faults of the settings, one a line, in French, without any secret."""

    exit_code = 2

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        title = "Un réglage est à corriger :" if len(faults) == 1 else f"{len(faults)} réglages sont à corriger :"
        super().__init__("\n".join([title, *(f"  - {fault}" for fault in faults)]))


@dataclass(frozen=True, slots=True)
class _Gathered:
    values: Raw
    names: dict[Place, str]
    """The fields that were set under their name without prefix."""
    faults: list[str]


def read(environment: Mapping[str, str], *, services: bool) -> Settings:
    """See `bus.settings.load_settings`."""
    gathered = _gather(environment)
    settings, wrong, faults = _validate(gathered)
    settings = _with_secret_files(settings)
    if services and not wrong & set(PLAIN.values()):
        settings, missing = _with_embedded_services(settings)
        faults += missing
    faults = [*gathered.faults, *faults, *_across(settings, wrong, services=services)]
    if faults:
        raise SettingsRefused(faults)
    return settings


def variable(place: Place) -> str:
    """The variable that sets a field: `PASSERELLE_KAFKA__USERNAME`."""
    return PREFIX + "__".join(place).upper()


def known_places(model: type[BaseModel] = Settings, above: Place = ()) -> Iterator[Place]:
    """Every field that a variable may set."""
    for name, field in model.model_fields.items():
        place = (*above, field.alias or name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from known_places(field.annotation, place)
        else:
            yield place


# --- gathering -------------------------------------------------------------------------------------------------------


def _gather(environment: Mapping[str, str]) -> _Gathered:
    """The file's values under the variables'; faults for names that nobody knows and for two that contradict."""
    from_file, faults = _file(environment)
    names: dict[Place, str] = {}
    known = {variable(place): place for place in known_places()}
    variables = {name.upper(): value for name, value in environment.items() if name.upper().startswith(PREFIX) and value}
    for name in sorted(variables):
        if name not in known and not name.startswith(OUTSIDE):
            faults.append(_unknown(name, known))
    for name, place in PLAIN.items():
        value, prefixed = environment.get(name, ""), variables.get(variable(place), "")
        if value and prefixed and value != prefixed:
            faults.append(f"{name} et {variable(place)} se contredisent : gardez l'un des deux.")
        if value:
            variables[variable(place)] = value
            names[place] = name
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): value for name, value in variables.items() if name in known}
    return _Gathered(_over(from_file, source()), names, faults)


def _file(environment: Mapping[str, str]) -> tuple[Raw, list[str]]:
    named = environment.get(FILE_VARIABLE)
    file = Path(named or "passerelle.toml")
    if not file.exists():
        return {}, [f"{FILE_VARIABLE} : le fichier {file} n'existe pas."] if named else []
    try:
        return TomlConfigSettingsSource(Settings, file)(), []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return {}, [f"{file} n'est pas un fichier TOML lisible : {error}."]


def _over(below: Raw, above: Raw) -> Raw:
    """`above` laid over `below`, section by section."""
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        merged[name] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def _unknown(name: str, known: Mapping[str, Place]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.75)
    return f"{name} : réglage inconnu." + (f" Vouliez-vous dire {near[0]} ?" if near else " Supprimez-le.")


# --- one field at a time ---------------------------------------------------------------------------------------------


def _validate(gathered: _Gathered) -> tuple[Settings, set[Place], list[str]]:
    """The settings without their faulty fields, the places of those, and a sentence for each."""
    values = gathered.values
    try:
        return Settings(**values), set(), []
    except ValidationError as refusal:
        details = refusal.errors(include_url=False, include_context=True)
    faults = [_sentence(detail, gathered.names) for detail in details]
    wrong = {tuple(str(part) for part in detail["loc"]) for detail in details}
    for place in wrong:
        _drop(values, place)
    return Settings(**values), wrong, faults


def _drop(values: Raw, place: Place) -> None:
    for name in place[:-1]:
        inner = values.get(name)
        if not isinstance(inner, dict):
            values.pop(name, None)
            return
        values = inner
    values.pop(place[-1], None)


def _sentence(detail: ErrorDetails, names: Mapping[Place, str]) -> str:
    place = tuple(str(part) for part in detail["loc"])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(variable(place), {variable(known): known for known in known_places()})
        case "literal_error":
            what = f"valeur refusée ; attendu : {str(context['expected']).replace(' or ', ' ou ')}."
        case "int_parsing" | "int_type" | "int_from_float":
            what = "un nombre entier est attendu."
        case "bool_parsing" | "bool_type":
            what = "attendu : true ou false."
        case "greater_than_equal":
            what = f"trop petit ; au moins {context['ge']}."
        case "less_than_equal":
            what = f"trop grand ; au plus {context['le']}."
        case "string_pattern_mismatch":
            what = f"la valeur n'a pas la forme attendue ({_form(place)})."
        case "value_error":
            what = f"{context['error']}"
        case "date_parsing" | "date_from_datetime_parsing" | "date_type":
            what = "une date AAAA-MM-JJ est attendue."
        case "string_type" | "path_type":
            what = "un texte est attendu."
        case other:
            what = f"valeur refusée ({other})."
    return f"{names.get(place) or variable(place)} : {what}"


def _form(place: Place) -> str:
    return {
        ("kafka", "bootstrap_servers"): "hôte:port, plusieurs séparés par des virgules",
        ("registry", "url"): "http://hôte/chemin ou https://…, sans mot de passe",
        ("maven_url",): "https://…, sans mot de passe",
        ("prefix",): "minuscules et chiffres, terminé par un point",
        ("database", "schema"): "minuscules, chiffres et _",
        ("apogee_vue", "view"): "schema.vue ou vue, sans guillemets",
        ("apogee_vue", "uai"): "7 chiffres et une lettre",
        ("smtp", "host"): "nom ou adresse du serveur, sans port",
        ("smtp", "sender_name"): "un nom d'une ligne, d'au plus 100 caractères",
    }.get(place, "voir la documentation")


# --- fields together -------------------------------------------------------------------------------------------------


def _with_secret_files(settings: Settings) -> Settings:
    """The files of `secrets_dir`, and for the embedded stack of `var/secrets`, where nothing else is named."""
    folder = settings.secrets_dir
    if folder is None and settings.environment == "embedded":
        folder = settings.var / "secrets"
    if folder is None:
        return settings
    for place, name in SECRETS.items():
        section = settings if len(place) == 1 else getattr(settings, place[0])
        if getattr(section, place[-1]) is None and (folder / name).is_file():
            changed = section.model_copy(update={place[-1]: folder / name})
            settings = changed if len(place) == 1 else settings.model_copy(update={place[0]: changed})
    return settings


def _with_embedded_services(settings: Settings) -> tuple[Settings, list[str]]:
    given = {
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "SCHEMA_REGISTRY_URL": settings.registry.url,
        "DATABASE_URL": settings.database.url.get_secret_value(),
    }
    missing = [name for name, value in given.items() if not value]
    if not missing:
        return settings, []
    if settings.environment == "production":
        return settings, [f"{name} : obligatoire en production." for name in missing]
    if len(missing) < len(given):
        return settings, [f"{name} : donnez les trois services, ou aucun pour la pile embarquée." for name in missing]
    places = Places.of(settings.var, settings.cache_folder)
    found = stack.found(places)
    if found is None:
        return settings, [f"Aucun service n'est donné et la pile embarquée de {settings.var} est arrêtée : lancez « passerelle up »."]
    settings = settings.with_addresses(found.kafka, found.registry, found.database)
    if settings.http.port == 0:
        port = ports.read(places.var / "ports.json")["http"]
        settings = settings.model_copy(update={"http": settings.http.model_copy(update={"port": port})})
    if settings.answers.port == 0:
        port = ports.read(places.var / "ports.json").get("reponses", 0)
        settings = settings.model_copy(update={"answers": settings.answers.model_copy(update={"port": port})})
    return settings, []


def _across(settings: Settings, wrong: set[Place], *, services: bool) -> Iterator[str]:
    """What is wrong between fields that are each right."""
    for place in known_places():
        if place[-1].endswith("_file") and place not in wrong:
            yield from _unreadable(settings, place)
    yield from _security(settings, wrong)
    yield from _mail(settings, wrong)
    yield from _sources(settings, wrong)
    if settings.environment == "production":
        if settings.student_key_file is None and ("student_key_file",) not in wrong:
            yield (
                f"{variable(('student_key_file',))} : obligatoire en production "
                f"(un secret d'au moins {STUDENT_KEY_BYTES} octets, le même pour toujours)."
            )
        if services and settings.http.port == 0 and ("http", "port") not in wrong:
            yield f"{variable(('http', 'port'))} : obligatoire en production."


def _unreadable(settings: Settings, place: Place) -> Iterator[str]:
    section = settings if len(place) == 1 else getattr(settings, place[0])
    file: Path | None = getattr(section, place[-1])
    if file is None:
        return
    if not file.is_file() or not os.access(file, os.R_OK):
        yield f"{variable(place)} : le fichier {file} n'existe pas ou ne peut pas être lu."
    elif place == ("outgoing_http", "tokens_file") and not _is_json_object(file):
        yield f"{variable(place)} : {file} n'est pas un objet JSON {{sortie: jeton}}."
    elif place == ("student_key_file",) and len(read_secret(file).encode()) < STUDENT_KEY_BYTES:
        yield f"{variable(place)} : le secret de {file} est trop court ; au moins {STUDENT_KEY_BYTES} octets."


def _is_json_object(file: Path) -> bool:
    try:
        return isinstance(json.loads(read_secret(file)), dict)
    except (ValueError, RecursionError):
        return False


def _security(settings: Settings, wrong: set[Place]) -> Iterator[str]:
    kafka = settings.kafka
    if ("kafka", "security_protocol") in wrong:
        return
    needed = {"sasl_mechanism": kafka.sasl_mechanism, "username": kafka.username, "password_file": kafka.password_file}
    for name, value in needed.items():
        place = ("kafka", name)
        if place in wrong:
            continue
        if kafka.uses_sasl and value is None:
            yield f"{variable(place)} : obligatoire avec {kafka.security_protocol}."
        if not kafka.uses_sasl and value is not None:
            yield f"{variable(place)} : sans effet avec {kafka.security_protocol} ; vouliez-vous SASL_SSL ?"
    for name in ("ca_file", "cert_file", "key_file"):
        if not kafka.uses_tls and getattr(kafka, name) is not None:
            yield f"{variable(('kafka', name))} : sans effet avec {kafka.security_protocol} ; vouliez-vous SSL ou SASL_SSL ?"
    if (kafka.cert_file is None) != (kafka.key_file is None):
        absent = "key_file" if kafka.key_file is None else "cert_file"
        yield f"{variable(('kafka', absent))} : le certificat et sa clé vont ensemble."
    registry = settings.registry
    if (registry.username is None) != (registry.password_file is None):
        absent = "password_file" if registry.password_file is None else "username"
        yield f"{variable(('registry', absent))} : l'utilisateur et le fichier du mot de passe vont ensemble."


def _mail(settings: Settings, wrong: set[Place]) -> Iterator[str]:
    smtp = settings.smtp
    if smtp.host and not smtp.sender and ("smtp", "sender") not in wrong:
        yield f"{variable(('smtp', 'sender'))} : obligatoire avec un serveur de courrier."
    if (smtp.username is None) != (smtp.password_file is None):
        absent = "password_file" if smtp.password_file is None else "username"
        yield f"{variable(('smtp', absent))} : l'utilisateur et le fichier du mot de passe vont ensemble."
    if smtp.security == "aucune" and smtp.username is not None:
        yield f"{variable(('smtp', 'security'))} : le mot de passe partirait en clair ; attendu : starttls ou tls."


def _sources(settings: Settings, wrong: set[Place]) -> Iterator[str]:
    if settings.apogee_vue.configured and not settings.apogee_vue.view and ("apogee_vue", "view") not in wrong:
        yield f"{variable(('apogee_vue', 'view'))} : obligatoire avec l'adresse de la base d'Apogée."
    services = settings.apogee_ws
    if (services.username is None) != (services.password_file is None):
        absent = "password_file" if services.password_file is None else "username"
        yield f"{variable(('apogee_ws', absent))} : l'utilisateur et le fichier du mot de passe vont ensemble."
    for name, address in (("EtudiantMetier", services.etudiant_url), ("AdministratifMetier", services.administratif_url)):
        if services.wsdl_dir is not None and address and not (services.wsdl_dir / f"{name}.wsdl").is_file():
            yield f"{variable(('apogee_ws', 'wsdl_dir'))} : le fichier {name}.wsdl n'y est pas."
    if settings.pegase.configured and settings.pegase.token_file is None and ("pegase", "token_file") not in wrong:
        yield f"{variable(('pegase', 'token_file'))} : obligatoire avec l'adresse de Pégase."
    given = {"key_id": settings.fregata.key_id, "key_file": settings.fregata.key_file, "uais": settings.fregata.uais}
    for name in given if settings.fregata.configured else ():
        if not given[name] and ("fregata", name) not in wrong:
            yield f"{variable(('fregata', name))} : obligatoire avec l'adresse de FREGATA."
