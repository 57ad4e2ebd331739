"""Every setting of the bus, read once: the environment, then `passerelle.toml`, then what the embedded stack left in `var/`.

A variable is `PASSERELLE_<SECTION>__<NAME>`; `KAFKA_BOOTSTRAP_SERVERS`, `SCHEMA_REGISTRY_URL` and `DATABASE_URL` are
understood without the prefix. Secrets are never given in a variable but in a file that a `…_FILE` variable names, or in
the folder `PASSERELLE_SECRETS_DIR` under the usual name. Every fault is reported at once, in French.
"""

import json
import os
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bus.deployment import Deployment
from bus.outgoing.mail_address import is_address

if TYPE_CHECKING:
    from connectors.apogee.vue import ApogeeVue
    from connectors.pegase.flux import PegaseFlux

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_VAR = (PROJECT if (PROJECT / "pyproject.toml").exists() else Path.cwd()) / "var"
SECURITY = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
MECHANISM = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
HOST_AND_PORT = r"^[A-Za-z0-9._\[\]:-]+:\d{1,5}(,[A-Za-z0-9._\[\]:-]+:\d{1,5})*$"
STUDENT_KEY_BYTES = 32
WEEKDAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")


def _words(value: object) -> object:
    """`a, b` is the tuple ("a", "b")."""
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


class Section(BaseModel):
    """A part of the settings: fixed once read, no unknown name, no secret in its `repr`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class KafkaSettings(Section):
    """How to reach the brokers. `bus.kafka_clients` turns it into each client's own words."""

    bootstrap_servers: str = Field(default="", pattern=HOST_AND_PORT)
    """`host:port`, several separated by commas."""
    security_protocol: SECURITY = "PLAINTEXT"
    sasl_mechanism: MECHANISM | None = None
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    """Certificates of the authorities to trust (PEM); without it, those of the system."""
    cert_file: Path | None = None
    """Our own certificate (PEM), where the brokers ask for one."""
    key_file: Path | None = None
    key_password_file: Path | None = None
    session_timeout_ms: int = Field(default=10_000, ge=1_000, le=300_000)
    """After this silence the group gives a worker's tasks to another."""
    replication_factor: int | None = Field(default=None, ge=1, le=9)
    """Of the topics that the bus creates; 1 embedded and 3 in production unless told otherwise."""
    create_topics: bool = True
    """False where only the cluster's administrators may: `passerelle topics plan` tells them what is needed."""

    @property
    def uses_sasl(self) -> bool:
        return self.security_protocol.startswith("SASL")

    @property
    def uses_tls(self) -> bool:
        return self.security_protocol.endswith("SSL")

    def password(self) -> str:
        """Read at each use, so that a renewed secret needs no restart of what reads it."""
        return read_secret(self.password_file) if self.password_file else ""


class RegistrySettings(Section):
    """The schema registry's Confluent API."""

    url: str = Field(default="", pattern=r"^https?://[^@\s]+$")
    """Without user or password: those have settings of their own."""
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None

    def credentials(self) -> tuple[str, str] | None:
        """User and password for HTTP basic authentication, or None."""
        if self.username is None or self.password_file is None:
            return None
        return self.username, read_secret(self.password_file)


class DatabaseSettings(Section):
    """The PostgreSQL that holds states, journal, outbox and projections."""

    url: SecretStr = SecretStr("")
    """`postgresql://user@host/base`; the password belongs in `password_file`."""
    password_file: Path | None = None
    db_schema: str = Field(default="passerelle", alias="schema", pattern=r"^[a-z_][a-z0-9_]{0,62}$")

    model_config = ConfigDict(populate_by_name=True)

    @field_validator("url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        try:
            driver = make_url(value.get_secret_value()).drivername
        except ArgumentError:
            raise ValueError("n'est pas une adresse de base ; attendu : postgresql://utilisateur@hote:5432/base.") from None
        if driver not in {"postgresql", "postgres", "postgresql+psycopg"}:
            raise ValueError(f"« {driver} » n'est pas accepté ; attendu : postgresql://…")
        return value

    def address(self) -> URL:
        """For `sqlalchemy.create_engine`: psycopg 3, with the password of its file."""
        address = make_url(self.url.get_secret_value()).set(drivername="postgresql+psycopg")
        return address.set(password=read_secret(self.password_file)) if self.password_file else address


class HttpSettings(Section):
    """The HTTP push. It listens on this machine alone unless told otherwise."""

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65_535)
    """0: the port that the embedded stack remembers."""
    tokens_file: Path | None = None
    """JSON: bearer tokens and their scopes."""
    max_body_bytes: int = Field(default=5_000_000, ge=1_000, le=100_000_000)


