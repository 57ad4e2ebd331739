"""One set of Kafka settings, three clients: what each is told."""

import ssl
from pathlib import Path

import faust
import pytest

from bus.kafka_clients import admin_options, aiokafka_options, faust_options
from bus.settings import KafkaSettings


@pytest.fixture
def password(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text("motdepasse\n")
    return file


def test_a_plain_cluster_needs_only_its_addresses() -> None:
    kafka = KafkaSettings(bootstrap_servers="a:1,b:2")
    assert aiokafka_options(kafka) == admin_options(kafka) == {"bootstrap_servers": ["a:1", "b:2"], "security_protocol": "PLAINTEXT"}
    assert faust_options(kafka) == {"broker": "kafka://a:1;kafka://b:2"}


def test_sasl_over_tls_reaches_all_three_clients(password: Path) -> None:
    kafka = KafkaSettings(
        bootstrap_servers="a:1", security_protocol="SASL_SSL", sasl_mechanism="SCRAM-SHA-512", username="moi", password_file=password
    )
    for options in (aiokafka_options(kafka), admin_options(kafka)):
        assert options["security_protocol"] == "SASL_SSL"
        assert options["sasl_mechanism"] == "SCRAM-SHA-512"
        assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("moi", "motdepasse")
        assert options["ssl_context"].verify_mode == ssl.CERT_REQUIRED
        assert options["ssl_context"].check_hostname
    credentials = faust_options(kafka)["broker_credentials"]
    assert isinstance(credentials, faust.SASLCredentials)
    assert (credentials.protocol.value, credentials.mechanism.value) == ("SASL_SSL", "SCRAM-SHA-512")
    assert credentials.ssl_context is not None
    assert credentials.ssl_context.check_hostname


def test_sasl_without_tls_has_no_context(password: Path) -> None:
    kafka = KafkaSettings(
        bootstrap_servers="a:1", security_protocol="SASL_PLAINTEXT", sasl_mechanism="PLAIN", username="moi", password_file=password
    )
    assert "ssl_context" not in aiokafka_options(kafka)
    assert faust_options(kafka)["broker_credentials"].protocol.value == "SASL_PLAINTEXT"


def test_tls_alone_uses_certificates_of_the_system() -> None:
    kafka = KafkaSettings(bootstrap_servers="a:1", security_protocol="SSL")
    assert aiokafka_options(kafka)["ssl_context"].verify_mode == ssl.CERT_REQUIRED
    credentials = faust_options(kafka)["broker_credentials"]
    assert isinstance(credentials, faust.SSLCredentials)


def test_the_password_is_in_no_representation(password: Path) -> None:
    kafka = KafkaSettings(bootstrap_servers="a:1", username="moi", password_file=password)
    assert "motdepasse" not in repr(kafka)
