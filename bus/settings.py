"""Every setting of the bus, read once: the environment, then `passerelle.toml`, then what the embedded stack left in `var/`.

A variable is `PASSERELLE_<SECTION>__<NAME>`; `KAFKA_BOOTSTRAP_SERVERS`, `SCHEMA_REGISTRY_URL` and `DATABASE_URL` are
understood without the prefix. Secrets are never given in a variable but in a file that a `…_FILE` variable names, or in
the folder `PASSERELLE_SECRETS_DIR` under the usual name. Every fault is reported at once, in French.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bus.deployment import Deployment

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_VAR = (PROJECT if (PROJECT / "pyproject.toml").exists() else Path.cwd()) / "var"
SECURITY = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
MECHANISM = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
HOST_AND_PORT = r"^[A-Za-z0-9._\[\]:-]+:\d{1,5}(,[A-Za-z0-9._\[\]:-]+:\d{1,5})*$"
STUDENT_KEY_BYTES = 32


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
    max_events: int = Field(default=1_000, ge=1, le=10_000)
    """Events in one request."""


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
