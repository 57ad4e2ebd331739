"""The settings of Kafka in the words of each client: aiokafka, kafka-python and Faust."""

import ssl
from typing import Any

from bus.kafka_headers import read_any_header_name
from bus.settings import KafkaSettings, read_secret

NO_PASSWORD = ""
"""OpenSSL would ask the terminal for the password of an encrypted key: a worker has none."""


def tls_context(kafka: KafkaSettings) -> ssl.SSLContext | None:
    """The brokers' certificates are always checked, host name included; None without TLS."""
    if not kafka.uses_tls:
        return None
    context = ssl.create_default_context(cafile=kafka.ca_file)
    if kafka.cert_file is not None:
        password = read_secret(kafka.key_password_file) if kafka.key_password_file else NO_PASSWORD
        context.load_cert_chain(kafka.cert_file, kafka.key_file, password)
    return context


def aiokafka_options(kafka: KafkaSettings) -> dict[str, Any]:
    """For `AIOKafkaConsumer`, `AIOKafkaProducer` and `AIOKafkaAdminClient`. Consumers then read any header name."""
    read_any_header_name()
    return _options(kafka)


def admin_options(kafka: KafkaSettings) -> dict[str, Any]:
    """For kafka-python's `KafkaAdminClient` and `KafkaConsumer`."""
    return _options(kafka)


def faust_options(kafka: KafkaSettings) -> dict[str, Any]:
    """For `faust.App`: `broker`, and `broker_credentials` where the brokers ask who we are or speak TLS."""
    import faust

    options: dict[str, Any] = {"broker": ";".join(f"kafka://{server}" for server in kafka.bootstrap_servers.split(","))}
    context = tls_context(kafka)
    if kafka.uses_sasl:
        options["broker_credentials"] = faust.SASLCredentials(
            username=kafka.username, password=kafka.password(), ssl_context=context, mechanism=kafka.sasl_mechanism
        )
    elif context is not None:
        options["broker_credentials"] = faust.SSLCredentials(context)
    return options


def _options(kafka: KafkaSettings) -> dict[str, Any]:
    options: dict[str, Any] = {"bootstrap_servers": kafka.bootstrap_servers.split(","), "security_protocol": kafka.security_protocol}
    if kafka.uses_tls:
        options["ssl_context"] = tls_context(kafka)
    if kafka.uses_sasl:
        options["sasl_mechanism"] = kafka.sasl_mechanism
        options["sasl_plain_username"] = kafka.username
        options["sasl_plain_password"] = kafka.password()
    return options
