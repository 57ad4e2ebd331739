"""Failures of the outside world: what may be tried again, told apart from what may not."""

from typing import Any

import sqlalchemy
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bus.registry_client import RegistryAway

TRANSIENT_SQL = ("08", "53", "55", "57", "40", "25P03")
"""SQLSTATE classes: connection, resources, lock not available, operator intervention, rollback, idle in transaction."""


class Transient(Exception):
    """The outside world failed; the same batch may be tried again."""


class TransientAware:
    """A transaction that turns failures of the outside world into Transient."""

    def __init__(self, database: sqlalchemy.Engine) -> None:
        self._begin = database.begin()

    def __enter__(self) -> sqlalchemy.Connection:
        try:
            return self._begin.__enter__()
        except DBAPIError as error:
            raise Transient(_sql_reason(error)) from error

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        try:
            self._begin.__exit__(kind, error, trace)
        except DBAPIError as failure:
            raise Transient(_sql_reason(failure)) from failure
        if isinstance(error, DBAPIError) and is_transient(error):
            raise Transient(_sql_reason(error)) from error
        if isinstance(error, RegistryAway):
            raise Transient("registre des schémas injoignable") from error


def is_transient(error: DBAPIError) -> bool:
    """Whether trying again may help: the connection, a lock, a resource, or an operator's hand."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # the client's own: a connection that broke, or a value that it cannot send
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return bool(state.startswith(TRANSIENT_SQL))


def _sql_reason(error: DBAPIError) -> str:
    state = getattr(error.orig, "sqlstate", None) or type(error.orig).__name__
    return f"PostgreSQL ({state})"