class SmtpSettings(Section):
    """The server that takes our mails. Without a host and a sender, mails wait and their sinks say so."""

    host: str = Field(default="", pattern=r"^([A-Za-z0-9][A-Za-z0-9.:-]{0,252})?$")
    port: int | None = Field(default=None, ge=1, le=65_535)
    """Usually 587 with `starttls`, 465 with `tls`, 25 with `aucune`."""
    security: Literal["starttls", "tls", "aucune"] = "starttls"
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    """Certificates of the authorities to trust (PEM); without it, those of the system."""
    sender: str = ""
    """The address that mails come from; its domain also ends their Message-ID."""
    sender_name: str = Field(default="Passerelle", pattern=r"^[^\x00-\x1f\x7f-\x9f]{0,100}$")
    desks: str = ""
    """`support=aide@exemple.fr, draaf=…, draaf.031=…`: addresses of those who are written to by their part."""
    timeout_seconds: int = Field(default=30, ge=1, le=600)
    """Of each step of a conversation."""
    conversation_seconds: int = Field(default=180, ge=1, le=3_600)
    """Of a whole one."""

    @field_validator("sender")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not is_address(value):
            raise ValueError("une adresse électronique est attendue (nom@domaine.fr, sans accent).")
        return value

    @field_validator("desks")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        wrong = [name for name, address in named(value).items() if not is_address(address)]
        if wrong:
            raise ValueError(f"une adresse électronique est attendue pour {', '.join(wrong)} (forme : support=aide@exemple.fr, draaf=…).")
        return value

    @property
    def port_number(self) -> int:
        return self.port or {"starttls": 587, "tls": 465, "aucune": 25}[self.security]

    def password(self) -> str:
        """Read at each use."""
        return read_secret(self.password_file) if self.password_file else ""

    def desk(self, names: tuple[str, ...]) -> str | None:
        """The address of the first name that has one."""
        known = named(self.desks)
        return next((known[name] for name in names if name in known), None)


class OutgoingHttpSettings(Section):
    """Where HTTP effects go, and how far."""

    urls: str = ""
    """`sortie=https://hôte/chemin, …`: the address of each sink, by its name."""
    tokens_file: Path | None = None
    """JSON: sink → bearer token, for those that ask for one."""
    ca_file: Path | None = None
    private_networks: str = ""
    """`10.1.2.0/24, 127.0.0.1/32`: private networks that may be called; none otherwise."""
    timeout_seconds: int = Field(default=30, ge=1, le=600)
    """Of each step of a call."""
    call_seconds: int = Field(default=120, ge=1, le=3_600)
    """Of a whole one."""
    max_answer_bytes: int = Field(default=1_000_000, ge=1_000, le=100_000_000)

    @field_validator("urls")
    @classmethod
    def _are_urls(cls, value: str) -> str:
        wrong = [name for name, url in named(value).items() if not is_call_address(url)]
        if wrong:
            raise ValueError(f"une adresse https://hôte/chemin, sans mot de passe, ni ?, ni #, est attendue pour {', '.join(wrong)}.")
        return value

    @field_validator("private_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        return checked_networks(value)

    def url(self, name: str) -> str | None:
        return named(self.urls).get(name)

    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(word) for word in self.private_networks.replace(",", " ").split())

    def token(self, name: str) -> str | None:
        """Read at each use."""
        if self.tokens_file is None:
            return None
        found = json.loads(read_secret(self.tokens_file)).get(name)
        return found if isinstance(found, str) else None


def named(text: str) -> dict[str, str]:
    """`a=1, b=2` is {"a": "1", "b": "2"}. Raises ValueError, in French, for a part without a name or twice the same."""
    found: dict[str, str] = {}
    for part in (part.strip() for part in text.split(",")):
        name, _, value = (word.strip() for word in part.partition("="))
        if part and (not re.fullmatch(r"[a-z0-9_.]{1,60}", name) or name in found or not value):
            raise ValueError("attendu : nom=valeur, séparés par des virgules, chaque nom une fois (minuscules, chiffres, . et _).")
        if part:
            found[name] = value
    return found


