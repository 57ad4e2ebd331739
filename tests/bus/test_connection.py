"""What a connection to PostgreSQL promises to whoever reads its errors."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bus.database.connection import connect
from tests.services import Services


def test_an_error_of_a_statement_does_not_show_the_values_it_was_given(services: Services, schema: str) -> None:
    engine = connect(services.database, schema)
    with pytest.raises(DBAPIError) as caught, engine.begin() as connection:
        connection.execute(text("SELECT CAST(:nom AS text) FROM absente"), {"nom": "DUPONT-LAJOIE"})
    assert "DUPONT-LAJOIE" not in str(caught.value)
    engine.dispose()
