"""Schemas seen, kept in PostgreSQL."""

from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.database.schema_store import SchemaTable
from tests.services import Services


def test_equal_contracts_of_two_topics_share_an_id_and_are_both_found(services: Services, schema: str) -> None:
    database = connect(services.database, schema)
    migrate(database, schema)
    store = SchemaTable(database, "http://registry")
    store.put(7, "a-value", "{}")
    store.put(7, "b-value", "{}")
    store.put(7, "", "{}")
    assert (store.find("a-value", "{}"), store.find("b-value", "{}"), store.get(7)) == (7, 7, "{}")
    assert SchemaTable(database, "http://another").get(7) is None
    database.dispose()