def checked_networks(value: str) -> str:
    """The same, or ValueError in French."""
    for word in value.replace(",", " ").split():
        try:
            ip_network(word)
        except ValueError:
            raise ValueError(f"« {word} » n'est pas un réseau ; attendu : 10.1.2.0/24, 127.0.0.1/32.") from None
    return value


def checked_url(value: str) -> str:
    """The same without a last slash; empty stays so. ValueError in French."""
    if value and not is_call_address(value):
        raise ValueError("une adresse https://hôte/chemin, sans mot de passe, ni ?, ni #, est attendue.")
    return value.rstrip("/")


def is_call_address(url: str) -> bool:
    """An http or https address with a host and without user, query or fragment."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = not any(character <= " " or character > "~" for character in url)
    known = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0
    return plain and known and not (parts.username or parts.password or parts.query or parts.fragment)


class CalledSystem(Section):
    """A system that we ask over HTTP, and how far. `calls` gives it the guards of every call to the outside."""

    ca_file: Path | None = None
    """Certificates of the authorities to trust (PEM); without it, those of the system."""
    private_networks: str = ""
    """`10.1.2.0/24`: private networks that may be called; none otherwise. http in clear goes to these alone."""
    timeout_seconds: int = Field(default=30, ge=1, le=600)
    """Of each step of a call."""
    call_seconds: int = Field(default=120, ge=1, le=3_600)
    """Of a whole one."""
    max_answer_bytes: int = Field(default=20_000_000, ge=1_000, le=100_000_000)

    @field_validator("private_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        return checked_networks(value)

    def calls(self) -> OutgoingHttpSettings:
        return OutgoingHttpSettings(
            ca_file=self.ca_file,
            private_networks=self.private_networks,
            timeout_seconds=self.timeout_seconds,
            call_seconds=self.call_seconds,
            max_answer_bytes=self.max_answer_bytes,
        )


class ApogeeVueSettings(Section):
    """The read-only SQL view of Apogée. Without an address it is not asked."""

    url: SecretStr = SecretStr("")
    """`postgresql://user@host/base` or `oracle+oracledb://user@host/?service_name=apogee`; the password is in `password_file`."""
    password_file: Path | None = None
    view: str = Field(default="", pattern=r"^([A-Za-z_][A-Za-z0-9_$]{0,62}(\.[A-Za-z_][A-Za-z0-9_$]{0,62})?)?$")
    """`schema.view` or `view`."""
    uai: str = Field(default="", pattern=r"^([0-9]{7}[A-Z])?$")
    """The establishment, where the view has no column UAI."""
    timezone: str = "Europe/Paris"
    """Of the view's dates that carry no offset."""
    since: date | None = None
    """Registrations modified before are not read; all of them without it."""
    interval_seconds: int = Field(default=30, ge=1, le=86_400)
    overlap_seconds: int = Field(default=900, ge=60, le=604_800)
    """What is read again each time: longer than Apogée's longest transaction."""
    page_rows: int = Field(default=1_000, ge=1, le=10_000)
    statement_seconds: int = Field(default=60, ge=1, le=3_600)

    @field_validator("url")
    @classmethod
    def _is_known_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            return value
        try:
            driver = make_url(value.get_secret_value()).drivername
        except ArgumentError:
            raise ValueError("n'est pas une adresse de base ; attendu : postgresql://utilisateur@hote:5432/base.") from None
        if driver not in {"postgresql", "postgres", "postgresql+psycopg", "oracle+oracledb"}:
            raise ValueError(f"« {driver} » n'est pas accepté ; attendu : postgresql://… ou oracle+oracledb://….")
        if driver == "oracle+oracledb" and find_spec("oracledb") is None:
            raise ValueError("le pilote d'Oracle manque : l'installer (« pip install oracledb »), ou donner une base PostgreSQL.")
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"« {value} » n'est pas un fuseau ; attendu : Europe/Paris, Indian/Reunion…")
        return value

    @property
    def configured(self) -> bool:
        return bool(self.url.get_secret_value())

    def address(self) -> URL:
        """For `sqlalchemy.create_engine`, with the password of its file."""
        address = make_url(self.url.get_secret_value())
        if address.drivername in {"postgresql", "postgres"}:
            address = address.set(drivername="postgresql+psycopg")
        return address.set(password=read_secret(self.password_file)) if self.password_file else address

    def connector(self, secret: bytes) -> "ApogeeVue":
        from connectors.apogee.vue import FLOOR, ApogeeVue

        since = datetime.combine(self.since, time()) if self.since else FLOOR
        return ApogeeVue(secret, self.uai, ZoneInfo(self.timezone), timedelta(seconds=self.overlap_seconds), since)


