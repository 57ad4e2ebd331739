"""The embedded stack: a real Kafka, a real schema registry and PostgreSQL, from Python packages and Maven jars alone.

Everything listens on 127.0.0.1 or on a Unix socket. For one machine: development, the demo, the tests, a small school.
"""
