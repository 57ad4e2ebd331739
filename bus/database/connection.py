"""Connections to PostgreSQL, with the timeouts that keep a frozen worker from holding a lock for ever."""

from typing import Any

from psycopg.types.array import ListBinaryDumper
from sqlalchemy import Engine, create_engine, event


def connect(
    url: str, schema: str, *, lock_seconds: float = 5.0, idle_seconds: float = 4.0, statement_seconds: float = 30.0, pool: int = 2
) -> Engine:
    """An SQLAlchemy engine whose connections work in `schema`.

    A lock is waited for `lock_seconds`, a transaction may stand idle for `idle_seconds`, a statement may run for
    `statement_seconds`: each must be below the group's session timeout where a task's row is locked, or a frozen worker
    would keep the task after losing its partitions (seen). Lists go to the server in binary: a `bytea[]` of 1,000
    costs 2 ms where text costs 10. A statement is planned for the values it has: a plan kept from when a day's partition of
    the journal was empty reads all of it ever after.
    """
    options = " ".join(
        f"-c {name}={value}"
        for name, value in (
            ("search_path", schema),
            ("lock_timeout", int(lock_seconds * 1000)),
            ("idle_in_transaction_session_timeout", int(idle_seconds * 1000)),
            ("statement_timeout", int(statement_seconds * 1000)),
            ("timezone", "UTC"),
            ("plan_cache_mode", "force_custom_plan"),
        )
    )
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=2,
        pool_pre_ping=False,
        hide_parameters=True,  # the values of rows are personal data: no error's text may carry them
        connect_args={"options": options, "connect_timeout": 5, "prepare_threshold": 1, "application_name": "passerelle"},
    )

    def binary_lists(raw: Any, _record: Any) -> None:
        raw.adapters.register_dumper(list, ListBinaryDumper)

    event.listen(engine, "connect", binary_lists)
    return engine