class ApogeeWsSettings(CalledSystem):
    """Apogée's web services, which complete known students. Without an address they are not asked."""

    etudiant_url: str = ""
    """Of `EtudiantMetier`: gives the NNE that a registration lacks."""
    administratif_url: str = ""
    """Of `AdministratifMetier`: gives what is missing of its étape."""
    wsdl_dir: Path | None = None
    """A folder with the site's own `EtudiantMetier.wsdl` and `AdministratifMetier.wsdl`; without it, descriptions written by the bus."""
    username: str | None = Field(default=None, pattern=r"^[^:\x00-\x1f\x7f]{1,100}$")
    """HTTP basic authentication, where the services ask for it."""
    password_file: Path | None = None
    calls_per_second: int = Field(default=5, ge=1, le=1_000)

    @field_validator("etudiant_url", "administratif_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return checked_url(value)

    @property
    def configured(self) -> bool:
        return bool(self.etudiant_url or self.administratif_url)

    def authorization(self) -> str | None:
        """Read at each use."""
        if self.username is None or self.password_file is None:
            return None
        return "Basic " + b64encode(f"{self.username}:{read_secret(self.password_file)}".encode()).decode()


class PegaseSettings(CalledSystem):
    """Pégase's change feed. Without an address it is not asked."""

    url: str = ""
    """`https://ins.exemple.fr/api/ins/ext/v2`: what comes before `/gestion/flux-inscriptions/pagine`."""
    token_file: Path | None = None
    """The bearer token (JWT), read at each call: whoever renews it writes it there."""
    since: date | None = None
    """Registrations modified before are not read; all of them without it. At midnight, UTC."""
    interval_seconds: int = Field(default=60, ge=1, le=86_400)
    overlap_seconds: int = Field(default=900, ge=60, le=604_800)
    page_rows: int = Field(default=500, ge=1, le=500)

    @field_validator("url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return checked_url(value)

    @property
    def configured(self) -> bool:
        return bool(self.url)

    def token(self) -> str:
        """Read at each use."""
        return read_secret(self.token_file) if self.token_file else ""

    def connector(self, secret: bytes) -> "PegaseFlux":
        from connectors.pegase.flux import PegaseFlux

        since = int(datetime.combine(self.since, time(), UTC).timestamp()) if self.since else 0
        return PegaseFlux(secret, self.overlap_seconds, since, self.page_rows)


class FregataSettings(CalledSystem):
    """FREGATA's API, whose requests are signed. Without an address it is not asked."""

    url: str = ""
    """`https://fregata.exemple.fr/api`: what comes before `/inscriptions`."""
    key_id: str = Field(default="", pattern=r"^[\x21\x23-\x2b\x2d-\x7e]{0,100}$")
    """The identifier that FREGATA gave with the key."""
    key_file: Path | None = None
    """The key, read at each call."""
    uais: str = Field(default="", pattern=r"^ *([0-9]{7}[A-Z]( *, *[0-9]{7}[A-Z])*)? *$")
    """`0341088Y, 0300139B`: the établissements to ask, in turn."""
    interval_seconds: int = Field(default=3_600, ge=60, le=86_400)
    """Between two rounds over all of them."""

    @field_validator("url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return checked_url(value)

    @property
    def configured(self) -> bool:
        return bool(self.url)

    def key(self) -> bytes:
        """Read at each use."""
        return read_secret(self.key_file).encode() if self.key_file else b""

    def etablissements(self) -> tuple[str, ...]:
        """Each once, in the order given."""
        return tuple(dict.fromkeys(uai.strip() for uai in self.uais.split(",") if uai.strip()))


class AnswersSettings(Section):
    """The synchronous answer. It listens on this machine alone unless told otherwise."""

    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65_535)
    """0: the port that the embedded stack remembers."""
    fresh_seconds: float = Field(default=5.0, gt=0, le=60)
    """An answer is POSITIVE only when the read model holds everything said until less than so long ago."""
    calls_per_second: int = Field(default=20, ge=1, le=10_000)
    """Calls of one token on the addresses of API Particulier's form."""
    question_seconds: float = Field(default=10.0, gt=0, le=3600)
    """A question over the bus that says no deadline of its own waits at most so long for its answer."""


class EditionsSettings(Section):
    """When the control editions of the bursaries are made and mailed. Paris."""

    at: str = Field(default="07:00", pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")
    """Not before this time of each of the days; empty: only by `passerelle editions make`."""
    days: str = "lun, mar, mer, jeu, ven"

    @field_validator("days")
    @classmethod
    def _are_days(cls, value: str) -> str:
        wrong = [word for word in value.replace(",", " ").split() if word not in WEEKDAYS]
        if wrong or not value.replace(",", " ").split():
            raise ValueError(f"attendu : des jours parmi {', '.join(WEEKDAYS)}, séparés par des virgules.")
        return value


class Settings(BaseSettings):
    """All of them. Built by `load_settings`, which reads the sources; `Settings(…)` alone takes only what it is given."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix="PASSERELLE_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
    )

    environment: Literal["embedded", "production"] = "embedded"
    prefix: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9._-]{0,40}\.)?$")
    """Put before the names of topics, groups and transactional ids; empty or ending in a dot."""
    var: Path = DEFAULT_VAR
    """Our own files: data of the embedded stack, logs, inbox, outbox."""
    cache: Path | None = None
    """What the embedded stack downloads; `var/cache` unless told otherwise."""
    maven_url: str = Field(default="", pattern=r"^(https?://[^@\s]+)?$")
    """A mirror of Maven Central, for the embedded stack; empty: Maven Central itself."""
    secrets_dir: Path | None = None
    """A folder with one file per secret, such as the one that Docker mounts."""
    student_key_file: Path | None = None
    """The secret of the students' keys, at least 32 bytes. Never changed without `topics migrate`."""
    inbox: Path | None = None
    """`var/inbox` unless told otherwise."""
    outbox: Path | None = None
    domains: Annotated[tuple[str, ...], NoDecode] = ("bourses",)
    """The domains whose workers the supervisor starts."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    kafka: KafkaSettings = KafkaSettings()
    registry: RegistrySettings = RegistrySettings()
    database: DatabaseSettings = DatabaseSettings()
    http: HttpSettings = HttpSettings()
    answers: AnswersSettings = AnswersSettings()
    editions: EditionsSettings = EditionsSettings()
    smtp: SmtpSettings = SmtpSettings()
    outgoing_http: OutgoingHttpSettings = OutgoingHttpSettings()
    apogee_vue: ApogeeVueSettings = ApogeeVueSettings()
    apogee_ws: ApogeeWsSettings = ApogeeWsSettings()
    pegase: PegaseSettings = PegaseSettings()
    fregata: FregataSettings = FregataSettings()

    _split = field_validator("domains", mode="before")(_words)

    @field_validator("domains")
    @classmethod
    def _known_words(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or any(not word.isidentifier() or word != word.lower() for word in value):
            raise ValueError("attendu : des noms de domaines en minuscules, séparés par des virgules.")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load_settings` asks the sources itself, so that it can report the faults of all of them at once."""
        return (init_settings,)

    @property
    def inbox_folder(self) -> Path:
        return self.inbox or self.var / "inbox"

    @property
    def outbox_folder(self) -> Path:
        return self.outbox or self.var / "outbox"

    @property
    def cache_folder(self) -> Path:
        return self.cache or self.var / "cache"

    def deployment(self) -> Deployment:
        """How topics, groups and transactional ids are named and copied."""
        return Deployment(self.prefix, self.environment == "production", self.kafka.replication_factor)

    def student_key(self) -> bytes:
        """The secret of the students' keys."""
        assert self.student_key_file is not None  # load_settings refuses its absence
        return read_secret(self.student_key_file).encode()

    def with_addresses(self, kafka: str, registry: str, database: str) -> Self:
        """The same with other services: for tests and for the embedded stack."""
        return self.model_copy(
            update={
                "kafka": self.kafka.model_copy(update={"bootstrap_servers": kafka}),
                "registry": self.registry.model_copy(update={"url": registry}),
                "database": self.database.model_copy(update={"url": SecretStr(database)}),
            }
        )


def read_secret(file: Path) -> str:
    """The content of a secret's file, without the end of line that editors add."""
    return file.read_text(encoding="utf-8").strip()


def load_settings(environment: Mapping[str, str] = os.environ, *, services: bool = True) -> Settings:
    """The settings of this process, or `SettingsRefused` with every fault.

    `services=False` for what needs neither Kafka nor a database: their absence is then no fault.
    """
    from bus.settings_reading import read

    return read(environment, services=services)
